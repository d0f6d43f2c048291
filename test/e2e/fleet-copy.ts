/** All that a command of Fleet needs of a folder, for tests that change some of it. */
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Fleet as it stands here. Not that of rendered.ts, which loads the program with it. */
export const original = join(import.meta.dirname, "..", "..");

/** Parts that every copy has: commands of `make`, and what a program is loaded by. */
const copied = [
  ...["sandbox", "release", "ops", "policy"],
  ...["main.mjs", "Pulumi.yaml", "package.json", "package-lock.json", "tsconfig.json"],
];

/** Parts that no test changes: what is compiled of them already is so for the copy, too. */
const linked = ["components", "stacks", "review", "node_modules"];

/**
 * Copies it.
 *
 * @param name Of the folder, for who finds one left behind.
 * @param more Files and folders that it has besides.
 * @returns The folder, which is the caller's to remove.
 */
export function copyFleet(name: string, ...more: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), `fleet-${name}-`));
  for (const part of [...copied, ...more]) {
    cpSync(join(original, part), join(folder, part), { recursive: true });
  }
  for (const part of linked) {
    symlinkSync(join(original, part), join(folder, part));
  }
  return folder;
}
