import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { build, changedText, goVersionOf } from "../../tools/lib/build.mjs";
import { type Changes, type GoSource, readManifest } from "../../tools/lib/manifest.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

const changes: Changes = {
  module: "example.org/module",
  file: "pkg/create.go",
  replace: { "upsert()": "create()" },
};
const item = { binary: "plugin", module: "kubernetes-provider", package: ".", changes };

/** A Go in front of PATH; its module cache is a folder, read-only as Go's own is, and it builds what the line says. */
function fakeGo(text: string, building: string): void {
  const cache = temporaryFolder();
  mkdirSync(join(cache, "pkg"));
  writeFileSync(join(cache, "pkg", "create.go"), text);
  chmodSync(join(cache, "pkg", "create.go"), 0o444);
  chmodSync(join(cache, "pkg"), 0o555);
  const folder = join(temporaryFolder(), "go");
  writeProgram(
    join(folder, "go"),
    'if [ "$1" = env ]; then echo go1.26.0; exit; fi',
    `if [ "$1" = mod ]; then echo '{"Dir": "${cache}"}'; exit; fi`,
    'for word; do case "$word" in -modfile=*) scratch=$(dirname "${word#-modfile=}");; esac; done',
    'out=""; for word; do [ "$out" = next ] && out=$word; [ "$word" = -o ] && out=next; done',
    building,
  );
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

describe("a build whose sources are changed", () => {
  it("takes the changed copy, by a go.mod beside it, and leaves neither", async () => {
    fakeGo(
      "func Create() { upsert() }\n",
      'cat "$scratch/module/pkg/create.go" "$scratch/go.mod" > "$out"; [ -s "$scratch/go.sum" ]',
    );
    const folder = temporaryFolder();
    await build([item], folder, "1.26.0");
    const built = readFileSync(join(folder, "plugin"), "utf8");
    expect(built).toMatch(/^func Create\(\) \{ create\(\) \}\n/);
    expect(built).toMatch(/\nreplace example\.org\/module => ".*\/module"\n$/);
    expect(built).toContain("module fleet/tools/kubernetes-provider");
    expect(existsSync(join(folder, ".sources"))).toBe(false);
  });

  it.each(["func Create() {}\n", "func Create() { upsert(); upsert() }\n"])(
    "is not begun where the text is not there once: %j",
    async (text) => {
      fakeGo(text, 'touch "$out"');
      const folder = temporaryFolder();
      await expect(build([item], folder, "1.26.0")).rejects.toThrow(
        /«upsert\(\)» [02] times in pkg\/create\.go, and not once/,
      );
      expect(existsSync(join(folder, "plugin"))).toBe(false);
    },
  );

  it("replaces texts one after the other, whatever signs stand in them", () => {
    const replace = { "a(": "$&", c: "$1" };
    expect(changedText("a(b) c", { ...changes, replace })).toBe("$&b) $1");
  });

  it("is a version of its own: the cache holds none of other sources for it", () => {
    const source: GoSource = { kind: "go", version: "1.2.3", builds: [item] };
    const other = { ...item, changes: { ...changes, replace: { "upsert()": "other()" } } };
    const { changes: _, ...plain } = item;
    const versions = [[item], [other], [plain]].map((builds) => goVersionOf({ ...source, builds }));
    expect(versions[0]).toMatch(/^1\.2\.3-[0-9a-f]{12}$/);
    expect(versions[2]).toBe("1.2.3");
    expect(new Set(versions).size).toBe(3);
  });

  it("is that of the Kubernetes plug-in alone, which makes objects as live's does", () => {
    const changed = Object.values(readManifest().tools)
      .flatMap(({ sources }) => sources)
      .flatMap((source) => (source.kind === "go" ? source.builds : []))
      .filter((one) => one.changes !== undefined);
    expect(changed.map(({ binary }) => binary)).toEqual(["pulumi-resource-kubernetes"]);
  });
});
