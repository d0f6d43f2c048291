import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { generateSecretKey, derivePublicKey } from "../../components/base/keys.ts";
import { lintStacks, stackFileFindings } from "../../ops/lint-stacks.ts";
import { isCiphertext } from "../../ops/plain-text.ts";
import { looksRandom } from "../../policy/secret-shapes.ts";
import { temporaryFolder } from "../tools/folders.ts";

const root = resolve(import.meta.dirname, "../..");
const key = generateSecretKey();
const cipher = `v1:${"A".repeat(16)}:${"b".repeat(40)}==`;

const file = (...lines: string[]): string => ["config:", ...lines, ""].join("\n");

describe("plain-text secrets of a stack file", () => {
  it.each([
    ["an entry of fleet:secrets", file("  fleet:secrets:", "    a: hunter2"), 3],
    ["a number among the secrets", file("  fleet:secrets:", "    a: 12345678"), 3],
    ["a secret in flow style", file("  fleet:secrets: { a: { secure: x }, b: y }"), 2],
    ["text that only says it is secure", file("  fleet:secrets: { a: { secure: hunter2 } }"), 2],
    ["an anchor's text", file("  fleet:domain: &p hunter2", "  fleet:secrets: { a: *p }"), 3],
    ["a secret key anywhere", file(`  fleet:domain: ${key}`), 2],
    ["a secret key in a comment", `# ${key}\n`, 1],
    ["a secret key with 0x", file(`  fleet:domain: "0x${key}"`), 2],
    ["a secret key under secure", file(`  fleet:secrets: { a: { secure: ${key} } }`), 2],
    ["a private key in PEM", file("  fleet:domain: |", "    -----BEGIN EC PRIVATE KEY-----"), 3],
    ["a password in a URL", file("  fleet:domain: redis://:hunter2@redis:6379"), 2],
    ["a user's password in a URL", file("  fleet:domain: postgres://me:hunter2@db/x"), 2],
    ["a GitHub token", file(`  fleet:domain: ghp_${"a1B2".repeat(9)}`), 2],
    ["a Docker Hub token", file(`  fleet:domain: dckr_pat_${"a1B2".repeat(6)}`), 2],
    ["a random word under a password's key", file("  fleet:domain: { password: aK3x9Qz7 }"), 2],
    ["a random word under a token's key", file("  fleet:x:", "    apiToken: aK3x9Qz71b"), 3],
    ["a value encrypted in place", file(`  fleet:domain: { secure: "${cipher}" }`), 2],
    ["the sandbox's mark", file("  fleet:sandbox: true"), 2],
    ["a file that is no YAML", `config: [\n# ${key}\n`, 2],
  ])("finds %s", (_, text, line) => {
    const findings = stackFileFindings(text);
    expect(findings.map((finding) => finding.line)).toEqual([line]);
    const report = JSON.stringify(findings);
    for (const canary of [key, "hunter2", "12345678", "aK3x9Qz7"]) {
      expect(report).not.toContain(canary);
    }
  });

  it.each([
    ["an encrypted entry", file(`  fleet:secrets: { a: { secure: "${cipher}" } }`)],
    ["a public key", file(`  fleet:domain: ${derivePublicKey(key)}`)],
    ["an image digest", file(`  fleet:domain: docker.io/a/b:1@sha256:${key}`)],
    ["a reference to a secret", file("  fleet:images: { pullSecret: skycoinpro-registry }")],
    ["a password's name", file("  fleet:domain: { password: transport-discovery-postgres-2 }")],
    ["a URL without password", file("  fleet:domain: http://tpd.skywire.dev:80/a@b")],
    ["encryption settings", `encryptionsalt: v1:${"a".repeat(64)}:x\n`],
  ])("lets %s stand", (_, text) => {
    expect(stackFileFindings(text)).toEqual([]);
  });

  it("says nothing of the committed stack files", () => {
    expect(lintStacks(root)).toEqual([]);
    expect(readFileSync(resolve(root, "Pulumi.test.yaml"), "utf8")).toContain("fleet:system");
  });

  it("tells what cannot be read, and finds them in the other files all the same", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "Pulumi.folder.yaml"));
    symlinkSync("nowhere", join(folder, "Pulumi.lost.yaml"));
    writeFileSync(join(folder, "Pulumi.shop.yaml"), file("  fleet:secrets:", "    a: hunter2"));
    expect(lintStacks(folder)).toEqual([
      expect.stringMatching(/^Pulumi\.yaml: cannot be read \(ENOENT/),
      expect.stringMatching(/^Pulumi\.folder\.yaml: cannot be read \(EISDIR/),
      expect.stringMatching(/^Pulumi\.lost\.yaml: cannot be read \(ENOENT/),
      expect.stringMatching(/^Pulumi\.shop\.yaml:3: /),
    ]);
  });
});

describe("isCiphertext", () => {
  it("knows what the engine writes from what a person types", () => {
    expect(isCiphertext("v1:5fBD4hA6c5Wx+m8K:Yr2n3H6Q1c0p2uWkq7xYxgkq0a==")).toBe(true);
    expect(isCiphertext(`AAAB${"a".repeat(48)}`)).toBe(true);
    expect(isCiphertext("v1:secret")).toBe(false);
    expect(isCiphertext("password")).toBe(false);
  });
});

describe("looksRandom", () => {
  it("tells drawn words from written ones", () => {
    expect(["aK3x9Qz7", "hJ2kLm9PqR"].map(looksRandom)).toEqual([true, true]);
    expect(
      ["dmsg-server-1", "letsencrypt", "/run/secret/1a2b3c", "short1"].map(looksRandom),
    ).toEqual([false, false, false, false]);
  });
});
