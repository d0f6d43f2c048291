/**
 * The kubeconfig of a pipeline's job: out of a secret into a file that its owner alone may read, and away
 * again. Nothing of it is ever printed.
 */
import { existsSync, rmSync } from "node:fs";
import { isAbsolute } from "node:path";

import { privateMode, writeWhole } from "../../sandbox/files.ts";
import { type KubeContexts, readKubeContexts } from "../../stacks/kubeconfig.ts";
import { CommandError } from "../command.ts";
import { isMap, type StackFile } from "../stack-file.ts";
import { onPath } from "../tools.ts";

/**
 * Writes what KUBE_CONFIG holds, in base64, to the path that KUBECONFIG names.
 *
 * @returns what was done, in a line.
 * @throws CommandError where one of them is missing, or the stack's context is not in it; and where the stack makes its
 * cluster at Google and nobody could log in there.
 */
export function logIn(file: StackFile, environment: NodeJS.ProcessEnv): string {
  const path = pathOf(environment);
  const given = (environment["KUBE_CONFIG"] ?? "").replaceAll(/\s/g, "");
  const context = contextOf(file);
  if (given === "" && context === undefined) {
    lookForGoogle(file, environment);
    return `${file.stack} needs no kubeconfig: its cluster is made by it`;
  }
  if (given === "") {
    throw new CommandError(
      "KUBE_CONFIG is empty: set the secret of that name, a kubeconfig in base64 (docs/live.md, Pipelines)",
    );
  }
  if (existsSync(path)) {
    throw new CommandError(`KUBECONFIG=${path} is there already: it is not written over`);
  }
  const text = Buffer.from(given, "base64").toString("utf8");
  let contexts: KubeContexts;
  try {
    contexts = readKubeContexts([text]);
  } catch {
    throw new CommandError("KUBE_CONFIG holds no kubeconfig in base64");
  }
  if (context !== undefined && !contexts.has(context)) {
    throw new CommandError(
      `KUBE_CONFIG has no context ${context}, which ${file.name} names: is it another stack's?`,
    );
  }
  writeWhole(path, text, privateMode);
  return `the kubeconfig of ${file.stack} is at ${path}`;
}

/** By which the Kubernetes provider logs in at clusters of Google's (components/platform/gke.ts). */
const loginPlugin = "gke-gcloud-auth-plugin";

/** No workflow logs in at Google: a job that does says so by its own steps, and is let on. */
function lookForGoogle({ stack, config }: StackFile, { PATH = "" }: NodeJS.ProcessEnv): void {
  const isGoogle = clusterOf(config)?.["kind"] === "gke";
  if (isGoogle && onPath(loginPlugin, PATH) === undefined) {
    throw new CommandError(
      `${stack} has its cluster at Google, and ${loginPlugin} is not on PATH: log this job in first, or run from a machine that is (docs/live.md, Pipelines and Google)`,
    );
  }
}

/** Takes it away again. Fine where there is none. */
export function logOut(environment: NodeJS.ProcessEnv): void {
  rmSync(pathOf(environment), { force: true });
}

function pathOf(environment: NodeJS.ProcessEnv): string {
  const path = environment["KUBECONFIG"] ?? "";
  if (!isAbsolute(path) || path.includes(":")) {
    throw new CommandError("KUBECONFIG must be the path of one file, from the root on");
  }
  return path;
}

/** The context that the stack's file names; undefined where its cluster is no one's who has a kubeconfig. */
function contextOf({ config }: StackFile): string | undefined {
  const cluster = clusterOf(config);
  return cluster?.["kind"] === "kubeconfig" ? String(cluster["context"]) : undefined;
}

function clusterOf(config: StackFile["config"]): Readonly<Record<string, unknown>> | undefined {
  const cluster = config["fleet:cluster"];
  return isMap(cluster) ? cluster : undefined;
}
