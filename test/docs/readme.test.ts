/** What the README shows of files and output is what they are. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { parseStackFile } from "../../ops/stack-file.ts";
import { checkConfig, ConfigError } from "../../stacks/check.ts";
import { reportFaults } from "../../stacks/faults.ts";
import { StackConfig } from "../../stacks/stack.schema.ts";
import { clone, readStackFile } from "../rendered.ts";
import { stackText } from "../stack-text.ts";

const readme = readFileSync(join(clone, "README.md"), "utf8");

/** The one block of a language that holds a word. */
function block(language: string, word: string): string {
  const found = [...readme.matchAll(/```([a-z]*)\n([^]*?)```/g)]
    .filter(([, name, text]) => name === language && text?.includes(word))
    .map(([, , text]) => text ?? "");
  expect(found).toHaveLength(1);
  return found[0] ?? "";
}

/** Every fault of a config. */
function faultsOf(raw: Record<string, string>): string {
  try {
    const contexts = new Map([["skycoin-test", "https://127.0.0.1:6443"]]);
    const environment = {
      stack: "test",
      kubeContexts: () => ({ ok: true, value: contexts }) as const,
    };
    checkConfig(raw, environment, StackConfig);
  } catch (error) {
    if (error instanceof ConfigError) {
      // The committed file has no secrets: make up fills them in before it looks.
      const secretless = error.faults.filter(({ expected }) => !expected.includes("fleet:secrets"));
      return reportFaults("test", secretless);
    }
    throw error;
  }
  return "no fault";
}

describe("the README", () => {
  it("quotes the stack file as it is", () => {
    // By what it says: the CLI lays a file out anew when the stack goes live.
    const quoted = block("yaml", "fleet:services");
    const { config } = parseStackFile("test", stackText("test"));
    expect(config).toMatchObject(parse(quoted) as object);
    expect(Object.keys(config["fleet:services"] as object)).toEqual(
      [...quoted.matchAll(/^ {2}([\w-]+):/gm)].map(([, name]) => name),
    );
  });

  it("shows faults as they are told", () => {
    const { "fleet:secrets": _, ...raw } = readStackFile("test");
    const services = (raw["fleet:services"] ?? "")
      .replace('"nodePort":30080', '"nodePort":30178')
      .replace('"address-resolver":{"slot":0}', '"address-resolver":{"slot":0,"replicas":2}')
      .replace('"setup-nodes":', '"route-findr":{},"setup-nodes":');
    const told = faultsOf({ ...raw, "fleet:sandbox": "true", "fleet:services": services });
    expect(told.trimEnd()).toBe(block("text", "faults; nothing was touched").trimEnd());
  });
});
