import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { copyFolders } from "../../tools/lib/build.mjs";
import type { GoFiles } from "../../tools/lib/manifest.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

const source: GoFiles = {
  kind: "go-files",
  version: "1.21.2",
  module: "cert-manager",
  package: "github.com/cert-manager/cert-manager",
  folders: { "deploy/charts/demo": "chart" },
};

/** A Go in front of PATH whose module cache is a folder, read-only as Go's own is. */
function fakeGo(version: string, download: string): void {
  const folder = join(temporaryFolder(), "go");
  writeProgram(
    join(folder, "go"),
    `if [ "$1" = env ]; then echo "go${version}"; exit; fi`,
    download,
  );
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

function moduleCache(): string {
  const cache = temporaryFolder();
  const templates = join(cache, "deploy/charts/demo/templates");
  mkdirSync(templates, { recursive: true });
  writeFileSync(join(templates, "a.yaml"), "a: 1\n");
  chmodSync(join(templates, "a.yaml"), 0o444);
  return cache;
}

describe("folders of a Go module", () => {
  it("are copied as they are, and can be taken away again", async () => {
    fakeGo("1.26.0", `echo '{"Dir": "${moduleCache()}"}'`);
    const folder = temporaryFolder();
    await copyFolders(source, folder, "1.26.0");
    expect(readdirSync(join(folder, "chart"))).toEqual(["templates"]);
    const file = join(folder, "chart/templates/a.yaml");
    expect(readFileSync(file, "utf8")).toBe("a: 1\n");
    writeFileSync(file, "b: 2\n");
    rmSync(join(folder, "chart"), { recursive: true });
  });

  it("are missed by name where the module has them no more", async () => {
    fakeGo("1.26.0", `echo '{"Dir": "${moduleCache()}"}'`);
    const gone = { ...source, folders: { "deploy/gone": "chart" } };
    await expect(copyFolders(gone, temporaryFolder(), "1.26.0")).rejects.toThrow(
      "github.com/cert-manager/cert-manager holds no deploy/gone",
    );
  });

  it("are not taken of a module that go.sum does not know", async () => {
    fakeGo("1.26.0", 'echo "SECURITY ERROR: checksum mismatch" >&2; exit 1');
    await expect(copyFolders(source, temporaryFolder(), "1.26.0")).rejects.toThrow(
      /cannot be had.*checksum mismatch/s,
    );
  });

  it("need a Go that is new enough", async () => {
    fakeGo("1.21.0", "exit 1");
    await expect(copyFolders(source, temporaryFolder(), "1.26.0")).rejects.toThrow(
      "a build needs Go 1.26.0 or newer (found 1.21.0",
    );
  });
});
