/** Services of a Docker swarm: how many containers they keep, and how many may be missing while they roll. */
import { share } from "./kubernetes/pace.ts";
import { lookUp, numberAt, textAt } from "./values.ts";

/** Type of a service of a swarm. */
export const swarmService = "docker:index/service:Service";

/** Containers that it keeps; undefined where nodes decide, or it is not known yet. */
export function swarmReplicas(inputs: unknown): number | undefined {
  if (lookUp(inputs, ["mode", "global"]) === true) {
    return undefined;
  }
  const replicas = lookUp(inputs, ["mode", "replicated", "replicas"]);
  return replicas === undefined ? 1 : numberAt(inputs, "mode", "replicated", "replicas");
}

/** Containers that may be missing while it rolls: one where nothing is said, all for 0, and none that start first. */
export function swarmMissing(inputs: unknown, replicas: number): number {
  if (textAt(inputs, "updateConfig", "order") === "start-first") {
    return 0;
  }
  const most = share(lookUp(inputs, ["updateConfig", "parallelism"]) ?? 1, replicas, Math.ceil);
  return most === 0 ? replicas : Math.min(most ?? 1, replicas);
}
