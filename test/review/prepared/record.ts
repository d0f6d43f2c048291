/** Runs the prepared change set under the real engine and gives the log of its preview. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { packWords } from "../../../sandbox/policy.ts";
import { packedEngine, ScratchProgram } from "../../e2e/scratch-program.ts";
import { clone } from "../../rendered.ts";
import { program, type Wish } from "./program.ts";

/** Logs of the previews of what changes nothing, and of the prepared change set. */
export const previews = ["unchanged", "changed"] as const;

/** Logs as the engine wrote them. */
export type Logs = Readonly<Record<(typeof previews)[number], string>>;

/** Path of a recorded log, packed. */
export const logFile = (preview: keyof Logs): string =>
  join(clone, `test/review/prepared/${preview}.jsonl.gz`);

/** What the engine tells only itself goes, and where this machine keeps its files is not told. */
function withoutMachine(log: string, root: string): string {
  return log
    .split("\n")
    .filter((line) => !line.includes('"severity":"debug"'))
    .join("\n")
    .replaceAll(root, "/scratch")
    .replaceAll(clone, "/fleet");
}

/**
 * Applies it as it was and previews it as it is to be: engine, SDK, Kubernetes provider and policy pack
 * are real; the cluster is what the state says (sandbox/render/), the cloud a stand-in.
 */
export async function record(): Promise<Logs> {
  const scratch = new ScratchProgram(
    "review",
    program,
    packedEngine(join(clone, "sandbox/render/bin")),
  );
  try {
    await scratch.makeStack();
    scratch.wish({ after: false } satisfies Wish);
    await scratch.succeed("up", "--yes", "--skip-preview");
    const unchanged = await preview(scratch);
    scratch.wish({ after: true } satisfies Wish);
    return { unchanged, changed: await preview(scratch) };
  } finally {
    scratch.dispose();
  }
}

/** The log of one preview; a policy that is broken makes it fail, and that is as it should be. */
async function preview(scratch: ScratchProgram): Promise<string> {
  const log = join(scratch.root, "events.json");
  rmSync(log, { force: true });
  const words = ["preview", "--color", "never", "--event-log", log, ...packWords(clone)];
  const { stdout, stderr } = await scratch.engine(words);
  if (!existsSync(log)) {
    throw new Error(`the engine wrote no events:\n${stdout}\n${stderr}`);
  }
  return withoutMachine(readFileSync(log, "utf8"), scratch.root);
}
