/**
 * `make live-preview`, `make live-drift` and `make live-up REVIEWED=…` on a live stack's own terms: official
 * settings, no stand-in, a backend of its own, and the real API server of a sandbox behind it.
 *
 * Proves that nothing but what was reviewed is applied, that drift is told apart from the change, and that
 * no secret gets into any of the four files. The tests are one story and build on each other.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Report, type StackReport } from "../../review/model.ts";
import { expectNoSecret, holds } from "./canaries.ts";
import { namespaceOf, releaseClone, type ReleaseClone } from "./release-clone.ts";
import { liveStack, type LiveStack } from "./release-live.ts";
import { type ReleaseSandbox, releaseSandbox } from "./release-runs.ts";

const canaries = ["correct-horse-battery-staple-1", "correct-horse-battery-staple-2"] as const;

describe("a live stack under review", () => {
  let clone: ReleaseClone;
  let sandbox: ReleaseSandbox;
  let live: LiveStack;

  beforeAll(async () => {
    clone = releaseClone({ version: "1" }, "one");
    sandbox = releaseSandbox(clone);
    live = liveStack(clone, sandbox);
    expect(await sandbox.command("up")).toMatchObject({ code: 0 });
    clone.configure("one", "pause", "live");
    expect(await live.init()).toMatchObject({ code: 0 });
    await configure("one");
    clone.commit("A live stack");
    expect(await live.start().end).toMatchObject({ code: 0 });
  });

  afterAll(async () => {
    live.dispose();
    await sandbox.dispose();
    clone.dispose();
  });

  /** Sets the one secret that the stack has. */
  async function setSecret(value: string): Promise<void> {
    const words = ["config", "set", "--secret", "--path", "fleet:secrets.login", value];
    expect(await live.pulumi(...words, "--stack", "live")).toMatchObject({ code: 0 });
  }

  /** Writes the stack file with another tag; the secret stays what it is. */
  async function configure(tag: string): Promise<void> {
    clone.configure(tag, "pause", "live");
    await setSecret(canaries[0]);
  }

  interface Written {
    readonly code: number | null;
    readonly stdout: string;
    readonly stack: StackReport;
    readonly path: string;
  }

  /** Runs a command that writes a report, whose files hold no secret. */
  async function reviewed(name: string, out: string): Promise<Written> {
    const folder = join(clone.folder, ".review", out);
    const { code, stdout } = await live.command(name, "--out", folder);
    const path = join(folder, "report.json");
    expect({ stdout, there: existsSync(path) }).toEqual({ stdout, there: true });
    expectNoSecret(folder, [...canaries]);
    const [stack] = Report.parse(JSON.parse(readFileSync(path, "utf8"))).stacks;
    if (stack === undefined) {
      throw new Error(`no stack in ${path}`);
    }
    expect(readFileSync(join(folder, "exit-code"), "utf8")).toBe(`${code}\n`);
    return { code, stdout, stack, path };
  }

  const images = (): Promise<string> =>
    sandbox.kubectl(
      ...["get", "deployment", "web", "-n", namespaceOf("live")],
      ...["-o", "jsonpath={.spec.template.spec.containers[0].image}"],
    );

  test("with no change has a report that says so", async () => {
    const { code, stack } = await reviewed("live-preview", "none");
    expect({ code, outcome: stack.outcome, items: stack.items }).toEqual({
      code: 0,
      outcome: "unchanged",
      items: [],
    });
    expect(stack.provenance).toMatchObject({ target: "live" });
    expect(stack.provenance.state?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(stack.drift.state).toBe("none");
  });

  test("is brought to what was reviewed, where nothing has joined since", async () => {
    await configure("two");
    clone.commit("Another image");
    const { code, path, stack } = await reviewed("live-preview", "image");
    expect([2, 3]).toContain(code);
    expect(stack.items.map(({ resource }) => resource.label)).toEqual([
      `Deployment ${namespaceOf("live")}/web`,
    ]);
    expect(stack.binding?.key).toMatch(/^[0-9a-f]{16}$/);
    const { code: upCode, stdout } = await live.start("--reviewed", path).end;
    expect({ upCode, stdout }).toEqual({ upCode: 0, stdout });
    expect(stdout).toContain("as reviewed (");
    expect(await images()).toMatch(/:two$/);
  });

  test("is left alone where a resource has joined since the review", async () => {
    await configure("three");
    clone.commit("A third image");
    const { path } = await reviewed("live-preview", "third");
    clone.write({ version: "1", migration: "uninvited" });
    clone.commit("A Job that nobody reviewed");
    const { code, stdout } = await live.start("--reviewed", path).end;
    expect({ code, stdout }).toEqual({ code: 3, stdout });
    expect(stdout).toContain("not what was reviewed (");
    expect(stdout).toMatch(/joins +Job .*migration.*: create/);
    expect(await images()).toMatch(/:two$/);
    clone.write({ version: "1" });
    await configure("two");
    clone.commit("As it was");
  });

  test("tells a secret that was given another value since, by its digest alone", async () => {
    await setSecret(canaries[1]);
    const { path, stack } = await reviewed("live-preview", "secret");
    expect(stack.secrets.changed).toBeGreaterThan(0);
    expect(
      stack.binding?.steps.some(({ properties }) => properties.some(({ secret }) => secret)),
    ).toBe(true);
    const same = await reviewed("live-preview", "secret-again");
    expect(same.stack.binding?.steps).toEqual(stack.binding?.steps);
    // The key is made of the stack's secrets: with other secrets it is another one, and that is said.
    await setSecret(canaries[0]);
    const { stdout: blind } = await live.command("live-up", "--yes", "yes", "--reviewed", path);
    expect(blind).toContain("the values of secrets could not be compared");
    expect(holds(blind, canaries[0]) || holds(blind, canaries[1])).toBe(false);
  });

  test("tells it where the pipeline has a key of its own, and goes on", async () => {
    live.environment["FLEET_REVIEW_KEY"] = "a key of the pipeline";
    await setSecret(canaries[1]);
    const { path } = await reviewed("live-preview", "keyed");
    await setSecret("yet-another-staple-3");
    const { code, stdout } = await live.start("--reviewed", path).end;
    expect({ code, stdout }).toEqual({ code: 0, stdout });
    expect(stdout).toMatch(/differs +Secret .*login.*: other value of (data|stringData)/);
    expect(holds(stdout, "yet-another-staple-3")).toBe(false);
  });

  test("has drift told apart from what the program changes", async () => {
    const namespace = namespaceOf("live");
    await sandbox.kubectl("scale", "deployment", "web", "-n", namespace, "--replicas=1");
    const drift = await reviewed("live-drift", "drift");
    // The stack file says that this is a test environment: what is changed by hand there is information.
    expect({ code: drift.code, state: drift.stack.drift.state }).toEqual({
      code: 2,
      state: "drifted",
    });
    expect(drift.stack.drift.items.map(({ resource }) => resource.label)).toEqual([
      `Deployment ${namespace}/web`,
    ]);
    expect(drift.stack.items).toEqual([]);
    const path = join(clone.folder, "Pulumi.live.yaml");
    expect(readFileSync(path, "utf8")).toContain("fleet:environment: test");
  });

  test.each([
    ["", "there is no such file"],
    ["not.json", "there is no such file"],
    ["index.ts", "is no report of this version"],
  ])("takes nothing else for a report: %j", async (file, said) => {
    const { code, stdout } = await live.start("--reviewed", join(clone.folder, file || "none")).end;
    expect(code).toBe(1);
    expect(stdout).toContain(said);
  });
});
