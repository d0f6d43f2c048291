/** Skywire: which components, with which values of the stack file, in which order. */
import {
  observabilityFlows,
  pagesOf,
  partNamespaces,
} from "../../components/observability/shape.ts";
import type { StackContext } from "../context.ts";
import { refuseLive } from "../live-faults.ts";
import { observe } from "../observe.ts";
import { hostOutput, namespaceOutput, recordOutputs } from "../outputs.ts";
import { endpointsOf, pageEndpoints } from "./endpoints.ts";
import { makeDaemons } from "./daemons.ts";
import { openEntry, openWatchers } from "./entry.ts";
import { makeExtras, makeIpService } from "./extras.ts";
import { extraHosts, extraNamespaces } from "./extras-shape.ts";
import { layFoundation, layGround } from "./foundation.ts";
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
  const pages = observe(config, context, foundation, { watched: watchedSystem(config) });
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
    ...recordOutputs(entry.records),
    publicKeys,
    hosts: {
      ...hostsOf(config),
      ...hostOutput([...extraHosts(config), ...pagesOf(config.observability)]),
    },
    namespaces: {
      services: config.namespaces.services,
      networkMonitor: config.namespaces.networkMonitor,
      ingress: config.ingress.namespace,
      ...Object.fromEntries(extraNamespaces(config)),
      ...namespaceOutput(partNamespaces(config.observability)),
    },
    onFailure: config.onFailure,
  };
}

/** What watches the services, without them: they are taken away, and what they told is not. */
function watchers(config: SkywireStack, context: StackContext): Record<string, unknown> {
  const { observability, ingress } = config;
  const ground = layGround(config, context, observabilityFlows(observability, ingress));
  const pages = observe(config, context, ground, { watched: watchedSystem(config) });
  const records = openWatchers(config, ground, pages);
  return {
    system: config.system,
    only: config.only,
    endpoints: pageEndpoints(config),
    ...recordOutputs(records),
    hosts: hostOutput(pagesOf(observability)),
    namespaces: {
      ingress: ingress.namespace,
      ...namespaceOutput(partNamespaces(observability)),
    },
    onFailure: config.onFailure,
  };
}
