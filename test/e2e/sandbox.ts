/** A sandbox of a test's own, driven as a user drives it: by the command that make runs. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as z from "zod";

import { KubernetesObject } from "../../policy/graph/objects.ts";
import { type Finished, run, toolPath } from "../judges/tools.ts";
import { clone } from "../rendered.ts";

/** A sandbox under test. */
export interface TestSandbox {
  readonly stack: string;
  /** Folder of the sandbox; there while it is up. */
  readonly folder: string;
  /** Everything that the commands printed: no secret may stand in it. */
  readonly transcript: string[];
  /** Runs a command of the sandbox to its end. */
  readonly command: (name: string, ...words: string[]) => Promise<Finished>;
  /** Runs a command and fails with its output unless it ends well. */
  readonly succeed: (name: string, ...words: string[]) => Promise<string>;
  /** Runs kubectl against the sandbox. */
  readonly kubectl: (words: readonly string[], input?: string) => Promise<Finished>;
  /** Objects of the sandbox's cluster, of all namespaces. */
  readonly objects: (...kinds: string[]) => Promise<KubernetesObject[]>;
  /** Takes the sandbox and its folder away, whatever state it is in. */
  readonly dispose: () => Promise<void>;
}

const List = z.object({ items: z.array(KubernetesObject) });

/**
 * Prepares a sandbox in a folder of its own: a developer's sandbox of the same stack is not touched.
 *
 * @param environment Laid over the shell's: what a hostile one may hold.
 * @param shared Folder of several sandboxes, which read each other's outputs: the caller's to remove.
 */
export function testSandbox(
  stack: string,
  environment: Readonly<Record<string, string>> = {},
  shared?: string,
): TestSandbox {
  const root = shared ?? mkdtempSync(join(tmpdir(), "fleet-e2e-"));
  const folder = join(root, stack);
  const transcript: string[] = [];
  const command = async (name: string, ...words: string[]): Promise<Finished> => {
    const finished = await run(
      process.execPath,
      [join(clone, "sandbox", "cli.ts"), name, "--stack", stack, ...words],
      { cwd: clone, env: { ...process.env, ...environment, FLEET_SANDBOX_ROOT: root } },
    );
    transcript.push(finished.stdout, finished.stderr);
    return finished;
  };
  const kubectl = (words: readonly string[], input?: string): Promise<Finished> =>
    run(toolPath("kubectl"), ["--kubeconfig", join(folder, "kubeconfig"), ...words], { input });
  return {
    stack,
    folder,
    transcript,
    command,
    kubectl,
    succeed: async (name, ...words) => {
      const { code, stdout, stderr } = await command(name, ...words);
      if (code !== 0) {
        throw new Error(`${name} ${words.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
      }
      return stdout + stderr;
    },
    objects: async (...kinds) => {
      const { code, stdout, stderr } = await kubectl([
        ...["get", kinds.join(","), "--all-namespaces", "-o", "json"],
      ]);
      if (code !== 0) {
        throw new Error(`kubectl get ${kinds.join(",")}: ${stderr}`);
      }
      return List.parse(JSON.parse(stdout)).items;
    },
    dispose: async () => {
      if (existsSync(folder)) {
        await command("down");
      }
      rmSync(shared === undefined ? root : folder, { recursive: true, force: true });
    },
  };
}

const Secrets = z.record(z.string(), z.string());

/** The sandbox's throw-away secrets: name → value. */
export function sandboxSecrets({ folder }: TestSandbox): ReadonlyMap<string, string> {
  const text = readFileSync(join(folder, "secrets.json"), "utf8");
  return new Map(Object.entries(Secrets.parse(JSON.parse(text))));
}

/**
 * Asks until an answer is there: controllers need a moment after what they react to.
 *
 * @param ask Gives faults; none is what is waited for.
 * @returns The last faults: empty, or those that were still there when time was up.
 */
export async function settled(
  ask: () => Promise<readonly string[]>,
  seconds = 300,
): Promise<readonly string[]> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const faults = await ask();
    if (faults.length === 0 || Date.now() > end) {
      return faults;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
