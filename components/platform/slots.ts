/** Slots: stable numbers for nodes of their own. Pure functions over the cluster's config. */
import type { ClusterConfig } from "./cluster.schema.ts";
import type { PlatformFault } from "./fault.ts";
import type { Pool, SlotAddress } from "./pool.schema.ts";

/** A place in the config that names a slot. */
export interface SlotUse {
  readonly path: readonly (string | number)[];
  readonly slot: number;
  /** What runs there is dialled by its public address. */
  readonly publishes: boolean;
}

/** A slot and the pool it belongs to. */
export interface SlotPlace {
  readonly slot: number;
  readonly pool: string;
  readonly address: SlotAddress;
}

/** Every slot of the cluster, in order of their numbers. */
export function clusterSlots(cluster: ClusterConfig): SlotPlace[] {
  const pools: readonly (readonly [string, Pick<Pool, "slots">])[] = Object.entries(cluster.pools);
  return pools
    .flatMap(([pool, { slots }]) =>
      Object.entries(slots ?? {}).map(([slot, { address }]) => ({
        slot: Number(slot),
        pool,
        address,
      })),
    )
    .sort((left, right) => left.slot - right.slot);
}

/** The slot's pool and address, or undefined when no pool has it. */
export function slotPool(cluster: ClusterConfig, slot: number): SlotPlace | undefined {
  return clusterSlots(cluster).find((place) => place.slot === slot);
}

/**
 * The slot of the k-th pinned member: k mod slots, so that removing one member moves no other.
 *
 * @returns undefined when there are no slots.
 */
export function slotOfMember(slots: readonly number[], member: number): number | undefined {
  return slots[member % slots.length];
}

/** Slots that no pool has, and publishing from a slot whose address goes with its machine. */
export function slotFaults(cluster: ClusterConfig, uses: readonly SlotUse[]): PlatformFault[] {
  const known = clusterSlots(cluster).map(({ slot }) => slot);
  const list = known.length === 0 ? "there are none" : `there are ${known.join(", ")}`;
  return uses.flatMap(({ path, slot, publishes }): PlatformFault[] => {
    const place = slotPool(cluster, slot);
    if (place === undefined) {
      return [
        {
          path,
          message: `slot ${slot} must be a slot of fleet:cluster.pools (${list}): mend the number or add the slot`,
        },
      ];
    }
    return publishes && place.address.kind === "ephemeral"
      ? [
          {
            path,
            message: `slot ${slot} has an ephemeral address, but what runs here is dialled by it: give fleet:cluster.pools.${place.pool}.slots.${slot}.address kind reserved or dns`,
          },
        ]
      : [];
  });
}
