/**
 * The tutorial without a sandbox: its commands exist, its edits apply, and what they make is a stack.
 * That it prints what it shows is proven by typing it: `test/e2e/voting.e2e.test.ts`.
 */
import { describe, expect, it } from "vitest";

import { parseStackFile, rawConfig } from "../../ops/stack-file.ts";
import { commands } from "../../tools/lib/commands.mjs";
import { draftOf, environment, faultsIn } from "../config/stack-fixture.ts";
import { stackText } from "../stack-text.ts";
import { edited, missingPassages, type Step, tutorialSections } from "./tutorial.ts";

const steps = tutorialSections().flatMap((section) =>
  section.steps.map((step) => ({ title: section.title, step })),
);

/** Words of a command as a shell splits them. */
const words = (line: string): string[] =>
  (line.match(/(?:[^\s']|'[^']*')+/g) ?? []).map((word) => word.replaceAll("'", ""));

const lines = steps.flatMap(({ step }) => (step.kind === "command" ? [step.line] : []));

/** What the file says at each command, with whether the page shows it to be refused. */
function* filesAtCommands(): Generator<{ line: string; text: string; refused: boolean }> {
  let committed = stackText("voting");
  let text = committed;
  for (const { step } of steps) {
    if (step.kind === "edit") {
      text = edited(text, step);
      continue;
    }
    committed = step.line.startsWith("git commit") ? text : committed;
    text = step.line.startsWith("git restore") ? committed : text;
    yield { line: step.line, text, refused: isRefused(step) };
  }
}

const isRefused = (step: Step): boolean =>
  step.kind === "command" &&
  step.prints.flat().some((line) => line.includes("nothing was touched"));

describe("the tutorial", () => {
  it("types commands that make has, with variables they take, of stacks there are", () => {
    const made = lines.filter((line) => line.startsWith("make ")).map(words);
    expect(made.length).toBeGreaterThan(10);
    for (const [, target = "", ...variables] of made) {
      expect(Object.keys(commands)).toContain(target);
      for (const [name = "", value] of variables.map((word) => word.split("=", 2))) {
        expect(commands[target]?.takes).toContain(name);
        expect(name !== "STACK" || value === "voting").toBe(true);
      }
    }
  });

  it("types nothing else but git in the clone, and takes away what it made", () => {
    const others = lines.filter((line) => !/^(make|git) /.test(line));
    expect(others).toEqual(["rm Pulumi.mine.yaml"]);
  });

  it("edits the committed file, and each command finds one that is a stack, unless it is refused", () => {
    const { secrets } = draftOf("voting");
    const seen: string[] = [];
    for (const { line, text, refused } of filesAtCommands()) {
      const file = parseStackFile("voting", text);
      const faults = faultsIn(rawConfig(file, secrets), environment("voting"));
      const told = faults.map(({ path, expected }) => `${path} ${expected}`);
      expect(told.length > 0, `${line}\n${told.join("\n")}`).toBe(refused);
      seen.push(text);
    }
    expect(new Set(seen).size).toBeGreaterThan(5);
  });

  it("leaves nothing up, and no edit behind", () => {
    const last = (text: string): number => lines.findLastIndex((line) => line.startsWith(text));
    expect(last("make down")).toBeGreaterThan(last("make up"));
    expect([...filesAtCommands()].at(-1)?.text).toContain("fleet:target: kubernetes");
    expect(last("git branch --delete")).toBe(lines.length - 1);
  });
});

describe("what the tutorial shows", () => {
  const printed = "one 5.7 s\n\ntwo 10.1.2.3\nthree\nfour 3/4\n";

  it("is what is printed, but for times, addresses and hashes", () => {
    expect(missingPassages([["one 6 s", "two  10.9.9.9"], ["four 3/4"]], printed)).toEqual([]);
  });

  it.each([
    ["a number", [["four 4/4"]], "four 4/4"],
    ["a line", [["five"]], "five"],
    ["the order", [["three"], ["one 1 s"]], "one 1 s"],
    ["a line left out without …", [["two 10.1.2.3", "four 3/4"]], "two 10.1.2.3\nfour 3/4"],
  ])("is found out where it is wrong in %s", (_, passages, missing) => {
    expect(missingPassages(passages, printed)).toEqual([missing]);
  });

  it("is an edit of lines that stand in the file once", () => {
    const edit = { kind: "edit", before: "a\n", after: "b\n" } as const;
    expect(edited("a\nc\n", edit)).toBe("b\nc\n");
    expect(() => edited("a\na\n", edit)).toThrow("stands 2 times");
    expect(() => edited("c\n", edit)).toThrow("stands 0 times");
    const laidOut = {
      kind: "edit",
      before: "a: { b: {} }\n\nc: 1\n",
      after: "a: { b: 2 }\n",
    } as const;
    expect(edited("a: {b: {}}\nc: 1\nd: 3\n", laidOut)).toBe("a: {b: 2}\nd: 3\n");
  });
});
