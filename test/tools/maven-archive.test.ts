import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { platformName } from "../../tools/lib/cache.mjs";
import { type MavenArchive, readManifest } from "../../tools/lib/manifest.mjs";
import { unpackArchive } from "../../tools/lib/maven-archive.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";
import { zipOf } from "./zip.ts";

const archive = zipOf([
  { name: "bin/served", text: "#!/bin/sh\necho it runs\n", deflate: true },
  { name: "bin/served-debug", text: "far too large", deflate: false },
  { name: "share/english/words", text: "words", deflate: false },
  { name: "share/german/words", text: "Worte", deflate: false },
]);

const source: MavenArchive = {
  kind: "maven-archive",
  version: "1.2.3",
  platform: platformName(),
  artifact: "org.example:served:1.2.3.1:zip:any",
  sha256: createHash("sha256").update(archive).digest("hex"),
  paths: ["bin/served", "share/english/"],
  libraries: [],
};

/** Puts a Maven in front of PATH that does what the lines say; none without lines. */
function fakeMaven(...lines: string[]): void {
  const folder = join(temporaryFolder(), "maven");
  mkdirSync(folder, { recursive: true });
  if (lines.length > 0) writeProgram(join(folder, "mvn"), ...lines);
  vi.stubEnv("PATH", lines.length > 0 ? `${folder}:/usr/bin:/bin` : folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

/** A Maven that brings these bytes, and leaves something in its repository. */
function maven(bytes: Buffer): void {
  const from = join(temporaryFolder(), "archive");
  writeFileSync(from, bytes);
  fakeMaven(
    'for word in "$@"; do case "$word" in',
    '  -DoutputDirectory=*) to="${word#-DoutputDirectory=}" ;;',
    '  -Dmaven.repo.local=*) mkdir -p "${word#-Dmaven.repo.local=}/org" ;;',
    "esac; done",
    `cp '${from}' "$to/served-1.2.3.1-any.zip"`,
  );
}

const unpack = (change: Partial<MavenArchive> = {}) => {
  const [folder, scratch] = [temporaryFolder(), temporaryFolder()];
  const done = unpackArchive({ ...source, ...change }, ["served"], folder, scratch, scratch);
  return { folder, scratch, done };
};

describe("a program out of an archive of Maven's", () => {
  it("comes with the files that are named, and nothing else stays, not even Maven's copy", async () => {
    maven(archive);
    const { folder, scratch, done } = unpack();
    await done;
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    expect(names.filter((name) => statSync(join(folder, name)).isFile()).sort()).toEqual([
      "root/usr/bin/served",
      "root/usr/share/english/words",
      "served",
    ]);
    expect(statSync(join(folder, "root/usr/bin/served")).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(folder, "served"), "utf8")).toContain(
      'exec "$here/root/usr/bin/served"',
    );
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("is refused where the archive is another one, of which nothing is left", async () => {
    maven(Buffer.concat([archive, Buffer.from("!")]));
    const { folder, scratch, done } = unpack();
    await expect(done).rejects.toThrow(/org\.example:served.*expected [0-9a-f]{64}.*Refused/);
    expect([...readdirSync(folder), ...readdirSync(scratch)]).toEqual([]);
  });

  it("says which file the archive lacks", async () => {
    maven(archive);
    await expect(unpack({ paths: ["bin/other"] }).done).rejects.toThrow("holds no bin/other");
  });

  it("says what Maven said, that there is none, or that it is another platform's", async () => {
    fakeMaven('echo "[ERROR] no way to anywhere"', "exit 1");
    await expect(unpack().done).rejects.toThrow(/cannot fetch .*\[ERROR\] no way to anywhere/);
    fakeMaven();
    await expect(unpack().done).rejects.toThrow("there is no mvn on PATH");
    await expect(unpack({ platform: "plan9-mips" }).done).rejects.toThrow(/is for plan9-mips/);
  });

  it("is told by the SHA-256 of its archive in the manifest", () => {
    const archives = Object.values(readManifest().tools)
      .flatMap(({ sources }) => sources)
      .filter((one) => one.kind === "maven-archive");
    expect(archives.length).toBeGreaterThan(0);
    for (const { artifact, sha256, version } of archives) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(artifact).toContain(`:${version}`);
    }
  });
});
