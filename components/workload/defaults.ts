/** Kubernetes' own numbers where a Workload says none: what is reckoned with them must know them, too. */

/** After how long without progress an update counts as failed. */
export const usualDeadlineSeconds = 600;

/** How long a pod may take to stop. */
export const usualGraceSeconds = 30;
