/**
 * The lock on the door: a stand-in serves only inside a sandbox. A live stack that finds the plugin on its
 * PATH gets this refusal before any resource is looked at.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The part of the environment that the guard reads. */
export interface Environment {
  /** The sandbox's folder, absolute. */
  readonly FLEET_SANDBOX_DIR?: string | undefined;
  /** What the sandbox runner wrote into `<folder>/token`. */
  readonly FLEET_SANDBOX_TOKEN?: string | undefined;
  /** The engine's backend: a file address under the sandbox's folder. */
  readonly PULUMI_BACKEND_URL?: string | undefined;
}

/** The plugin was started outside a sandbox. */
export class OutsideSandbox extends Error {
  override name = "OutsideSandbox";

  constructor(cloud: string, reason: string) {
    super(
      `the ${cloud} plugin on PATH is Fleet's stand-in and serves sandboxes only: ${reason}. ` +
        "Live stacks take the official plugin: remove sandbox/standins/bin from PATH and run `pulumi install`.",
    );
  }
}

/** The sandbox's folder, if this process was started by a sandbox runner; throws {@link OutsideSandbox}. */
export function sandboxFolder(cloud: string, environment: Environment): string {
  const { FLEET_SANDBOX_DIR: folder, FLEET_SANDBOX_TOKEN: token } = environment;
  if (folder === undefined || !isAbsolute(folder)) {
    throw new OutsideSandbox(cloud, "FLEET_SANDBOX_DIR names no absolute folder");
  }
  if (token === undefined || token === "") {
    throw new OutsideSandbox(cloud, "FLEET_SANDBOX_TOKEN is not set");
  }
  if (!isSameText(token, readToken(cloud, folder))) {
    throw new OutsideSandbox(
      cloud,
      `FLEET_SANDBOX_TOKEN is not the one in ${resolve(folder, "token")}`,
    );
  }
  const backend = environment.PULUMI_BACKEND_URL;
  if (backend === undefined || !isInside(folder, backend)) {
    throw new OutsideSandbox(cloud, `PULUMI_BACKEND_URL is no file:// address under ${folder}`);
  }
  return folder;
}

function readToken(cloud: string, folder: string): string {
  const file = resolve(folder, "token");
  try {
    const token = readFileSync(file, "utf8").trim();
    if (token !== "") return token;
  } catch {
    // Told below, as an empty file is.
  }
  throw new OutsideSandbox(cloud, `${file} holds no token`);
}

/** Compared by hash, so that neither length nor content shows in the time it takes. */
function isSameText(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function isInside(folder: string, backend: string): boolean {
  if (!backend.startsWith("file://")) return false;
  try {
    // The engine reads file://./x and file://~ in its own way: only a plain absolute path is taken here.
    const path = realpathSync(fileURLToPath(new URL(backend)));
    const inner = relative(realpathSync(folder), path);
    return inner !== "" && !inner.startsWith("..") && !isAbsolute(inner);
  } catch {
    return false;
  }
}
