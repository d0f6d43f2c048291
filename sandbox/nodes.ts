/** Node objects shaped like the stack's pools. Pure. */
import { createHash } from "node:crypto";

import type { NodeShape } from "../components/platform/cluster.schema.ts";

/** A machine behind a node: exchanged when the node is recycled. */
export interface Machine {
  /** The cloud's number. */
  readonly id: number;
  /** The cloud's name for it, as nodes have it. Default: that of a machine at Linode. */
  readonly providerId?: string;
  /** Addresses seen from outside: its own, then those that somebody gave it. */
  readonly externalIps: readonly string[];
}

/** A node object as the API server takes it. */
export interface NodeObject {
  readonly apiVersion: "v1";
  readonly kind: "Node";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly providerID: string;
    readonly podCIDR: string;
    readonly podCIDRs: readonly string[];
    readonly taints: readonly { key: string; value: string; effect: string }[];
  };
  readonly status: {
    readonly addresses: readonly { type: string; address: string }[];
    readonly capacity: Readonly<Record<string, string>>;
    readonly allocatable: Readonly<Record<string, string>>;
    readonly conditions: readonly Readonly<Record<string, string>>[];
    readonly nodeInfo: Readonly<Record<string, string>>;
  };
}

/** Annotation of the nodes that this program made: only these are ever removed by it. */
export const shapeAnnotation = "sandbox.fleet/shape";

/** Annotation with the stack that a node is of: two may share a cluster. */
export const stackAnnotation = "sandbox.fleet/stack";

/** Annotation with the node's {@link nodeObject} position: kept as long as the node's name is. */
export const positionAnnotation = "sandbox.fleet/position";

/** Documentation ranges (RFC 5737). 203.0.113.0/24 is left to the addresses that stack files declare. */
const publicRanges = ["198.51.100", "192.0.2"] as const;

/** Name of a node: its pool and number, or its slot. */
export function nodeName(
  stack: string,
  { pool, index, slot }: Pick<NodeShape, "pool" | "index" | "slot">,
): string {
  return slot === undefined ? `${stack}-${pool}-${index}` : `${stack}-${pool}-slot-${slot}`;
}

/** Numbers from here on are machines under nodes, to the stand-in for Linode as well. */
const firstMachine = 90_000_000;

/**
 * The n-th machine that this sandbox saw, as its cloud hands it out: with an address that none had.
 *
 * @param taken Addresses that the stack file reserves: no machine gets one by itself.
 */
export function machine(number: number, taken: ReadonlySet<string>): Machine {
  const free = publicRanges
    .flatMap((prefix) => Array.from({ length: 254 }, (_, last) => `${prefix}.${last + 1}`))
    .filter((address) => !taken.has(address));
  const own = free[number % free.length] ?? `${publicRanges[0]}.1`;
  return { id: firstMachine + number, externalIps: [own] };
}

/** A machine after the operator has been at it: with the reserved addresses that are the operator's to assign. */
export function attended(made: Machine, { address }: NodeShape): Machine {
  return address?.kind === "reserved" && "ip" in address && address.assignedBy === "operator"
    ? { ...made, externalIps: [...made.externalIps, address.ip, ...(address.also ?? [])] }
    : made;
}

/** Addresses that the pools reserve. */
export function reservedAddresses(nodes: readonly NodeShape[]): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ address }) =>
      // One that has no number here is made by the program, and Google hands it out.
      address?.kind === "reserved" && "ip" in address ? [address.ip, ...(address.also ?? [])] : [],
    ),
  );
}

/**
 * A node's object.
 *
 * @param position Its number among all nodes of the cluster: gives addresses inside it.
 * @param name Default: by its pool or slot.
 */
export function nodeObject(
  stack: string,
  node: NodeShape,
  position: number,
  { id, externalIps, providerId }: Machine,
  name = nodeName(stack, node),
): NodeObject {
  const internalIp = `192.168.${128 + Math.floor(position / 250)}.${1 + (position % 250)}`;
  const podRange = podCidr(position);
  const labels = {
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/os": "linux",
    "topology.kubernetes.io/region": "sandbox",
    ...node.labels,
    "kubernetes.io/hostname": name,
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "topology.kubernetes.io/zone": labels["topology.kubernetes.io/region"], ...labels },
      annotations: {
        [shapeAnnotation]: shapeHash(node),
        [positionAnnotation]: `${position}`,
        [stackAnnotation]: stack,
      },
    },
    spec: {
      providerID: providerId ?? `linode://${id}`,
      podCIDR: podRange,
      podCIDRs: [podRange],
      taints: node.taints.map(({ key, value, effect }) => ({ key, value, effect })),
    },
    status: {
      addresses: [
        { type: "Hostname", address: name },
        { type: "InternalIP", address: internalIp },
        ...externalIps.map((address) => ({ type: "ExternalIP", address })),
      ],
      capacity: quantities(node.capacity, node.scratch),
      allocatable: quantities(node.allocatable, node.scratch),
      // Ready from birth: one that the node controller sees unready is tainted until its next round.
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "simulated" }],
      nodeInfo: {
        architecture: "amd64",
        bootID: "",
        containerRuntimeVersion: "simulated://kwok",
        kernelVersion: "simulated",
        kubeProxyVersion: "",
        kubeletVersion: "v1.36.3",
        machineID: `${id}`,
        operatingSystem: "linux",
        osImage: "simulated",
        systemUUID: "",
      },
    },
  };
}

/** Changes when the stack file changes what a node is: then the node is made anew. */
export function shapeHash(node: NodeShape): string {
  return createHash("sha256").update(JSON.stringify(node)).digest("hex").slice(0, 16);
}

/**
 * A position for each name: the one it has, else the lowest free one. So a new pool moves no node of
 * another.
 *
 * @param foreign Positions of another stack's nodes.
 */
export function positions(
  names: readonly string[],
  present: ReadonlyMap<string, number>,
  foreign: readonly number[] = [],
): ReadonlyMap<string, number> {
  const kept = new Map([...present].filter(([name]) => names.includes(name)));
  const taken = new Set([...kept.values(), ...foreign]);
  let next = 0;
  for (const name of names.filter((candidate) => !kept.has(candidate))) {
    while (taken.has(next)) {
      next += 1;
    }
    taken.add(next);
    kept.set(name, next);
  }
  return kept;
}

/** 510 addresses for the pods of each node, out of 10.64.0.0/10. */
function podCidr(position: number): string {
  const block = position * 2;
  return `10.${64 + Math.floor(block / 256)}.${block % 256}.0/23`;
}

/** @param scratch Where no pool says it: room that no pod's own files fill. */
const quantities = (
  { cpu, memory, pods }: NodeShape["capacity"],
  scratch = "80Gi",
): Record<string, string> => ({ cpu, memory, pods: `${pods}`, "ephemeral-storage": scratch });
