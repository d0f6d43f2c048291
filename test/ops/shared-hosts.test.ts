import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { lintStacks } from "../../ops/lint-stacks.ts";
import { sharedHosts } from "../../ops/shared-hosts.ts";
import { parseStackFile } from "../../ops/stack-file.ts";
import { newStack } from "../../ops/new-stack.ts";
import { clone } from "../rendered.ts";

const textOf = (stack: string): string => readFileSync(join(clone, `Pulumi.${stack}.yaml`), "utf8");

const file = (stack: string, text: string) => parseStackFile(stack, text);

describe("hosts of two stacks that both keep their records", () => {
  it.each(["test", "pushtech-staging", "fxa-production", "spacemesh-devnet"])(
    "are told of a copy of %s, each with both files",
    (stack) => {
      const text = textOf(stack);
      const found = sharedHosts([file(stack, text), file("copy", text)]);
      expect(found.length).toBeGreaterThan(0);
      for (const line of found) {
        expect(line).toMatch(
          new RegExp(
            `^Pulumi\\.copy\\.yaml: fleet:\\S+ makes the host \\S+, whose record Pulumi\\.${stack}\\.yaml keeps`,
          ),
        );
      }
    },
  );

  it("are no fault where one of the two keeps no records, as a stack that is to follow another", () => {
    const text = textOf("test");
    expect(text).toContain("kind: linode");
    const next = text.replace("kind: linode", "kind: none");
    expect(sharedHosts([file("test", text), file("next", next)])).toEqual([]);
  });

  it("are found by what make new-stack begins with, until the copy has names of its own", () => {
    const root = mkdtempSync(join(tmpdir(), "fleet-shared-hosts-"));
    onTestFinished(() => {
      rmSync(root, { recursive: true });
    });
    writeFileSync(join(root, "Pulumi.yaml"), "name: fleet\n");
    writeFileSync(join(root, "Pulumi.test.yaml"), textOf("test"));
    newStack(root, "mine", "test");
    expect(lintStacks(root)).toContainEqual(expect.stringContaining("grafana.skywire.dev"));
  });

  it("are not looked for in a file that has faults, nor in one that is no YAML", () => {
    const root = mkdtempSync(join(tmpdir(), "fleet-shared-hosts-"));
    onTestFinished(() => {
      rmSync(root, { recursive: true });
    });
    writeFileSync(join(root, "Pulumi.yaml"), "name: fleet\n");
    writeFileSync(join(root, "Pulumi.test.yaml"), textOf("test"));
    writeFileSync(join(root, "Pulumi.broken.yaml"), "config: [\n");
    writeFileSync(
      join(root, "Pulumi.faulty.yaml"),
      textOf("test").replace("fleet:environment: test", "fleet:environment: tset"),
    );
    expect(lintStacks(root)).toEqual([]);
  });
});
