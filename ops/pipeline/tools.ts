/** The official CLI and the plugins in the versions that package-lock.json pins, on a pipeline's machine. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { CommandError } from "../command.ts";
import { officialEnvironment } from "../keys/pulumi.ts";
import { isAtLeast } from "../tools.ts";

const Manifest = z.looseObject({
  tools: z.looseObject({
    pulumi: z.looseObject({ sources: z.array(z.looseObject({ version: z.string() })) }),
  }),
});

/**
 * Installs what is missing. Scripts of packages are never run.
 *
 * @throws CommandError with the step that failed.
 */
export function installLiveTools(root: string, outer: NodeJS.ProcessEnv): string {
  const environment = officialEnvironment({ root, environment: outer });
  const wanted = wantedVersion(root);
  const run = (program: string, ...words: string[]): string | undefined => {
    const { status, stdout } = spawnSync(program, words, {
      cwd: root,
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    return status === 0 ? stdout : undefined;
  };
  const has = /v(\d\S*)/.exec(run("pulumi", "version") ?? "")?.[1];
  if (has === undefined || !isAtLeast(has, wanted)) {
    // The vendor's own package of its own release.
    const words = ["install", "--global", "--ignore-scripts", "--no-audit", "--no-fund"];
    must(run("npm", ...words, `pulumi@${wanted}`), `npm install --global pulumi@${wanted}`);
    must(run("pulumi", "version"), "pulumi version");
  }
  // The packages are there: every make target sees to that.
  must(run("pulumi", "install", "--no-dependencies"), "pulumi install");
  return `pulumi ${has ?? wanted} and its plugins are here`;
}

function wantedVersion(root: string): string {
  const text = readFileSync(join(root, "tools", "tools.json"), "utf8");
  const [source] = Manifest.parse(JSON.parse(text)).tools.pulumi.sources;
  if (source === undefined) {
    throw new CommandError("tools/tools.json pins no version of pulumi");
  }
  return source.version;
}

function must(output: string | undefined, what: string): void {
  if (output === undefined) {
    throw new CommandError(`${what} failed: see above`);
  }
}
