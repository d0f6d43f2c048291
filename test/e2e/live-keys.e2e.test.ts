/** `make keys` and `make doctor` on a live stack, through the real engine and its encryption. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { examine } from "../../ops/doctor.ts";
import { keys } from "../../ops/keys/command.ts";
import { liveVault } from "../../ops/keys/live.ts";
import { livePulumi, type RunPulumi } from "../../ops/keys/pulumi.ts";
import { lintStacks } from "../../ops/lint-stacks.ts";
import { newStack } from "../../ops/new-stack.ts";
import { readStackFile } from "../../ops/stack-file.ts";
import { thisMachine } from "../../ops/tools.ts";
import { enginePath } from "../judges/tools.ts";
import { clone } from "../rendered.ts";

describe("a live stack's secrets", () => {
  let folder: string;
  let pulumi: RunPulumi;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fleet-live-keys-"));
    mkdirSync(join(folder, "backend"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: fleet\nruntime: nodejs\n");
    const text = readFileSync(join(clone, "Pulumi.test.yaml"), "utf8");
    const environment = "  fleet:environment: test\n";
    writeFileSync(
      join(folder, "Pulumi.test.yaml"),
      text.replace(environment, `${environment}  fleet:identities: own\n`),
    );
    pulumi = livePulumi({
      root: folder,
      environment: {
        PATH: enginePath(),
        HOME: folder,
        PULUMI_HOME: join(folder, "pulumi"),
        PULUMI_BACKEND_URL: pathToFileURL(join(folder, "backend")).href,
        PULUMI_CONFIG_PASSPHRASE: "live",
      },
    });
    await pulumi(["stack", "init", "test"]);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (imported?: unknown) => {
    const file = readStackFile(folder, "test");
    const vault = liveVault(folder, "test", pulumi);
    return keys({ file, target: "live", vault, ...(imported === undefined ? {} : { imported }) });
  };
  const text = (): string => readFileSync(join(folder, "Pulumi.test.yaml"), "utf8");

  test("are made, imported, listed and encrypted, and what exists is never touched", async () => {
    const before = text();
    const made = await run();
    expect(made.complete).toBe(false);
    expect(made.report).toMatch(/dmsg-server-1 +key-pair +made now +0[23][0-9a-f]{64}/);

    const login = "operator:canary-token-1234";
    const imported = await run({ "skycoinpro-registry": login });
    expect(imported.complete).toBe(true);
    expect(imported.report).not.toContain("canary");

    const encrypted = text();
    expect(encrypted).not.toContain("canary");
    expect(lintStacks(folder)).toEqual([]);
    const again = await run({ "skycoinpro-registry": "operator:another-token-1" });
    expect(again.report).toContain("the import has another value");
    expect(text()).toBe(encrypted);

    const shown = await pulumi(["config", "--show-secrets", "--json", "--stack", "test"]);
    expect(shown).toContain(login);

    const checks = examine(clone, readStackFile(folder, "test"), "live", thisMachine);
    const faults = checks.flatMap((check) => check.faults).map(({ path }) => path);
    expect(
      faults.filter((path) => path.startsWith("fleet:") && path !== "fleet:cluster.context"),
    ).toEqual([]);

    // Another stack begins with the text as it was, comments and all, up to the engine's style.
    newStack(folder, "other", "test");
    const other = readStackFile(folder, "other");
    expect(Object.keys(other.settings)).toEqual(["config"]);
    expect(other.config).not.toHaveProperty("fleet:secrets");
    expect(before.match(/^ *#.*$/gm)?.every((comment) => other.text.includes(comment.trim()))).toBe(
      true,
    );
  });

  test("say what to do where the stack is not there", async () => {
    await pulumi(["stack", "rm", "test", "--yes"]);
    writeFileSync(
      join(folder, "Pulumi.test.yaml"),
      readFileSync(join(clone, "Pulumi.test.yaml"), "utf8"),
    );
    await expect(run()).rejects.toThrow(/no stack named 'test' found/);
  });
});
