import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { buildCrate, cargoVersionOf } from "../../tools/lib/cargo.mjs";
import type { CargoSource } from "../../tools/lib/manifest.mjs";
import { temporaryFolder, writeProgram } from "./folders.ts";

const source: CargoSource = { kind: "cargo", version: "1.2.0", module: "vrl", rust: "1.90.0" };

/** Puts a Rust of a version in front of PATH; its cargo does what the lines say. */
function fakeRust(version: string | undefined, ...cargo: string[]): void {
  const folder = join(temporaryFolder(), "rust");
  mkdirSync(folder, { recursive: true });
  if (version !== undefined) {
    writeProgram(join(folder, "rustc"), `echo "rustc ${version} (a1b2c3 2026-01-01)"`);
    writeProgram(
      join(folder, "cargo"),
      'if [ "$1" = --version ]; then echo "cargo 1.0.0"; exit; fi',
      ...cargo,
    );
  }
  // A machine's own Rust is none of these tests'.
  vi.stubEnv("PATH", version === undefined ? folder : `${folder}:/usr/bin:/bin`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

/** Says where the intermediate results go. */
const target = 'while [ "$1" != --target-dir ]; do shift; done; mkdir -p "$2/release"';

describe("a program that is built with cargo", () => {
  it("is copied out of the build, of which nothing is left", async () => {
    fakeRust("1.95.0", target, 'echo built > "$2/release/vrl-run"');
    const [folder, scratch] = [temporaryFolder(), join(temporaryFolder(), "cargo")];
    await buildCrate(source, ["vrl-run"], folder, scratch);
    expect(readFileSync(join(folder, "vrl-run"), "utf8")).toBe("built\n");
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("is built from the pinned crates alone", async () => {
    const words = join(temporaryFolder(), "words");
    fakeRust("1.95.0", `echo "$@" > ${words}`, target, 'touch "$2/release/vrl-run"');
    await buildCrate(source, ["vrl-run"], temporaryFolder(), temporaryFolder());
    expect(readFileSync(words, "utf8")).toContain("--locked");
  });

  it("that cannot be built says what cargo said, and leaves nothing either", async () => {
    fakeRust("1.95.0", target, 'echo "error: no matching package" >&2', "exit 101");
    const scratch = temporaryFolder();
    await expect(buildCrate(source, ["vrl-run"], temporaryFolder(), scratch)).rejects.toThrow(
      /tools\/modules\/vrl failed:\nerror: no matching package/,
    );
    expect(readdirSync(scratch)).toEqual([]);
  });

  it.each([
    [
      undefined,
      /needs Rust 1\.90\.0 or newer with its cargo \(there is none on PATH, and there is no cargo/,
    ],
    [
      "1.63.0",
      /needs Rust 1\.90\.0 or newer with its cargo \(found 1\.63\.0; see https:\/\/rustup\.rs/,
    ],
  ])("needs a Rust that is new enough: %s", async (version, message) => {
    fakeRust(version);
    const building = buildCrate(source, ["vrl-run"], temporaryFolder(), temporaryFolder());
    await expect(building).rejects.toThrow(message);
  });

  it("is kept under a name that changes with its source, not with what is built", () => {
    expect(cargoVersionOf(source)).toMatch(/^1\.2\.0-[0-9a-f]{12}$/);
    expect(cargoVersionOf(source)).toBe(cargoVersionOf(source));
    expect(cargoVersionOf({ ...source, version: "1.3.0" })).toMatch(/^1\.3\.0-/);
  });
});
