/**
 * The cluster a stack deploys to, and the sizes of its nodes.
 *
 * Pools are declared for clusters that exist already, too: they are what the config is checked
 * against before anything is touched, what the sandbox shapes its nodes after, and what `doctor`
 * compares with the nodes that really run.
 */
import * as z from "zod";

import { poolLabel, slotLabel } from "../base/labels.ts";
import { formatBytes, formatCpu, parseQuantity } from "../base/quantity.ts";
import {
  Bytes,
  Cpu,
  DataPolicy,
  DnsLabel,
  Hostname,
  Ipv4,
  LabelKey,
  LabelValue,
} from "../base/scalars.ts";
import { LinodeTerms, LinodeType } from "./linode.schema.ts";
import { basePool, lkePoolFaults } from "./lke-pools.ts";

/** How a slot keeps its public address when its machine is exchanged. */
export const SlotAddress = z.discriminatedUnion("kind", [
  /** An address of the account, whatever machine holds the slot. */
  z.strictObject({
    kind: z.literal("reserved"),
    ip: Ipv4,
    /** Further addresses of the same machine: coturn answers its NAT test from a second one. */
    also: z.array(Ipv4).optional(),
    /**
     * What puts it on a machine that is new: the `node-keeper` (`cluster.linode.nodeKeeper`), or an
     * `operator`, by hand: until then nobody reaches what runs there.
     */
    assignedBy: z.enum(["node-keeper", "operator"], {
      message: "must be node-keeper or operator: a cloud gives a new machine another address",
    }),
  }),
  /** A name that follows the machine; whoever keeps it is outside this program. */
  z.strictObject({ kind: z.literal("dns"), name: Hostname }),
  /** None: the address changes with the machine. Refused for whatever publishes an address. */
  z.strictObject({ kind: z.literal("ephemeral") }),
]);
/** {@inheritDoc SlotAddress} */
export type SlotAddress = z.infer<typeof SlotAddress>;

const SlotNumber = z
  .string()
  .regex(/^(0|[1-9]\d{0,2})$/, 'must be the number of a slot from 0 to 999 in quotes, e.g. "0"');

const SlotConfig = z.strictObject({ address: SlotAddress });

/** A mark that keeps pods away unless they tolerate it. */
export const Taint = z.strictObject({
  key: LabelKey,
  value: LabelValue.default(""),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});
/** {@inheritDoc Taint} */
export type Taint = z.infer<typeof Taint>;

/**
 * What a node keeps for itself out of its nominal size: the kubelet, the eviction threshold, and
 * the cloud's own pods on every node (network, disks, logs). Our default; the numbers of one cloud
 * are in facts/clouds-gke-ingress-tls.md 1.4.
 */
const Reserved = z.strictObject({
  cpu: Cpu.default("300m"),
  memory: Bytes.default("512Mi"),
  pods: z.int().min(0).max(100).default(10),
});

const poolLabelFault = 'must not begin with "fleet/": these labels follow from the pool itself';

/** Nodes of one kind: so many alike, or one for each slot. */
export const PoolConfig = z
  .strictObject({
    /** Number of nodes. Either this, or `size`, or `slots`. */
    nodes: z
      .int("must be a whole number of nodes, e.g. 2")
      .min(1, "must be at least 1")
      .max(1000, "must be at most 1000")
      .optional(),
    /**
     * `auto`: as many nodes as the requests of all pods need, computed from this file at each run. Of a
     * cluster that is made here.
     */
    size: z.literal("auto", 'must be "auto": a number of nodes stands in nodes').optional(),
    /** Number of the slot → its node. Instead of `nodes`. */
    slots: z
      .record(SlotNumber, SlotConfig)
      .refine((slots) => Object.keys(slots).length > 0, "must have at least one slot")
      .optional(),
    /** Nominal size of a node. */
    cpu: Cpu,
    memory: Bytes,
    /** Pods that the kubelet takes at most. */
    pods: z.int().min(1).max(512).default(110),
    /** What of it is not for workloads. */
    reserved: Reserved.prefault({}),
    /** Labels of the nodes beside `fleet/pool` and `fleet/slot`. */
    labels: z.record(LabelKey, LabelValue).default({}),
    taints: z.array(Taint).default([]),
    /** The cloud's name of the place, e.g. `ap-south`. Default: the region of `cluster.linode`. */
    region: LabelValue.optional(),
    /** The cloud's name of the size, where the program makes the nodes. `cpu` and `memory` say the same. */
    type: LinodeType.optional(),
    /** What happens to its nodes when it goes, where the program makes them. Default: the stack's. */
    data: DataPolicy.optional(),
  })
  .superRefine((pool, context) => {
    const said = [pool.nodes, pool.size, pool.slots].filter((one) => one !== undefined);
    if (said.length !== 1) {
      context.addIssue({
        code: "custom",
        message: "must say either nodes or slots, or size: auto",
      });
    }
    for (const key of Object.keys(pool.labels)) {
      if (key.startsWith("fleet/")) {
        context.addIssue({ code: "custom", path: ["labels", key], message: poolLabelFault });
      }
    }
    for (const resource of ["cpu", "memory"] as const) {
      if (parseQuantity(pool.reserved[resource]) >= parseQuantity(pool[resource])) {
        context.addIssue({
          code: "custom",
          path: [resource],
          message: `must be above the node's own share of ${pool.reserved[resource]} (reserved.${resource})`,
        });
      }
    }
    if (pool.reserved.pods >= pool.pods) {
      context.addIssue({ code: "custom", path: ["pods"], message: "must be above reserved.pods" });
    }
  });
/** {@inheritDoc PoolConfig} */
export type PoolConfig = z.infer<typeof PoolConfig>;

/** Slots and addresses are identities: each may stand once in the whole cluster. */
function duplicateSlots(pools: Readonly<Record<string, PoolConfig>>, context: z.RefinementCtx) {
  const seen = new Map<string, string>();
  const claim = (what: string, path: string[]): void => {
    const owner = seen.get(what);
    if (owner === undefined) {
      seen.set(what, path.join("."));
    } else {
      context.addIssue({
        code: "custom",
        path,
        message: `${what} already stands at fleet:cluster.pools.${owner}: each stands once in a cluster`,
      });
    }
  };
  for (const [name, pool] of Object.entries(pools)) {
    for (const [slot, { address }] of Object.entries(pool.slots ?? {})) {
      claim(`slot ${slot}`, [name, "slots", slot]);
      if (address.kind === "reserved") {
        claim(`address ${address.ip}`, [name, "slots", slot, "address", "ip"]);
        address.also?.forEach((ip, index) => {
          claim(`address ${ip}`, [name, "slots", slot, "address", "also", `${index}`]);
        });
      }
      if (address.kind === "dns") {
        claim(`name ${address.name}`, [name, "slots", slot, "address", "name"]);
      }
    }
  }
}

const Pools = z
  .record(DnsLabel, PoolConfig)
  .refine((pools) => Object.keys(pools).length > 0, "must have at least one pool")
  .superRefine(duplicateSlots);

/** A cluster that exists: reached through a context of the operator's kubeconfig. */
export const KubeconfigCluster = z
  .strictObject({
    kind: z.literal("kubeconfig"),
    /** The context. It also identifies the cluster: changing it replaces every object. */
    context: z
      .string("must be the name of a kubeconfig context, e.g. skycoin-test")
      .regex(/^[^\s"']{1,253}$/, "must be the name of a kubeconfig context, e.g. skycoin-test"),
    pools: Pools,
    /** Of a cluster at Linode. */
    linode: LinodeTerms.optional(),
  })
  .superRefine(({ pools }, context) => {
    for (const name of Object.keys(pools).filter((one) => pools[one]?.size !== undefined)) {
      context.addIssue({
        code: "custom",
        path: ["pools", name, "size"],
        message:
          "must not be there: the nodes of this cluster are made by others, say how many in nodes",
      });
    }
  });

/** A cluster that the program makes, with its pools: Linode's own Kubernetes. */
export const LkeCluster = z
  .strictObject({
    kind: z.literal("lke"),
    label: z
      .string()
      .regex(
        /^[A-Za-z0-9][-_A-Za-z0-9]{1,30}[A-Za-z0-9]$/,
        "must be 3 to 32 letters, digits, dashes or underscores, e.g. skycoin-prod",
      ),
    /** Changing it recycles every node of every pool: all machines are new, addresses included. */
    version: z
      .string('must be major.minor in quotes, e.g. "1.34": LKE picks the patch')
      .regex(/^\d+\.\d+$/, 'must be major.minor in quotes, e.g. "1.34": LKE picks the patch'),
    /** Several control planes. Billed, and never to be turned off again. */
    highAvailability: z.boolean().default(false),
    /**
     * Size of the one machine in the cluster's own pool: a cluster must declare one, and waits for it in
     * vain or not at all. All pools below are resources of their own, which are waited for.
     */
    base: z.strictObject({ type: LinodeType.default("g6-standard-1") }).prefault({}),
    linode: LinodeTerms,
    pools: Pools,
  })
  .superRefine(({ pools, linode }, context) => {
    for (const { path, message } of lkePoolFaults(pools, linode.region)) {
      context.addIssue({ code: "custom", path: ["pools", ...path], message });
    }
  });
/** {@inheritDoc LkeCluster} */
export type LkeCluster = z.infer<typeof LkeCluster>;

/** `fleet:cluster` of a stack file. */
export const ClusterConfig = z.discriminatedUnion("kind", [KubeconfigCluster, LkeCluster]);
/** {@inheritDoc ClusterConfig} */
export type ClusterConfig = z.infer<typeof ClusterConfig>;

/** What people call the cluster: its context, or its label. */
export function nameOfCluster(cluster: ClusterConfig): string {
  return cluster.kind === "lke" ? cluster.label : cluster.context;
}

/** One node as the config promises it. */
export interface NodeShape {
  readonly pool: string;
  /** Position in its pool, from 0. */
  readonly index: number;
  /** Slot the node holds, where its pool has slots. */
  readonly slot: number | undefined;
  /** How the slot keeps its address. */
  readonly address: SlotAddress | undefined;
  /** Labels pods may select by. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Nominal size, as quantities. */
  readonly capacity: { readonly cpu: string; readonly memory: string; readonly pods: number };
  /** What is left for workloads, as quantities. */
  readonly allocatable: { readonly cpu: string; readonly memory: string; readonly pods: number };
}

/** What a node of the pool has left for workloads: its nominal size less `reserved`. */
export function allocatable(pool: PoolConfig): NodeShape["allocatable"] {
  const { reserved } = pool;
  return {
    cpu: formatCpu(parseQuantity(pool.cpu) - parseQuantity(reserved.cpu)),
    // Whole mebibytes: a fraction is no quantity that every reader takes.
    memory: `${Math.floor((parseQuantity(pool.memory) - parseQuantity(reserved.memory)) / 2 ** 20)}Mi`,
    pods: pool.pods - reserved.pods,
  };
}

/** Every node of the cluster, pool by pool and slot by slot, in a stable order. */
export function clusterNodes(cluster: ClusterConfig): readonly NodeShape[] {
  const { linode } = cluster;
  const base = cluster.kind === "lke" ? Object.entries(basePool(cluster.base.type)) : [];
  return [...Object.entries(cluster.pools), ...base]
    .sort(([left], [right]) => left.localeCompare(right))
    .flatMap(([name, pool]) => poolNodes(name, { region: linode?.region, ...pool }));
}

function poolNodes(name: string, pool: PoolConfig): readonly NodeShape[] {
  const slots = Object.entries(pool.slots ?? {}).sort(([a], [b]) => Number(a) - Number(b));
  const members =
    pool.nodes === undefined
      ? slots.map(([slot, { address }]) => ({ slot: Number(slot), address }))
      : Array.from({ length: pool.nodes }, () => ({ slot: undefined, address: undefined }));
  return members.map(({ slot, address }, index) => ({
    pool: name,
    index,
    slot,
    address,
    labels: {
      "kubernetes.io/os": "linux",
      ...(pool.region === undefined ? {} : { "topology.kubernetes.io/region": pool.region }),
      ...pool.labels,
      [poolLabel]: name,
      ...(slot === undefined ? {} : { [slotLabel]: `${slot}` }),
    },
    taints: pool.taints,
    capacity: { cpu: pool.cpu, memory: pool.memory, pods: pool.pods },
    allocatable: allocatable(pool),
  }));
}

/** Sizes of a pool's node in words, for fault messages. */
export function describeNode(node: NodeShape): string {
  const { cpu, memory } = node.allocatable;
  return `${formatCpu(parseQuantity(cpu))} CPU and ${formatBytes(parseQuantity(memory))}`;
}
