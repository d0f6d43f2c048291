/** The pools of an LKE cluster: what the API takes, beyond what any pool may say. Pure. */
import { poolLabel, slotLabel } from "../base/labels.ts";
import { parseQuantity } from "../base/quantity.ts";
import type { PoolConfig } from "./pool.schema.ts";
import type { PlatformFault } from "./fault.ts";
import { linodeTypes, type LinodeType } from "./linode.schema.ts";

/** Name of the pool that the cluster itself declares. */
const basePoolName = "base";

/** Keeps everything of ours off the cluster's own pool: its one machine is there because one must be. */
export const baseTaint = { key: "fleet/base", value: "true", effect: "NoSchedule" } as const;

/** Taint and labels of one node pool at Linode, with the number of its nodes. */
export interface LkePool {
  /** Unique in the cluster: the pool's own name, or with its slot. */
  readonly name: string;
  readonly slot: number | undefined;
  readonly type: LinodeType;
  readonly count: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: PoolConfig["taints"];
  /** What happens to it when it goes, where that is not the stack's word. */
  readonly data: PoolConfig["data"];
}

/**
 * The pools to make: one for all alike nodes, and one of a single node for each slot, as Linode puts labels
 * on pools and has none for a single node.
 *
 * @throws Error where a pool has no type, which {@link lkePoolFaults} tells before.
 */
export function lkePools(pools: Readonly<Record<string, PoolConfig>>): LkePool[] {
  return Object.entries(pools).flatMap(([name, pool]): LkePool[] => {
    const { type, nodes, taints, data } = pool;
    if (type === undefined) {
      throw new Error(`fleet:cluster.pools.${name} has no type`);
    }
    const labels = { ...pool.labels, [poolLabel]: name };
    const slots = Object.keys(pool.slots ?? {}).sort((a, b) => Number(a) - Number(b));
    return nodes === undefined
      ? slots.map((slot) => ({
          name: `${name}-slot-${slot}`,
          slot: Number(slot),
          type,
          count: 1,
          labels: { ...labels, [slotLabel]: slot },
          taints,
          data,
        }))
      : [{ name, slot: undefined, type, count: nodes, labels, taints, data }];
  });
}

/** The cluster's own pool, as a pool of the file. */
export function basePool(type: LinodeType): Readonly<Record<string, PoolConfig>> {
  const [cpus, gibibytes] = linodeTypes[type];
  return {
    [basePoolName]: {
      nodes: 1,
      cpu: `${cpus}`,
      memory: `${gibibytes}Gi`,
      pods: 110,
      reserved: { cpu: "300m", memory: "512Mi", pods: 10 },
      labels: {},
      taints: [baseTaint],
      type,
    },
  };
}

/** Label prefixes that Linode keeps for itself. */
const ownPrefixes = /(^|\.)(kubernetes\.io|k8s\.io|linode\.com)\//;

/**
 * What Linode would refuse of a cluster's pools, or silently make otherwise.
 *
 * @param region The cluster's. @returns Faults with their places below `pools`.
 */
export function lkePoolFaults(
  pools: Readonly<Record<string, PoolConfig>>,
  region: string,
): PlatformFault[] {
  return Object.entries(pools).flatMap(([name, pool]) => [
    ...(name === basePoolName
      ? [
          {
            path: [name],
            message: `must be named otherwise: ${basePoolName} is the cluster's own pool`,
          },
        ]
      : []),
    ...sizeFaults(name, pool),
    ...(pool.region === undefined || pool.region === region
      ? []
      : [{ path: [name, "region"], message: `must be ${region}: a cluster lies in one region` }]),
    ...Object.keys(pool.labels)
      .filter((key) => ownPrefixes.test(key))
      .map((key) => ({
        path: [name, "labels", key],
        message: "must have another prefix: Linode keeps this one for itself",
      })),
  ]);
}

/**
 * Taints that no pool at Linode can have: its API takes none without a value. Written without one, nodes that are
 * as they should be would be told as untainted, and what is put on by hand goes with the machine.
 *
 * Source: facts/clouds-linode-cloudflare-docker.md 1.1. @returns Faults with their places below `pools`.
 */
export const linodeTaintFaults = (
  pools: Readonly<Record<string, Pick<PoolConfig, "taints">>>,
): PlatformFault[] =>
  Object.entries(pools).flatMap(([name, { taints }]) =>
    taints.flatMap(({ value }, index) =>
      value === ""
        ? [
            {
              path: [name, "taints", index, "value"],
              message: 'must not be empty at Linode, e.g. "true"',
            },
          ]
        : [],
    ),
  );

function sizeFaults(name: string, { type, cpu, memory }: PoolConfig): PlatformFault[] {
  if (type === undefined) {
    return [
      {
        path: [name, "type"],
        message: "must be Linode's machine type, e.g. g6-standard-4: LKE makes the nodes",
      },
    ];
  }
  const [cpus, gibibytes] = linodeTypes[type];
  const fits = parseQuantity(cpu) === cpus && parseQuantity(memory) === gibibytes * 2 ** 30;
  return fits
    ? []
    : [
        {
          path: [name, "type"],
          message: `must fit the pool's cpu and memory: a ${type} has ${cpus} and ${gibibytes}Gi`,
        },
      ];
}
