/** Whether this machine has what a target needs. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import * as z from "zod";

import type { Target } from "./command.ts";

/** One finding about the machine. */
export interface ToolFinding {
  readonly tool: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What is asked of the machine: replaced in tests. */
export interface Machine {
  readonly nodeVersion: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Output of a program, or undefined when it is not there. */
  readonly output: (program: string, words: readonly string[]) => string | undefined;
}

/** The machine this runs on, as an environment shows it. */
export const machineOf = (environment: NodeJS.ProcessEnv): Machine => ({
  nodeVersion: process.versions.node,
  environment,
  output: (program, words) => {
    const options = { encoding: "utf8", timeout: 20_000, env: environment } as const;
    const result = spawnSync(program, words, options);
    return result.status === 0 ? result.stdout : undefined;
  },
});

/** The machine this runs on. */
export const thisMachine = machineOf(process.env);

const Manifest = z.looseObject({
  requires: z.looseObject({ programNode: z.string() }),
  sets: z.record(z.string(), z.array(z.string())),
  tools: z.looseObject({
    pulumi: z.looseObject({ probe: z.looseObject({ atLeast: z.string() }) }),
  }),
});
type Manifest = z.infer<typeof Manifest>;

/** Node and the tools of a target, held against tools/tools.json. */
export function toolFindings(root: string, target: Target, machine: Machine): ToolFinding[] {
  const manifest = Manifest.parse(
    JSON.parse(readFileSync(join(root, "tools", "tools.json"), "utf8")),
  );
  return [
    nodeFinding(machine.nodeVersion, manifest.requires.programNode),
    ...(target === "live"
      ? [pulumiFinding(manifest, machine)]
      : sandboxFindings(manifest, machine)),
  ];
}

function nodeFinding(version: string, atLeast: string): ToolFinding {
  return isAtLeast(version, atLeast)
    ? { tool: "node", ok: true, detail: version }
    : { tool: "node", ok: false, detail: `is ${version}; the program needs ${atLeast} or newer` };
}

/** Live stacks run on the operator's own CLI: Fleet installs none for them. */
function pulumiFinding({ tools }: Manifest, machine: Machine): ToolFinding {
  const { atLeast } = tools.pulumi.probe;
  const version = /v(\d\S*)/.exec(machine.output("pulumi", ["version"]) ?? "")?.[1];
  if (version === undefined) {
    const detail = "is not on PATH: live stacks need the official CLI, see docs/live.md";
    return { tool: "pulumi", ok: false, detail };
  }
  return isAtLeast(version, atLeast)
    ? { tool: "pulumi", ok: true, detail: version }
    : { tool: "pulumi", ok: false, detail: `is ${version}; ${atLeast} or newer is needed` };
}

/** What is missing for the sandbox is no fault: `make up` fetches or builds it. */
function sandboxFindings({ sets }: Manifest, { environment }: Machine): ToolFinding[] {
  const tools = [...(sets["engine"] ?? []), ...(sets["cluster"] ?? [])];
  const missing = tools.filter(
    (tool) =>
      (onPath(tool, environment["PATH"]) ?? inCache(tool, environment["FLEET_CACHE_DIR"])) ===
      undefined,
  );
  const detail =
    missing.length === 0
      ? `are all here (${tools.length})`
      : `not here yet, make up fetches or builds them: ${missing.join(", ")}`;
  return [{ tool: "tools", ok: true, detail }];
}

/** Where a program is found, or undefined. */
function onPath(tool: string, path = ""): string | undefined {
  const folder = path.split(delimiter).find((one) => one !== "" && existsSync(join(one, tool)));
  return folder === undefined ? undefined : join(folder, tool);
}

function inCache(tool: string, cache: string | undefined): string | undefined {
  const folder = cache === undefined ? undefined : join(cache, "tools", tool);
  return folder !== undefined && existsSync(folder) && readdirSync(folder).length > 0
    ? folder
    : undefined;
}

/** Whether a version is another one or newer, part by part. */
export function isAtLeast(version: string, other: string): boolean {
  const parts = (text: string): number[] =>
    text
      .split(/[-+]/, 1)
      .join("")
      .split(".")
      .map((part) => Number.parseInt(part, 10));
  const [left, right] = [parts(version), parts(other)];
  for (const [index, wanted] of right.entries()) {
    const has = left[index] ?? 0;
    if (has !== wanted) {
      return has > wanted;
    }
  }
  return true;
}
