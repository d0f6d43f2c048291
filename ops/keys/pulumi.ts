/**
 * The operator's own `pulumi`, for live stacks.
 *
 * Values go over its standard input, never as an argument: arguments stand in the process list and
 * in the shell's history.
 */
import { spawn } from "node:child_process";
import { delimiter, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { CommandError } from "../command.ts";
import { diagnosticsIn } from "../diagnostics.ts";
import { endWith, engineGroup, isStopping } from "../engines.ts";

/** Runs `pulumi` and gives what it printed. */
export type RunPulumi = (words: readonly string[], input?: string) => Promise<string>;

/** Where the official CLI may not be looked for: what Fleet builds serves the sandbox only. */
export interface LiveEnvironment {
  /** Folder of the clone: the engine reads the project there. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * A runner of the official CLI.
 *
 * @throws CommandError inside a sandbox's shell, whose settings would lead it to the sandbox.
 */
export function livePulumi(live: LiveEnvironment): RunPulumi {
  const env = officialEnvironment(live);
  return (words, input = "") => run(live.root, env, words, input);
}

/**
 * The operator's environment as a live stack may see it: the official CLI, no plugin that merely lies on
 * PATH, no setting that trades safety for speed.
 *
 * @throws CommandError inside a sandbox's shell, whose settings would lead it to the sandbox.
 */
export function officialEnvironment({ root, environment }: LiveEnvironment): NodeJS.ProcessEnv {
  const sandboxed = ["PULUMI_HOME", "PULUMI_BACKEND_URL", "KUBECONFIG"].filter((name) =>
    leadsIntoSandbox(environment[name] ?? "", root, environment["FLEET_SANDBOX_ROOT"]),
  );
  if (environment["FLEET_SANDBOX_TOKEN"] !== undefined) {
    sandboxed.push("FLEET_SANDBOX_TOKEN");
  }
  if (sandboxed.length > 0) {
    throw new CommandError(
      `this shell belongs to a sandbox (${sandboxed.join(", ")}): leave it before acting on a live stack`,
    );
  }
  return {
    ...environment,
    PATH: officialPath(environment),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_SKIP_CHECKPOINTS: undefined,
  };
}

/**
 * Whether a setting leads into the folder of the sandboxes, by one of its paths: KUBECONFIG may have several, and any may
 * be written from the clone on, as `make up` prints it. A sandbox's kubeconfig has the live one's context: an update
 * would hold a live stack's state against the sandbox's cluster.
 */
function leadsIntoSandbox(setting: string, root: string, sandboxes = ""): boolean {
  const homes = [".sandbox", ...(sandboxes === "" ? [] : [sandboxes])];
  const paths = setting.startsWith("file://") ? [pathOfUrl(setting)] : setting.split(delimiter);
  return paths.some((path) =>
    homes.some((home) => `${resolve(root, path)}${sep}`.startsWith(resolve(root, home) + sep)),
  );
}

/** The engine takes `file://./state` as well, which is no URL of a whole path. */
function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url.replace("file://", "");
  }
}

/**
 * By which the Kubernetes provider logs in at clusters of Google's (components/platform/gke.ts). Where a machine
 * lacks Google's own, this is the one program of Fleet's making that serves a live stack (tools/modules/gke-login).
 */
const loginPlugin = "gke-gcloud-auth-plugin";

/** PATH without the folders of tools that Fleet built for the sandbox. */
function officialPath(environment: NodeJS.ProcessEnv): string {
  const { FLEET_CACHE_DIR: cache, PATH: path = "" } = environment;
  if (cache === undefined) {
    return path;
  }
  const isIn = (folder: string, other: string): boolean =>
    `${folder}${sep}`.startsWith(resolve(other) + sep);
  return path
    .split(delimiter)
    .filter((folder) => !isIn(folder, cache) || isIn(folder, join(cache, "tools", loginPlugin)))
    .join(delimiter);
}

function run(
  root: string,
  env: NodeJS.ProcessEnv,
  words: readonly string[],
  input: string,
): Promise<string> {
  return new Promise((settle, fail) => {
    if (isStopping()) {
      return;
    }
    const own = { cwd: root, env, ...engineGroup() };
    const child = spawn("pulumi", [...words, "--non-interactive"], own);
    endWith(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", () => {
      fail(
        new CommandError(
          "pulumi is not on PATH: live stacks need the official CLI (https://www.pulumi.com/docs/install)",
        ),
      );
    });
    // It may end without reading: the exit code tells that better than a broken pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("close", (code) => {
      if (isStopping()) {
        return;
      }
      if (code === 0) {
        settle(Buffer.concat(out).toString("utf8"));
      } else {
        // Only its complaint: what else it printed to the other stream may hold values.
        const told = diagnosticsIn(Buffer.concat(out).toString("utf8")) ?? "";
        const complaint = `${told}\n${Buffer.concat(err).toString("utf8")}`.trim();
        fail(new CommandError(`pulumi ${words.slice(0, 2).join(" ")} failed: ${complaint}`));
      }
    });
  });
}
