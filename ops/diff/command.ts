/**
 * `make diff`: all that a change of the program or of a stack's file changes, object by object, with no
 * cluster. What `diff -r` said of two folders that a generator had written, the program says itself.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { Git } from "../../release/git.ts";
import { Scrubber } from "../../review/secrets/scrub.ts";
import { Sealer } from "../../review/secrets/seal.ts";
import { CommandError } from "../command.ts";
import { checkOutBase } from "../review/base.ts";
import { previewOffline } from "../review/offline.ts";
import { noEvents } from "../review/previewed.ts";
import { withScratch } from "../scratch.ts";
import { readStackFile } from "../stack-file.ts";
import { type ChangedObject, changedObjects, objectDiff, summaryOf } from "./objects.ts";

/** What is asked for. */
export interface DiffRequest {
  /** Folder of the clone. */
  readonly root: string;
  readonly stack: string;
  /** A branch, a tag or a hash. Default: the last commit. */
  readonly base?: string | undefined;
  /** Folder for the objects that differ, as files `before/…` and `after/…`. */
  readonly out?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Tells how far it is; beside the diff. */
  readonly say: (line: string) => void;
}

/** The diff. Empty where nothing differs. */
export interface Diff {
  readonly text: string;
  readonly summary: string;
}

/**
 * Renders what the base makes, previews the work tree against it, and tells every object that differs.
 *
 * @throws CommandError where either side cannot be rendered: half a diff would pass for a whole one.
 */
export function diff(request: DiffRequest): Promise<Diff> {
  const { environment, out, root, say, stack } = request;
  readStackFile(root, stack);
  return withScratch({ of: "diff" }, async (scratch) => {
    const git = new Git(root, environment);
    const base = await checkOutBase(git, request.base ?? "HEAD", {
      ...{ clone: root, scratch, environment },
    });
    say(`${stack}: against ${base.line}`);
    const { code, events, failure, secrets } = await previewOffline({
      ...{ stack, clone: root, base, outer: environment, scratch },
    });
    if (code !== 0 || events === undefined) {
      throw new CommandError(`${stack}: no diff: ${failure ?? noEvents}`);
    }
    const guard = { sealer: new Sealer(), scrubber: new Scrubber(secrets) };
    const objects = changedObjects(stack, events, guard);
    if (out !== undefined) {
      writeFolders(resolve(root, out), objects);
    }
    return { text: objects.map(objectDiff).join("\n\n"), summary: summaryOf(objects) };
  });
}

/** Two folders for whoever has a better tool. What was in them before goes. */
function writeFolders(folder: string, objects: readonly ChangedObject[]): void {
  for (const side of ["before", "after"] as const) {
    rmSync(join(folder, side), { recursive: true, force: true });
    mkdirSync(join(folder, side), { recursive: true });
    for (const { file, [side]: text } of objects) {
      if (text !== undefined) {
        const path = join(folder, side, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
    }
  }
}
