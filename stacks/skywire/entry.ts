/** The public way in: hosts through the controllers, records, and what the stack tells about them. */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../components/base/ready.ts";
import type { PageBackends } from "../../components/observability/observability.ts";
import { openPages } from "../../components/observability/open-pages.ts";
import { pagesOf } from "../../components/observability/shape.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import { type HostTargets, slotTarget } from "../../components/platform/dns-records.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import { slotPool } from "../../components/platform/slots.ts";
import { type PublicService, publicServices } from "../../components/skywire/hosts.ts";
import { makeRecords, onControllers } from "../records.ts";
import type { ExtraBackends } from "./extras.ts";
import { extraHosts } from "./extras-shape.ts";
import type { Foundation, Ground } from "./foundation.ts";
import { dmsgServerHosts } from "./hosts.ts";
import type { SkywireStack } from "./schema.ts";
import type { Backend, Services } from "./services.ts";
import { hostsOf } from "./shape.ts";

/** Public hosts and their records. */
export interface Entry {
  readonly hosts: readonly HttpHost[];
  readonly records: DnsRecords;
}

/** What stands behind a public host. */
type PublicBackend = pulumi.ComponentResource & Backend & Awaitable;

function backendOf(services: Services, service: PublicService): PublicBackend | undefined {
  switch (service) {
    case "address-resolver":
      return services.addressResolver;
    case "config-bootstrapper":
      return services.configBootstrapper;
    case "dmsg-discovery":
      return services.dmsgDiscovery;
    case "node-visualizer":
      return services.nodeVisualizer;
    case "route-finder":
      return services.routeFinder;
    case "service-discovery":
      return services.serviceDiscovery;
    case "transport-discovery":
      return services.transportDiscovery;
    case "uptime-tracker":
      return services.uptimeTracker;
  }
}

/** Public services that the stack runs. */
export const publishedServices = (stack: SkywireStack): readonly PublicService[] =>
  publicServices.filter(
    (service) => service !== "config-bootstrapper" || stack.services["config-bootstrapper"].enabled,
  );

/** Names of dmsg-servers that are records of ours. */
function dmsgServerTargets(stack: SkywireStack): HostTargets[] {
  return dmsgServerHosts(stack).flatMap(({ host, slot }) => {
    const place = slotPool(stack.cluster, slot);
    return place === undefined ? [] : [{ host, targets: [slotTarget(place)] }];
  });
}

/** Hosts of the extras, each beside its own backend. */
function extraHttpHosts(
  stack: SkywireStack,
  { controllers }: Foundation,
  extras: ExtraBackends,
): HttpHost[] {
  return extraHosts(stack).flatMap(({ name, host }) => {
    const backend = extras[name];
    return backend === undefined
      ? []
      : [
          new HttpHost(
            name,
            { ...backend, host, system: "skywire", ingress: stack.ingress },
            { parent: backend.component, dependsOn: [...controllers.ready, ...backend.ready] },
          ),
        ];
  });
}

/** Opens the way in to what watches the system, and to nothing else. */
export function openWatchers(
  stack: SkywireStack,
  { controllers }: Ground,
  pages: PageBackends,
): DnsRecords {
  openPages({ ...stack, controllers, pages });
  return makeRecords(stack, onControllers({ controllers }, pagesOf(stack.observability)));
}

/** Opens the way in. */
export function openEntry(
  stack: SkywireStack,
  foundation: Foundation,
  services: Services,
  extras: ExtraBackends,
  pages: PageBackends,
): Entry {
  const table = hostsOf(stack);
  const { controllers, around } = foundation;
  const published = publishedServices(stack);
  const hosts = published.flatMap((service) => {
    const backend = backendOf(services, service);
    return backend === undefined
      ? []
      : [
          new HttpHost(
            service,
            {
              host: table[service],
              system: "skywire",
              namespace: around.namespace,
              serviceName: backend.serviceName,
              servicePort: backend.servicePort,
              ingress: stack.ingress,
            },
            { parent: backend, dependsOn: [...controllers.ready, ...backend.ready] },
          ),
        ];
  });
  const extraHttp = extraHttpHosts(stack, foundation, extras);
  const pageHttp = openPages({ ...stack, controllers, pages });
  const named = [
    ...published.map((service) => ({ host: table[service] })),
    ...extraHosts(stack),
    ...pagesOf(stack.observability),
  ];
  const records = makeRecords(stack, [
    ...onControllers(foundation, named),
    ...dmsgServerTargets(stack),
  ]);
  return { hosts: [...hosts, ...extraHttp, ...pageHttp], records };
}
