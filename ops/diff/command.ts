/**
 * `make diff`: all that a change of the program or of a stack's file changes, object by object, with no
 * cluster. What `diff -r` said of two folders that a generator had written, the program says itself.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Git } from "../../release/git.ts";
import { Scrubber } from "../../review/secrets/scrub.ts";
import { Sealer } from "../../review/secrets/seal.ts";
import { CommandError } from "../command.ts";
import { outFolder } from "../out.ts";
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
  const folder = out === undefined ? undefined : diffFolder(root, out);
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
    if (folder !== undefined) {
      writeFolders(folder, objects);
    }
    return { text: objects.map(objectDiff).join("\n\n"), summary: summaryOf(objects) };
  });
}

const sides = ["before", "after"] as const;

/** In the folder of a diff: what is in the two beside it is a diff's, and goes with the next one. */
const mark = ".fleet-diff";

/**
 * The folder for a diff.
 *
 * @throws CommandError where it has a folder `before` or `after` that no diff has made: it would be emptied.
 */
export function diffFolder(root: string, out: string): string {
  const folder = outFolder(root, out);
  const [others] = sides
    .map((side) => join(folder, side))
    .filter((path) => existsSync(path) && !existsSync(join(folder, mark)));
  if (others !== undefined) {
    throw new CommandError(
      `OUT: ${others} is there already, and no diff has made it\n  to mend: name another folder, or take that one away`,
    );
  }
  return folder;
}

/** Two folders for whoever has a better tool. What an earlier diff has left in them goes. */
export function writeFolders(folder: string, objects: readonly ChangedObject[]): void {
  writeFileSync(join(folder, mark), "before/ and after/ are written anew by each make diff.\n");
  for (const side of sides) {
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
