/** What builtin stores and their backups ask of the nodes. Pure. */
import { backupResources } from "../../components/data/backup.schema.ts";
import type { Placement, Resources } from "../../components/workload/workload.schema.ts";
import type { StackWorkload } from "./requests.ts";

interface BuiltinStore {
  readonly resources: Resources;
  readonly placement?: Partial<Placement> | undefined;
  readonly backup: { readonly kind: "scheduled" | "none" };
}

/** The pod of a backup that runs by the clock, of a store or of files. */
export const backupWorkload = (
  owner: string,
  namespace: string,
  path: readonly string[],
  what: keyof typeof backupResources,
): StackWorkload => ({
  path,
  namespace,
  request: {
    workload: `${owner}-backup`,
    replicas: 1,
    ...backupResources[what].requests,
    placement: {},
  },
});

/** A store and its backup. */
export function storeWorkloads(
  what: "postgres" | "redis",
  name: string,
  namespace: string,
  path: readonly string[],
  { resources, placement, backup }: BuiltinStore,
): StackWorkload[] {
  const request = {
    ...{ workload: name, replicas: 1, placement: placement ?? {} },
    ...resources.requests,
  };
  return [
    { path, namespace, request },
    ...(backup.kind === "scheduled" ? [backupWorkload(name, namespace, path, what)] : []),
  ];
}
