/** What a cloud would have put into an empty cluster: its nodes and its storage classes. */
import { setTimeout as sleep } from "node:timers/promises";

import type { NodeShape } from "../components/platform/cluster.schema.ts";
import { type Api, type KubeObject } from "./api.ts";
import { fault } from "./fault.ts";
import {
  attended,
  machine,
  nodeName,
  nodeObject,
  positionAnnotation,
  positions,
  reservedAddresses,
  shapeAnnotation,
  shapeHash,
  stackAnnotation,
} from "./nodes.ts";

/** A class of disks; the first of a list is the default one. */
interface DiskClass {
  readonly name: string;
  readonly provisioner: string;
  readonly reclaimPolicy: "Delete" | "Retain";
}

/** Classes that stack files may name. */
const storageClasses: readonly DiskClass[] = [
  { name: "standard", provisioner: "disk.sandbox.fleet", reclaimPolicy: "Delete" },
  {
    name: "linode-block-storage",
    provisioner: "linodebs.csi.linode.com",
    reclaimPolicy: "Delete",
  },
  {
    name: "linode-block-storage-retain",
    provisioner: "linodebs.csi.linode.com",
    reclaimPolicy: "Retain",
  },
];

/** What GKE puts into its clusters: facts/clouds-gke-ingress-tls.md 1.9. */
export const googleClasses: readonly DiskClass[] = ["standard-rwo", "premium-rwo", "standard"].map(
  (name) => ({ name, provisioner: "pd.csi.storage.gke.io", reclaimPolicy: "Delete" }),
);

/** Makes the storage classes that are missing. */
export async function ensureStorageClasses(api: Api, classes = storageClasses): Promise<void> {
  const path = "/apis/storage.k8s.io/v1/storageclasses";
  const present = new Set((await api.list(path)).map(({ metadata }) => metadata.name));
  for (const { name, provisioner, reclaimPolicy } of classes) {
    if (!present.has(name)) {
      await api.create(path, {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: {
          name,
          annotations: {
            "storageclass.kubernetes.io/is-default-class": `${name === classes[0]?.name}`,
          },
        },
        provisioner,
        reclaimPolicy,
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
      });
    }
  }
}

/** Nodes of a stack and the count of machines it has had. */
export interface NodeFleet {
  readonly stack: string;
  readonly nodes: readonly NodeShape[];
  /** Machines so far. */
  readonly machines: number;
}

/**
 * Brings the nodes in line with the pools: missing ones are made, ones of another shape made anew,
 * surplus ones taken away together with their pods.
 *
 * @returns The count of machines there have been since.
 */
export async function syncNodes(api: Api, fleet: NodeFleet): Promise<number> {
  const all = await api.list("/api/v1/nodes");
  const [own, foreign] = [all.filter(isOf(fleet)), all.filter((node) => !isOf(fleet)(node))];
  const present = new Map(own.map((node) => [node.metadata.name, node]));
  const reserved = reservedAddresses(fleet.nodes);
  const numbers = positions(namesOf(fleet), presentPositions(own), [
    ...presentPositions(foreign).values(),
  ]);
  let { machines } = fleet;
  const wanted = new Set<string>();
  const made: Promise<void>[] = [];
  for (const node of fleet.nodes) {
    const name = nodeName(fleet.stack, node);
    const position = numbers.get(name) ?? 0;
    wanted.add(name);
    const found = present.get(name);
    if (found?.metadata.annotations?.[shapeAnnotation] === shapeHash(node)) {
      continue;
    }
    if (found !== undefined) {
      await removeNode(api, name);
    }
    const stands = attended(machine(machines, reserved), node);
    const object = nodeObject(fleet.stack, node, position, stands);
    machines += 1;
    made.push(api.create("/api/v1/nodes", object));
  }
  await Promise.all(made);
  for (const [name, node] of present) {
    if (!wanted.has(name) && node.metadata.annotations?.[shapeAnnotation] !== undefined) {
      await removeNode(api, name);
    }
  }
  return machines;
}

/**
 * What a cloud does when it exchanges a machine: the node and its pods are gone at once, and another
 * machine comes back under the node's name, with another address outside. What is more than the cloud's
 * own doing is left: no operator has heard of it yet.
 *
 * @returns The count of machines there have been since.
 * @throws SandboxError for a name that no pool has.
 */
export async function recycleNode(api: Api, fleet: NodeFleet, name: string): Promise<number> {
  const names = namesOf(fleet);
  const node = fleet.nodes[names.indexOf(name)];
  if (node === undefined) {
    throw fault(
      `the pools of ${fleet.stack} have no node ${name}`,
      `it is one of ${names.join(", ")}`,
    );
  }
  const present = presentPositions(await api.list("/api/v1/nodes"));
  const position = positions(names, present).get(name) ?? 0;
  await removeNode(api, name);
  const object = nodeObject(
    fleet.stack,
    node,
    position,
    machine(fleet.machines, reservedAddresses(fleet.nodes)),
  );
  await api.create("/api/v1/nodes", object);
  await waitForNodes(api, [name]);
  return fleet.machines + 1;
}

/**
 * How long a node, or what runs on each of them, may take to be ready, in milliseconds. Only what never comes takes so long,
 * however busy the machine.
 */
export const nodePatience = 120_000;

/** Until nodes are Ready and take pods: the mark of one that was not lasts a moment longer. */
export async function waitForNodes(api: Api, names: readonly string[]): Promise<void> {
  const end = Date.now() + nodePatience;
  let waiting = [...names];
  while (Date.now() < end) {
    const ready = new Set(
      (await api.list("/api/v1/nodes"))
        .filter((node) => isReady(node) && !isMarkedUnready(node))
        .map(({ metadata }) => metadata.name),
    );
    waiting = waiting.filter((name) => !ready.has(name));
    if (waiting.length === 0) {
      return;
    }
    await sleep(100);
  }
  throw fault(`these nodes did not become Ready: ${waiting.join(", ")}`, "make down, then make up");
}

/** Whether a node or a pod says it is Ready. */
export function isReady(object: KubeObject): boolean {
  const conditions = object.status?.["conditions"];
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (condition: unknown) =>
        typeof condition === "object" &&
        condition !== null &&
        "type" in condition &&
        "status" in condition &&
        condition.type === "Ready" &&
        condition.status === "True",
    )
  );
}

function isMarkedUnready(node: KubeObject): boolean {
  const taints = node.spec?.["taints"];
  return Array.isArray(taints) && JSON.stringify(taints).includes('"node.kubernetes.io/');
}

/** Whether a node is not another stack's: what the clouds made themselves says nothing. */
const isOf =
  ({ stack }: NodeFleet) =>
  ({ metadata }: KubeObject): boolean =>
    (metadata.annotations?.[stackAnnotation] ?? stack) === stack;

function namesOf({ nodes, stack }: NodeFleet): readonly string[] {
  return nodes.map((node) => nodeName(stack, node));
}

function presentPositions(nodes: readonly KubeObject[]): ReadonlyMap<string, number> {
  return new Map(
    nodes.flatMap(({ metadata }) => {
      const position = metadata.annotations?.[positionAnnotation];
      return position === undefined ? [] : [[metadata.name, Number(position)] as const];
    }),
  );
}

/** Takes a node away with its pods, as when its machine is gone. */
export async function removeNode(api: Api, name: string): Promise<void> {
  const pods = await api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`);
  await api.remove(`/api/v1/nodes/${name}`);
  // A lease that outlives its node for a moment would be taken for the next node's: kwok renews it,
  // the garbage collector takes it away, and nothing plays that node's pods until the next renewal.
  await api.remove(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`);
  await Promise.all([
    ...pods.map(({ metadata }) =>
      api.remove(`/api/v1/namespaces/${metadata.namespace ?? "default"}/pods/${metadata.name}`),
    ),
    // Until kwok's own view has lost the node and its lease.
    sleep(250),
  ]);
}
