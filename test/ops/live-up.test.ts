/** What `make live-up` refuses before pulumi is started at all. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { officialEnvironment } from "../../ops/keys/pulumi.ts";
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
