/** The pipeline's workflow files before actionlint. Proves their form, not what they call. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { clone } from "../rendered.ts";
import { run, toolPath } from "./tools.ts";

type Workflow = Readonly<Record<string, unknown>>;
const workflow = (name: string): Workflow =>
  parse(readFileSync(join(folder, name), "utf8")) as Workflow;

const folder = join(clone, ".github", "workflows");
// Its helpers shellcheck and pyflakes are not everywhere: the same verdict on every machine.
const words = ["-no-color", "-oneline", "-shellcheck=", "-pyflakes="];
// A key of GitHub's since May 2026 that no release of actionlint knows yet (rhysd/actionlint#657): looked at below.
const queue = ["-ignore", '^unexpected key "queue" for "concurrency" section'];

test("workflow files have no fault", async () => {
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  expect(files.length).toBeGreaterThan(0);
  const paths = files.map((name) => join(folder, name));
  const { code, stdout, stderr } = await run(toolPath("actionlint"), [
    ...words,
    ...queue,
    ...paths,
  ]);
  expect(stdout + stderr).toBe("");
  expect(code).toBe(0);
});

test("queues are of a form that GitHub takes, and cut off nothing that is at work", () => {
  const files = readdirSync(folder).map(workflow);
  const jobs = files.flatMap((file) => Object.values(file["jobs"] as Workflow) as Workflow[]);
  const all = [...files, ...jobs]
    .map(({ concurrency }) => concurrency)
    .filter((one): one is Workflow => typeof one === "object" && one !== null && "queue" in one);
  expect(all.length).toBeGreaterThan(0);
  for (const one of all) {
    expect(one).toMatchObject({ queue: "max", "cancel-in-progress": false });
  }
});

test("a planted fault is found", async () => {
  const workflow = "on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    stepz: []\n";
  const { code, stdout } = await run(toolPath("actionlint"), [...words, "-"], { input: workflow });
  expect(code).toBe(1);
  expect(stdout).toContain("stepz");
});
