/** How one pod fares. */
import { condition, type Pod, type Selector } from "./objects.ts";
import { unplaceableReason } from "./placement.ts";

/** What a pod is at. */
export type PodProgress = "ready" | "starting" | "failing" | "unplaceable" | "ending" | "done";

/** What a container waits for when it does not come up, and will not without a change. */
const failures = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);

/** How a pod fares, and why where it does not do well. */
export function progressOf(
  pod: Pod,
  now: number,
): { readonly progress: PodProgress; readonly reason: string } {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp !== undefined) {
    return { progress: "ending", reason: "" };
  }
  if (status.phase === "Succeeded" || status.phase === "Failed") {
    return { progress: "done", reason: "" };
  }
  const unplaceable = unplaceableReason(pod, now);
  if (unplaceable !== undefined) {
    return { progress: "unplaceable", reason: unplaceable };
  }
  for (const { state } of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const { reason = "", message = "" } = state.waiting ?? {};
    if (failures.has(reason)) {
      return { progress: "failing", reason: message === "" ? reason : `${reason}: ${message}` };
    }
  }
  const ready = condition(pod, "Ready")?.status === "True";
  return { progress: ready ? "ready" : "starting", reason: "" };
}

/** Since when a pod has not been ready. */
export function unreadySince(pod: Pod, now: number): number {
  return condition(pod, "Ready")?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? now;
}

/** Whether a budget's selector takes a pod in; an absent one takes none. */
export function selects(
  selector: Selector | null | undefined,
  { metadata: { labels } }: Pod,
): boolean {
  if (selector == null) {
    return false;
  }
  const { matchLabels, matchExpressions } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && (values ?? []).includes(value);
        case "NotIn":
          return value === undefined || !(values ?? []).includes(value);
        case "Exists":
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
