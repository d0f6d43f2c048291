import {
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";

import { describe, expect, it } from "vitest";

import { candidateFolders, findOnPath, linkFolder } from "../../tools/lib/path-tools.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

const tool = {
  binaries: ["kwok", "kwokctl"],
  probe: { arguments: ["--version"], pattern: "version v(\\S+)", atLeast: "0.8.0", below: "0.9.0" },
  sources: [],
};

function install(folder: string, version: string, binaries = tool.binaries): string {
  for (const binary of binaries) {
    writeProgram(
      join(folder, binary),
      'echo asked >> "$0.asked"',
      `echo "${binary} version v${version}"`,
    );
  }
  return folder;
}

describe("tools on PATH", () => {
  it("takes the first folder with every binary in a good version", async () => {
    const root = temporaryFolder();
    const incomplete = install(join(root, "incomplete"), "0.8.1", ["kwok"]);
    const good = install(join(root, "good"), "0.8.2");
    const later = install(join(root, "later"), "0.8.3");
    const result = await findOnPath(tool, [incomplete, good, later], join(root, "memory.json"));
    expect(result).toEqual({ accepted: { folder: good, version: "0.8.2" }, refused: [] });
  });

  it("takes it though its answer cannot be noted: the cache may be another's, to be read only", async () => {
    const root = temporaryFolder();
    const good = install(join(root, "good"), "0.8.2");
    writeFileSync(join(root, "cache"), "no folder");
    const result = await findOnPath(tool, [good], join(root, "cache", "memory.json"));
    expect(result.accepted).toEqual({ folder: good, version: "0.8.2" });
  });

  it("refuses another version, and says which and what was wanted", async () => {
    const root = temporaryFolder();
    const old = install(join(root, "old"), "0.7.0");
    const result = await findOnPath(tool, [old], join(root, "memory.json"));
    expect(result.accepted).toBeUndefined();
    expect(result.refused).toEqual([
      `${join(old, "kwok")} (0.7.0) refused: wanted 0.8.0 or newer, below 0.9.0`,
    ]);
  });

  it("refuses a program that fails, and goes on to the next", async () => {
    const root = temporaryFolder();
    const broken = join(root, "broken");
    for (const binary of tool.binaries) writeProgram(join(broken, binary), "exit 1");
    const good = install(join(root, "good"), "0.8.0");
    const result = await findOnPath(tool, [broken, good], join(root, "memory.json"));
    expect(result.accepted?.folder).toBe(good);
    expect(result.refused[0]).toContain("does not say its version");
  });

  it("does not refuse for good what was late once: the machine may have been busy", async () => {
    const root = temporaryFolder();
    const memory = join(root, "memory.json");
    const folder = join(root, "bin");
    for (const binary of tool.binaries) {
      const lines = ['while [ ! -e "$0.free" ]; do sleep 0.1; done', "echo version v0.8.0"];
      writeProgram(join(folder, binary), ...lines);
    }
    const patient = (seconds: number) =>
      findOnPath({ ...tool, probe: { ...tool.probe, seconds } }, [folder], memory);
    expect((await patient(0.5)).accepted).toBeUndefined();
    writeFileSync(join(folder, "kwok.free"), "");
    expect((await patient(100)).accepted).toEqual({ folder, version: "0.8.0" });
  });

  it("asks a program once, and again when it has changed", async () => {
    const root = temporaryFolder();
    const memory = join(root, "memory.json");
    const folder = install(join(root, "bin"), "0.8.0");
    const asked = () => readFileSync(join(folder, "kwok.asked"), "utf8").split("\n").length - 1;
    await findOnPath(tool, [folder], memory);
    await findOnPath(tool, [folder], memory);
    expect(asked()).toBe(1);
    install(folder, "0.7.99");
    const result = await findOnPath(tool, [folder], memory);
    expect(asked()).toBe(2);
    expect(result.accepted).toBeUndefined();
  });

  it("looks neither into the cache nor into relative folders, and at a linked folder once", () => {
    const root = temporaryFolder();
    const [cache, bin] = [join(root, "cache", "tools"), join(root, "bin")];
    for (const folder of [
      cache,
      bin,
      join(root, "pg", "9", "bin"),
      join(root, "pg", "15", "bin"),
    ]) {
      mkdirSync(folder, { recursive: true });
    }
    symlinkSync(bin, join(root, "link"));
    const searchPath = [cache, bin, "relative", join(root, "link"), join(root, "absent")];
    expect(
      candidateFolders(
        searchPath.join(delimiter),
        [join(root, "pg", "*", "bin")],
        [join(root, "cache")],
      ),
    ).toEqual([bin, join(root, "pg", "15", "bin"), join(root, "pg", "9", "bin")]);
  });

  it("puts nothing but the tool itself in front of PATH", async () => {
    const root = temporaryFolder();
    const program = writeProgram(join(root, "bin", "kubectl"), "true");
    writeProgram(join(root, "bin", "node"), "true");
    const folder = await linkFolder(root, { kubectl: program });
    expect(readdirSync(folder)).toEqual(["kubectl"]);
    expect(readlinkSync(join(folder, "kubectl"))).toBe(program);
    expect(await linkFolder(root, { kubectl: program })).toBe(folder);
  });
});
