/**
 * Disks that pools promise for pods held against what the drivers of their nodes take. Pure.
 *
 * A driver writes its number when it starts on a node, into the node's CSINode; the scheduler places pods with disks by
 * it, and by nothing that a stack file says. One that writes none takes any number
 * (kubernetes.io/docs/concepts/storage/storage-limits, CSINodeDriver).
 */
import * as z from "zod";

import { type ClusterConfig, clusterNodes } from "../../components/platform/cluster.schema.ts";
import { visible } from "../../review/render/visible.ts";
import type { Fault } from "../../stacks/faults.ts";
import type { Check } from "./check.ts";
import { type NodeList, poolOf } from "./node-checks.ts";

const Driver = z.looseObject({
  name: z.string(),
  allocatable: z.looseObject({ count: z.int().min(0).nullish() }).nullish(),
});

const CsiNode = z.looseObject({
  kind: z.literal("CSINode"),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    drivers: z
      .array(Driver)
      .nullish()
      .transform((drivers) => drivers ?? []),
  }),
});

const DiskClass = z.looseObject({
  kind: z.literal("StorageClass"),
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  provisioner: z.string(),
});

/** What `kubectl get csinodes,storageclasses -o json` gives. */
export const DiskList = z.looseObject({
  items: z.array(z.discriminatedUnion("kind", [CsiNode, DiskClass])),
});
type DiskList = z.infer<typeof DiskList>;

/** What a driver takes on a node. */
interface Limit {
  readonly node: string;
  readonly driver: string;
  readonly count: number;
}

const isDefault = "storageclass.kubernetes.io/is-default-class";

/** Limits of each node: of the driver whose disks claims get that ask for no other, or of each that has one. */
function limitsOf({ items }: DiskList): readonly Limit[] {
  const usual = items.flatMap((one) =>
    one.kind === "StorageClass" && one.metadata.annotations[isDefault] === "true"
      ? [one.provisioner]
      : [],
  );
  return items.flatMap((one) => {
    if (one.kind !== "CSINode") {
      return [];
    }
    const limited = one.spec.drivers.flatMap(({ name, allocatable }): Limit[] =>
      allocatable?.count == null
        ? []
        : [{ node: one.metadata.name, driver: name, count: allocatable.count }],
    );
    const isUsual = one.spec.drivers.some(({ name }) => usual.includes(name));
    return isUsual ? limited.filter(({ driver }) => usual.includes(driver)) : limited;
  });
}

const takes = ({ node, driver, count }: Limit): string =>
  `${visible(driver)} attaches ${count} to ${visible(node)}`;

/** What a pool says of its disks, against the node that takes the fewest. */
function poolFindings(
  cluster: ClusterConfig,
  pool: string,
  limits: readonly Limit[],
): Pick<Check, "faults" | "notices"> {
  const shape = clusterNodes(cluster).find((one) => one.pool === pool);
  const [least] = [...limits].sort((one, other) => one.count - other.count);
  if (shape === undefined || least === undefined) {
    return { faults: [] };
  }
  const path = `fleet:cluster.pools.${pool}.disks`;
  const { disks } = shape;
  const mend = `write ${least.count} there`;
  if (disks === undefined) {
    // More disks than pods are no limit.
    const expected = `is not said, so that nobody counts them; ${takes(least)}, and a pod beyond waits`;
    return {
      faults: [],
      notices: least.count < shape.allocatable.pods ? [{ path, expected, mend }] : [],
    };
  }
  const isSaid = cluster.pools[pool]?.disks !== undefined;
  const expected = `is ${disks}${isSaid ? "" : ", by Linode's rule"}; ${takes(least)}: a pod beyond would wait for its disk`;
  return { faults: least.count < disks ? [{ path, expected, mend }] : [] };
}

/** Disks of each pool, as far as the drivers of its nodes say how many they take. */
export function diskCheck(
  cluster: ClusterConfig,
  nodes: z.infer<typeof NodeList>["items"],
  found: DiskList,
): Check {
  const limits = limitsOf(found);
  const pools = new Map(nodes.map((node) => [node.metadata.name, poolOf(node)]));
  const names = [...new Set(clusterNodes(cluster).map(({ pool }) => pool))];
  const all = names.map((pool) =>
    poolFindings(
      cluster,
      pool,
      limits.filter(({ node }) => pools.get(node) === pool),
    ),
  );
  const of = (kind: "faults" | "notices"): Fault[] => all.flatMap((one) => one[kind] ?? []);
  return {
    name: "disks of nodes",
    detail:
      limits.length === 0
        ? "no driver says how many a node takes"
        : `${new Set(limits.map(({ node }) => node)).size} nodes, whose drivers say how many they take`,
    faults: of("faults"),
    notices: of("notices"),
  };
}
