/**
 * What GKE does with its node pools: machines come and go as the pools say, a pool that scales gets more
 * of them for pods that find no room, and each machine has its node.
 *
 * Live an idle node goes after ten minutes; here when the update that left it idle is over.
 */
import type { Api } from "../api.ts";
import { removeNode } from "../cluster-contents.ts";
import { positionAnnotation, positions } from "../nodes.ts";
import { asText } from "../standins/values.ts";
import type { Store } from "../standins/store.ts";
import type { World } from "../standins/world.ts";
import { gkeNode, machineAnnotation, shapeOfNode } from "./machine-node.ts";
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
import { busyNodes, hasNoRoom, Pod, sharesOf, takes } from "./pod-fit.ts";

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
        const pods = fitting.map(({ pod }) => pod);
        // A sum of fractions may end a hair above what it should be.
        more.set(pool.id, Math.ceil(sharesOf(node, pods) - 1e-9));
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

/** Gives a pool its number of machines, each as the pool says now; how many changes that took. */
function staffPool(
  world: World,
  stack: string,
  pool: Pool,
  present: ReadonlyMap<string, Machine>,
  wanted: number,
): number {
  // One that scales grows for pods alone, whatever its least number: Google looks at that when machines go.
  const number = pool.least === pool.most ? pool.least : Math.min(wanted, pool.most);
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
