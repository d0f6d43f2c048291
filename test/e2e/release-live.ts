/**
 * A live stack of a clone, on a sandbox's API server under another name: official settings, a backend and
 * an engine home of its own, no stand-in. Its Kubernetes plugin lies where `pulumi install` would put it,
 * as none on PATH is taken.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { enginePath, type Finished, run, toolPath } from "../judges/tools.ts";
import { quickEngine } from "./quick-engine.ts";
import type { ReleaseClone } from "./release-clone.ts";
import { type ReleaseSandbox, type Running, startNode } from "./release-runs.ts";

/** A live stack named `live`. */
export interface LiveStack {
  /** Makes it in its backend. */
  readonly init: () => Promise<Finished>;
  /** Starts `make live-up`, agreed to beforehand. */
  readonly start: (...words: string[]) => Running;
  /** Runs another command of `ops/cli.ts` on it. */
  readonly command: (name: string, ...words: string[]) => Promise<Finished>;
  /** Runs the operator's own pulumi. */
  readonly pulumi: (...words: string[]) => Promise<Finished>;
  /** Environment of all commands; a test may add to it. */
  readonly environment: Record<string, string>;
  readonly dispose: () => void;
}

/** Prepares the live stack of a clone. */
export function liveStack(clone: ReleaseClone, sandbox: ReleaseSandbox): LiveStack {
  const folder = mkdtempSync(join(tmpdir(), "fleet-live-up-"));
  const home = join(folder, "pulumi");
  const plugin = join(home, "plugins", "resource-kubernetes-v4.34.2");
  mkdirSync(join(folder, "backend"));
  mkdirSync(plugin, { recursive: true });
  symlinkSync(toolPath("pulumi-resource-kubernetes"), join(plugin, "pulumi-resource-kubernetes"));
  const env: Record<string, string> = {
    PATH: enginePath(),
    HOME: folder,
    KUBECONFIG: join(sandbox.folder, "kubeconfig"),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(join(folder, "backend")).href,
    PULUMI_CONFIG_PASSPHRASE: "live",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...quickEngine(home),
  };
  const pulumi = (...words: string[]): Promise<Finished> =>
    run(toolPath("pulumi"), [...words, "--non-interactive"], { cwd: clone.folder, env });
  const start = (name: string, ...words: string[]): Running => {
    const program = join(clone.folder, "ops", "cli.ts");
    return startNode([program, name, "--stack", "live", ...words], clone.folder, env, []);
  };
  return {
    pulumi,
    environment: env,
    init: () => pulumi("stack", "init", "live", "--no-select"),
    start: (...more) => start("live-up", "--yes", "yes", ...more),
    command: (name, ...words) => start(name, ...words).end,
    dispose: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
