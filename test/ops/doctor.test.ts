import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

import type { Target } from "../../ops/command.ts";
import { examine, reportChecks } from "../../ops/doctor.ts";
import { parseStackFile } from "../../ops/stack-file.ts";
import { isAtLeast, type Machine, machineOf, toolFindings } from "../../ops/tools.ts";
import { stackText } from "../stack-text.ts";

const root = resolve(import.meta.dirname, "../..");
const text = stackText("test");

const machine: Machine = {
  nodeVersion: "24.0.0",
  environment: {},
  output: () => "v3.300.1\n",
};

function faultsOf(content: string, target: Target = "sandbox"): string[] {
  return examine(root, parseStackFile("test", content), target, machine).flatMap(({ faults }) =>
    faults.map(({ path, expected }) => `${path}: ${expected}`),
  );
}

describe("doctor, first form", () => {
  it("finds the committed stack files in order for the sandbox", () => {
    for (const stack of ["test", "prod"]) {
      const file = parseStackFile(stack, stackText(stack));
      const checks = examine(root, file, "sandbox", machine);
      expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
      expect(reportChecks(file, checks)).toContain(`Pulumi.${stack}.yaml is in order.`);
    }
  });

  it("tells a live stack's missing secrets by name and by place", () => {
    const faults = faultsOf(text, "live");
    expect(faults.join("\n")).toContain(
      "fleet:services.dmsg-servers.members.dmsg-server-1.key: names dmsg-server-1, a key-pair",
    );
  });

  it("takes an encrypted secret for one of the right kind", () => {
    const cipher = `v1:${"A".repeat(16)}:${"b".repeat(40)}`;
    const faults = faultsOf(
      `${text}  fleet:secrets: { dmsg-server-1: { secure: "${cipher}" } }\n`,
      "live",
    );
    expect(faults.filter((fault) => fault.includes("dmsg-server-1, a key-pair"))).toEqual([]);
  });

  it("finds plain-text secrets without repeating them", () => {
    const faults = faultsOf(`${text}  fleet:secrets: { dmsg-server-1: canary }\n`, "live");
    expect(faults.join("\n")).toContain("fleet:secrets.dmsg-server-1 is plain text");
    expect(faults.join("\n")).not.toContain("canary ");
    expect(faults.join("\n")).not.toContain('"canary"');
  });

  it("finds what the loader finds, and what the engine would pass over", () => {
    const faults = faultsOf(
      `${text.replace('pulumi:disable-default-providers: ["*"]', "fleet:sandbox: true")}configs: {}\n`,
    ).join("\n");
    expect(faults).toContain("pulumi:disable-default-providers: must be");
    expect(faults).toContain("configs: is no top-level key");
    expect(faults).toContain("fleet:sandbox is written by make up");
  });

  it("finds a config that the engine could not hand over", () => {
    expect(faultsOf(`${text}  fleet:domain: ${"a".repeat(100_000)}\n`).join("\n")).toContain(
      "must have at most 96 KiB in all",
    );
  });

  it("counts faults and prints each with its mend", () => {
    const file = parseStackFile("test", text.replace("fleet:data: retain", "fleet:data: keep"));
    const report = reportChecks(file, examine(root, file, "sandbox", machine));
    expect(report).toMatch(/config +1 FAULT/);
    expect(report).toContain("fleet:data");
    expect(report).toContain("Pulumi.test.yaml: 1 fault.");
  });
});

describe("what is told of the checks", () => {
  const file = parseStackFile("test", text);
  const well = { name: "a", detail: "as it is to be", faults: [] };
  const one = { path: "p", expected: "is odd" };

  it("is that all is in order, where nothing is left to say", () => {
    expect(reportChecks(file, [well])).toBe(
      [
        "CHECK  RESULT  DETAIL",
        "a      ok      as it is to be",
        "",
        "Pulumi.test.yaml is in order.",
      ].join("\n"),
    );
  });

  it("is no pass of what could not be looked at", () => {
    const report = reportChecks(file, [well, { ...well, name: "b", unchecked: "nobody answers" }]);
    expect(report).toMatch(/^b +not checked /m);
    expect(report).toContain("NOT CHECKED\n  b: nobody answers\n");
    expect(report).toContain("no fault where it could be looked, 1 check not made.");
  });

  it("is each fault and notice with its mend, faults first", () => {
    const report = reportChecks(file, [
      { ...well, notices: [{ ...one, mend: "look" }] },
      { ...well, name: "b", faults: [one, { ...one, mend: "do" }], unchecked: "in part" },
      { ...well, name: "c", unchecked: "not at all" },
    ]);
    expect(report).toMatch(/^a +1 notice /m);
    expect(report).toMatch(/^b +2 FAULTS /m);
    expect(report).toContain(
      "FAULTS\n  p\n    is odd\n  p\n    is odd\n    to mend: do\n\nNOT CHECKED",
    );
    expect(report).toContain("NOTICES\n  p\n    is odd\n    to mend: look\n\n");
    expect(report).toMatch(/: 2 faults, 2 checks not made\.$/);
  });
});

describe("the machine", () => {
  it("counts with its faults where it lacks what the target needs", () => {
    const check = examine(root, parseStackFile("test", text), "live", {
      ...machine,
      output: () => undefined,
    }).find(({ name }) => name === "this machine");
    expect(check?.faults).toEqual([
      { path: "pulumi", expected: expect.stringContaining("is not on PATH") as unknown },
    ]);
    expect(check?.detail).toContain("node 24.0.0; pulumi is not on PATH");
  });

  it("must have a Node that strips types by itself", () => {
    const [old] = toolFindings(root, "sandbox", { ...machine, nodeVersion: "20.19.0" });
    expect(old).toMatchObject({ tool: "node", ok: false });
    expect(old?.detail).toContain("22.18");
  });

  it("must have the official CLI for a live stack only", () => {
    const without: Machine = { ...machine, output: () => undefined };
    expect(toolFindings(root, "live", without)[1]).toMatchObject({ tool: "pulumi", ok: false });
    expect(toolFindings(root, "sandbox", without).every(({ ok }) => ok)).toBe(true);
    expect(toolFindings(root, "live", machine)[1]).toMatchObject({ ok: true, detail: "3.300.1" });
  });

  it("must have a CLI that is new enough", () => {
    const old: Machine = { ...machine, output: () => "v3.100.0\n" };
    expect(toolFindings(root, "live", old)[1]).toMatchObject({ ok: false });
  });

  it("compares versions part by part", () => {
    expect(isAtLeast("3.259.0", "3.259.0")).toBe(true);
    expect(isAtLeast("3.1000.0", "3.259.0")).toBe(true);
    expect(isAtLeast("22.9.0", "22.18.0")).toBe(false);
    expect(isAtLeast("24.0.0-rc.1", "22.18.0")).toBe(true);
  });
});

it("looks for programs where a live stack may, not where this process was started", () => {
  expect(machineOf({ PATH: "/nowhere" }).output("node", ["--version"])).toBeUndefined();
  expect(machineOf(process.env).output("node", ["--version"])).toMatch(/^v/);
});
