/** What a command that only looks must leave as it is: the cluster's objects, and the engine's state of them. */
import { basename, dirname } from "node:path";

import { readDeployment } from "../../sandbox/checkpoint.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import type { TestSandbox } from "./sandbox.ts";

/** Kinds whose specification somebody writes; every write of another one counts their generation up. */
const specified = [
  ...["deployments", "statefulsets", "daemonsets", "jobs", "cronjobs", "ingresses"],
  ...["networkpolicies", "poddisruptionbudgets", "horizontalpodautoscalers"],
];

/** Kinds without a generation, which no controller writes to: any write makes another version of them. */
const plain = [
  ...["services", "configmaps", "secrets", "serviceaccounts", "roles", "rolebindings"],
  ...["clusterroles", "clusterrolebindings"],
];

/** Kinds that controllers write to all the time: that they are still the same ones is what can be said. */
const kept = ["pods", "persistentvolumeclaims", "namespaces", "nodes"];

const column = (path: string): string =>
  `{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.uid} ${path}{"\\n"}{end}`;

/** Everything there is, a line an object: another text is another cluster, or another state. */
export async function everything(sandbox: TestSandbox): Promise<string> {
  const ask = async (kinds: readonly string[], path: string): Promise<string> => {
    const { code, stdout, stderr } = await sandbox.kubectl([
      ...["get", kinds.join(","), "--all-namespaces", "-o", `jsonpath=${column(path)}`],
    ]);
    if (code !== 0) {
      throw new Error(`kubectl get ${kinds.join(",")}: ${stderr}`);
    }
    return stdout;
  };
  const { folder } = sandbox;
  const place = sandboxPlace(basename(folder), { root: dirname(folder) });
  const state = readDeployment(place);
  if (state === undefined) {
    throw new Error(`no state in ${folder}`);
  }
  const objects = [
    await ask(specified, "{.metadata.generation}"),
    await ask(plain, "{.metadata.resourceVersion}"),
    await ask(kept, ""),
  ];
  return [...objects.join("").split("\n").sort(), JSON.stringify(state)].join("\n");
}
