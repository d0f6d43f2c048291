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

import { folderOf, partsFor } from "./parts.ts";
import { type Figure, keeps, writeTable } from "./table.ts";

const { values } = parseArgs({ options: { for: { type: "string" } } });
const asked = partsFor(values.for);
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
  process.exitCode = figures.every(keeps) ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
