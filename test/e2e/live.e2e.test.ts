/**
 * A live target meets no stand-in: the real engine, started as a user starts it for a live stack, in
 * a shell where the sandbox's stand-in plugins are on PATH.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Finished, run, toolFolder, toolPath } from "../judges/tools.ts";
import { clone } from "../rendered.ts";

const program = `
import * as linode from "@pulumi/linode";
const provider = new linode.Provider("linode", { token: "live-token" });
const zone = { type: "master", domain: "example.org", soaEmail: "dns@example.org" };
new linode.Domain("zone", zone, { provider });
`;

describe("the engine on a live stack, stand-ins on PATH", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-live-"));
    mkdirSync(join(folder, "backend"));
    symlinkSync(join(clone, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "index.mjs"), program);
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: live\nmain: index.mjs\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function pulumi(
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    return run(toolPath("pulumi"), [...words, "--non-interactive", "--color", "never"], {
      cwd: folder,
      env: {
        PATH: [
          join(clone, "sandbox", "standins", "bin"),
          toolFolder("pulumi"),
          dirname(process.execPath),
          "/usr/bin",
          "/bin",
        ].join(delimiter),
        HOME: folder,
        PULUMI_HOME: join(folder, "pulumi"),
        PULUMI_BACKEND_URL: pathToFileURL(join(folder, "backend")).href,
        PULUMI_CONFIG_PASSPHRASE: "live",
        PULUMI_SKIP_UPDATE_CHECK: "1",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...more,
      },
    });
  }

  async function preview(more: Readonly<Record<string, string>>): Promise<string> {
    expect(await pulumi(["stack", "init", "live"])).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await pulumi(["preview"], more);
    const said = stdout + stderr;
    expect({ code: code === 0, said }).toEqual({ code: false, said });
    return said;
  }

  test("is refused by the stand-in before anything is looked at", async () => {
    expect(await preview({})).toContain("Fleet's stand-in and serves sandboxes only");
  });

  test("is refused, too, where a sandbox's variables have leaked into the shell", async () => {
    const sandbox = join(folder, "sandbox");
    mkdirSync(sandbox);
    writeFileSync(join(sandbox, "token"), "leaked\n");
    const said = await preview({ FLEET_SANDBOX_DIR: sandbox, FLEET_SANDBOX_TOKEN: "leaked" });
    expect(said).toContain("Fleet's stand-in and serves sandboxes only");
  });

  test("does not even start one where plugins on PATH are ignored, as pipelines say", async () => {
    const said = await preview({ PULUMI_IGNORE_AMBIENT_PLUGINS: "true" });
    expect(said).not.toContain("stand-in");
    expect(said).toMatch(/no resource plugin 'pulumi-resource-linode'/);
  });
});
