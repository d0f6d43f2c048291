/** A store's disk in a Workload's words. Pure. */
import { parseQuantity } from "../base/quantity.ts";
import { claimOf } from "../workload/storage.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import type { Disk } from "./storage.schema.ts";

/** How much a store without a disk may write before its pod is put out. */
const withoutDisk = "2Gi";

/** Bytes that a store has for its data. */
export const diskBytes = (disk: Disk): number =>
  parseQuantity(disk === "none" ? withoutDisk : disk.size);

/** The volume of a store's data: a claim or, where there is no disk, a folder that goes with the pod. */
export const dataVolume = (
  volume: string,
  disk: Disk,
  {
    claimName,
    perPod = false,
  }: { readonly claimName?: string | undefined; readonly perPod?: boolean } = {},
): Required<Pick<WorkloadArgs, "claims" | "scratch">> =>
  disk === "none"
    ? { claims: [], scratch: [{ name: volume, sizeLimit: withoutDisk }] }
    : {
        claims: [{ ...claimOf(volume, disk, claimName), ...(perPod ? { perPod } : {}) }],
        scratch: [],
      };
