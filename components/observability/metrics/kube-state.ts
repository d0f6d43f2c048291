import * as pulumi from "@pulumi/pulumi";

import { poolLabel, slotLabel, systemLabel, workloadLabel } from "../../base/labels.ts";
import type { Awaitable } from "../../base/ready.ts";
import type { ApiRule, WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { announcesOthers } from "../../base/announce.ts";
import { readyAndAlive } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import { exporterPorts } from "./exporters-shape.ts";
import type { KubeStateConfig } from "./exporters.schema.ts";

/** Inputs of a {@link KubeState}. */
export interface KubeStateArgs extends Surroundings {
  readonly config: KubeStateConfig;
}

/** The image's user, nobody. */
const user = 65_534;

const port = exporterPorts.kubeState;

/** Port of its own metrics, which nobody reads, and of its readiness. */
const telemetryPort = 8081;

/** API group → kinds that become metrics. Never Secrets and ConfigMaps: to list them is to read them. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  "": [
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "resourcequotas",
  ],
  apps: ["daemonsets", "deployments", "replicasets", "statefulsets"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  policy: ["poddisruptionbudgets"],
};

/** What it may do: find the objects of just the kinds that it tells of. */
export const kubeStateRules: readonly ApiRule[] = Object.entries(kinds).map(
  ([group, resources]) => ({ apiGroups: [group], resources, verbs: ["list", "watch"] }),
);

/** Labels of objects that become labels of `kube_<kind>_labels`. */
const labels: Readonly<Record<string, readonly string[]>> = {
  pods: [workloadLabel, systemLabel],
  nodes: [poolLabel, slotLabel],
};

/** Ports of kube-state-metrics. */
export interface KubeStatePorts {
  readonly metrics: number;
  readonly telemetry: number;
}

const ownPorts: KubeStatePorts = { metrics: port, telemetry: telemetryPort };

/** Arguments of kube-state-metrics. */
export const kubeStateArguments = ({ metrics, telemetry } = ownPorts): string[] => [
  `--port=${metrics}`,
  `--telemetry-port=${telemetry}`,
  `--resources=${Object.values(kinds).flat().sort().join(",")}`,
  `--metric-labels-allowlist=${Object.entries(labels)
    .map(([kind, names]) => `${kind}=[${names.join(",")}]`)
    .join(",")}`,
];

/** Its `/livez` asks the API server: an outage there would start it again, and again. */
const probes = readyAndAlive(
  { kind: "http", path: "/readyz", port: "telemetry" },
  { kind: "http", path: "/healthz", port: "http" },
);

/** The Workload of a kube-state-metrics. Pure. */
export function kubeStateWorkload(name: string, args: KubeStateArgs): WorkloadArgs {
  const { config } = args;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: {
      name,
      image: config.image,
      args: kubeStateArguments(),
      ports: [
        { name: "http", port },
        { name: "telemetry", port: telemetryPort },
      ],
      probes,
      resources: config.resources,
    },
    // Two at once would tell everything twice, and every sum over it would be double.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user },
    clusterRules: kubeStateRules,
    podAnnotations: announcesOthers(port),
  };
}

/** A kube-state-metrics: what the API server knows of pods, claims, budgets, Jobs and nodes, as metrics. */
export class KubeState extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: KubeStateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:KubeState", name, { image: args.config.image }, opts);
    this.ready = makeWorkload(name, kubeStateWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
