import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import type { HostPath, Mount, Probe, WorkloadArgs } from "../../workload/types.ts";
import type { Toleration } from "../../workload/workload.schema.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { announces } from "../../base/announce.ts";
import { readyAndAlive } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import { exporterPorts } from "./exporters-shape.ts";
import type { NodesConfig } from "./exporters.schema.ts";

/** Inputs of a {@link NodeExporter}. */
export interface NodeExporterArgs extends Surroundings {
  readonly config: NodesConfig;
  /** Of all taints that nodes have: see `tolerateAll`. */
  readonly tolerations: readonly Toleration[];
}

/** The image's user, nobody. */
const user = 65_534;

const port = exporterPorts.nodes;

/** Where the node's folders are found. */
export interface NodeFolders {
  readonly root: string;
  readonly proc: string;
  readonly sys: string;
}

const folders: NodeFolders = { root: "/host/root", proc: "/host/proc", sys: "/host/sys" };

/**
 * What is told of a node. All of it is the node's own in a pod with a network and a host name of its own:
 * what cards, connections and `uname` tell would be the pod's. The kubelet tells of the node's network.
 */
const collectors = [
  "cpu",
  "diskstats",
  "edac",
  "filefd",
  "filesystem",
  "hwmon",
  "loadavg",
  "meminfo",
  "os",
  "pressure",
  "stat",
  "time",
  "timex",
  "vmstat",
] as const;

/** Mounts that are pods' and images', not the node's: claims are told of by the kubelet. */
const foreignMounts = "^/(dev|proc|run|sys|var/lib/(containerd|containers|docker|kubelet)/.+)($|/)";

/** Arguments of the node exporter. */
export const nodeExporterArguments = (
  node: NodeFolders = folders,
  listen: number = port,
): string[] => [
  `--web.listen-address=:${listen}`,
  // Of its own process on every node, nobody asks.
  "--web.disable-exporter-metrics",
  `--path.rootfs=${node.root}`,
  `--path.procfs=${node.proc}`,
  `--path.sysfs=${node.sys}`,
  "--collector.disable-defaults",
  ...collectors.map((name) => `--collector.${name}`),
  `--collector.filesystem.mount-points-exclude=${foreignMounts}`,
];

const hostPaths: readonly HostPath[] = [
  { name: "root", path: "/", type: "Directory" },
  { name: "proc", path: "/proc", type: "Directory" },
  { name: "sys", path: "/sys", type: "Directory" },
];

const mounts: readonly Mount[] = [
  // A disk that is mounted later, too.
  { volume: "root", path: folders.root, readOnly: true, propagation: "HostToContainer" },
  { volume: "proc", path: folders.proc, readOnly: true },
  { volume: "sys", path: folders.sys, readOnly: true },
];

/** Without reading all of the node: that is Prometheus' to ask for. */
const answers: Probe["check"] = { kind: "http", path: "/", port: "http" };

const probes = readyAndAlive(answers);

/** The Workload of a node exporter. Pure. */
export function nodeExporterWorkload(name: string, args: NodeExporterArgs): WorkloadArgs {
  const { config } = args;
  return {
    kind: "DaemonSet",
    ...surrounded(name, args),
    container: {
      name,
      image: config.image,
      args: nodeExporterArguments(),
      ports: [{ name: "http", port }],
      probes,
      resources: config.resources,
      mounts,
    },
    // One after the other would take as long as there are nodes.
    update: { maxUnavailable: "25%" },
    placement: { tolerations: [...args.tolerations] },
    security: {
      user,
      exception: "reads the node's own folders, to tell of its disks, memory and processors",
    },
    hostPaths,
    podAnnotations: announces(port),
    terminationGraceSeconds: 5,
  };
}

/** A node exporter on every node: its processors, memory and disks as metrics. */
export class NodeExporter extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NodeExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:NodeExporter", name, { image: args.config.image }, opts);
    this.ready = makeWorkload(name, nodeExporterWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
