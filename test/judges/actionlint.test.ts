/** The pipeline's workflow files before actionlint. Proves their form, not what they call. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { clone } from "../rendered.ts";
import { run, toolPath } from "./tools.ts";

const folder = join(clone, ".github", "workflows");
// Its helpers shellcheck and pyflakes are not everywhere: the same verdict on every machine.
const words = ["-no-color", "-oneline", "-shellcheck=", "-pyflakes="];

test("workflow files have no fault", async () => {
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  expect(files.length).toBeGreaterThan(0);
  const paths = files.map((name) => join(folder, name));
  const { code, stdout, stderr } = await run(toolPath("actionlint"), [...words, ...paths]);
  expect(stdout + stderr).toBe("");
  expect(code).toBe(0);
});

test("a planted fault is found", async () => {
  const workflow = "on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    stepz: []\n";
  const { code, stdout } = await run(toolPath("actionlint"), [...words, "-"], { input: workflow });
  expect(code).toBe(1);
  expect(stdout).toContain("stepz");
});
