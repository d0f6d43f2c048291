/**
 * The pipeline's workflow files before zizmor, which looks for what an attacker could use. Proves that no
 * rule it knows is broken, its pedantic ones included, but for exceptions that stand in the file with a reason.
 * It is offline: whether a pinned commit is the action's own it cannot ask.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { clone } from "../rendered.ts";
import { run, toolPath } from "./tools.ts";

const folder = join(clone, ".github", "workflows");
const words = ["--offline", "--quiet", "--no-progress", "--no-config", "--persona=pedantic"];
const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));

interface Finding {
  readonly ident: string;
  readonly ignored: boolean;
}

async function findings(path: string, input?: string): Promise<readonly Finding[]> {
  const { stdout, stderr } = await run(toolPath("zizmor"), [...words, "--format=json", path], {
    input,
  });
  try {
    return JSON.parse(stdout) as readonly Finding[];
  } catch {
    throw new Error(`zizmor said nothing that can be read: ${stderr}`);
  }
}

test("workflow files are safe", async () => {
  expect(names.length).toBeGreaterThan(4);
  const found = await findings(folder);
  expect(found.filter(({ ignored }) => !ignored)).toEqual([]);
});

test("each exception has its reason, and there is one", () => {
  const exceptions = names.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter((line) => line.includes("zizmor: ignore")),
  );
  expect(exceptions).toHaveLength(1);
  expect(exceptions[0]).toMatch(/ignore\[dangerous-triggers\] \S.{30,}/);
});

test("planted faults are found", async () => {
  const workflow = `
on: pull_request_target
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with: { ref: "\${{ github.event.pull_request.head.sha }}" }
      - run: echo "\${{ github.event.pull_request.title }}"
`;
  const found = (await findings("-", workflow)).map(({ ident }) => ident);
  for (const fault of ["dangerous-triggers", "template-injection", "unpinned-uses", "artipacked"]) {
    expect(found).toContain(fault);
  }
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions?: Record<string, string>; readonly steps: readonly Step[] }
    >
  >;
}

const workflows = names.map((name): readonly [string, Workflow] => [
  name,
  parse(readFileSync(join(folder, name), "utf8")) as Workflow,
]);

test.each(workflows)("%s runs make's targets, and nothing written into the file", (_, { jobs }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const lines = steps.flatMap(({ run: line }) => (line === undefined ? [] : [line]));
  expect(lines.length).toBeGreaterThan(0);
  expect(
    lines.filter((line) => !/^make [a-z-]+( [A-Z]+=("\$[A-Z]+"|[a-zA-Z]+))*$/.test(line)),
  ).toEqual(lines.filter((line) => line === ".ci/run"));
});

/** Whether a job may write in the repository. `id-token: write` lets it ask GitHub who it is, and changes nothing. */
const mayWrite = ({ permissions = {} }: Workflow["jobs"][string]): boolean =>
  Object.entries(permissions).some(([right, how]) => right !== "id-token" && how === "write");

test("what may write runs no code of a pull request, and what runs it may write nothing", () => {
  const writers = workflows.filter(([, { jobs }]) => Object.values(jobs).some(mayWrite));
  expect(writers.map(([name]) => name).sort()).toEqual(["comment.yml", "drift.yml"]);
  for (const [, { jobs, on }] of writers) {
    expect(Object.keys(on)).not.toContain("pull_request");
    const checkouts = Object.values(jobs)
      .filter(mayWrite)
      .flatMap(({ steps }) => steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")));
    expect(checkouts.length).toBeGreaterThan(0);
    // Without a ref it is the default branch.
    expect(checkouts.filter((step) => step.with?.["ref"] !== undefined)).toEqual([]);
  }
  expect(workflows.every(([, { permissions }]) => Object.keys(permissions).length === 0)).toBe(
    true,
  );
});
