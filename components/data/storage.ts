/** A store's disk in a Workload's words. Pure. */
import type { Claim } from "../workload/types.ts";
import type { Storage } from "./storage.schema.ts";

/** Claim of a disk, under the name of its volume. */
export function claimOf(volume: string, { size, storageClass, data }: Storage): Claim {
  return {
    name: volume,
    size,
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(data === undefined ? {} : { data }),
  };
}
