/** Numbers where a Workload says none, Kubernetes' own but for one: what is reckoned with them must know them, too. */

/** After how long without progress an update counts as failed. */
export const usualDeadlineSeconds = 600;

/** How long a pod may take to stop. */
export const usualGraceSeconds = 30;

/** What a scratch folder may hold: ours, as Kubernetes' own is all that its node has. */
export const usualScratch = "64Mi";
