/** What a review reads and says, without an engine. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { CommandError } from "../../../ops/command.ts";
import { openPipe } from "../../../ops/review/pipe.ts";
import { rotatedSecrets } from "../../../ops/review/rotated.ts";
import { stateOf } from "../../../ops/review/state.ts";
import { holds } from "../../e2e/canaries.ts";
import { made } from "../../../sandbox/render/objects.ts";

const marked = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
} as const;

describe("the state that a preview starts from", () => {
  const resource = (name: string, inputs: object = {}) => ({
    urn: `urn:pulumi:prod::fleet::a:b:C::${name}`,
    id: name,
    inputs,
    outputs: { resourceVersion: Math.random() },
    modified: new Date().toISOString(),
  });
  const deployment = (...resources: object[]) => ({
    manifest: { time: "2026-11-21T10:00:00Z" },
    resources,
  });
  const hash = (...resources: object[]): string | undefined =>
    stateOf(deployment(...resources))?.hash;

  test("is the same in any order, whatever counts up in it", () => {
    expect(hash(resource("a"), resource("b"))).toBe(hash(resource("b"), resource("a")));
    expect(stateOf(deployment(resource("a")))).toMatchObject({
      serial: "2026-11-21T10:00:00Z",
      resources: 1,
    });
  });

  test("is another one with another input, another resource, or one that waits to be deleted", () => {
    const first = hash(resource("a", { x: 1 }));
    for (const other of [
      [resource("a", { x: 2 })],
      [resource("a", { x: 1 }), resource("b")],
      [{ ...resource("a", { x: 1 }), delete: true }],
      [{ ...resource("a", { x: 1 }), protect: true }],
    ]) {
      expect(hash(...other)).not.toBe(first);
    }
  });

  test("is the same however a secret was encrypted, and holds none", () => {
    const secret = (ciphertext: string) => resource("a", { data: { ...marked, ciphertext } });
    expect(hash(secret("v1:one"))).toBe(hash(secret("v1:two")));
  });

  test("of nothing is nothing; an empty one is one", () => {
    expect(stateOf(undefined)).toBeUndefined();
    expect(stateOf({ resources: "?" })).toBeUndefined();
    expect(stateOf({ resources: null })).toMatchObject({ resources: 0 });
  });
});

describe("secrets that a change gives another value", () => {
  const file = (secrets: Record<string, unknown>): string =>
    JSON.stringify({ config: { "fleet:secrets": secrets } });

  test("are those whose encrypted text differs; one that comes or goes is none", () => {
    const before = file({ a: { secure: "1" }, b: { secure: "1" }, gone: { secure: "1" } });
    const after = file({ a: { secure: "1" }, b: { secure: "2" }, come: { secure: "1" } });
    expect([...rotatedSecrets(before, after)]).toEqual(["b"]);
  });

  test("are none in a file without any, or one that is no stack file", () => {
    expect([...rotatedSecrets("config: {}", file({ a: 1 }))]).toEqual([]);
    expect([...rotatedSecrets("[]", "")]).toEqual([]);
  });
});

describe("an object as rendered", () => {
  const service = (spec: object, name = "web") => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "voting" },
    spec,
  });

  test("has the provider's id, and what was asked where its comparison looks for it", () => {
    const inputs = service({});
    expect(made(inputs)).toMatchObject({ id: "voting/web", outputs: { __inputs: inputs } });
    expect(made({ kind: "Namespace", metadata: { name: "voting" } }).id).toBe("voting");
  });

  test("has the addresses that a program reads, the same at every run", () => {
    const { outputs } = made(service({ type: "LoadBalancer" }));
    expect(outputs).toMatchObject({
      spec: { clusterIP: expect.stringMatching(/^10\.96\.\d+\.\d+$/) as string },
      status: {
        loadBalancer: { ingress: [{ ip: expect.stringMatching(/^198\.51\.100\.\d+$/) as string }] },
      },
    });
    expect(made(service({ type: "LoadBalancer" })).outputs).toEqual(outputs);
    expect(made(service({ clusterIP: "None" })).outputs).toMatchObject({
      spec: { clusterIP: "None" },
    });
  });
});

describe("a pipe", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-pipe-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("hands on what was written to it, more than it holds at a time", async () => {
    const pipe = openPipe(folder, "plan");
    if (pipe === undefined) {
      throw new CommandError("this system makes no named pipes");
    }
    const { spawn } = await import("node:child_process");
    const program = `require("fs").writeFileSync(process.argv[1], "0123456789".repeat(100_000))`;
    const child = spawn(process.execPath, ["-e", program, pipe.path]);
    await new Promise((settle) => child.on("close", settle));
    const text = await pipe.end();
    expect({ length: text.length, end: text.slice(-10) }).toEqual({
      length: 1_000_000,
      end: "0123456789",
    });
  });

  test("that nobody wrote to ends empty, and a folder that is not there has none", async () => {
    await expect(openPipe(folder, "plan")?.end()).resolves.toBe("");
    expect(openPipe(join(folder, "none"), "plan")).toBeUndefined();
    writeFileSync(join(folder, "taken"), "");
    expect(openPipe(folder, "taken")).toBeUndefined();
  });
});

describe("the search for canaries", () => {
  const canary = "correct-horse-battery-staple";

  test.each([
    ["plain", canary],
    ["a piece of it", `… ${canary.slice(4, 18)} …`],
    ["base64", Buffer.from(canary).toString("base64")],
    ["base64 inside a larger text", Buffer.from(`ab:${canary}:cd`).toString("base64")],
    ["hex", Buffer.from(canary).toString("hex").toUpperCase()],
  ])("finds one: %s", (_, text) => {
    expect(holds(text, canary)).toBe(true);
  });

  test("finds none in a text without one", () => {
    expect(holds("a battery of horses", canary)).toBe(false);
  });
});
