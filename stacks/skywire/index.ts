/** Skywire: which components, with which values of the stack file, in which order. */
import {
  makeObservability,
  type PageBackends,
} from "../../components/observability/observability.ts";
import {
  observabilityFlows,
  pagesOf,
  partNamespaces,
} from "../../components/observability/shape.ts";
import type { StackContext } from "../context.ts";
import { refuseLive } from "../live-faults.ts";
import { endpointsOf, pageEndpoints } from "./endpoints.ts";
import { makeDaemons } from "./daemons.ts";
import { openEntry, openWatchers } from "./entry.ts";
import { makeExtras, makeIpService } from "./extras.ts";
import { extraHosts, extraNamespaces } from "./extras-shape.ts";
import { type Ground, layFoundation, layGround } from "./foundation.ts";
import { identityFault, publicIdentities, readKeys } from "./identity.ts";
import { unpinnedFault } from "./images.ts";
import type { SkywireStack } from "./schema.ts";
import { makeNetworkMonitor, makeServices } from "./services.ts";
import { flowsOfStack, hostsOf } from "./shape.ts";
import { makeStores } from "./stores.ts";
import { watchedSystem } from "./watched.ts";

/**
 * Deploys a Skywire stack.
 *
 * @returns The stack's outputs: where everything is dialled, the records its hosts need, the public
 * halves of its identities, its namespaces and hosts.
 */
export function skywire(config: SkywireStack, context: StackContext): Record<string, unknown> {
  return config.only === undefined ? everything(config, context) : watchers(config, context);
}

function everything(config: SkywireStack, context: StackContext): Record<string, unknown> {
  const keys = readKeys(config, context);
  refuseLive([identityFault(config, keys), unpinnedFault(config, context.stack)], context.sandbox);

  const foundation = layFoundation(config, context, flowsOfStack(config));
  const stores = makeStores(config, context, foundation);
  const extrasInput = { stack: config, context, foundation };
  const ipService = makeIpService(extrasInput);
  const input = { stack: config, keys, foundation, stores, geoip: ipService?.geoip };
  const services = makeServices(input);
  const extras = { ...makeExtras(extrasInput), geoip: ipService?.backend };
  const pages = observe(config, context, foundation);
  const entry = openEntry(config, foundation, services, extras, pages);
  const watched = [
    services.addressResolver,
    services.serviceDiscovery,
    services.uptimeTracker,
    services.routeFinder,
    ...services.setupNodes,
    ...entry.hosts,
    entry.records,
  ];
  makeNetworkMonitor(input, watched);
  makeDaemons(input, [services.dmsgDiscovery, services.transportDiscovery, ...watched]);

  const publicKeys = publicIdentities(config, keys);
  return {
    system: config.system,
    endpoints: endpointsOf(config, publicKeys),
    records: entry.records.zoneLines,
    ...(entry.records.notes === undefined ? {} : { nameServer: entry.records.notes }),
    publicKeys,
    hosts: {
      ...hostsOf(config),
      ...Object.fromEntries(
        [...extraHosts(config), ...pagesOf(config.observability)].map(({ name, host }) => [
          name,
          host,
        ]),
      ),
    },
    namespaces: {
      services: config.namespaces.services,
      networkMonitor: config.namespaces.networkMonitor,
      ingress: config.ingress.namespace,
      ...Object.fromEntries(extraNamespaces(config)),
      ...Object.fromEntries(
        partNamespaces(config.observability).map(({ part, name }) => [part, name]),
      ),
    },
    onFailure: config.onFailure,
  };
}

/** What watches the services, made beside them. */
function observe(
  stack: SkywireStack,
  context: StackContext,
  { opts, common }: Ground,
): PageBackends {
  return makeObservability(
    {
      config: stack.observability,
      stack: context.stack,
      watched: watchedSystem(stack),
      secrets: context.secrets,
      ...common,
      ingress: stack.ingress,
      cluster: stack.cluster,
    },
    opts,
  );
}

/** What watches the services, without them: they are taken away, and what they told is not. */
function watchers(config: SkywireStack, context: StackContext): Record<string, unknown> {
  const { observability, ingress } = config;
  const ground = layGround(config, context, observabilityFlows(observability, ingress));
  const records = openWatchers(config, ground, observe(config, context, ground));
  return {
    system: config.system,
    only: config.only,
    endpoints: pageEndpoints(config),
    records: records.zoneLines,
    ...(records.notes === undefined ? {} : { nameServer: records.notes }),
    hosts: Object.fromEntries(pagesOf(observability).map(({ name, host }) => [name, host])),
    namespaces: {
      ingress: ingress.namespace,
      ...Object.fromEntries(partNamespaces(observability).map(({ part, name }) => [part, name])),
    },
    onFailure: config.onFailure,
  };
}
