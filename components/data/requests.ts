/** What builtin stores and their backups ask of the nodes. Pure. */
import type { CapacityRequest } from "../platform/capacity.ts";
import type { Placement, Resources } from "../workload/workload.schema.ts";
import { backupResources } from "./backup.schema.ts";
import { backupName } from "./flows.ts";
import type { Disk } from "./storage.schema.ts";

/** A workload of a store with its place in the stack file. */
export interface StoreWorkload {
  readonly path: readonly string[];
  readonly namespace: string;
  readonly request: CapacityRequest;
}

/** What a store is called, and where it stands: in the cluster and in the file. */
type StorePlace = Pick<StoreWorkload, "path" | "namespace"> & { readonly name: string };

interface BuiltinStore {
  readonly resources: Resources;
  readonly placement?: Partial<Placement> | undefined;
  /** Default: it has none, as where it says `none`. */
  readonly storage?: Disk | undefined;
  /** Default: what it holds is backed up by nobody. */
  readonly backup?: { readonly kind: "scheduled" | "none" };
  /** Pods of it. Default: one. */
  readonly replicas?: number;
  /** What each writes beside its disk, and asks for. Default: next to nothing. */
  readonly scratch?: string;
}

/** Which of the backups is a store's. */
type BackedUp = keyof typeof backupResources;

/** The pod of a backup that runs by the clock, of a store or of files. */
export const backupWorkload = (
  what: BackedUp,
  { name: owner, namespace, path }: StorePlace,
): StoreWorkload => ({
  path,
  namespace,
  request: {
    workload: backupName(owner),
    replicas: 1,
    ...backupResources[what].requests,
    placement: {},
  },
});

/**
 * A store and its backup.
 *
 * @param what Whose backup it would be.
 */
export function storeWorkloads(
  what: BackedUp,
  place: StorePlace,
  { resources, placement, storage = "none", backup, replicas = 1, scratch }: BuiltinStore,
): StoreWorkload[] {
  const { name, namespace, path } = place;
  const request = {
    ...{ workload: name, replicas, placement: placement ?? {} },
    ...(storage === "none" ? {} : { disks: 1 }),
    ...(scratch === undefined ? {} : { scratch }),
    ...resources.requests,
  };
  return [
    { path, namespace, request },
    ...(backup?.kind === "scheduled" ? [backupWorkload(what, place)] : []),
  ];
}
