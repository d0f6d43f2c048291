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
import { GkeCluster } from "./gke.schema.ts";
import { addressTaint, madeAddressFaults } from "./google-names.ts";
import { GoogleTerms } from "./google.schema.ts";
import { linodeDisks, LinodeTerms, LinodeType } from "./linode.schema.ts";
import { basePool, linodeTaintFaults, lkePoolFaults } from "./lke-pools.ts";
import { type Pool, Pools, type SlotAddress, type Taint } from "./pool.schema.ts";

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
    /** Of a cluster at Google. */
    google: GoogleTerms.optional(),
  })
  .superRefine(({ pools, linode, google }, context) => {
    for (const { path, message } of linode === undefined ? [] : linodeTaintFaults(pools)) {
      context.addIssue({ code: "custom", path: ["pools", ...path], message });
    }
    for (const { path, message } of madeAddressFaults(google?.name, pools)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
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
    const faults = [...lkePoolFaults(pools, linode.region), ...linodeTaintFaults(pools)];
    for (const { path, message } of faults) {
      context.addIssue({ code: "custom", path: ["pools", ...path], message });
    }
    for (const { path, message } of madeAddressFaults(undefined, pools)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });
/** {@inheritDoc LkeCluster} */
export type LkeCluster = z.infer<typeof LkeCluster>;

/** `fleet:cluster` of a stack file. */
export const ClusterConfig = z.discriminatedUnion("kind", [
  KubeconfigCluster,
  LkeCluster,
  GkeCluster,
]);
/** {@inheritDoc ClusterConfig} */
export type ClusterConfig = z.infer<typeof ClusterConfig>;

/** What people call the cluster: its context, its label, its name. */
export function nameOfCluster(cluster: ClusterConfig): string {
  switch (cluster.kind) {
    case "kubeconfig":
      return cluster.context;
    case "lke":
      return cluster.label;
    case "gke":
      return cluster.name;
  }
}

/** Where the cluster is at Google, whoever made it; undefined elsewhere. */
export const googleOf = (cluster: ClusterConfig): GoogleTerms | undefined =>
  cluster.kind === "lke" ? undefined : cluster.google;

/**
 * Which of the nodes of a cluster at Google there are: `all` that the file says; `one` of each pool that
 * grows by itself, and none that holds a slot; `none`. The rest of the cluster stays as it is.
 */
export type NodesThere = "all" | "one" | "none";

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
  /** Taints of a new node that go by themselves, once what they wait for is there. */
  readonly startupTaints?: readonly Taint[];
  /** Of its own disk, what pods may fill, as a quantity; undefined where nobody has said. */
  readonly scratch?: string | undefined;
  /** Nominal size, as quantities. */
  readonly capacity: { readonly cpu: string; readonly memory: string; readonly pods: number };
  /** What is left for workloads, as quantities. */
  readonly allocatable: { readonly cpu: string; readonly memory: string; readonly pods: number };
  /** Disks for pods at a time; undefined where nobody has said. */
  readonly disks?: number | undefined;
}

/** What a node of the pool has left for workloads: its nominal size less `reserved`. */
export function allocatable(pool: Pool): NodeShape["allocatable"] {
  const { reserved } = pool;
  return {
    cpu: formatCpu(parseQuantity(pool.cpu) - parseQuantity(reserved.cpu)),
    // Whole mebibytes: a fraction is no quantity that every reader takes.
    memory: `${Math.floor((parseQuantity(pool.memory) - parseQuantity(reserved.memory)) / 2 ** 20)}Mi`,
    pods: pool.pods - reserved.pods,
  };
}

/**
 * Every node of the cluster, pool by pool and slot by slot, in a stable order.
 *
 * @param there Of a cluster at Google; all of any other.
 */
export function clusterNodes(
  cluster: ClusterConfig,
  there: NodesThere = "all",
): readonly NodeShape[] {
  const { linode } = cluster;
  const base: [string, Pool][] =
    cluster.kind === "lke" ? Object.entries(basePool(cluster.base.type)) : [];
  const pools: Readonly<Record<string, Pool>> = cluster.pools;
  return [...Object.entries(pools), ...base]
    .sort(([left], [right]) => left.localeCompare(right))
    .flatMap(([name, pool]) =>
      poolNodes(
        name,
        {
          region: linode?.region,
          ...pool,
          disks: pool.disks ?? (linode === undefined ? undefined : linodeDisks(pool.memory)),
        },
        cluster.kind === "gke" ? there : "all",
      ).map((node) => (cluster.kind === "gke" ? atGke(node, pool) : node)),
    );
}

/** What a node made at Google has from the start. */
const atGke = (node: NodeShape, { zone }: Pool): NodeShape => ({
  ...node,
  labels: {
    ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": zone }),
    ...node.labels,
  },
  ...(node.address?.kind === "reserved" ? { startupTaints: [addressTaint] } : {}),
});

/** Number of nodes of a pool without slots. */
export function nodeCount({ nodes = 0, autoscale }: Pool, there: NodesThere): number {
  const atLeast = autoscale?.min ?? 0;
  switch (there) {
    case "all":
      return Math.max(nodes, atLeast);
    case "one":
      return autoscale === undefined ? nodes : Math.max(1, atLeast);
    case "none":
      return 0;
  }
}

function poolNodes(name: string, pool: Pool, there: NodesThere): readonly NodeShape[] {
  const slots = Object.entries(there === "all" ? (pool.slots ?? {}) : {}).sort(
    ([a], [b]) => Number(a) - Number(b),
  );
  const members =
    pool.slots === undefined
      ? Array.from({ length: nodeCount(pool, there) }, () => ({
          slot: undefined,
          address: undefined,
        }))
      : slots.map(([slot, { address }]) => ({ slot: Number(slot), address }));
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
    disks: pool.disks,
    ...(pool.scratch === undefined ? {} : { scratch: pool.scratch }),
  }));
}

/** Sizes of a pool's node in words, for fault messages. */
export function describeNode(node: NodeShape): string {
  const { cpu, memory } = node.allocatable;
  return `${formatCpu(parseQuantity(cpu))} CPU and ${formatBytes(parseQuantity(memory))}`;
}
