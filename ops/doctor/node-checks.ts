/** Pools of a stack file held against the nodes of its cluster. Pure. */
import * as z from "zod";

import { poolLabel, slotLabel } from "../../components/base/labels.ts";
import {
  type ClusterConfig,
  clusterNodes,
  type NodeShape,
  type NodesThere,
} from "../../components/platform/cluster.schema.ts";
import { givenAddresses, type Pool } from "../../components/platform/pool.schema.ts";
import { counted } from "../../review/render/compose/line.ts";
import { visible } from "../../review/render/visible.ts";
import type { Fault } from "../../stacks/faults.ts";
import type { Check } from "./check.ts";
import { sizeFaults, sizeNotices, type SizedNode, type SizedPool } from "./node-sizes.ts";

const Quantities = z.record(z.string(), z.string()).default({});
const Node = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z
    .looseObject({
      unschedulable: z.boolean().default(false),
      taints: z
        .array(
          z.looseObject({ key: z.string(), value: z.string().default(""), effect: z.string() }),
        )
        .default([]),
    })
    .prefault({}),
  status: z.looseObject({
    allocatable: Quantities,
    addresses: z.array(z.looseObject({ type: z.string(), address: z.string() })).default([]),
    conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
  }),
});
type Node = z.infer<typeof Node>;

/** What `kubectl get nodes -o json` gives. */
export const NodeList = z.looseObject({ items: z.array(Node) });

/**
 * Every node held against its pool, every pool against its nodes.
 *
 * @param there Which of the nodes there are to be.
 */
export function nodeCheck(
  cluster: ClusterConfig,
  nodes: readonly Node[],
  there: NodesThere = "all",
): Check {
  const shapes = clusterNodes(cluster, there);
  const pools = [...new Set(clusterNodes(cluster).map(({ pool }) => pool))];
  const strangers = nodes.filter((node) => !pools.includes(poolOf(node) ?? ""));
  const all = pools.map((name) => ({
    pool: { name, kind: cluster.kind, path: `fleet:cluster.pools.${name}` },
    most: mostNodes(cluster, name, there),
    shapes: shapes.filter((shape) => shape.pool === name),
    nodes: nodes.filter((node) => poolOf(node) === name),
  }));
  return {
    name: "pools and nodes",
    detail: `${counted(nodes.length, "node")} in ${counted(pools.length, "pool")}`,
    faults: all.flatMap(poolFaults),
    notices: [
      ...all.flatMap(({ pool, shapes: [shape], nodes: own }) =>
        shape === undefined ? [] : own.flatMap((node) => sizeNotices(pool, shape, sized(node))),
      ),
      ...strangers.map((node) => ({
        path: nodeName(node),
        expected:
          poolOf(node) === undefined
            ? "is in no pool: what names a pool never runs there"
            : `is in the pool ${visible(poolOf(node) ?? "")}, which the stack file does not have`,
        mend: `kubectl label node ${nodeName(node)} ${poolLabel}=<pool>, or leave it to others`,
      })),
      ...nodes
        .filter(({ spec }) => spec.unschedulable)
        .map((node) => ({
          path: nodeName(node),
          expected: "takes no new pods: somebody cordoned it",
          mend: `kubectl uncordon ${nodeName(node)}`,
        })),
    ],
  };
}

/** Pool that a node says it is in. */
export const poolOf = ({ metadata }: Node): string | undefined => metadata.labels[poolLabel];
const slotOf = ({ metadata }: Node): string | undefined => metadata.labels[slotLabel];
const nodeName = ({ metadata }: Node): string => visible(metadata.name);
const sized = (node: Node): SizedNode => ({ name: nodeName(node), has: node.status.allocatable });

/** Most nodes of a pool that the cloud itself makes larger; undefined of one that has just its number. */
function mostNodes(cluster: ClusterConfig, name: string, there: NodesThere): number | undefined {
  const pool: Pool | undefined = cluster.pools[name];
  return there === "none" ? undefined : pool?.autoscale?.max;
}

/** A pool as the file has it, and the nodes that say they are in it. */
interface PoolNodes {
  readonly pool: SizedPool & { readonly name: string };
  readonly most: number | undefined;
  readonly shapes: readonly NodeShape[];
  readonly nodes: readonly Node[];
}

function poolFaults({ most, nodes, pool, shapes }: PoolNodes): Fault[] {
  const { name, path } = pool;
  const [shape] = shapes;
  if (shape === undefined) {
    return goneFaults(path, nodes);
  }
  const isSlotted = shape.slot !== undefined;
  const isRight = nodes.length >= shapes.length && nodes.length <= (most ?? shapes.length);
  const count =
    isSlotted || isRight
      ? []
      : [
          {
            path: `${path}.nodes`,
            expected: `is ${shapes.length}${most === undefined ? "" : ` to ${most}`}; the cluster has ${counted(nodes.length, "node")} with the label ${poolLabel}=${name}`,
            mend:
              nodes.length === 0
                ? `kubectl label node <node> ${poolLabel}=${name}`
                : `add or remove nodes, or write ${nodes.length} there`,
          },
        ];
  return [
    ...count,
    ...(isSlotted ? slotFaults(path, shapes, nodes) : []),
    ...nodes.flatMap((node) => [
      ...sizeFaults(pool, shape, sized(node)),
      ...markFaults(shape, node),
    ]),
  ];
}

/** Nodes of a pool that has none while the stack does not run: they cost, and carry nothing. */
const goneFaults = (path: string, nodes: readonly Node[]): Fault[] =>
  nodes.length === 0
    ? []
    : [
        {
          path,
          expected: `has no nodes while the stack does not run; the cluster has ${nodes.map(nodeName).join(", ")}`,
          mend: "the next update takes them away; if they come back, look who changes the pool",
        },
      ];

function slotFaults(path: string, shapes: readonly NodeShape[], nodes: readonly Node[]): Fault[] {
  const known = new Set(shapes.map(({ slot }) => `${slot ?? ""}`));
  return [
    ...nodes
      .filter((node) => !known.has(slotOf(node) ?? ""))
      .map((node) => ({
        path: nodeName(node),
        expected: `holds ${slotOf(node) === undefined ? "no slot" : `the slot ${visible(slotOf(node) ?? "")}`} of its pool's: ${[...known].join(", ")}`,
        mend: `kubectl label node ${nodeName(node)} ${slotLabel}=<slot> --overwrite`,
      })),
    ...shapes.flatMap(({ slot, address }) => {
      const holders = nodes.filter((node) => slotOf(node) === `${slot ?? ""}`);
      const at = `${path}.slots["${slot ?? ""}"]`;
      const [holder] = holders;
      if (holders.length !== 1 || holder === undefined) {
        return [
          {
            path: at,
            expected:
              holders.length === 0
                ? "no node holds it: what is pinned to it waits"
                : `${holders.map(nodeName).join(" and ")} hold it: what clients dial may run on either`,
            mend: `kubectl label node <node> ${slotLabel}=${slot ?? ""}${holders.length === 0 ? "" : ", and take it from the others: kubectl label node <node> fleet/slot-"}`,
          },
        ];
      }
      return addressFaults(at, address, holder);
    }),
  ];
}

function addressFaults(path: string, address: NodeShape["address"], node: Node): Fault[] {
  const [ip] = givenAddresses(address);
  if (ip === undefined) {
    return [];
  }
  const has = node.status.addresses
    .filter(({ type }) => type === "ExternalIP")
    .map((one) => one.address);
  // A node tells one address, often: the further ones of its machine are seen from outside only.
  return has.length === 0 || has.includes(ip)
    ? []
    : [
        {
          path: `${path}.address.ip`,
          expected: `is ${ip}; ${nodeName(node)}, which holds the slot, has ${visible(has.join(", "))}`,
          mend: "assign the reserved address to that machine, or write down the one it has; make verify dials it from outside",
        },
      ];
}

function markFaults({ labels, taints, startupTaints = [] }: NodeShape, node: Node): Fault[] {
  const path = nodeName(node);
  const isReady = node.status.conditions.some(
    ({ type, status }) => type === "Ready" && status === "True",
  );
  const missing = Object.entries(labels).filter(
    ([key, value]) =>
      // The pool is how it was found; slots are told by the slot.
      key !== poolLabel && key !== slotLabel && node.metadata.labels[key] !== value,
  );
  const untainted = taints.filter(
    ({ key, value, effect }) =>
      !node.spec.taints.some(
        (one) => one.key === key && one.value === value && one.effect === effect,
      ),
  );
  return [
    ...startupTaints
      .filter(({ key }) => node.spec.taints.some((taint) => taint.key === key))
      .map(({ key }) => ({
        path,
        expected: `still has the mark ${key} of a new node: nothing is placed there before it has its slot's address`,
        mend: `kubectl logs -A -l fleet/group=address-keeper tells what its agent waits for`,
      })),
    ...(isReady ? [] : [{ path, expected: "is not ready", mend: `kubectl describe node ${path}` }]),
    ...missing.map(([key, value]) => ({
      path,
      expected: `lacks the label ${key}=${value} that its pool promises`,
      mend: `kubectl label node ${path} ${key}=${value} --overwrite`,
    })),
    ...untainted.map(({ key, value, effect }) => ({
      path,
      expected: `lacks the taint ${key}${value === "" ? "" : `=${value}`}:${effect} that its pool promises`,
      mend: `kubectl taint node ${path} ${key}${value === "" ? "" : `=${value}`}:${effect}`,
    })),
  ];
}
