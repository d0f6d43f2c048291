/**
 * `make bench`: speed and size against peers, side by side in one run, as one table; FOR=networks,check
 * measures some parts of it.
 *
 * Everything happens in sandboxes of its own, in a temporary folder.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { CommandError } from "../ops/command.ts";
import { folderOf, type Part, partsFor } from "./parts.ts";
import { type Figure, keeps, writeTable } from "./table.ts";

/** Measures parts one after the other; whether every figure keeps its bound. */
async function measure(asked: readonly Part[]): Promise<boolean> {
  const root = mkdtempSync(join(tmpdir(), "fleet-bench-"));
  try {
    const figures: Figure[] = [];
    for (const part of asked) {
      const folder = folderOf(root, part);
      mkdirSync(folder);
      await part.measure(folder, (some) => {
        figures.push(...some);
        console.log(writeTable(some));
      });
    }
    return figures.every(keeps);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { for: { type: "string" } } });
try {
  process.exitCode = (await measure(partsFor(values.for))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof CommandError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
