/** What `make live-up` refuses before pulumi is started at all, and how it and what only asks an engine end. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { officialEnvironment } from "../../ops/keys/pulumi.ts";
import { whyUnreviewed } from "../../ops/live-up.ts";
import type { Entry } from "../../release/journal.ts";
import { clone } from "../rendered.ts";

const liveUp = (words: readonly string[], more: NodeJS.ProcessEnv = {}): string => {
  // A PATH without pulumi: none of these may come as far as starting it.
  const env = { PATH: "/nowhere", ...more };
  const program = [join(clone, "ops", "cli.ts"), "live-up", ...words];
  const { status, stderr } = spawnSync(process.execPath, program, {
    env,
    encoding: "utf8",
    input: "",
  });
  expect(status).toBe(1);
  return stderr;
};

describe("live-up", () => {
  test("changes nothing where nobody can say yes, unless that was said beforehand", () => {
    expect(liveUp(["--stack", "test"])).toMatch(/nobody is here to say yes.*YES=yes/);
    expect(liveUp(["--stack", "test", "--yes", "maybe"])).toMatch(
      /YES must be yes \(it is "maybe"\)/,
    );
    expect(liveUp(["--stack", "test", "--yes", "yes"])).toMatch(/pulumi is not on PATH/);
  });

  test("refuses a shell that belongs to a sandbox", () => {
    const words = ["--stack", "test", "--yes", "yes"];
    expect(liveUp(words, { FLEET_SANDBOX_TOKEN: "t" })).toMatch(/this shell belongs to a sandbox/);
    expect(liveUp(words, { KUBECONFIG: join(clone, ".sandbox/test/kubeconfig") })).toMatch(
      /this shell belongs to a sandbox \(KUBECONFIG\)/,
    );
  });

  describe("after an update that was killed", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "fleet-live-up-"));
      const pending = [{ type: "updating", resource: { urn: "urn:a", type: "t:i:T" } }];
      const state = JSON.stringify({ deployment: { resources: [], pending_operations: pending } });
      writeFileSync(join(folder, "state"), state);
      // The engine's history is empty, its state half done; what it is asked for besides is noted.
      const lines = [
        "#!/bin/sh",
        `case "$1 $2" in`,
        `"stack history") echo "[]";;`,
        `"stack export") cp '${folder}/state' "$6";;`,
        `*) echo "$*" >> '${folder}/asked';;`,
        "esac",
      ];
      writeFileSync(join(folder, "pulumi"), `${lines.join("\n")}\n`, { mode: 0o755 });
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    const run = (...words: string[]) =>
      spawnSync(
        process.execPath,
        [join(clone, "ops", "cli.ts"), "live-up", "--stack", "test", "--yes", "yes", ...words],
        { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: "utf8", input: "" },
      );

    test("does what was reviewed to no state that nobody knows", () => {
      const { status, stderr } = run("--reviewed", "report.json");
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /begun 1 operation and not ended.*make doctor.*pulumi refresh -s test/s,
      );
      expect(existsSync(join(folder, "asked"))).toBe(false);
    });

    test("reads the cluster first, where nothing was reviewed", () => {
      expect(run().status).toBe(0);
      expect(readFileSync(join(folder, "asked"), "utf8")).toMatch(/^up --stack test .*--refresh/);
    });
  });

  describe("leaves nothing in the folder of temporary files", () => {
    let folder: string;
    let temporary: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "fleet-live-up-"));
      temporary = join(folder, "temporary");
      mkdirSync(temporary);
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    /**
     * Its engine's `export` and `up` do what the lines say; what they leave is named in `left`. What it does when it is
     * told to end is settled before anything is named: whoever reads a name may tell it at once.
     */
    function start(exporting: string, updating: string, settled = ":") {
      const lines = [
        "#!/bin/sh",
        settled,
        `case "$1 $2" in`,
        `"stack history") echo "[]";;`,
        `"stack export") echo '{"deployment":{}}' > "$6"; echo "$6" >> '${folder}/left'; ${exporting};;`,
        `"up --stack") echo kubeconfig > "$TMPDIR/kubeconfig1"; echo "$TMPDIR/kubeconfig1" >> '${folder}/left'; ${updating};;`,
        "esac",
      ];
      writeFileSync(join(folder, "pulumi"), `${lines.join("\n")}\n`, { mode: 0o755 });
      const words = [join(clone, "ops", "cli.ts"), "live-up", "--stack", "test", "--yes", "yes"];
      const env = { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: temporary };
      const child = spawn(process.execPath, words, { env, stdio: ["ignore", "ignore", "inherit"] });
      const ended = once(child, "close").then(([code]) => code as number | null);
      return { child, ended };
    }
    // Whole lines only: the file is there, and empty, before the first one is written into it.
    const left = (): string[] =>
      existsSync(join(folder, "left"))
        ? readFileSync(join(folder, "left"), "utf8").split("\n").slice(0, -1)
        : [];
    const expectNothing = (count: number): void => {
      expect(left()).toHaveLength(count);
      // What was left was left where it is taken away with the rest.
      expect(left().every((path) => path.startsWith(`${temporary}/fleet-live-`))).toBe(true);
      expect(readdirSync(temporary)).toEqual([]);
    };

    test.each([
      ["an update that was done", "exit 0", 0],
      ["one that failed", "exit 9", 9],
    ])("after %s", async (_, updating, code) => {
      expect(await start(":", updating).ended).toBe(code);
      expectNothing(2);
    });

    test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("when %s ends it", async (signal) => {
      const { child, ended } = start("exec sleep 30", "exit 0");
      await vi.waitFor(() => {
        expect(left()).toHaveLength(1);
      }, 240_000);
      child.kill(signal);
      expect(await ended).toBe(130);
      expectNothing(1);
    });

    test("when its engine is told to end, and that takes its time to write its state", async () => {
      const writes = `trap "sleep 1; echo written > '${folder}/state'; exit 255" INT`;
      const { child, ended } = start(":", "while :; do sleep 0.1; done", writes);
      await vi.waitFor(() => {
        expect(left()).toHaveLength(2);
      }, 240_000);
      child.kill("SIGTERM");
      expect(await ended).toBe(130);
      expect(readFileSync(join(folder, "state"), "utf8")).toBe("written\n");
      expectNothing(2);
    });
  });

  describe("of what was reviewed", () => {
    const release = { commit: "a".repeat(40), config: "", digests: {} };
    const good = { ...release, migrations: {} };
    const stopped: Entry = { phase: "updating", tried: [release] };
    const given = { tried: release, former: [], good, reason: [] };
    const goingBack: Entry = { phase: "rolling back", ...given };

    test.each<[string, number, Entry]>([
      ["has begun 2 operations and not ended", 2, stopped],
      ["in this clone was stopped while it was updating", 0, stopped],
      ["in this clone was stopped while it was rolling back", 0, goingBack],
    ])("does not begin where an earlier one %s", (why, begun, left) => {
      expect(whyUnreviewed("prod", begun, left)).toContain(why);
    });

    test("begins where nothing was left", () => {
      expect(whyUnreviewed("prod", 0, undefined)).toBeUndefined();
    });
  });

  test("is never meant by default: the stack must be named", () => {
    const { status, stderr } = spawnSync("make", ["live-up"], {
      cwd: clone,
      encoding: "utf8",
      env: { ...process.env, STACK: undefined },
    });
    expect([status === 0, stderr]).toEqual([false, expect.stringContaining("STACK=… is missing")]);
  });

  test("keeps every checkpoint and takes no plugin from PATH, whatever the shell says", () => {
    const environment = { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_IGNORE_AMBIENT_PLUGINS: "false" };
    const official = officialEnvironment({ root: clone, environment });
    expect(official["PULUMI_SKIP_CHECKPOINTS"]).toBeUndefined();
    expect(official["PULUMI_IGNORE_AMBIENT_PLUGINS"]).toBe("true");
  });

  test("sees nothing that was built for the sandbox, and what logs in at Google", () => {
    const tool = (name: string): string => join("/cache", "tools", name, "1-linux-x64");
    const plugin = tool("gke-gcloud-auth-plugin");
    const PATH = [tool("pulumi"), plugin, "/cache/links/1", "/usr/bin"].join(":");
    const path = (environment: NodeJS.ProcessEnv) =>
      officialEnvironment({ root: clone, environment })["PATH"];
    expect(path({ FLEET_CACHE_DIR: "/cache", PATH })).toBe(`${plugin}:/usr/bin`);
    expect(path({ PATH: "/usr/bin" })).toBe("/usr/bin");
  });
});

describe("a command that only asks its engine", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-asking-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const asked = (): string =>
    existsSync(join(folder, "asked")) ? readFileSync(join(folder, "asked"), "utf8") : "";

  // What ends a pipeline's step may tell make's program alone.
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "hands %s on, ends after it, and asks nothing more",
    async (signal) => {
      const lines = [
        "#!/bin/sh",
        `trap "sleep 1; echo ended >> '${folder}/asked'; exit 0" INT`,
        `echo '{"deployment":{}}' > "$6"`,
        `echo "$1 $2" >> '${folder}/asked'`,
        "while :; do sleep 0.1; done",
      ];
      writeFileSync(join(folder, "pulumi"), `${lines.join("\n")}\n`, { mode: 0o755 });
      const words = [join(clone, "ops", "cli.ts"), "live-preview", "--stack", "test"];
      const env = { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder };
      const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "close").then(([code]) => code as number | null);
      await vi.waitFor(() => {
        expect(asked()).toBe("stack export\n");
      }, 240_000);
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(asked()).toBe("stack export\nended\n");
      expect(readdirSync(folder).filter((name) => name.startsWith("fleet-"))).toEqual([]);
    },
  );
});
