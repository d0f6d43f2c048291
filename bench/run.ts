/**
 * `make bench`: speed and size against peers, side by side in one run, as one table.
 *
 * Everything happens in sandboxes of its own, in a temporary folder.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clone, skywireStacks } from "../test/rendered.ts";
import { filebeatFigures } from "./filebeat-lines.ts";
import { lineFigures } from "./lines.ts";
import { timeOnce } from "./measure.ts";
import { reportFigures } from "./report.ts";
import { networkFigures } from "./spacemesh.ts";
import { stackFigures, watchFigures } from "./stack.ts";
import { type Figure, keeps, writeTable } from "./table.ts";

/** `make check` on its own: nothing else may run beside it. */
async function checkFigure(): Promise<Figure> {
  const value = await timeOnce({
    command: "make",
    arguments: ["check"],
    folder: clone,
    environment: process.env,
  });
  return {
    name: "make check",
    value,
    unit: "s",
    bound: 60,
    detail: "everything but judges and e2e",
  };
}

const root = mkdtempSync(join(tmpdir(), "fleet-bench-"));
try {
  const figures: Figure[] = [];
  // Told as they come: a run takes minutes, and what breaks off late has measured the rest all the same.
  const tell = (some: readonly Figure[]): void => {
    figures.push(...some);
    console.log(writeTable(some));
  };
  tell(await reportFigures(root));
  tell(await lineFigures());
  tell(await filebeatFigures(root));
  for (const stack of skywireStacks) {
    tell(await stackFigures(stack, root));
  }
  tell(await watchFigures("prod", root));
  await networkFigures(root, tell);
  tell([await checkFigure()]);
  process.exitCode = figures.every(keeps) ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
