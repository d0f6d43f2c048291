/** How a workload replaces its pods: how many at once, and how many may be missing meanwhile. */
import { kindOf } from "../identity.ts";
import { isUnknown, lookUp, numberAt, textAt } from "../values.ts";
import { replicasOf } from "./pods.ts";

/** What a rollout does at once. */
export interface Pace {
  /** `one at a time`, `up to 2 of 4 at once`, `all at once`. */
  readonly line: string;
  /** Pods that may be missing meanwhile; undefined where that depends on the nodes. */
  readonly missing: number | undefined;
}

/** A count, or a share of the replicas in per cent. Undefined where it is unknown or neither. */
export function share(
  value: unknown,
  replicas: number,
  round: (share: number) => number,
): number | undefined {
  if (typeof value === "number") {
    return value;
  }
  const percent = typeof value === "string" ? /^(\d{1,3})%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : round((Number(percent) * replicas) / 100);
}

/** How its pods are replaced, by the API server's defaults where it says nothing. */
export function paceOf(type: string, inputs: unknown): Pace {
  switch (kindOf(type)) {
    case "StatefulSet":
      return statefulPace(type, inputs);
    case "DaemonSet":
      return daemonPace(inputs);
    case "Deployment":
      return deploymentPace(type, inputs);
    default:
      return { line: "a new one is made", missing: undefined };
  }
}

const unknownPace: Pace = {
  line: "by its strategy, of a number that is not known yet",
  missing: undefined,
};

const unknownNumbers: Pace = {
  line: "by its strategy, whose numbers are not known yet",
  missing: undefined,
};

function deploymentPace(type: string, inputs: unknown): Pace {
  const replicas = replicasOf(type, inputs);
  if (textAt(inputs, "spec", "strategy", "type") === "Recreate") {
    return { line: "all at once: the old ones stop first", missing: replicas };
  }
  if (replicas === undefined) {
    return unknownPace;
  }
  const rolling = ["spec", "strategy", "rollingUpdate"];
  const surge = share(lookUp(inputs, [...rolling, "maxSurge"]) ?? "25%", replicas, Math.ceil);
  const absent = share(
    lookUp(inputs, [...rolling, "maxUnavailable"]) ?? "25%",
    replicas,
    Math.floor,
  );
  if (surge === undefined || absent === undefined) {
    return unknownNumbers;
  }
  // Neither may be 0 together: the API server then lets one be missing.
  const missing = Math.min(surge === 0 && absent === 0 ? 1 : absent, replicas);
  return { line: atOnce(Math.min(surge + missing, replicas), replicas), missing };
}

function statefulPace(type: string, inputs: unknown): Pace {
  const replicas = replicasOf(type, inputs);
  const strategy = ["spec", "updateStrategy"];
  if (textAt(inputs, ...strategy, "type") === "OnDelete") {
    return { line: "none by itself: each is replaced when somebody deletes it", missing: 0 };
  }
  if (replicas === undefined) {
    return unknownPace;
  }
  const partition = numberAt(inputs, ...strategy, "rollingUpdate", "partition") ?? 0;
  const rolled = Math.max(0, replicas - partition);
  const most = share(
    lookUp(inputs, [...strategy, "rollingUpdate", "maxUnavailable"]) ?? 1,
    replicas,
    // Down, and at least one: its controller does so, though the API's own text says up (getStatefulSetMaxUnavailable).
    (pods) => Math.max(1, Math.floor(pods)),
  );
  if (most === undefined) {
    return unknownNumbers;
  }
  const missing = Math.min(most, rolled);
  const part = partition > 0 ? `, those from number ${partition} on` : "";
  return { line: `${atOnce(missing, replicas)}, the last first${part}`, missing };
}

function daemonPace(inputs: unknown): Pace {
  if (textAt(inputs, "spec", "updateStrategy", "type") === "OnDelete") {
    return { line: "none by itself: each is replaced when somebody deletes it", missing: 0 };
  }
  const rolling = ["spec", "updateStrategy", "rollingUpdate"];
  const surge = lookUp(inputs, [...rolling, "maxSurge"]) ?? 0;
  // Either of them is 0: the API server takes no other.
  const isBeside = surge !== 0 && surge !== "0%";
  const most = isBeside ? surge : (lookUp(inputs, [...rolling, "maxUnavailable"]) ?? 1);
  const known =
    (typeof most === "number" || typeof most === "string") && !isUnknown(most)
      ? String(most)
      : "a number that is not known yet";
  return {
    line: `${known === "1" ? "one node at a time" : `nodes at a time: ${known}`}${isBeside ? ", the new pod beside the old one" : ""}`,
    missing: undefined,
  };
}

function atOnce(count: number, replicas: number): string {
  if (replicas === 0) {
    return "no pods";
  }
  if (replicas === 1) {
    return "the only one";
  }
  if (count >= replicas) {
    return `all ${replicas} at once`;
  }
  return count <= 1 ? "one at a time" : `up to ${count} of ${replicas} at once`;
}
