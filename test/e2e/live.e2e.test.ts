/**
 * A live target, as a user starts it: plain `pulumi`, no runner of the sandbox. What must hold there
 * without any wrapper: config faults stop the run before anything is touched, and plugins that merely
 * lie on PATH are not used where pipelines say so. (That a stand-in refuses to serve outside a sandbox
 * is in standins.e2e.test.ts.)
 */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { requiredSecrets } from "../../stacks/secrets.ts";
import { enginePath, type Finished, run, toolPath } from "../judges/tools.ts";
import { clone, render } from "../rendered.ts";
import { type Decoy, startDecoy } from "./decoy.ts";

/** A program that needs a cloud's plugin. */
const cloudProgram = `
import * as linode from "@pulumi/linode";
const provider = new linode.Provider("linode", { token: "live-token" });
const zone = { type: "master", domain: "example.org", soaEmail: "dns@example.org" };
new linode.Domain("zone", zone, { provider });
`;

describe("plain pulumi", () => {
  let folder: string;
  let decoy: Decoy;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fleet-live-"));
    mkdirSync(join(folder, "backend"));
    symlinkSync(join(clone, "node_modules"), join(folder, "node_modules"));
    copyFileSync(join(clone, "package.json"), join(folder, "package.json"));
    decoy = await startDecoy("skycoin-test");
  });

  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await decoy.close();
  });

  async function pulumi(
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    return run(toolPath("pulumi"), [...words, "--non-interactive", "--color", "never"], {
      cwd: folder,
      env: {
        PATH: enginePath(join(clone, "sandbox", "standins", "bin")),
        HOME: folder,
        KUBECONFIG: decoy.environment["KUBECONFIG"],
        PULUMI_HOME: join(folder, "pulumi"),
        PULUMI_BACKEND_URL: pathToFileURL(join(folder, "backend")).href,
        PULUMI_CONFIG_PASSPHRASE: "live",
        PULUMI_SKIP_UPDATE_CHECK: "1",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...more,
      },
    });
  }

  /** A preview that must fail: what it said. */
  async function refusedPreview(more: Readonly<Record<string, string>> = {}): Promise<string> {
    expect(await pulumi(["stack", "init", "test"])).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await pulumi(["preview", "--stack", "test"], more);
    const said = stdout + stderr;
    expect({ failed: code !== 0, said }).toEqual({ failed: true, said });
    return said;
  }

  /** The real program and its real stack file, in a folder where the engine may write. */
  function useFleet(change: (text: string) => string): void {
    for (const name of ["main.mjs", "index.ts", "stacks", "components"]) {
      symlinkSync(join(clone, name), join(folder, name));
    }
    copyFileSync(join(clone, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const text = readFileSync(join(clone, "Pulumi.test.yaml"), "utf8");
    writeFileSync(join(folder, "Pulumi.test.yaml"), change(text));
  }

  test("uses no plugin that lies on PATH where pipelines say so", async () => {
    writeFileSync(join(folder, "index.mjs"), cloudProgram);
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: live\nmain: index.mjs\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    const said = await refusedPreview({ PULUMI_IGNORE_AMBIENT_PLUGINS: "true" });
    expect(said).not.toContain("stand-in");
    expect(said).toMatch(/no resource plugin 'pulumi-resource-linode'/);
  });

  test("stops at a stack without its secrets: names them all, and touches nothing", async () => {
    useFleet((text) => text);
    const said = await refusedPreview();
    expect(said).toContain("nothing was touched");
    const needed = requiredSecrets((await render("test")).config);
    expect(needed.length).toBeGreaterThan(10);
    for (const { path, name } of needed) {
      expect(said).toContain(path);
      expect(said).toContain(name);
    }
    expect(decoy.requests).toEqual([]);
  });

  test("stops at faults of the file: tells all of them, and touches nothing", async () => {
    useFleet((text) =>
      text
        .replace("nodePort: 30080", "nodePort: 80")
        .replace("fleet:data: retain", "fleet:data: forget")
        .replace("count: 1", "count: 2"),
    );
    const said = await refusedPreview();
    expect(said).toContain("dmsg-server-1.nodePort");
    expect(said).toContain("must be a NodePort from 30000 to 32767");
    expect(said).toContain("must be protect, retain or delete");
    expect(said).toMatch(/Pulumi\.test\.yaml has \d+ faults; nothing was touched/);
    expect(decoy.requests).toEqual([]);
  });
});
