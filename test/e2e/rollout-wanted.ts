/** Workloads and nodes that the rollout tests are made of. */
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import type { WantedWorkload } from "./rollout-project.ts";

const size = { cpu: "4", memory: "8Gi" };
const disk = (kind: string, zone: string) => ({
  labels: { disk: kind, "topology.kubernetes.io/zone": zone },
});

/** Pools to choose from by label: two kinds of disk in two zones, a node without, a server, two slots. */
export const cluster: ClusterConfig = ClusterConfig.parse({
  kind: "kubeconfig",
  context: "rollout",
  pools: {
    fast: { nodes: 2, ...size, ...disk("ssd", "a") },
    general: { nodes: 3, ...size, ...disk("hdd", "b") },
    plain: { nodes: 1, ...size },
    // Without a taint, as k3s has it: only what a workload says keeps it away.
    server: { nodes: 1, ...size, labels: { "node-role.kubernetes.io/control-plane": "true" } },
    slots: {
      slots: { "0": { address: { kind: "ephemeral" } }, "1": { address: { kind: "ephemeral" } } },
      ...size,
      taints: [{ key: "fleet/slot", effect: "NoSchedule" }],
    },
  },
});

const image = (version: string): string => `registry.example/rollout/main:${version}`;

/**
 * A workload of one small container.
 *
 * @param version Tag of its image: which version it is and, in the sandbox, how it behaves
 *   (sandbox/stages/README.md).
 */
export const workload = (
  kind: WantedWorkload["kind"],
  version: string,
  more: Partial<WantedWorkload> = {},
): WantedWorkload => ({
  kind,
  system: "rollout",
  container: {
    name: "main",
    image: image(version),
    ...(kind === "Job" ? {} : { probes: { none: "no container runs in the sandbox" } }),
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "16Mi" } },
  },
  security: { user: 1000 },
  flows: { callers: [], calls: [] },
  ...more,
});

/** A Deployment at version 1. */
export const deployment = (
  replicas: number,
  update: WantedWorkload["update"] = {},
  more: Partial<WantedWorkload> = {},
): WantedWorkload => workload("Deployment", "1", { replicas, update, ...more });

/** The same workload at another version. */
export const atVersion = (version: string, wanted: WantedWorkload): WantedWorkload => ({
  ...wanted,
  container: { ...wanted.container, image: image(version) },
});
