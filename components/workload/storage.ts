/** A stack file's disk in a Workload's words. Pure. */
import type { Storage } from "./storage.schema.ts";
import type { Claim } from "./types.ts";

/**
 * Claim of a disk, under the name of its volume.
 *
 * @param claimName Name of the object, where operators know another than `<workload>-<volume>`.
 */
export function claimOf(
  volume: string,
  { size, storageClass, data }: Storage,
  claimName?: string,
): Claim {
  return {
    name: volume,
    ...(claimName === undefined ? {} : { claimName }),
    size,
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(data === undefined ? {} : { data }),
  };
}
