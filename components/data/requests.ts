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

interface BuiltinStore {
  readonly resources: Resources;
  readonly placement?: Partial<Placement> | undefined;
  /** Default: it has none, as where it says `none`. */
  readonly storage?: Disk | undefined;
  /** Default: what it holds is backed up by nobody. */
  readonly backup?: { readonly kind: "scheduled" | "none" };
}

/** The pod of a backup that runs by the clock, of a store or of files. */
export const backupWorkload = (
  owner: string,
  namespace: string,
  path: readonly string[],
  what: keyof typeof backupResources,
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
  what: keyof typeof backupResources,
  name: string,
  namespace: string,
  path: readonly string[],
  { resources, placement, storage = "none", backup }: BuiltinStore,
  replicas = 1,
): StoreWorkload[] {
  const request = {
    ...{ workload: name, replicas, placement: placement ?? {} },
    ...(storage === "none" ? {} : { disks: 1 }),
    ...resources.requests,
  };
  return [
    { path, namespace, request },
    ...(backup?.kind === "scheduled" ? [backupWorkload(name, namespace, path, what)] : []),
  ];
}
