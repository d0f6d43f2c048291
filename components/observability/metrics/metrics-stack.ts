import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import type { SecretStore } from "../../base/secret-store.ts";
import type { Toleration } from "../../workload/workload.schema.ts";
import type { SystemSurroundings as Surroundings } from "../../workload/surroundings.ts";
import { alertmanagerSecrets } from "./alertmanager-files.ts";
import { Alertmanager } from "./alertmanager.ts";
import { exporterNames } from "./exporters-shape.ts";
import { Grafana } from "./grafana.ts";
import type { LogSource } from "./grafana-datasources.ts";
import { pageUrl } from "./grafana-files.ts";
import { KubeState } from "./kube-state.ts";
import { metricsNames } from "./metrics-shape.ts";
import type { MetricsConfig } from "./metrics.schema.ts";
import { NodeExporter } from "./node-exporter.ts";
import { Prometheus, type PrometheusPasswords } from "./prometheus.ts";
import { PushGateway } from "./push-gateway.ts";
import type { StatsdMapping } from "./statsd.schema.ts";
import { StatsdExporter } from "./statsd.ts";

/** Inputs of a {@link MetricsStack}. */
export interface MetricsStackArgs extends Surroundings {
  readonly config: MetricsConfig;
  /** Name of the stack. */
  readonly stack: string;
  readonly secrets: SecretStore;
  /** Whether the public hosts have certificates. */
  readonly secure: boolean;
  /** Namespaces whose pods are read. */
  readonly namespaces: readonly string[];
  /** Name of a rule file, `*.yaml` → its text. */
  readonly rules: Readonly<Record<string, string>>;
  /** Name of a folder → name of a file, `*.json` → dashboard. */
  readonly dashboards: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What becomes of what the systems send to StatsD. */
  readonly statsdMappings: readonly StatsdMapping[];
  /** The log store that Grafana shows, with the password of its user there. */
  readonly logs?:
    | { readonly source: LogSource; readonly password: pulumi.Output<string> }
    | undefined;
  /** Whether the log store has an exporter. Default: none. */
  readonly elasticsearch?: boolean;
  /** URL of the Pyroscope that Grafana shows. */
  readonly profiles?: string | undefined;
  /** Of all taints that nodes have: the node exporter stands on each. */
  readonly tolerations: readonly Toleration[];
}

/** Values of the secrets that people and programs log in to Prometheus with. */
function passwordsOf({ config, secrets }: MetricsStackArgs): PrometheusPasswords | undefined {
  const { login } = config.prometheus;
  return (
    login && {
      users: Object.fromEntries(
        Object.entries(login.users).map(([user, password]) => [user, secrets.value(password)]),
      ),
      programs: secrets.value(login.programs),
    }
  );
}

function makeAlertmanager(
  args: MetricsStackArgs,
  opts: pulumi.ComponentResourceOptions,
): Alertmanager | undefined {
  const { alertmanager: config } = args.config;
  if (config === undefined) {
    return undefined;
  }
  const secrets = alertmanagerSecrets(config).map(
    (reference) => [reference.name, args.secrets.value(reference)] as const,
  );
  // It has no host of its own: alerts are seen and silenced in Grafana.
  const page = pageUrl(args.config.grafana.host, args.secure);
  const inputs = { ...args, config, secrets: Object.fromEntries(secrets), page };
  return new Alertmanager(metricsNames.alertmanager, inputs, opts);
}

function makeGrafana(
  args: MetricsStackArgs,
  prometheus: Prometheus,
  alertmanager: Alertmanager | undefined,
  opts: pulumi.ComponentResourceOptions,
): Grafana {
  const { config, secrets, logs } = args;
  const { adminPassword, encryption, singleSignOn } = config.grafana;
  const programs = config.prometheus.login?.programs;
  return new Grafana(
    metricsNames.grafana,
    {
      ...args,
      config: config.grafana,
      passwords: {
        admin: secrets.value(adminPassword),
        encryption: secrets.value(encryption),
        client: singleSignOn && secrets.value(singleSignOn.clientSecret),
        prometheus: programs && secrets.value(programs),
        logs: logs?.password,
      },
      sources: {
        prometheus: {
          url: prometheus.url,
          login: programs !== undefined,
          intervalSeconds: config.prometheus.intervalSeconds,
        },
        alertmanager: alertmanager && `http://${alertmanager.address}`,
        logs: logs?.source,
        profiles: args.profiles,
      },
    },
    opts,
  );
}

/** The exporters whose sections stand. */
function makeExporters(
  args: MetricsStackArgs,
  opts: pulumi.ComponentResourceOptions,
): readonly Awaitable[] {
  const { pushGateway, kubeState, nodes, statsd } = args.config;
  return [
    pushGateway &&
      new PushGateway(exporterNames.pushGateway, { ...args, config: pushGateway }, opts),
    kubeState && new KubeState(exporterNames.kubeState, { ...args, config: kubeState }, opts),
    nodes && new NodeExporter(exporterNames.nodes, { ...args, config: nodes }, opts),
    statsd &&
      new StatsdExporter(
        exporterNames.statsd,
        { ...args, config: statsd, mappings: args.statsdMappings },
        opts,
      ),
  ].filter((made) => made !== undefined);
}

/** Prometheus with whatever it reads, and whoever draws and tells what it knows. */
export class MetricsStack extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  readonly prometheus: Prometheus;
  readonly grafana: Grafana;

  constructor(name: string, args: MetricsStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:MetricsStack", name, { namespace: args.namespaceName }, opts);
    const inside = { parent: this };
    // Both once stood by themselves: what they are children of now must not cost them their disks.
    const moved = { parent: this, aliases: [{ parent: pulumi.rootStackResource }] };
    const alertmanager = makeAlertmanager(args, inside);
    this.prometheus = new Prometheus(
      metricsNames.prometheus,
      {
        ...args,
        config: args.config.prometheus,
        passwords: passwordsOf(args),
        alertmanager: alertmanager?.address,
      },
      moved,
    );
    this.grafana = makeGrafana(args, this.prometheus, alertmanager, moved);
    const exporters = makeExporters(args, inside);
    const parts = [this.prometheus, this.grafana, alertmanager, ...exporters];
    this.ready = parts.flatMap((part) => part?.ready ?? []);
    this.registerOutputs({});
  }
}
