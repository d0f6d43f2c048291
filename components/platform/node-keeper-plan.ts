/** What the node-keeper is told, asks for and is needed for. Pure. */
import type { CapacityRequest } from "./capacity.ts";
import { type ClusterConfig, clusterNodes } from "./cluster.schema.ts";
import type { PlatformFault } from "./fault.ts";
import type { FirewallIds } from "./firewalls.ts";
import type { NodeKeeperConfig } from "./linode.schema.ts";
import { clusterSlots } from "./slots.ts";

/** Name of the DaemonSet and of its pods. */
export const nodeKeeperName = "node-keeper";

/** File of the keeper's settings in its folder. */
export const nodeKeeperSettings = "settings.json";

/** File that is written at each look, whatever comes of it: liveness. */
export const keeperAliveFile = "/run/node-keeper/alive";

/** File that is there while a node has all it should have: readiness. */
export const keeperReadyFile = "/run/node-keeper/ready";

/** What the keeper's program reads. */
export interface KeeperSettings {
  /** Address of Linode's API. */
  readonly linode: string;
  readonly region: string;
  readonly everySeconds: number;
  /** File that is there while all is as it should be. */
  readonly ready: string;
  /** File that is written at each look. */
  readonly alive: string;
  /** Slot → addresses that its machine has. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly firewalls: FirewallIds;
}

/** The keeper's settings. */
export function keeperSettings(
  { everySeconds }: Pick<NodeKeeperConfig, "everySeconds">,
  cluster: ClusterConfig,
  firewalls: FirewallIds,
): KeeperSettings {
  return {
    linode: "https://api.linode.com/v4",
    region: cluster.linode?.region ?? "",
    everySeconds,
    ready: keeperReadyFile,
    alive: keeperAliveFile,
    addresses: Object.fromEntries(
      clusterSlots(cluster).flatMap(({ slot, address }) =>
        address.kind === "reserved" && address.assignedBy === "node-keeper"
          ? [[`${slot}`, [address.ip, ...(address.also ?? [])]]]
          : [],
      ),
    ),
    firewalls,
  };
}

/** It runs on every node, whatever that keeps away. */
export const tolerateAll = (cluster: ClusterConfig): { key: string }[] =>
  [...new Set(clusterNodes(cluster).flatMap(({ taints }) => taints.map(({ key }) => key)))].map(
    (key) => ({ key }),
  );

/** What it asks of each node, for capacityFaults. */
export function nodeKeeperRequest(cluster: ClusterConfig): CapacityRequest | undefined {
  const keeper = cluster.linode?.nodeKeeper;
  return keeper === undefined
    ? undefined
    : {
        workload: nodeKeeperName,
        replicas: clusterNodes(cluster).length,
        ...keeper.resources.requests,
        placement: {
          podAntiAffinity: "required",
          spread: "none",
          tolerations: tolerateAll(cluster),
        },
      };
}

/** What needs a keeper where there is none: addresses and firewalls that nothing would put on a machine. */
export function nodeKeeperFaults(cluster: ClusterConfig): PlatformFault[] {
  const { linode } = cluster;
  if (linode?.nodeKeeper !== undefined) {
    return [];
  }
  const mend = "name its token in fleet:cluster.linode.nodeKeeper";
  return [
    ...(linode?.firewalls === "made"
      ? [
          {
            path: ["cluster", "linode", "firewalls"],
            message: `must be none without a node-keeper, as nothing would put machines behind them: ${mend}`,
          },
        ]
      : []),
    ...clusterSlots(cluster).flatMap(({ slot, pool, address }) =>
      address.kind === "reserved" && address.assignedBy === "node-keeper"
        ? [
            {
              path: ["cluster", "pools", pool, "slots", `${slot}`, "address", "assignedBy"],
              message: `must be operator without a node-keeper: ${mend}`,
            },
          ]
        : [],
    ),
  ];
}
