import { describe, expect, it } from "vitest";

import { parseStackFile, rawConfig, secretEntries, secureText } from "../../ops/stack-file.ts";
import { systemSections } from "../../stacks/raw.ts";

const file = parseStackFile(
  "test",
  `encryptionsalt: v1:a:b
config:
  fleet:system: skywire
  fleet:count: 3
  fleet:flag: true
  fleet:empty:
  fleet:cluster: &cluster { nodes: 2, cpu: "2" }
  fleet:copy: { <<: *cluster, cpu: "4" }
  fleet:secrets: { a: { secure: v1:x:y } }
  fleet:sandbox: true
  pulumi:disable-default-providers: ["*"]
`,
);

describe("a stack file read without the engine", () => {
  it("becomes what the engine hands over: objects as JSON, the rest as text", () => {
    expect(rawConfig(file, { a: "plain" })).toEqual({
      "fleet:system": "skywire",
      "fleet:count": "3",
      "fleet:flag": "true",
      "fleet:empty": "",
      "fleet:cluster": '{"nodes":2,"cpu":"2"}',
      "fleet:copy": '{"nodes":2,"cpu":"4"}',
      "fleet:secrets": '{"a":"plain"}',
      "fleet:sandbox": "true",
      "pulumi:disable-default-providers": '["*"]',
    });
  });

  it("leaves encrypted secrets out when there are no values for them", () => {
    expect(rawConfig(file, undefined)).not.toHaveProperty("fleet:secrets");
    expect(secretEntries(file)).toEqual({ a: { secure: "v1:x:y" } });
  });

  it("gives a system's schema its own sections only", () => {
    expect(Object.keys(systemSections(file.config))).toEqual([
      "system",
      "count",
      "flag",
      "empty",
      "cluster",
      "copy",
    ]);
  });

  it.each([
    [
      "a key that stands twice",
      "config:\n  fleet:a: canary\n  fleet:a: canary\n",
      "Pulumi.x.yaml:3:3: is no valid YAML (a key stands twice in one map)",
    ],
    ["broken YAML", "config:\n  fleet:a: [canary\n", "is no valid YAML"],
    ["a tab as indent", "config:\n\tfleet:a: canary\n", "a tab stands where only spaces may"],
    ["a list", "- canary\n", "must be a YAML map"],
    ["a config that is no map", "config: canary\n", "config must be a map"],
    ["an anchor that does not exist", "config: { fleet:a: *canary }\n", "Pulumi.x.yaml"],
    [
      "anchors that explode",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh".replaceAll(/./g, (name) => {
        const before = String.fromCharCode(name.charCodeAt(0) - 1);
        return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]\n`;
      })}config: {}\n`,
      "anchors cannot be resolved",
    ],
  ])("refuses %s and repeats nothing of it", (_, text, expected) => {
    let message = "";
    try {
      parseStackFile("x", text);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(expected);
    expect(message).not.toContain("canary");
  });

  it("reads an empty file as one without config", () => {
    expect(parseStackFile("x", "")).toMatchObject({ settings: {}, config: {} });
  });

  it("takes only the engine's own shape for an encrypted value", () => {
    expect(secureText({ secure: "v1" })).toBe("v1");
    expect([{ secure: "v1", more: 1 }, { secure: 1 }, ["secure"], "v1"].map(secureText)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
