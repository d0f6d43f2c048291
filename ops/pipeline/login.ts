/**
 * How a pipeline's job comes by its log-ins, and rid of them: the kubeconfig out of a secret, and for stacks that need
 * Google a file for its libraries. Each goes where its owner alone may read. Nothing of either is ever printed.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { isAbsolute } from "node:path";

import { privateMode, writeWhole } from "../../sandbox/files.ts";
import { type KubeContexts, readKubeContexts } from "../../stacks/kubeconfig.ts";
import { CommandError } from "../command.ts";
import { isMap, type StackFile } from "../stack-file.ts";
import { endGoogleLogin, googleLogin, needOfGoogle } from "./google.ts";

/**
 * Writes what KUBE_CONFIG holds, in base64, to the path that KUBECONFIG names; and where the stack needs Google, a log-in
 * there to the path that GOOGLE_APPLICATION_CREDENTIALS names.
 *
 * @returns what was done, in lines.
 * @throws CommandError where something of it is missing or is not the stack's, and writes nothing then.
 */
export function logIn(file: StackFile, environment: NodeJS.ProcessEnv): string {
  const kubeconfig = kubeconfigOf(file, environment);
  const why = needOfGoogle(file, environment);
  const google = why === undefined ? undefined : googleLogin(why, environment);
  for (const written of [kubeconfig, google]) {
    if (written !== undefined) {
      writeWhole(written.path, written.text, privateMode);
    }
  }
  return [
    kubeconfig === undefined
      ? `${file.stack} needs no kubeconfig: ${noCluster(file)}`
      : `the kubeconfig of ${file.stack} is at ${kubeconfig.path}`,
    ...(google === undefined ? [] : [`its log-in at Google is at ${google.path}: ${String(why)}`]),
  ].join("\n");
}

interface Written {
  readonly path: string;
  readonly text: string;
}

/** The kubeconfig to write; undefined where there is none, and the stack needs none. */
function kubeconfigOf(file: StackFile, environment: NodeJS.ProcessEnv): Written | undefined {
  const path = pathOf(environment);
  const given = (environment["KUBE_CONFIG"] ?? "").replaceAll(/\s/g, "");
  const context = contextOf(file);
  if (given === "" && context === undefined) {
    return undefined;
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
  return { path, text: `${mark}${text}` };
}

/** First line of the kubeconfig that is written here, and of no other. */
const mark = "# Written by make live-login, for make live-logout to take away.\n";

const noCluster = ({ config }: StackFile): string =>
  clusterOf(config) === undefined ? "it has no cluster" : "its cluster is made by it";

/**
 * Takes them away again. Fine where there is none.
 *
 * @returns what was left where it is, in lines.
 */
export function logOut(environment: NodeJS.ProcessEnv): string | undefined {
  // Before what may be refused: a KUBECONFIG of several files would leave this one where it is.
  const google = endGoogleLogin(environment);
  const lines = [endKubeconfig(environment), google].filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : lines.join("\n");
}

/** On an operator's machine the variable names the kubeconfig with everything that they have access to. */
function endKubeconfig(environment: NodeJS.ProcessEnv): string | undefined {
  const path = pathOf(environment);
  if (!existsSync(path)) {
    return undefined;
  }
  if (!readFileSync(path, "utf8").startsWith(mark)) {
    return `KUBECONFIG=${path} was not written by live-login: it stays`;
  }
  rmSync(path);
  return undefined;
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
