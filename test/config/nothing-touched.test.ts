import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { collect } from "../harness.ts";
import { answers } from "../rendered.ts";
import { commonFaults, hostileFaults, namedFaults } from "./fault-cases.ts";
import { draftOf, rawOf } from "./stack-fixture.ts";

let folder: string;
const before = process.env["KUBECONFIG"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-nothing-touched-"));
  const cluster = { server: "https://192.0.2.1:6443" };
  process.env["KUBECONFIG"] = join(folder, "config");
  writeFileSync(
    join(folder, "config"),
    JSON.stringify({
      contexts: ["skycoin-test", "skycoin-prod"].map((name) => ({
        name,
        context: { cluster: "one" },
      })),
      clusters: [{ name: "one", cluster }],
    }),
  );
});

afterAll(() => {
  if (before === undefined) {
    delete process.env["KUBECONFIG"];
  } else {
    process.env["KUBECONFIG"] = before;
  }
  rmSync(folder, { recursive: true });
});

/** Runs the whole program on a config, as the engine would. */
async function run(raw: Readonly<Record<string, string>>) {
  const { default: program } = await import("../../index.ts");
  let thrown: unknown;
  const { resources } = await collect(async () => {
    pulumi.runtime.setAllConfig({ ...raw });
    try {
      return await program();
    } catch (error) {
      thrown = error;
      return undefined;
    }
  }, answers);
  return { resources, thrown };
}

describe("a stack file with a fault", () => {
  const cases = [...namedFaults, ...commonFaults, ...hostileFaults].filter((_, n) => n % 12 === 0);

  it.each(cases)("ends the program before any resource: $title", async ({ spoil, stack }) => {
    const draft = draftOf(stack ?? "test");
    spoil(draft);
    const { resources, thrown } = await run(rawOf(draft));
    // The engine prints such a one without the stack of calls.
    expect(pulumi.RunError.isInstance(thrown)).toBe(true);
    expect(String(thrown)).toMatch(/Pulumi\..*\.yaml has \d+ faults?; nothing/);
    expect(resources).toEqual([]);
  });

  it("would have deployed without it", async () => {
    const draft = draftOf("test");
    draft.config["fleet:identities"] = "own";
    const { resources, thrown } = await run(rawOf(draft));
    expect(thrown).toBeUndefined();
    expect(resources.length).toBeGreaterThan(20);
  });
});
