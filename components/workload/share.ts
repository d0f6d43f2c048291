/** Kubernetes' arithmetic of shares: 30 % of two pods is one of them, or none. Pure. */

/** Some of a workload's pods: a number, or a percentage of `replicas`. */
export type Share = number | string;

function pods(share: Share, replicas: number, round: (exact: number) => number): number {
  return typeof share === "number" ? share : round((Number.parseInt(share, 10) * replicas) / 100);
}

/** Pods of a share of which a percentage rounds up: surges and budgets of evictions. */
export const roundedUp = (share: Share, replicas: number): number =>
  pods(share, replicas, Math.ceil);

/** Pods of a share of which a percentage rounds down: those an update may lack. */
export const roundedDown = (share: Share, replicas: number): number =>
  pods(share, replicas, Math.floor);

/** Whether a share is none of any number of pods: what the API server refuses, before rounding. */
export const isNothing = (share: Share): boolean => Number.parseInt(`${share}`, 10) === 0;
