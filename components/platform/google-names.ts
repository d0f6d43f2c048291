/** Names of what is made at Google for a cluster. Pure. */
import type { PlatformFault } from "./fault.ts";
import type { Pool, SlotAddress, Taint } from "./pool.schema.ts";

/** A reserved address that the program makes. */
export type MadeAddress = Extract<SlotAddress, { readonly assignedBy: "kubeip" }>;

/** Context that `gcloud container clusters get-credentials` writes into an operator's kubeconfig. */
export const gkeContext = ({
  project,
  location,
  name,
}: Readonly<Record<"project" | "location" | "name", string>>): string =>
  `gke_${project}_${location}_${name}`;

/** Name of the pool of a slot; of a pool without slots, its own. */
export const poolName = (pool: string, slot: number | undefined): string =>
  slot === undefined ? pool : `${pool}-slot-${slot}`;

/** Name of a slot's address: unique in project and region. */
export const slotAddressName = (
  cluster: string,
  slot: number,
  { name }: Pick<MadeAddress, "name">,
): string => name ?? `${cluster}-slot-${slot}`;

/** Name of a balancer's address that has none in the file: at most 63 characters. */
export const balancerAddressName = (cluster: string, name: string): string =>
  `${cluster}-${name}`.slice(0, 63).replace(/-+$/, "");

/**
 * Labels that only the address of one slot of one cluster has: by them the agent on its node finds it.
 *
 * @param cluster Name of the cluster at Google, unique in its project and place.
 */
export const slotAddressLabels = (
  cluster: string,
  slot: number,
): Readonly<Record<"fleet-cluster" | "fleet-slot", string>> => ({
  "fleet-cluster": cluster,
  "fleet-slot": `${slot}`,
});

/** The labels as kubeip's FILTER: pieces that must all be true. */
export const slotAddressFilter = (cluster: string, slot: number): string =>
  Object.entries(slotAddressLabels(cluster, slot))
    .map(([key, value]) => `labels.${key}=${value}`)
    .join(";");

/**
 * Mark of a new node of a slot until it has the slot's address: nothing is placed there before, but what
 * puts up with it. kubeip takes it off.
 */
export const addressTaint = {
  key: "fleet/address",
  value: "pending",
  effect: "NoSchedule",
} as const satisfies Taint;

/**
 * Addresses that the program is to make where it cannot, or two of one name: it is unique in a region.
 *
 * @param cluster Name of the cluster at Google; undefined elsewhere.
 */
export function madeAddressFaults(
  cluster: string | undefined,
  pools: Readonly<Record<string, Pick<Pool, "slots">>>,
): PlatformFault[] {
  const seen = new Map<string, string>();
  return Object.entries(pools).flatMap(([pool, { slots = {} }]) =>
    Object.entries(slots).flatMap(([slot, { address }]): PlatformFault[] => {
      if (address.kind !== "reserved" || address.assignedBy !== "kubeip") {
        return [];
      }
      const path = ["pools", pool, "slots", slot, "address"];
      if (cluster === undefined) {
        return [
          {
            path: [...path, "assignedBy"],
            message:
              "must be node-keeper or operator: kubeip is for clusters at Google, which say where they are (fleet:cluster.google)",
          },
        ];
      }
      const name = slotAddressName(cluster, Number(slot), address);
      const first = seen.get(name);
      seen.set(name, first ?? `${pool}.slots.${slot}`);
      return first === undefined
        ? []
        : [
            {
              path: [...path, "name"],
              message: `address ${name} already stands at fleet:cluster.pools.${first}: give each its own name`,
            },
          ];
    }),
  );
}
