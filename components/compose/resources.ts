/** Limits and reservations. */
import { parseQuantity } from "../base/quantity.ts";
import type { Resources } from "../workload/workload.schema.ts";
import type { ComposeResources } from "./deploy.schema.ts";
import { cpuQuantity, memoryBytes, memoryQuantity, milliCpus } from "./units.ts";

type Reservations = NonNullable<ComposeResources["reservations"]>;

/** What is kept free for a task, by either of its names. */
export const reservationsOf = ({ reservations, softLimit }: ComposeResources): Reservations =>
  reservations ?? softLimit ?? {};

/** The smaller of an amount and its limit. */
const atMost = (amount: string, limit: string | undefined): string =>
  limit !== undefined && parseQuantity(limit) < parseQuantity(amount) ? limit : amount;

/**
 * Limits and requests of a container.
 *
 * @param usual Requests where nothing is reserved. Swarm would keep nothing free; a pod without
 * requests is the first to be evicted, and one with limits alone requests as much as those.
 */
export function toResources(resources: ComposeResources, usual: Resources["requests"]): Resources {
  const { cpus, memory } = reservationsOf(resources);
  const limits = {
    ...(resources.limits?.cpus === undefined ? {} : { cpu: cpuQuantity(resources.limits.cpus) }),
    ...(resources.limits?.memory === undefined
      ? {}
      : { memory: memoryQuantity(resources.limits.memory) }),
  };
  return {
    requests: {
      cpu: cpus === undefined ? atMost(usual.cpu, limits.cpu) : cpuQuantity(cpus),
      memory: memory === undefined ? atMost(usual.memory, limits.memory) : memoryQuantity(memory),
    },
    limits,
  };
}

/** Devices as the extended resources that their plug-ins announce: name → number. */
export function toDevices(resources: ComposeResources): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { driver, count } of reservationsOf(resources).devices ?? []) {
    const name = `${driver}.com/gpu`;
    counts[name] = (counts[name] ?? 0) + count;
  }
  return counts;
}

const amounts = ({ cpus, memory }: Pick<Reservations, "cpus" | "memory">) => ({
  ...(cpus === undefined ? {} : { nanoCpus: milliCpus(cpus) * 1_000_000 }),
  ...(memory === undefined ? {} : { memoryBytes: memoryBytes(memory) }),
});

/** Limits and reservations as the Docker provider takes them: billionths of a processor, bytes. */
export function toSwarmResources(resources: ComposeResources) {
  const kept = reservationsOf(resources);
  const devices = (kept.devices ?? []).map(
    ({ driver, count }) => `${driver.toUpperCase()}-GPU=${count}`,
  );
  const reservation = {
    ...amounts(kept),
    // By the name under which Docker's own instructions announce such devices at a node.
    ...(devices.length === 0 ? {} : { genericResources: { discreteResourcesSpecs: devices } }),
  };
  const limits = amounts(resources.limits ?? {});
  return {
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(reservation).length === 0 ? {} : { reservation }),
  };
}
