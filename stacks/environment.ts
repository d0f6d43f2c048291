/** What the loader takes from the machine it runs on: the operator's kubeconfig, the runner's word. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

import { type KubeContexts, readKubeContexts } from "./kubeconfig.ts";
import { ReleaseInput } from "./release.schema.ts";

/** The kubeconfig's contexts, or why they cannot be told. */
export type ContextsResult =
  | { readonly ok: true; readonly value: KubeContexts }
  | { readonly ok: false; readonly fault: string };

/** What the machine says, and nobody can go by. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

/** Where a stack is loaded. */
export interface StackEnvironment {
  /** Name of the stack. */
  readonly stack: string;
  /** Read on demand. */
  readonly kubeContexts: () => ContextsResult;
  /** What `make up` or `make live-up` says of this release. */
  readonly release?: ReleaseInput | undefined;
  /** What time it is. Default: nothing is judged by the clock. */
  readonly now?: () => Date;
  /** Previews ask the cluster nothing: `FLEET_UNREAD_CLUSTER`, set by `make adopt` alone. */
  readonly isClusterUnread?: boolean;
}

/** The environment of the running program. */
export function readEnvironment(stack: string): StackEnvironment {
  return {
    stack,
    kubeContexts: () => kubeContextsOf(process.env["KUBECONFIG"]),
    release: readRelease(process.env["FLEET_RELEASE"]),
    now: () => new Date(),
    isClusterUnread: process.env["FLEET_UNREAD_CLUSTER"] === "yes",
  };
}

/**
 * Reads the runner's file.
 *
 * @throws EnvironmentError where it is no release: to go on would take away what a rollback goes back to.
 */
export function readRelease(path: string | undefined): ReleaseInput | undefined {
  if (path === undefined || path === "") {
    return undefined;
  }
  try {
    return ReleaseInput.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new EnvironmentError(
      `FLEET_RELEASE names ${path}, which is no release: make up and make live-up set it; unset it otherwise`,
    );
  }
}

/**
 * Contexts of the kubeconfig files that kubectl and the Kubernetes provider would read.
 *
 * @param setting Value of KUBECONFIG: paths, joined as PATH is. Default: `~/.kube/config`.
 */
function kubeContextsOf(setting: string | undefined): ContextsResult {
  const paths =
    setting === undefined || setting === ""
      ? [join(homedir(), ".kube", "config")]
      : setting.split(delimiter);
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) {
    return { ok: false, fault: `needs a kubeconfig, and there is none at ${paths.join(" or ")}` };
  }
  try {
    return { ok: true, value: readKubeContexts(present.map((path) => readFileSync(path, "utf8"))) };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return { ok: false, fault: `needs a readable kubeconfig: ${reason}` };
  }
}
