/** What stacks of several systems tell alike to what watches them. Pure. */
import { backupName } from "../components/data/flows.ts";
import type { WatchedStack } from "../components/observability/faults.ts";
import type { WatchedSystem } from "../components/observability/parts.ts";
import type { BackupJob, ObservedSystem } from "../components/observability/rules/types.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";
import type { StackWorkload } from "./requests.ts";

/** Of a workload, where it is and what it is called. */
interface NamedWorkload {
  readonly namespace: string;
  readonly request: Pick<StackWorkload["request"], "workload">;
}

/** Whether a stack has its system, or only what watches it (`fleet:only`). */
export interface MaybeAlone {
  readonly only?: string | undefined;
}

/** A system's part in its watching. Where it was taken away nothing is missing; its pages stay, to look back. */
export const observedWhile = ({ only }: MaybeAlone, system: ObservedSystem): ObservedSystem =>
  only === undefined ? system : { ...system, rules: [] };

/** The CronJobs that back something up, by the name that all of them have; none where the system is away. */
export const backupsAmong = (
  { only }: MaybeAlone,
  workloads: readonly NamedWorkload[],
): BackupJob[] =>
  only === undefined
    ? workloads
        .filter(({ request: { workload } }) => workload.endsWith(backupName("")))
        .map(({ namespace, request: { workload: name } }) => ({ namespace, name }))
    : [];

/**
 * The whole stack, as the rules of what watches it look at it.
 *
 * @param has Every workload and every namespace of the stack, those of what watches it included.
 */
export const wholeStack = (
  { only, ingress }: MaybeAlone & { readonly ingress: IngressConfig },
  system: WatchedSystem,
  has: { readonly workloads: readonly NamedWorkload[]; readonly namespaces: readonly string[] },
): WatchedStack => ({
  alone: only !== undefined,
  ingress,
  system,
  workloads: has.workloads.map(
    ({ namespace, request: { workload } }) => `${namespace}/${workload}`,
  ),
  namespaces: has.namespaces,
});
