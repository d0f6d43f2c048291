/** `make hosts`: every endpoint and record, from the outputs of the target that was named. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { hostsReport } from "../../ops/hosts/hosts.ts";
import { checkOutputs, readOutputs } from "../../ops/outputs.ts";
import { parseRecords } from "../../ops/records.ts";
import { projectName } from "../../sandbox/engine.ts";
import { clone, render } from "../rendered.ts";

const roots: string[] = [];
afterEach(() => {
  delete process.env["FLEET_SANDBOX_ROOT"];
  roots.splice(0).forEach((root) => {
    rmSync(root, { recursive: true, force: true });
  });
});

/** A sandbox's state with these outputs, as the engine writes it. */
function sandboxWith(stack: string, outputs: unknown): void {
  const root = mkdtempSync(join(tmpdir(), "fleet-hosts-"));
  roots.push(root);
  const folder = join(root, stack, "backend", ".pulumi", "stacks", projectName(clone));
  mkdirSync(folder, { recursive: true });
  const resources = [
    // A state's resources need not have outputs.
    {
      urn: `urn:pulumi:${stack}::fleet::fleet:platform:Cluster::x`,
      type: "fleet:platform:Cluster",
    },
    {
      urn: `urn:pulumi:${stack}::fleet::pulumi:pulumi:Stack::x`,
      type: "pulumi:pulumi:Stack",
      outputs,
    },
  ];
  const state = { version: 3, checkpoint: { latest: { resources } } };
  writeFileSync(join(folder, `${stack}.json`), JSON.stringify(state));
  process.env["FLEET_SANDBOX_ROOT"] = root;
}

describe("hosts", () => {
  it.each(["test", "prod"] as const)("lists every endpoint and record of %s", async (stack) => {
    const { collected } = await render(stack);
    const outputs = checkOutputs(collected.result, stack, "sandbox");
    const lines = hostsReport(outputs).split("\n");
    for (const { name, kind, url } of outputs.endpoints) {
      const found = lines.filter(
        (line) => line.split(/ {2,}/).join(" ") === `${name} ${kind} ${url}`,
      );
      expect([url, found.length]).toEqual([url, 1]);
    }
    expect(outputs.endpoints.length).toBeGreaterThan(20);
    const { records, strange } = parseRecords(outputs.records);
    expect(strange).toEqual([]);
    expect(records).toHaveLength(outputs.records.length);
    for (const { host, type, content } of records) {
      expect(
        lines.filter(
          (line) => line.startsWith(host) && line.includes(type) && line.endsWith(content),
        ),
      ).not.toEqual([]);
    }
  });

  it("reads the sandbox's outputs from its state, running or not", async () => {
    sandboxWith("test", {
      endpoints: [{ name: "vote", kind: "http", url: "http://vote.example.org" }],
      records: ["vote.example.org. 300 IN CNAME edge.example.org."],
      namespaces: { services: "voting" },
    });
    const report = hostsReport(await readOutputs(clone, "test", "sandbox"));
    expect(report).toMatch(/^vote +http +http:\/\/vote\.example\.org$/m);
    expect(report).toMatch(/^vote\.example\.org +CNAME +300 +edge\.example\.org$/m);
  });

  it("says what to do where a stack was never brought up", async () => {
    sandboxWith("prod", {});
    await expect(readOutputs(clone, "prod", "sandbox")).rejects.toThrow(/make up STACK=prod/);
    await expect(readOutputs(clone, "test", "sandbox")).rejects.toThrow(/make up STACK=test/);
    expect(() => checkOutputs({}, "prod", "live")).toThrow(/pulumi up -s prod/);
  });

  it("names the outputs that are of another shape, without their values", () => {
    const faulty = { endpoints: [{ name: "x", kind: "http", url: 5 }], records: "canary" };
    expect(() => checkOutputs(faulty, "prod", "live")).toThrow(/endpoints\.0\.url, records/);
    expect(() => checkOutputs(faulty, "prod", "live")).not.toThrow(/canary/);
  });

  it("tells a stack without hosts as such", () => {
    const report = hostsReport(checkOutputs({ system: "voting" }, "voting", "sandbox"));
    expect(report).toContain("publishes no endpoint");
    expect(report).toContain("needs no record");
  });

  it("has no default target", () => {
    const words = [join(clone, "ops", "cli.ts"), "hosts", "--stack", "test"];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    expect([status, stderr]).toEqual([1, expect.stringContaining("TARGET must be sandbox")]);
  });
});
