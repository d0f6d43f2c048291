/**
 * What GKE does with its node pools: machines come and go as the pools say, a pool that scales gets more
 * of them for pods that find no room, and each machine has its node.
 *
 * Live an idle node goes after ten minutes; here when the update that left it idle is over.
 */
import * as z from "zod";

import { formatCpu, parseQuantity } from "../../components/base/quantity.ts";
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import { keptByGke } from "../../components/platform/gke-allocatable.ts";
import { machineTypes } from "../../components/platform/google.schema.ts";
import type { Api, KubeObject } from "../api.ts";
import { removeNode } from "../cluster-contents.ts";
import { nodeObject, positionAnnotation, positions } from "../nodes.ts";
import { asText } from "../standins/values.ts";
import type { Store } from "../standins/store.ts";
import type { World } from "../standins/world.ts";
import {
  type Machine,
  machineName,
  machinesOf,
  makeMachine,
  type Pool,
  poolsOf,
  removeMachine,
  shapeOf,
} from "./machines.ts";

/** On nodes that stand for a machine of a pool: the machine's number. */
export const machineAnnotation = "sandbox.fleet/machine";

const Pod = z.object({
  spec: z.object({
    nodeName: z.string().optional(),
    nodeSelector: z.record(z.string(), z.string()).default({}),
    tolerations: z
      .array(
        z.object({
          key: z.string().optional(),
          operator: z.string().default("Equal"),
          value: z.string().default(""),
          effect: z.string().optional(),
        }),
      )
      .default([]),
    containers: z.array(
      z.object({
        resources: z
          .object({ requests: z.record(z.string(), z.string()).default({}) })
          .default({ requests: {} }),
      }),
    ),
  }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), reason: z.string().optional() })).default([]),
  }),
});
type Pod = z.infer<typeof Pod>;

/** One cloud's memory of what it did for whom: a pod that more machines do not help gets no more. */
export class PoolKeeper {
  readonly #api: Api;
  readonly #store: Store;
  readonly #stack: string;
  readonly #patience: number;
  /** Pod → how often a pool grew for it. */
  readonly #helped = new Map<string, number>();
  /** Pod → when it was seen to wait. */
  readonly #since = new Map<string, number>();

  /** @param patience Milliseconds that a pod waits before a pool grows: the one in its place may be going. */
  constructor(api: Api, store: Store, stack: string, patience = 1_500) {
    this.#api = api;
    this.#store = store;
    this.#stack = stack;
    this.#patience = patience;
  }

  /** One look at all pools. */
  async keep(): Promise<void> {
    const pools = poolsOf(this.#store.look("gcp"));
    if (pools.length === 0 && machinesOf(this.#store.look("gcp")).length === 0) {
      return;
    }
    const more = await this.#wanted(pools.filter(({ least, most }) => least < most));
    await this.#staff(pools, (pool, there) => there + (more.get(pool.id) ?? 0));
    await this.#putUp();
  }

  /** Takes away the idle machines that a pool need not have. */
  async rest(): Promise<void> {
    const pools = poolsOf(this.#store.look("gcp")).filter(({ least, most }) => least < most);
    if (pools.length === 0) {
      return;
    }
    const busy = await busyNodes(this.#api);
    await this.#store.change("gcp", {}, (world) => {
      for (const pool of pools) {
        const own = machinesOf(world).filter((machine) => machine.pool === pool.id);
        own
          .filter(({ name }) => !busy.has(name))
          .reverse()
          .slice(0, Math.max(0, own.length - pool.least))
          .forEach(({ name }) => {
            removeMachine(world, name);
          });
      }
    });
    await this.#putUp();
  }

  /** Pool → machines that the pods need which find no room. */
  async #wanted(pools: readonly Pool[]): Promise<ReadonlyMap<string, number>> {
    const more = new Map<string, number>();
    if (pools.length === 0) {
      return more;
    }
    const query = "fieldSelector=spec.nodeName%3D,status.phase%3DPending";
    const waiting = (await this.#api.list(`/api/v1/pods?${query}`)).flatMap((pod) =>
      hasNoRoom(pod) ? [{ uid: pod.metadata.uid ?? "", pod: Pod.parse(pod) }] : [],
    );
    for (const pool of pools) {
      const node = shapeOfNode(pool);
      const fitting = waiting.filter(({ uid, pod }) => {
        const times = this.#helped.get(uid) ?? 0;
        return times < 5 && this.#hasWaited(uid) && takes(node, pod);
      });
      if (fitting.length > 0) {
        more.set(
          pool.id,
          Math.ceil(
            sharesOf(
              node,
              fitting.map(({ pod }) => pod),
            ) - 1e-9,
          ),
        );
        fitting.forEach(({ uid }) => this.#helped.set(uid, (this.#helped.get(uid) ?? 0) + 1));
      }
    }
    return more;
  }

  #hasWaited(uid: string): boolean {
    const since = this.#since.get(uid) ?? Date.now();
    this.#since.set(uid, since);
    return Date.now() - since >= this.#patience;
  }

  /** Makes and takes away machines until each pool has its number, each as the pool says. */
  async #staff(
    pools: readonly Pool[],
    numberOf: (pool: Pool, there: number) => number,
  ): Promise<void> {
    const work = (world: World): number => {
      let changes = 0;
      const own = Map.groupBy(machinesOf(world), ({ pool }) => pool);
      const isGone = (id: string): boolean => pools.every((pool) => pool.id !== id);
      for (const mark of world.all(poolMark).filter(({ id }) => isGone(id))) {
        world.remove(mark);
        changes += 1;
      }
      for (const { name } of machinesOf(world).filter(({ pool }) => isGone(pool))) {
        removeMachine(world, name);
        changes += 1;
      }
      for (const pool of pools) {
        const present = new Map((own.get(pool.id) ?? []).map((one) => [one.name, one]));
        const isNew = world.find(poolMark, pool.id) === undefined;
        const number = isNew ? pool.initial : numberOf(pool, present.size);
        changes += staffPool(world, this.#stack, pool, present, number);
        if (isNew) {
          world.add({ type: poolMark, id: pool.id, urn: "", birth: 0, inputs: {}, facts: {} });
          changes += 1;
        }
      }
      return changes;
    };
    // The state is written only where there is something to write: this is asked again and again.
    if (work(this.#store.look("gcp")) > 0) {
      await this.#store.change("gcp", {}, work);
    }
  }

  /** A node for each machine, and none for machines that are gone. */
  async #putUp(): Promise<void> {
    const world = this.#store.look("gcp");
    const pools = new Map(poolsOf(world).map((pool) => [pool.id, pool]));
    const machines = machinesOf(world);
    const nodes = await this.#api.list("/api/v1/nodes");
    const own = nodes.filter(({ metadata }) => metadata.annotations?.[machineAnnotation]);
    const stale = own.filter(({ metadata }) => {
      const number = metadata.annotations?.[machineAnnotation];
      return !machines.some((one) => one.name === metadata.name && `${one.number}` === number);
    });
    await Promise.all(stale.map(({ metadata }) => removeNode(this.#api, metadata.name)));
    const standing = own.filter((node) => !stale.includes(node));
    const numbers = positions(
      machines.map(({ name }) => name),
      new Map(
        standing.map(({ metadata }) => [
          metadata.name,
          Number(metadata.annotations?.[positionAnnotation]),
        ]),
      ),
    );
    const missing = machines.filter(
      ({ name }) => !standing.some(({ metadata }) => metadata.name === name),
    );
    await Promise.all(
      missing.flatMap((machine) => {
        const pool = pools.get(machine.pool);
        const position = numbers.get(machine.name) ?? 0;
        return pool === undefined
          ? []
          : [this.#api.create("/api/v1/nodes", gkeNode(pool, machine, position))];
      }),
    );
  }
}

/** Marks that a pool got its first machines: afterwards it scales from what it has. */
const poolMark = "sandbox:google/pool:Pool";

function staffPool(
  world: World,
  stack: string,
  pool: Pool,
  present: ReadonlyMap<string, Machine>,
  wanted: number,
): number {
  const number = Math.min(Math.max(wanted, pool.least), pool.most);
  const names = Array.from({ length: Math.max(number, present.size) }, (_, index) =>
    machineName(stack, pool, index),
  );
  let changes = 0;
  const kept = [...present.keys()].slice(0, number);
  for (const [name, machine] of present) {
    if (!kept.includes(name)) {
      removeMachine(world, name);
      changes += 1;
    } else if (machine.shape !== shapeOf(pool)) {
      makeMachine(world, pool, name, machine.zone);
      changes += 1;
    }
  }
  const free = names.filter((name) => !present.has(name));
  free.slice(0, number - kept.length).forEach((name, index) => {
    const zone = pool.zones[(kept.length + index) % pool.zones.length] ?? "";
    makeMachine(world, pool, name, zone);
    changes += 1;
  });
  return changes;
}

/** The node of a machine, with the labels that GKE adds. */
function gkeNode(pool: Pool, machine: Machine, position: number) {
  const { number, address, providerId, name } = machine;
  const object = { id: number, externalIps: [address], providerId };
  const node = nodeObject("", shapeOfNode(pool, machine), position, object, name);
  const { [positionAnnotation]: place = "" } = node.metadata.annotations;
  return {
    ...node,
    metadata: {
      ...node.metadata,
      annotations: { [positionAnnotation]: place, [machineAnnotation]: `${machine.number}` },
    },
  };
}

/** What a pool's node is like, as pods see it. */
function shapeOfNode(pool: Pool, machine?: Machine): NodeShape {
  const zone = machine?.zone ?? pool.zones[0] ?? "";
  return {
    pool: pool.name,
    index: 0,
    slot: undefined,
    address: undefined,
    labels: {
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "node.kubernetes.io/instance-type": pool.machineType,
      "topology.kubernetes.io/region": zone.replace(/-[a-z]$/, ""),
      "topology.kubernetes.io/zone": zone,
      "cloud.google.com/gke-nodepool": pool.name,
      ...(pool.hasIdentities ? { "iam.gke.io/gke-metadata-server-enabled": "true" } : {}),
      ...pool.labels,
    },
    taints: pool.taints as NodeShape["taints"],
    ...sizeOf(pool),
  };
}

/** What Google's own pods ask of each node: they do not run here, and still take their room. */
const systemPods = { cpus: 0.5, gibibytes: 1, pods: 12 } as const;

/** Size of a machine, and what GKE leaves of it for pods. */
function sizeOf({ machineType, pods }: Pool): Pick<NodeShape, "capacity" | "allocatable"> {
  const size = machineTypes.get(machineType);
  if (size === undefined) {
    throw new Error(`the sandbox does not know Google's machine type ${machineType}`);
  }
  const kept = keptByGke(size, pods);
  return {
    capacity: { cpu: `${size.cpus}`, memory: `${size.gibibytes * 1024}Mi`, pods },
    allocatable: {
      cpu: formatCpu(size.cpus - kept.cpus - systemPods.cpus),
      memory: `${Math.floor((size.gibibytes - kept.gibibytes - systemPods.gibibytes) * 1024)}Mi`,
      pods: pods - systemPods.pods,
    },
  };
}

/** Whether the scheduler found no node for a pod. */
function hasNoRoom({ status }: KubeObject): boolean {
  return Pod.shape.status
    .parse(status)
    .conditions.some(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable");
}

/** Whether an empty node would take a pod. */
function takes(node: NodeShape, pod: Pod): boolean {
  const { nodeSelector, tolerations } = pod.spec;
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value) &&
    node.taints
      .filter(({ effect }) => effect !== "PreferNoSchedule")
      .every((taint) =>
        tolerations.some(
          ({ key, operator, value, effect }) =>
            (key === undefined || key === taint.key) &&
            (operator === "Exists" || value === taint.value) &&
            (effect === undefined || effect === taint.effect),
        ),
      ) &&
    sharesOf(node, [pod]) <= 1
  );
}

/** How many empty nodes pods fill. */
function sharesOf({ allocatable }: NodeShape, pods: readonly Pod[]): number {
  const asked = (resource: "cpu" | "memory"): number =>
    pods
      .flatMap(({ spec }) => spec.containers)
      .reduce((sum, { resources }) => {
        const quantity = resources.requests[resource];
        return sum + (quantity === undefined ? 0 : parseQuantity(quantity));
      }, 0);
  return Math.max(
    asked("cpu") / parseQuantity(allocatable.cpu),
    asked("memory") / parseQuantity(allocatable.memory),
    pods.length / allocatable.pods,
  );
}

/** Nodes with a pod that a DaemonSet did not bring. */
async function busyNodes(api: Api): Promise<ReadonlySet<string>> {
  const Owned = z.array(z.object({ kind: z.string() })).default([]);
  const pods = await api.list("/api/v1/pods?fieldSelector=status.phase!%3DSucceeded");
  return new Set(
    pods.flatMap(({ metadata, spec }) => {
      const owners = Owned.parse((metadata as { ownerReferences?: unknown }).ownerReferences);
      const node = spec?.["nodeName"];
      return typeof node === "string" && owners.every(({ kind }) => kind !== "DaemonSet")
        ? [node]
        : [];
    }),
  );
}

/** Exchanges the machine behind a node; false where it is none of Google's. */
export async function exchangeMachine(store: Store, name: string): Promise<boolean> {
  return store.change("gcp", {}, (world) => {
    const machine = machinesOf(world).find((one) => one.name === name);
    const pool = poolsOf(world).find(({ id }) => id === asText(machine?.pool ?? ""));
    if (machine === undefined || pool === undefined) {
      return false;
    }
    makeMachine(world, pool, name, machine.zone);
    return true;
  });
}
