/**
 * What watches a system: made beside it, never inside. No part waits for the system or has a
 * resource of it for a parent, so that taking the system away leaves all of them.
 */
import * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { SecretStore } from "../base/secret-store.ts";
import type { ClusterConfig } from "../platform/cluster.schema.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import { hosted, Namespace } from "../platform/namespace.ts";
import { tolerateAll } from "../platform/node-keeper-plan.ts";
import { dashboardFolders } from "./dashboards/files.ts";
import { ElkStack } from "./elk/elk.ts";
import { elkWarnings } from "./elk/shape.ts";
import { Filebeat } from "./filebeat/filebeat.ts";
import { filebeatName } from "./filebeat/shape.ts";
import { elkOf, hasStoreNamespace, isStoreWatched, storeUsersOf } from "./logs/logs-shape.ts";
import type { LogsConfig } from "./logs/logs.schema.ts";
import { MetricsStack } from "./metrics/metrics-stack.ts";
import { metricsWarnings } from "./metrics/metrics-shape.ts";
import type { MetricsConfig } from "./metrics/metrics.schema.ts";
import { grafanaLogs } from "./log-source.ts";
import type { ObservabilityConfig } from "./observability.schema.ts";
import { partsOf, type WatchedSystem } from "./parts.ts";
import { Profiles } from "./profiles/pyroscope.ts";
import { pyroscopeUrl } from "./profiles/shape.ts";
import { alertRuleFiles } from "./rules/files.ts";
import { pagesOf, type PartNamespace, partNamespaces, scrapersOf } from "./shape.ts";
import type { SystemSurroundings as Surroundings } from "../workload/surroundings.ts";
import { vectorName } from "./vector/shape.ts";
import { LogShipper, sinkSecrets } from "./vector/vector.ts";

/** What {@link makeObservability} needs. */
export interface ObservabilityArgs {
  readonly config: ObservabilityConfig;
  /** Name of the stack. */
  readonly stack: string;
  /** What is watched. */
  readonly watched: WatchedSystem;
  readonly secrets: SecretStore;
  /** The whole flow table. */
  readonly flows: readonly Flow[];
  readonly networkPolicy: boolean;
  /** What happens to disks that say nothing of themselves. */
  readonly data: DataPolicy;
  readonly ingress: IngressConfig;
  /** Nodes: shippers and the node exporter stand on each, whatever taints it has. */
  readonly cluster: ClusterConfig;
  /** Namespaces whose pods are counted, for whoever waits for the last one. Default: none. */
  readonly counted?: readonly string[];
}

/** What stands behind a public host. */
export interface PageBackend extends Awaitable {
  readonly component: pulumi.ComponentResource;
  readonly namespace: pulumi.Input<string>;
  readonly serviceName: string;
  readonly servicePort: number;
}

/** Name of a page, see `pagesOf` → what stands behind it. */
export type PageBackends = ReadonlyMap<string, PageBackend>;

/** Options of a top-level component: the stack's own provider, never a default one. */
export interface TopLevel {
  readonly provider: pulumi.ProviderResource;
}

/** A namespace of a part. */
interface Place {
  readonly around: Surroundings;
  /** Options of a component there, after what must be ready before it. */
  readonly after: (...before: Awaitable[]) => pulumi.ComponentResourceOptions;
}

/** Makes the namespaces of all parts. Two never share one: the rules see to it. */
function makePlaces(
  args: ObservabilityArgs,
  opts: TopLevel,
): (part: PartNamespace["part"]) => Place {
  const { config, watched, flows, networkPolicy, ingress, secrets } = args;
  const system = watched.name;
  const data = config.data ?? args.data;
  const withHosts = new Set(pagesOf(config).map(({ namespace }) => namespace));
  const places = new Map(
    partNamespaces(config).map(({ part, name, podSecurity }) => {
      const namespace = new Namespace(
        name,
        {
          ...{ system, networkPolicy, data, podSecurity },
          countPods: args.counted?.includes(name) ?? false,
          // Where a host is, its certificate is proved.
          ...(withHosts.has(name) ? hosted(ingress, secrets) : {}),
        },
        { ...opts },
      );
      const around = { system, flows, networkPolicy, data };
      const place: Place = {
        around: { ...around, namespace: namespace.name, namespaceName: name },
        after: (...before) => ({
          ...opts,
          dependsOn: [namespace, ...before].flatMap(({ ready }) => ready),
        }),
      };
      return [part, place];
    }),
  );
  return (part) => {
    const place = places.get(part);
    if (place === undefined) {
      throw new Error(`observability: the part ${part} has no namespace`);
    }
    return place;
  };
}

type Places = ReturnType<typeof makePlaces>;

const backendOf = (
  component: pulumi.ComponentResource & Omit<PageBackend, "component" | "namespace">,
  { around: { namespace } }: Place,
): PageBackend => ({
  component,
  namespace,
  serviceName: component.serviceName,
  servicePort: component.servicePort,
  ready: component.ready,
});

/** Namespaces of all that the scraper may read: from the very flows that let it. */
function scrapedNamespaces({ config, flows }: ObservabilityArgs): string[] {
  const scrapers = scrapersOf(config).map((peer) => JSON.stringify(peer));
  const read = flows.flatMap(({ from, to }) =>
    scrapers.includes(JSON.stringify(from)) && "namespace" in to ? [to.namespace] : [],
  );
  return [...new Set(read)].sort();
}

function makeMetrics(
  args: ObservabilityArgs,
  metrics: MetricsConfig,
  places: Places,
): [page: string, PageBackend][] {
  const { config, stack, secrets, ingress, cluster, watched } = args;
  for (const warning of metricsWarnings(metrics)) {
    void pulumi.log.warn(warning);
  }
  const place = places("metrics");
  const parts = partsOf({ metrics, logs: config.logs }, ingress, watched);
  const { grafana, prometheus } = new MetricsStack(
    "metrics-stack",
    {
      ...place.around,
      config: metrics,
      stack,
      secrets,
      secure: ingress.tls.kind !== "none",
      namespaces: scrapedNamespaces(args),
      rules: alertRuleFiles(parts),
      dashboards: dashboardFolders(parts),
      statsdMappings: parts.systems.flatMap(({ statsd }) => statsd ?? []),
      logs: config.logs && grafanaLogs(config.logs, secrets),
      elasticsearch: config.logs !== undefined && isStoreWatched(config.logs, true),
      profiles: config.profiles && pyroscopeUrl(config.profiles),
      tolerations: tolerateAll(cluster),
    },
    place.after(),
  );
  return [
    ["grafana", backendOf(grafana, place)],
    ...(metrics.prometheus.host === undefined
      ? []
      : ([["prometheus", backendOf(prometheus, place)]] as [string, PageBackend][])),
  ];
}

/** The store with its page, where the stack has one. */
function makeStore(
  { config, secrets, ingress, watched }: ObservabilityArgs,
  logs: LogsConfig,
  places: Places,
): ElkStack | undefined {
  const elk = elkOf(logs);
  if (elk === undefined) {
    return undefined;
  }
  for (const warning of elkWarnings(elk.store)) {
    void pulumi.log.warn(warning);
  }
  // Of an external store that nothing is set up in, nothing stands anywhere.
  const place = places(hasStoreNamespace(logs) ? "logs" : "logShipper");
  return new ElkStack(
    "elk",
    {
      ...place.around,
      config: elk,
      families: logs.families,
      users: storeUsersOf(logs, config.metrics !== undefined),
      secrets,
      secure: ingress.tls.kind !== "none",
      searches: watched.searches?.(logs.families),
    },
    place.after(),
  );
}

/** The shipper, after what takes its lines. */
function makeShipper(
  { secrets, cluster }: ObservabilityArgs,
  { shipper, families }: LogsConfig,
  elk: ElkStack | undefined,
  { around, after }: Place,
): void {
  const inputs = { ...around, families, tolerations: tolerateAll(cluster) };
  const opts = after(...(elk === undefined ? [] : [elk]));
  if (shipper.kind === "vector") {
    new LogShipper(
      vectorName,
      {
        ...inputs,
        config: shipper,
        store: elk?.store,
        secrets: sinkSecrets(shipper, secrets, elk?.store),
      },
      opts,
    );
  } else if (elk !== undefined) {
    new Filebeat(filebeatName, { ...inputs, config: shipper, store: elk.store }, opts);
  }
}

function makeLogs(
  args: ObservabilityArgs,
  logs: LogsConfig,
  places: Places,
): [page: string, PageBackend][] {
  const elk = makeStore(args, logs, places);
  makeShipper(args, logs, elk, places("logShipper"));
  return elk?.kibana === undefined ? [] : [["kibana", backendOf(elk.kibana, places("logs"))]];
}

/** Makes every part of the section. */
export function makeObservability(args: ObservabilityArgs, opts: TopLevel): PageBackends {
  const { metrics, logs, profiles } = args.config;
  const places = makePlaces(args, opts);
  const pages = [
    ...(metrics === undefined ? [] : makeMetrics(args, metrics, places)),
    ...(logs === undefined ? [] : makeLogs(args, logs, places)),
  ];
  if (profiles !== undefined) {
    const { around, after } = places("profiles");
    new Profiles("profiles", { ...around, config: profiles }, after());
  }
  return new Map(pages);
}
