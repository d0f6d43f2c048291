/**
 * `make preflight` as a live operator runs it: the stack rendered by the engine, the login decrypted by the
 * operator's own pulumi, the image read from Docker's own registry behind tokens.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { RealRegistry } from "../judges/real-registry.ts";
import { imageName, releaseClone, type ReleaseClone } from "./release-clone.ts";
import { liveStack, type LiveStack } from "./release-live.ts";
import { releaseSandbox, type ReleaseSandbox } from "./release-runs.ts";

let registry: RealRegistry;
let clone: ReleaseClone;
let sandbox: ReleaseSandbox;
let live: LiveStack;

beforeAll(async () => {
  registry = await RealRegistry.start(true);
  registry.tokens?.private.add("shop/web");
  const config = { User: "app", Entrypoint: ["/app"] };
  await registry.push("shop/web", "one", [{ platform: "linux/amd64", config }]);
  clone = releaseClone({ version: "1" }, "one");
  // Never brought up: only its place is needed.
  sandbox = releaseSandbox(clone);
  live = liveStack(clone, sandbox);
  Object.assign(live.environment, {
    PATH: [live.environment["PATH"], process.env["PATH"]].join(delimiter),
    FLEET_TOOL_DIRS: process.env["FLEET_TOOL_DIRS"],
  });
  const program = join(clone.folder, "index.ts");
  const pod = 'containers: [{ name: "web", image }]';
  const secured = `imagePullSecrets: [{ name: "login" }], securityContext: { runAsNonRoot: true }, containers: [{ name: "web", image, resources: {} }]`;
  const text = readFileSync(program, "utf8").replace(pod, secured);
  writeFileSync(program, text.replaceAll(imageName, `${registry.host}/shop/web`));
  clone.configure("one", "pause", "live");
  const file = join(clone.folder, "Pulumi.live.yaml");
  const own = readFileSync(file, "utf8").replace("docker.io/skycoinpro", `${registry.host}/shop`);
  writeFileSync(file, own);
  expect(await live.init()).toMatchObject({ code: 0 });
});

afterAll(async () => {
  live.dispose();
  rmSync(dirname(sandbox.folder), { recursive: true, force: true });
  clone.dispose();
  await registry.stop();
});

test("a login that the stack lacks is told, and what it opens is no pass", async () => {
  const { code, stdout } = await live.command("preflight", "--target", "live");
  expect(stdout).toContain("fleet:secrets.skycoinpro-registry is not there: make keys");
  expect({ code, stdout }).toEqual({ code: 2, stdout });
});

test("a sandbox, whose login is a throw-away one, asks for no private image", async () => {
  const { code, stdout } = await live.command("preflight", "--target", "sandbox");
  expect(stdout).toContain("a sandbox's login is a throw-away one");
  expect({ code, stdout }).toEqual({ code: 2, stdout });
});

test("an image that its pod could not start is found with the stack's own login", async () => {
  const path = "fleet:secrets.skycoinpro-registry";
  const login = registry.tokens?.login ?? "";
  const words = ["config", "set", "--secret", "--path", path, login, "--stack", "live"];
  expect(await live.pulumi(...words)).toMatchObject({ code: 0 });
  const { code, stdout } = await live.command("preflight", "--target", "live");
  expect(stdout).toContain("Deployment web-live/web: web");
  expect(stdout).toContain("the image's user is the name app: the kubelet cannot tell");
  expect(stdout).not.toContain(login);
  expect({ code, stdout }).toEqual({ code: 1, stdout });
});
