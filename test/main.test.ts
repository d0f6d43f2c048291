import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("../main.mjs", import.meta.url));

/** Imports the entry under a Node that says it is of another version. */
function importUnder(version: string): string {
  const disguise = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  const program = `${disguise} import(${JSON.stringify(entry)}).catch((error) => { console.log(error.message); });`;
  return spawnSync(process.execPath, ["-e", program], { encoding: "utf8" }).stdout;
}

describe("the engine's entry", () => {
  it.each(["20.20.2", "22.17.9"])("tells Node %s that it is too old", (version) => {
    expect(importUnder(version)).toContain(
      `Fleet runs on Node 22.18 or newer, and this is ${version}`,
    );
  });
});
