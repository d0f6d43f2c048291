// `make check`: everything that needs no tool but npm's, side by side, each with its time and result.

import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { duration } from "./lib/log.mjs";
import { run } from "./lib/process.mjs";

/** @typedef {{ name: string, program: string, arguments: string[] }} Part program: a file of the clone */

const clone = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const parallel = Math.max(2, availableParallelism());
/** CI=true alone would colour what goes into a file. @type {Record<string, string>} */
const colours = process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };

/** The longest first, so that the last one to finish is a short one. @type {Part[]} */
const parts = [
  {
    name: "unit and golden",
    program: "node_modules/vitest/vitest.mjs",
    arguments: ["run", "--project", "unit"],
  },
  // Every file, every time: rules about types look into others. One program does both, as both read all types.
  { name: "lint and types", program: "node_modules/oxlint/bin/oxlint", arguments: [] },
  { name: "format", program: "node_modules/oxfmt/bin/oxfmt", arguments: ["--check"] },
  { name: "stack files", program: "ops/cli.ts", arguments: ["lint-stacks"] },
];

/**
 * @param {Part} part
 * @returns {Promise<boolean>} whether it passed
 */
async function runPart(part) {
  const start = Date.now();
  const result = await run(process.execPath, [join(clone, part.program), ...part.arguments], {
    cwd: clone,
    env: { ...process.env, CI: "true", ...colours },
  });
  const passed = result.code === 0;
  if (!passed) console.log(`\n── ${part.name} ──\n${(result.stdout + result.stderr).trim()}\n`);
  console.log(
    `${passed ? "passed" : "FAILED"}  ${part.name.padEnd(16)} ${duration(Date.now() - start)}`,
  );
  return passed;
}

const start = Date.now();
const waiting = [...parts];
/** @type {string[]} */
const failed = [];
await Promise.all(
  Array.from({ length: parallel }, async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      if (!(await runPart(part))) failed.push(part.name);
    }
  }),
);
const verdict = failed.length === 0 ? "check passed" : `check FAILED (${failed.join(", ")})`;
console.log(`${verdict} in ${duration(Date.now() - start)}`);
process.exitCode = failed.length === 0 ? 0 : 1;
