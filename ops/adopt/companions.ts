/** What lies beside the stack's own objects in its namespaces: nobody takes it, and it may be in the way. Pure. */
import { claimsOf } from "./claims.ts";
import type { Decision } from "./decision.ts";
import { describe, isOf, isRunning, type LiveObject, type WantedObject } from "./kubernetes.ts";

/** Kinds that matter to whoever wonders what else runs in a namespace. */
export const companionKinds = [
  "Deployment.v1.apps",
  "StatefulSet.v1.apps",
  "DaemonSet.v1.apps",
  "CronJob.v1.batch",
  "Service.v1.",
  "PersistentVolumeClaim.v1.",
  "Ingress.v1.networking.k8s.io",
] as const;

/** What becomes of everything in the stack's namespaces that is not its own. */
export function decideCompanions(
  wanted: readonly WantedObject[],
  objects: readonly LiveObject[],
): readonly Decision[] {
  const spaces = new Set(wanted.flatMap(({ namespace }) => namespace ?? []));
  const claims = wanted.filter(({ kind }) => kind === "PersistentVolumeClaim");
  return objects
    .filter((live) => isCompanion(live) && spaces.has(live.metadata.namespace ?? ""))
    .filter((live) => !wanted.some((one) => isOf(one, live)))
    .map((live) => {
      const near = claims.filter(({ namespace }) => namespace === live.metadata.namespace);
      return decideCompanion(live, new Set(near.map(({ name }) => name)));
    });
}

/** What the API server itself puts into every namespace says nothing. */
function isCompanion({ kind, metadata }: LiveObject): boolean {
  return (
    companionKinds.some((known) => known.startsWith(`${kind}.`)) && metadata.name !== "kubernetes"
  );
}

/**
 * What lies in the stack's namespaces and is not its own.
 *
 * @param claims Names of the stack's claims in that namespace: two writers on one disk lose its data.
 */
function decideCompanion(live: LiveObject, claims: ReadonlySet<string>): Decision {
  const { kind, metadata } = live;
  const shared = claimsOf(live).find((name) => claims.has(name));
  return {
    verdict: shared === undefined ? "untouched" : "in the way",
    what: describe({ kind, namespace: metadata.namespace, name: metadata.name }),
    why:
      shared !== undefined
        ? `is not the stack's and writes to its claim ${shared}: ${kind === "CronJob" ? "suspend it" : "scale it to 0"} first`
        : isRunning(kind)
          ? "is not the stack's. If it holds one of its keys under another name, scale it to 0 before the update"
          : "is not the stack's",
  };
}
