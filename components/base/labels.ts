/** Labels that Fleet puts on every object, in the words Kubernetes recommends. */

/** Label by which Services, policies and budgets select the pods of a workload. */
export const workloadLabel = "app.kubernetes.io/name";

/** Label of every object of a system, e.g. `skywire`. */
export const systemLabel = "app.kubernetes.io/part-of";

/** Label of the pods of workloads that are alike: one network policy speaks of all of them. */
export const groupLabel = "fleet/group";

/** Label that every node carries, with a value of its own. */
export const hostnameLabel = "kubernetes.io/hostname";

/** Label of the one node of a slot. */
export const slotLabel = "fleet/slot";

/** Label of every node of a pool. */
export const poolLabel = "fleet/pool";

const ownLabels = (system: string): Record<string, string> => ({
  [systemLabel]: system,
  "app.kubernetes.io/managed-by": "fleet",
});

/** Labels of an object that belongs to a workload. */
export const workloadLabels = (workload: string, system: string): Record<string, string> => ({
  [workloadLabel]: workload,
  ...ownLabels(system),
});

/** Labels of an object that the workloads of a group share. */
export const groupLabels = (group: string, system: string): Record<string, string> => ({
  [groupLabel]: group,
  ...ownLabels(system),
});
