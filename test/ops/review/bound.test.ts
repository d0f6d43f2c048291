/** What an update may be held against, and how that is told. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import {
  brokenRules,
  compareReports,
  describeComparison,
  readReviewed,
} from "../../../ops/review/bound.ts";
import type { Binding, BoundStep } from "../../../review/binding/binding.schema.ts";
import type { Item, Report, StackReport } from "../../../review/model.ts";
import { item, quietStack } from "../../review/render/sample.ts";

const urn = (name: string): string =>
  `urn:pulumi:prod::fleet::a$kubernetes:apps/v1:Deployment::${name}`;

const step = (name: string, more: Partial<BoundStep> = {}): BoundStep => ({
  urn: urn(name),
  operation: "update",
  risk: "rollout",
  properties: [{ path: "spec.replicas", replaces: false, value: "1".repeat(32), secret: false }],
  ...more,
});

const binding = (...steps: BoundStep[]): Binding => ({
  format: 1,
  key: "0".repeat(16),
  steps,
  fingerprint: "f".repeat(64),
});

const stackWith = (bound: Binding | undefined, more: Partial<StackReport> = {}): StackReport => ({
  ...quietStack("prod"),
  outcome: "changed",
  missing: [],
  ...(bound === undefined ? {} : { binding: bound }),
  provenance: { versions: {}, target: "live" },
  ...more,
});

const reportOf = (stack: StackReport, more: Partial<Report> = {}): Report => ({
  format: 1,
  verdict: { line: "", exitCode: 2, risky: [] },
  stacks: [stack],
  groups: [],
  parity: [],
  missing: [],
  provenance: { time: "2026-11-21T10:00:00Z", commit: "1a2b3c4d5e6f7a8b" },
  fingerprint: "",
  ...more,
});

describe("a reviewed report", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-bound-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function written(report: unknown): string {
    const path = join(folder, "report.json");
    writeFileSync(path, typeof report === "string" ? report : JSON.stringify(report));
    return path;
  }

  const shown = (name: string, more: Partial<Item> = {}): Item => {
    const sample = item(`Deployment skywire/${name}`, "rollout");
    const resource = { ...sample.resource, urn: name.startsWith("urn:") ? name : urn(name) };
    return { ...sample, resource, ...more };
  };
  const good = stackWith(binding(step("web")), { items: [shown("web")] });

  test("is read where it is whole, live and of this stack", () => {
    const { binding: read, line } = readReviewed(written(reportOf(good)), "prod");
    expect(read).toEqual(good.binding);
    expect(line).toBe("1a2b3c4d5e6f, 2026-11-21T10:00:00Z");
  });

  const hidden = [{ what: "2 events could not be read", why: "", hides: true }];
  test.each([
    ["of another stack", reportOf({ ...good, stack: "test" }), "is not of prod, but of test"],
    [
      "whose preview broke off",
      reportOf(stackWith(undefined, { outcome: "failed" })),
      "is not whole",
    ],
    ["a part of which may hide something", reportOf({ ...good, missing: hidden }), "is not whole"],
    ["that may hide something", reportOf(good, { missing: hidden }), "is not whole"],
    [
      "that was rendered offline",
      reportOf(stackWith(binding(), { provenance: { versions: {}, target: "state" } })),
      "was not previewed live",
    ],
    ["without a binding", reportOf(stackWith(undefined)), "was not previewed live"],
    ["of a later format", { ...reportOf(good), format: 2 }, "is no report of this version"],
    ["that was cut", JSON.stringify(reportOf(good)).slice(0, -9), "is no report of this version"],
    ["that is another file", "# report", "is no report of this version"],
  ])("%s binds nothing, and is refused", (_, report, said) => {
    expect(() => readReviewed(written(report), "prod")).toThrow(said);
  });

  test.each([
    ["another resource", [step("web"), step("uninvited", { operation: "create" })], /uninvited/],
    ["a worse operation", [step("web", { operation: "delete" })], /Deployment web/],
    ["a worse risk", [step("web", { risk: "data-loss" })], /Deployment web/],
    // The runner reads what begins a line with two colons as a word of its own.
    ["a name that says more", [step("a\n::stop-commands::x")], /Deployment a[^\n]*stop-commands/],
  ])("that allows %s than it shows is refused", (_, steps, told) => {
    const report = reportOf({ ...good, binding: binding(...steps) });
    const read = (): unknown => readReviewed(written(report), "prod");
    expect(read).toThrow("allows what it does not show");
    expect(read).toThrow(told);
  });

  test("that lists a resource without the secret in its name binds it all the same", () => {
    const items = [shown(urn("a-[secret]-b"), { operation: "update" })];
    const bound = (name: string) =>
      written(reportOf({ ...good, items, binding: binding(step(name, { risk: undefined })) }));
    expect(readReviewed(bound("a-hunter2-b"), "prod").binding.steps).toHaveLength(1);
    expect(() => readReviewed(bound("a-hunter2"), "prod")).toThrow("does not show");
    expect(() => readReviewed(bound("c-hunter2-b"), "prod")).toThrow("does not show");
  });

  test("puts nothing of its own making into the log of the update", () => {
    const provenance = { time: "2026\n::add-mask::a", commit: "1a2b3c4d" };
    const { line } = readReviewed(written(reportOf(good, { provenance })), "prod");
    expect(line).not.toContain("\n");
  });

  test("that is not there is refused with what makes one", () => {
    expect(() => readReviewed(join(folder, "none.json"), "prod")).toThrow(
      /no such file; make live-preview STACK=prod/,
    );
  });
});

describe("what differs from the review", () => {
  const line = "1a2b3c4, today";
  const told = (before: Binding, now: StackReport): readonly string[] => {
    const report = stackWith(before, {
      items: [{ ...item("Deployment skywire/web", "rollout"), resource: resourceOf("web") }],
    });
    const reviewed = { path: "r", report, binding: before, line };
    return describeComparison(compareReports(now, reviewed), reviewed);
  };
  const resourceOf = (name: string) => ({
    ...item(`Deployment skywire/${name}`, "rollout").resource,
    urn: urn(name),
  });

  test("is nothing where nothing does", () => {
    expect(told(binding(step("web")), stackWith(binding(step("web"))))).toEqual([
      `as reviewed (${line})`,
    ]);
  });

  test("is told resource by resource, the worst first", () => {
    const value = { path: "spec.replicas", replaces: false, value: "2".repeat(32), secret: false };
    const now = stackWith(
      binding(
        step("new", { operation: "create" }),
        step("web", { properties: [value] }),
        step("worse", { operation: "replace" }),
      ),
    );
    expect(told(binding(step("web"), step("worse"), step("gone")), now)).toEqual([
      `not what was reviewed (${line}): it stops here`,
      "  joins    Deployment new: create, rollout",
      "  worse    Deployment worse: update -> replace",
      "  differs  Deployment skywire/web: other value of spec.replicas",
      "  differs  Deployment worse: update -> replace",
      "  not any more  Deployment gone: update",
    ]);
  });

  test("does not stop where it is less", () => {
    const [first] = told(binding(step("web"), step("gone")), stackWith(binding(step("web"))));
    expect(first).toContain("not quite what was reviewed");
  });

  test("says so where secrets could not be compared", () => {
    const blind = { ...binding(step("web")), key: "1".repeat(16) };
    expect(told(binding(step("web")), stackWith(blind)).join("\n")).toContain(
      "the values of secrets could not be compared",
    );
  });

  test("moves nothing in a terminal, whatever a resource is called", () => {
    const lines = told(binding(), stackWith(binding(step("\u001b[2J\u202eevil\n"))));
    expect(lines.join("")).not.toMatch(/[\u001b\u202e\n]/);
  });

  test("cannot be told where the preview before the update broke off", () => {
    expect(() => told(binding(), stackWith(undefined, { outcome: "failed" }))).toThrow(
      "nothing was changed",
    );
  });

  test("and a mandatory rule that is broken stops it by itself", () => {
    const { policies } = quietStack("prod");
    const violation = { pack: "fleet", policy: "probes", message: "" };
    const violations = [
      {
        ...violation,
        level: "mandatory" as const,
        resource: { stack: "prod", urn: "", label: "Pod a/b" },
      },
      { ...violation, level: "advisory" as const },
    ];
    const broken = brokenRules(stackWith(binding(), { policies: { ...policies, violations } }));
    expect(broken).toEqual(["  breaks   the mandatory rule probes: Pod a/b"]);
  });
});
