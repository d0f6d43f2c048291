/**
 * What watches a system: made beside it, never inside. No part waits for the system or has a
 * resource of it for a parent, so that taking the system away leaves all of them.
 */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { SecretStore } from "../base/secrets.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import { Namespace } from "../platform/namespace.ts";
import type { Dashboard } from "./dashboards/types.ts";
import { Grafana } from "./metrics/grafana.ts";
import type { MetricsConfig } from "./metrics/metrics.schema.ts";
import { Prometheus } from "./metrics/prometheus.ts";
import type { ObservabilityConfig } from "./observability.schema.ts";
import { Profiles } from "./profiles/pyroscope.ts";
import { scrapersOf } from "./shape.ts";
import type { Surroundings } from "./surroundings.ts";

/** What {@link makeObservability} needs. */
export interface ObservabilityArgs {
  readonly config: ObservabilityConfig;
  /** Name of the stack. */
  readonly stack: string;
  /** System that is watched, e.g. `skywire`: a label. */
  readonly system: string;
  readonly secrets: SecretStore;
  /** The whole flow table. */
  readonly flows: readonly Flow[];
  readonly networkPolicy: boolean;
  readonly data: DataPolicy;
  readonly ingress: IngressConfig;
  /** Dashboards of the system. */
  readonly dashboards: readonly Dashboard[];
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

/** Makes every part of the section. */
export function makeObservability(args: ObservabilityArgs, opts: TopLevel): PageBackends {
  const { metrics, profiles } = args.config;
  if (profiles !== undefined) {
    const { around, opts: inside } = makePlace(args, profiles.namespace, opts);
    new Profiles("profiles", { ...around, config: profiles }, inside);
  }
  return new Map(metrics === undefined ? [] : makeMetrics(args, metrics, opts));
}

/** A namespace of a part. */
interface Place {
  readonly around: Surroundings;
  readonly opts: pulumi.ComponentResourceOptions;
}

function makePlace(args: ObservabilityArgs, name: string, opts: TopLevel): Place {
  const { system, flows, networkPolicy, data, ingress } = args;
  const namespace = new Namespace(
    name,
    { system, networkPolicy, data, acmeFrom: ingress.namespace },
    { ...opts },
  );
  return {
    around: {
      system,
      flows,
      networkPolicy,
      data,
      namespace: namespace.name,
      namespaceName: name,
    },
    opts: { ...opts, dependsOn: [...namespace.ready] },
  };
}

/** Namespaces of all that the scraper may read: from the very flows that let it. */
function scrapedNamespaces({ config, flows }: ObservabilityArgs): string[] {
  const scrapers = scrapersOf(config).map((peer) => JSON.stringify(peer));
  const read = flows.flatMap(({ from, to }) =>
    scrapers.includes(JSON.stringify(from)) && to.kind === "workload" ? [to.namespace] : [],
  );
  return [...new Set(read)].sort();
}

function makeMetrics(
  args: ObservabilityArgs,
  metrics: MetricsConfig,
  top: TopLevel,
): (readonly [page: string, PageBackend])[] {
  const { around, opts } = makePlace(args, metrics.namespace, top);
  const prometheus = new Prometheus(
    "prometheus",
    {
      ...around,
      config: metrics.prometheus,
      stack: args.stack,
      namespaces: scrapedNamespaces(args),
    },
    opts,
  );
  const grafana = new Grafana(
    "grafana",
    {
      ...around,
      config: metrics.grafana,
      adminPassword: args.secrets.value(metrics.grafana.adminPassword),
      secure: args.ingress.tls.kind !== "none",
      prometheusUrl: prometheus.url,
      dashboards: args.dashboards,
    },
    opts,
  );
  const { serviceName, servicePort, ready } = grafana;
  const { namespace } = around;
  return [["grafana", { component: grafana, namespace, serviceName, servicePort, ready }]];
}
