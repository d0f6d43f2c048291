import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readStackName, readTarget } from "../../ops/command.ts";
import { readOccasion, readStacks } from "../../ops/pipeline/stacks.ts";
import { newStack, withoutSecrets } from "../../ops/new-stack.ts";

const source = `# first comment
encryptionsalt: v1:abc:def
config:
  fleet:system: skywire # kept
  fleet:secrets:
    # goes with its entry
    dmsg-server-1:
      secure: v1:abc:def
    dmsg-server-2: { secure: v1:abc:def }

  # the section after the secrets
  fleet:data: retain
  fleet:sandbox: true
secretsprovider: passphrase
`;

const stripped = `# first comment
config:
  fleet:system: skywire # kept

  # the section after the secrets
  fleet:data: retain
`;

describe("withoutSecrets", () => {
  it("cuts secrets and encryption settings and keeps comments, order and blank lines", () => {
    expect(withoutSecrets(source)).toBe(stripped);
  });

  it("cuts secrets at the end of a file without final newline", () => {
    expect(withoutSecrets("config:\n  a:b: c\n  fleet:secrets:\n    x: { secure: y }")).toBe(
      "config:\n  a:b: c\n",
    );
  });

  it("leaves a file without secrets as it is", () => {
    expect(withoutSecrets(stripped)).toBe(stripped);
  });
});

describe("new-stack", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "fleet-new-stack-"));
    writeFileSync(join(root, "Pulumi.test.yaml"), source);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("writes the file and says what to change", () => {
    const told = newStack(root, "mine", "test");
    expect(readFileSync(join(root, "Pulumi.mine.yaml"), "utf8")).toBe(stripped);
    expect(told).toContain("fleet:cluster.context");
    expect(told).toContain("make up STACK=mine");
    // As it stands there, it is a row that pipelines take.
    const [, row = ""] = /^and in .github\/stacks.json a row, .*?: (".*)$/m.exec(told) ?? [];
    mkdirSync(join(root, ".github"));
    writeFileSync(
      join(root, ".github", "stacks.json"),
      `{ ${row.replace("mine", "test")}, ${row} }`,
    );
    expect(Object.keys(readStacks(root))).toEqual(["test", "mine"]);
  });

  it("never overwrites a stack, in whatever case its name is written", () => {
    writeFileSync(join(root, "Pulumi.Mine.yaml"), "config: {}\n");
    expect(() => newStack(root, "mine", "test")).toThrow("Pulumi.mine.yaml exists already");
    expect(readdirSync(root)).toEqual(["Pulumi.Mine.yaml", "Pulumi.test.yaml"]);
  });

  it("gives no stack the name that means all of them", () => {
    expect(() => newStack(root, "all", "test")).toThrow("STACK=all means every stack");
    expect(readdirSync(root)).toEqual(["Pulumi.test.yaml"]);
  });

  it("names the stacks there are when the source does not exist", () => {
    expect(() => newStack(root, "mine", "tset")).toThrow(
      /^there is no Pulumi\.tset\.yaml: is test meant\? There are: Pulumi\.test\.yaml$/,
    );
    expect(() => newStack(root, "mine", "elsewhere")).toThrow(
      /no Pulumi\.elsewhere\.yaml; there are: Pulumi\.test\.yaml\. FROM names one that is there$/,
    );
  });

  it("refuses a source whose secrets share a line with something else", () => {
    const flow = "config: { fleet:system: skywire, fleet:secrets: { a: { secure: b } } }\n";
    writeFileSync(join(root, "Pulumi.flow.yaml"), flow);
    expect(() => newStack(root, "mine", "flow")).toThrow("on lines of their own");
    expect(readdirSync(root)).not.toContain("Pulumi.mine.yaml");
  });
});

describe("names and targets", () => {
  it.each(["", "Prod", "../prod", "a/b", "a.b", "-a", "a-", "a".repeat(41), undefined])(
    "refuses the stack name %j",
    (name) => {
      expect(() => readStackName("NAME", name)).toThrow("NAME must be the name of a stack");
    },
  );

  it.each(["", "prod", "Live", undefined])("refuses the target %j: there is no default", (name) => {
    expect(() => readTarget(name)).toThrow("TARGET must be sandbox");
  });

  it("says what was given, and that nothing was", () => {
    expect(() => readTarget("Live")).toThrow(/ \(it is "Live"\)$/);
    expect(() => readTarget(undefined)).toThrow(/ \(it is missing\)$/);
    expect(() => readOccasion(undefined)).toThrow(/^FOR must be one of .* \(it is missing\)$/);
  });

  it("takes names and targets that are fine", () => {
    expect(readStackName("NAME", "spacemesh-devnet")).toBe("spacemesh-devnet");
    expect(["sandbox", "live"].map(readTarget)).toEqual(["sandbox", "live"]);
  });
});
