import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import type { MavenSource } from "../../tools/lib/manifest.mjs";
import { compileAgainstJars, mavenVersionOf } from "../../tools/lib/maven.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

const source: MavenSource = {
  kind: "maven",
  version: "8.19.21",
  module: "elasticsearch",
  java: 17,
};

/** Puts a JDK of a version and a Maven in front of PATH; its Maven does what the lines say. */
function fakeJava(version: string | undefined, ...maven: string[]): void {
  const folder = join(temporaryFolder(), "java");
  mkdirSync(folder, { recursive: true });
  if (version !== undefined) {
    writeProgram(join(folder, "javac"), `echo "javac ${version}"`);
    writeProgram(
      join(folder, "mvn"),
      'if [ "$1" = --version ]; then echo "Apache Maven 3.8.7"; exit; fi',
      ...maven,
    );
  }
  // A machine's own Java is none of these tests'.
  vi.stubEnv("PATH", version === undefined ? folder : `${folder}:/usr/bin:/bin`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

/** Says where the jars go. */
const jars = 'for word in "$@"; do jars="${word#-DoutputDirectory=}"; done; mkdir -p "$jars"';

describe("a program that is compiled against jars", () => {
  it("is not made of jars that are not the pinned ones, of which nothing is left", async () => {
    fakeJava("21.0.1", jars, 'echo other > "$jars/elasticsearch-8.19.21.jar"');
    const [folder, scratch] = [temporaryFolder(), join(temporaryFolder(), "maven")];
    await expect(compileAgainstJars(source, folder, scratch)).rejects.toThrow(
      /not the jars that SHA256SUMS pins: .*elasticsearch-8\.19\.21\.jar/,
    );
    expect([...readdirSync(folder), ...readdirSync(scratch)]).toEqual([]);
  });

  it("says what Maven said where it cannot fetch them", async () => {
    fakeJava("17.0.15", 'echo "[ERROR] no way to anywhere"', "exit 1");
    await expect(compileAgainstJars(source, temporaryFolder(), temporaryFolder())).rejects.toThrow(
      /\[ERROR\] no way to anywhere/,
    );
  });

  it.each([
    [
      undefined,
      /needs a JDK 17 or newer and Maven \(there is no javac on PATH, and there is no mvn/,
    ],
    ["11.0.2", /needs a JDK 17 or newer and Maven \(found 11\.0\.2\)/],
  ])("needs a JDK that is new enough: %s is not", async (version, message) => {
    fakeJava(version);
    await expect(compileAgainstJars(source, temporaryFolder(), temporaryFolder())).rejects.toThrow(
      message,
    );
  });

  it("is another one when its sources or jars are others", () => {
    expect(mavenVersionOf(source)).toMatch(/^8\.19\.21-[0-9a-f]{12}$/);
    expect(mavenVersionOf(source)).toBe(mavenVersionOf(source));
  });
});
