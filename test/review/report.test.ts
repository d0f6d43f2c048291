/** Whole reports: of real previews, of broken ones, of many stacks, and of very large ones. */
import { describe, expect, it } from "vitest";

import { joinReports } from "../../review/join.ts";
import type { Item, Report, StackReport } from "../../review/model.ts";
import { renderTerminal } from "../../review/render/terminal.ts";
import { buildReport } from "../../review/report.ts";
import type { JsonObject } from "../../review/values.ts";
import { image, label, type Made, madeReport, object, previewOf, urnOf, workload } from "./made.ts";
import { recorded, recordedLog, reportOf } from "./recorded.ts";
import { readEvents } from "../../review/events.ts";

function only(report: Report): StackReport {
  const [stack] = report.stacks;
  if (stack === undefined || report.stacks.length > 1) {
    throw new Error("not one stack");
  }
  return stack;
}

const labelOf = ({ operation, resource }: Item): string => `${operation} ${resource.label}`;
const find = (stack: StackReport, label: string): Item | undefined =>
  stack.items.find((item) => labelOf(item) === label);

describe("the report of a real preview", () => {
  const report = reportOf([{ stack: "test", preview: recorded("test") }]);
  const stack = only(report);

  it("begins with a line that tells what happens, and what it costs", () => {
    expect(stack.line).toBe(
      "test: 7 replaces (data loss, downtime, access), 2 deletes (data loss), 36 updates (data loss, access), 1 create, 2 outputs, policies not asked",
    );
    expect(report.verdict).toMatchObject({ line: stack.line, risk: "data-loss", exitCode: 3 });
    expect(stack.counts).toMatchObject({ create: 1, update: 36, replace: 7, delete: 2, same: 5 });
  });

  it("is ordered by risk", () => {
    const order = ["data-loss", "downtime", "access", "rollout", "cosmetic"];
    const places = stack.items.map(({ risk }) => order.indexOf(risk));
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(stack.items.slice(0, 3).map(labelOf)).toEqual([
      "delete PersistentVolumeClaim shop/old-data",
      "replace StatefulSet shop/store",
      "replace PersistentVolumeClaim shop/archive",
    ]);
  });

  it("says which property forces a replacement, and whether old and new overlap", () => {
    expect(find(stack, "replace Deployment shop/worker")?.replacement).toEqual({
      properties: ["spec.selector.matchLabels.app"],
      order: "delete-first",
      overlap: false,
      why: "spec.selector.matchLabels.app cannot be changed in place: the old one is deleted before the new one is made",
    });
    expect(find(stack, "replace NodeBalancer balancer")?.replacement).toMatchObject({
      properties: ["region"],
      order: "create-first",
      overlap: true,
    });
  });

  it("tells a Deployment in Kubernetes' words", () => {
    expect(find(stack, "update Deployment shop/web")?.words).toEqual(
      expect.arrayContaining([
        "image registry.example.org/shop/web: v1.3.2 -> v1.3.3 (digest pinned)",
        "cpu request 250m -> 500m (+100%)",
        "memory limit 512Mi -> 1Gi (+100%)",
        "replicas 3 -> 2",
      ]),
    );
  });

  it("compares files by what they say", () => {
    const texts = find(stack, "replace ConfigMap shop/settings")?.texts ?? [];
    expect(texts.map(({ path, format, added, removed }) => [path, format, added, removed])).toEqual(
      [
        ["data.motd", "text", 1, 0],
        ['data["dashboard.json"]', "json", 4, 0],
        ['data["order.json"]', "json", 0, 0],
        ['data["shop.yaml"]', "yaml", 1, 1],
      ],
    );
  });

  it("folds what all labels have in common", () => {
    expect(report.groups[0]).toMatchObject({
      title: "label app.kubernetes.io/version on 37 objects",
      risk: "cosmetic",
      findings: [{ rule: "labels-only" }],
    });
    const folded = stack.items.filter((item) => item.folded);
    expect(folded).toHaveLength(25);
    expect(
      folded.every(({ risk, replacement }) => risk === "cosmetic" && replacement === undefined),
    ).toBe(true);
  });

  it("tells what rolls and what the stack asks for", () => {
    expect(stack.ripple.map(({ workload: each, budget }) => [each.label, budget.state])).toEqual([
      ["Deployment shop/web", "kept"],
      ["Deployment shop/worker", "none"],
      ["StatefulSet shop/store", "none"],
    ]);
    expect(stack.totals.lines).toContain("storage 110Gi -> 70Gi (-36%)");
  });

  it("says that a secret changes, and which", () => {
    expect(find(stack, "replace Secret shop/login")?.secrets).toEqual([
      { path: "data.password", change: "changed" },
    ]);
  });
});

describe("a preview that fails half way", () => {
  const report = reportOf([{ stack: "test", preview: recorded("refused") }]);
  const stack = only(report);

  it("is a failure, whatever its part says", () => {
    expect(stack.outcome).toBe("failed");
    expect(report.verdict.exitCode).toBe(1);
    expect(stack.line).toMatch(/^test: preview failed, 5 replaces .*, not complete$/);
  });

  it("says what it did not come to, and why", () => {
    expect(stack.missing.filter(({ hides }) => hides).map(({ what, why }) => [what, why])).toEqual([
      ["resources that the preview did not come to", "the preview failed"],
      ["the end of 2 steps: uploads, archive", "the engine began them and did not end them"],
    ]);
    expect(find(stack, "update PersistentVolumeClaim shop/uploads")?.failure).toContain(
      "spec is immutable after creation",
    );
    expect(stack.diagnostics[0]?.severity).toBe("error");
  });

  it("tells the risks of what it came to", () => {
    expect(stack.risk).toBe("data-loss");
    expect(find(stack, "replace PersistentVolumeClaim shop/archive")?.findings[0]?.rule).toBe(
      "claim-replaced",
    );
  });

  it.each<[string, Parameters<typeof buildReport>[0][number], string]>([
    [
      "never began",
      { stack: "test", preview: undefined, failure: "no such stack" },
      "the whole preview",
    ],
    [
      "has no events",
      { stack: "test", preview: readEvents("") },
      "whatever comes after the last event",
    ],
    ["was told to have failed", { stack: "test", preview: previewOf([]), failure: "killed" }, ""],
    [
      "counted more than it tells",
      {
        stack: "test",
        preview: readEvents(
          '{"summaryEvent":{"resourceChanges":{"update":3},"result":"succeeded"}}\n',
        ),
      },
      "3 changes that the engine counted",
    ],
    [
      "was cancelled",
      { stack: "test", preview: readEvents('{"summaryEvent":{"result":"canceled"}}\n') },
      "resources that the preview did not come to",
    ],
  ])("that %s is not taken for no change", (_, input, what) => {
    const { stacks, verdict } = reportOf([input]);
    expect(verdict.exitCode).toBe(1);
    expect(stacks[0]?.missing.map((each) => each.what).join()).toContain(what);
  });

  it("in which one event is lost is not whole", () => {
    const log = recordedLog("test").replace('"op":"delete","urn"', '"op":"delete","urn');
    const { verdict, stacks } = reportOf([{ stack: "test", preview: readEvents(log) }]);
    expect(verdict.exitCode).toBe(1);
    expect(stacks[0]?.missing[0]).toMatchObject({ what: "1 event of the log", hides: true });
  });
});

describe("no change", () => {
  it("is one word and exit code 0", () => {
    const report = madeReport([{ op: "same", type: "Deployment", before: workload() }]);
    expect(report.verdict).toMatchObject({
      exitCode: 0,
      line: "test: no change, policies not asked",
    });
    expect(only(report)).toMatchObject({ outcome: "unchanged", items: [], counts: { same: 1 } });
  });

  it("is what a component that is updated to what it was makes", () => {
    const report = madeReport([{ type: "fleet:shop:Shop", before: { a: 1 }, after: { a: 1 } }]);
    expect(report.verdict.exitCode).toBe(0);
  });

  it("is not what an output that changes makes", () => {
    const stack = "pulumi:pulumi:Stack";
    const urn = "urn:pulumi:test::made::pulumi:pulumi:Stack::made-test";
    const state = (outputs: JsonObject) => ({ urn, type: stack, inputs: {}, outputs });
    const metadata = { op: "same", urn, type: stack, old: state({ a: 1 }), new: state({ a: 2 }) };
    const report = madeReport([], [{ resOutputsEvent: { metadata } }]);
    expect(report.verdict).toMatchObject({
      exitCode: 2,
      line: "test: 1 output, policies not asked",
    });
  });
});

describe("exit codes", () => {
  it.each<[string, Made, number]>([
    ["2 for a change", image("web"), 2],
    ["3 for lost data", { op: "delete", type: "PersistentVolumeClaim", before: object() }, 3],
    ["3 for other rights", { op: "create", type: "Role", after: object() }, 3],
  ])("are %s", (_, made, code) => {
    expect(madeReport([made]).verdict.exitCode).toBe(code);
  });

  it("are 3 where a mandatory policy is broken, and what counts as risky is the caller's", () => {
    const breach = {
      policyName: "p",
      policyPackName: "pack",
      message: "no",
      enforcementLevel: "mandatory",
    };
    expect(madeReport([image("web")], [{ policyEvent: breach }]).verdict.exitCode).toBe(3);
    const preview = previewOf([image("web")]);
    expect(reportOf([{ stack: "test", preview }], { risky: ["rollout"] }).verdict.exitCode).toBe(3);
  });
});

describe("policies", () => {
  const summary = (passed: readonly string[], failed: readonly string[] = []) => ({
    policyAnalyzeSummaryEvent: {
      resourceUrn: "u",
      policyPackName: "pack",
      policyPackVersion: "1.0.0",
      passed,
      failed,
    },
  });
  const event = (policyName: string, message: string, enforcementLevel: string) => ({
    policyEvent: {
      resourceUrn: urnOf({ type: "Deployment" }),
      policyPackName: "pack",
      policyName,
      message,
      enforcementLevel,
    },
  });
  const { policies, unknowns } = only(
    madeReport(
      [image("web")],
      [
        summary(["a", "b", "c", "d"]),
        summary(["a", "d"], ["b", "c"]),
        event("b", "no digest", "mandatory"),
        event("c", "better not", "advisory"),
        event(
          "d",
          "can't run policy 'd' from policy pack 'pack@v1.0.0' during preview: string value at .spec can't be known during preview",
          "advisory",
        ),
        { policyRemediationEvent: { resourceUrn: "u", policyPackName: "pack", policyName: "e" } },
      ],
    ),
  );

  it("are counted once each: passed, broken, and those that could not run apart", () => {
    expect(policies).toMatchObject({
      passed: 1,
      violated: { mandatory: 1, advisory: 1 },
      notRun: 1,
      line: "policies 1/4, 1 broken, 1 advised against, 1 could not run",
      packs: [{ name: "pack", version: "1.0.0" }],
    });
    expect(policies.violations.map(({ policy, level }) => [policy, level])).toEqual([
      ["b", "mandatory"],
      ["c", "advisory"],
    ]);
    expect(policies.remediated.map(({ policy }) => policy)).toEqual(["e"]);
  });

  it("that could not run are told with what is unknown", () => {
    expect(unknowns.checks).toEqual(["d on Deployment web"]);
  });

  it("that all pass are one figure, and those that nobody asked are told as missing", () => {
    expect(only(madeReport([], [summary(["a", "b"])])).policies.line).toBe("policies 2/2");
    expect(only(madeReport([])).missing).toEqual([
      {
        stack: "test",
        what: "the policies' verdict",
        why: "the preview ran without a policy pack",
        hides: false,
      },
    ]);
  });
});

describe("several stacks", () => {
  const report = reportOf([
    { stack: "test", preview: recorded("test") },
    { stack: "prod", preview: recorded("prod") },
    { stack: "voting", preview: previewOf([]) },
  ]);

  it("stand in the order of their risk, and the verdict names the worst", () => {
    expect(report.stacks.map(({ stack }) => stack)).toEqual(["prod", "test", "voting"]);
    expect(report.verdict.line).toBe(
      "2 of 3 stacks change (prod, test); 1 unchanged; 14 replaces, 4 deletes, 72 updates, 2 creates; worst: data loss in prod, test",
    );
  });

  it("are compared: what changes alike, and what does not", () => {
    expect(report.parity).toHaveLength(1);
    expect(report.parity[0]).toMatchObject({
      stacks: ["prod", "test"],
      alike: 43,
      line: "prod and test change alike (43 resources), except 2",
    });
    const web = report.parity[0]?.except.find((each) => each.label === "Deployment shop/web");
    expect(web?.difference).toContain("test: update, replicas 3 -> 2");
  });

  it("tell an equal change in the first of them alone", () => {
    const [prod, test] = report.stacks;
    const told = prod === undefined ? undefined : find(prod, "replace Deployment shop/worker");
    expect(told).toMatchObject({ folded: false, alsoIn: ["test"] });
    expect(
      test === undefined ? undefined : find(test, "replace Deployment shop/worker"),
    ).toMatchObject({
      folded: true,
      toldBy: { stack: "prod", id: told?.id },
    });
  });

  it("are all named where an equal change is told", () => {
    expect(renderTerminal(report)).toContain("replace Deployment shop/worker in prod, test\n");
  });

  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ["a day", { image: "a:1" }, { image: "a:v2-20261101" }, { image: "a:v2-20261102" }],
    ["a commit", { image: "a:1" }, { image: "a:main-0a1b2c3d" }, { image: "a:main-ffee0011" }],
    [
      "a component and a commit",
      { image: "a:1" },
      { image: "a:web-0a1b2c3d" },
      { image: "a:web-ffee0011" },
    ],
    ["an argument", { args: [] }, { args: ["--net=a-20261101"] }, { args: ["--net=a-20261102"] }],
  ])(
    "that get another thing each are not told as one, though it ends as names do: %s",
    (_, ...of) => {
      const [before, ...after] = of.map((container) => workload({}, container));
      const [test, prod] = after.map((each) =>
        previewOf([{ type: "Deployment", before: before ?? {}, after: each }]),
      );
      const { parity, stacks } = reportOf([
        { stack: "test", preview: test },
        { stack: "prod", preview: prod },
      ]);
      expect(parity[0]).toMatchObject({ alike: 0, except: [{ label: "Deployment shop/web" }] });
      expect(stacks.flatMap(({ items }) => items.map(({ folded }) => folded))).toEqual([
        false,
        false,
      ]);
    },
  );

  it("are alike where only letters differ that the engine draws for a name", () => {
    const preview = (drawn: string) => {
      const files = (letters: string) => object({ data: { a: letters } }, `files-${letters}`);
      const reads = (letters: string) =>
        workload({}, { envFrom: [{ configMapRef: { name: `files-${letters}` } }] });
      return previewOf([
        {
          op: ["create-replacement", "replace", "delete-replaced"],
          type: "ConfigMap",
          name: "files",
          before: { ...files("00000000"), data: { a: "1" } },
          after: { ...files(drawn), data: { a: "2" } },
        },
        { type: "Deployment", before: reads("00000000"), after: reads(drawn) },
      ]);
    };
    const { parity } = reportOf([
      { stack: "test", preview: preview("0a1b2c3d") },
      { stack: "prod", preview: preview("ffee0011") },
    ]);
    expect(parity[0]).toMatchObject({ alike: 2, except: [] });
  });

  it("that have nothing in common are not compared", () => {
    const other = previewOf([image("web")]);
    expect(
      reportOf([
        { stack: "test", preview: recorded("test") },
        { stack: "other", preview: other },
      ]).parity,
    ).toEqual([]);
  });

  it("of which one is not whole say so in the first line, as does one alone of which something beside it is missing", () => {
    const gap = { stack: "test", what: "a part", why: "it was lost", hides: true };
    const preview = previewOf([image("a")]);
    const whole = { stack: "other", preview: previewOf([image("b")]) };
    const { verdict } = reportOf([{ stack: "test", preview, missing: [gap] }, whole]);
    expect(verdict.exitCode).toBe(1);
    expect(verdict.line).toMatch(/; not complete$/);
    expect(reportOf([{ stack: "test", preview, missing: [gap] }]).verdict.line).toMatch(
      /^(?!.*not complete.*not complete).*, not complete$/,
    );
    const provenance = reportOf([whole]).provenance;
    const joined = joinReports([reportOf([whole])], { provenance, missing: [gap] });
    expect(joined.verdict.line).toMatch(/, not complete$/);
    expect(joinReports([reportOf([whole])], { provenance }).verdict.line).not.toContain("complete");
  });

  it.each<[string, Readonly<Record<string, "failed" | "changed" | "same">>, string]>([
    [
      "all",
      { a: "failed", b: "failed" },
      "preview failed: a, b; 0 replaces, 0 deletes, 2 updates; worst: rollout in a, b",
    ],
    [
      "one, and the other is still",
      { a: "failed", b: "same" },
      "preview failed: a; no other stack changes; 0 replaces, 0 deletes, 1 update; worst: rollout in a",
    ],
    [
      "one, and others change",
      { a: "failed", b: "changed", c: "same" },
      "preview failed: a; 1 of 3 stacks change (b); 1 unchanged; 0 replaces, 0 deletes, 2 updates; worst: rollout in a, b",
    ],
    ["none, and nothing happens", { a: "same", b: "same" }, "no stack changes"],
  ])("of which the preview fails are not told as still: %s", (_, outcomes, line) => {
    const { verdict } = reportOf(
      Object.entries(outcomes).map(([stack, outcome]) => ({
        stack,
        preview: previewOf(outcome === "same" ? [] : [image(stack)]),
        failure: outcome === "failed" ? "it was killed" : undefined,
      })),
    );
    expect(verdict.line).toBe(line);
  });

  it("that break mandatory policies say how many in the first line", () => {
    const breach = (policyName: string) => ({
      policyEvent: {
        policyName,
        policyPackName: "pack",
        message: "no",
        enforcementLevel: "mandatory",
      },
    });
    const lineOf = (...events: readonly JsonObject[]): string =>
      reportOf([
        { stack: "a", preview: previewOf([image("web")], events) },
        { stack: "b", preview: previewOf([]) },
      ]).verdict.line;
    expect(lineOf(breach("p"))).toMatch(/; 1 mandatory policy broken$/);
    expect(lineOf(breach("p"), breach("q"))).toMatch(/; 2 mandatory policies broken$/);
    expect(lineOf()).not.toContain("broken");
  });

  it("of which none was previewed are no success without a word", () => {
    expect(reportOf([]).verdict).toMatchObject({ exitCode: 0, line: "no stack was previewed" });
  });
});

describe("drift", () => {
  const drifted = reportOf([{ stack: "test", preview: previewOf([]), drift: recorded("drift") }]);

  it("stands apart from the change", () => {
    const { drift, items, outcome } = only(drifted);
    expect(items).toEqual([]);
    expect(outcome).toBe("unchanged");
    expect(drift.items.map(labelOf).sort()).toEqual([
      "delete ConfigMap shop/page-2",
      "update Deployment shop/web",
      "update Secret shop/login",
    ]);
    expect(drift.items.find(({ resource }) => resource.kind === "Deployment")?.words).toEqual([
      "replicas 3 -> 5",
    ]);
    expect(drifted.verdict).toMatchObject({
      exitCode: 0,
      line: "test: no change, policies not asked, 3 drifted",
    });
  });

  it.each<[string, object, string]>([
    ["none", { drift: previewOf([]) }, "none"],
    ["not asked for", {}, "not-asked"],
    ["not known where the world did not answer", { driftFailure: "no route" }, "failed"],
    ["not known whole where the refresh broke off", { drift: readEvents("") }, "failed"],
  ])("is %s", (_, given, state) => {
    expect(only(reportOf([{ stack: "test", preview: previewOf([]), ...given }])).drift.state).toBe(
      state,
    );
  });
});

describe("folding", () => {
  it("needs three alike, and leaves what else they change to each", () => {
    expect(madeReport([label(1), label(2)]).groups).toEqual([]);
    const both: Made = {
      ...label(4),
      after: { ...label(4).after, data: { a: "b" } },
      detail: { ...label(4).detail, "data.a": "add" },
    };
    const report = madeReport([label(1), label(2), label(3), both]);
    expect(report.groups.map(({ title }) => title)).toEqual([
      "label app.kubernetes.io/version on 4 objects",
    ]);
    expect(only(report).items.map(({ folded, groups }) => [folded, groups.length])).toEqual([
      [false, 1],
      [true, 1],
      [true, 1],
      [true, 1],
    ]);
  });

  it("never hides what loses data or opens access", () => {
    const claims = [1, 2, 3, 4].map((index): Made => ({
      op: "delete",
      type: "PersistentVolumeClaim",
      name: `c${index}`,
      before: object({}, `c${index}`),
    }));
    const roles = [1, 2, 3].map((index): Made => ({
      op: "create",
      type: "Role",
      name: `r${index}`,
      after: object({}, `r${index}`),
    }));
    const report = madeReport([...claims, ...roles]);
    expect(report.groups).toEqual([]);
    expect(only(report).items.some(({ folded }) => folded)).toBe(false);
  });

  it("tells new objects of one kind once", () => {
    const made = [1, 2, 3].map((index): Made => ({
      op: "create",
      type: "ConfigMap",
      name: `m${index}`,
      after: object({}, `m${index}`),
    }));
    expect(madeReport(made).groups.map(({ title, members }) => [title, members.length])).toEqual([
      ["3 x ConfigMap made", 3],
    ]);
  });
});

describe("the fingerprint", () => {
  const of = (...made: readonly Made[]): string => madeReport(made).fingerprint;

  it("is alike for alike changes in any order, and differs with each value", () => {
    expect(of(image("a"), image("b"))).toBe(of(image("b"), image("a")));
    expect(of(image("a"))).not.toBe(of(image("a", 3)));
    expect(of(image("a"))).not.toBe(of(image("a"), image("b")));
    expect(of({ ...image("a"), protect: [true, true] })).not.toBe(
      of({ ...image("a"), protect: [true, false] }),
    );
  });

  it("covers what is kept less, and what differs where the engine names nothing", () => {
    expect(of({ ...image("a"), retain: [true, true] })).not.toBe(
      of({ ...image("a"), retain: [true, false] }),
    );
    const silent = (a: number): Made => ({
      type: "x:y/z:Z",
      before: { a: 1 },
      after: { a },
      detail: {},
    });
    expect(of(silent(2))).not.toBe(of(silent(3)));
  });

  it("covers what is made, and the order of a replacement", () => {
    const made = (data: string): Made => ({
      op: "create",
      type: "ConfigMap",
      after: object({ data: { data } }),
    });
    expect(of(made("1"))).not.toBe(of(made("2")));
    const anew = (op: readonly string[]): Made => ({ ...image("a"), op });
    expect(of(anew(["create-replacement", "delete-replaced"]))).not.toBe(
      of(anew(["delete-replaced", "create-replacement"])),
    );
  });
});

describe("steps of the engine", () => {
  it.each<[string, Made, Item["operation"]]>([
    [
      "a deletion that leaves the thing",
      { op: "delete", type: "ConfigMap", before: object(), retain: true },
      "forget",
    ],
    ["a read", { op: "read", type: "ConfigMap", after: object() }, "read"],
    ["an import", { op: "import", type: "ConfigMap", after: object() }, "import"],
    ["a discarded read", { op: "discard", type: "ConfigMap", before: object() }, "forget"],
    [
      "a replacement cut after its deletion",
      { op: ["delete-replaced"], type: "ConfigMap", before: object() },
      "replace",
    ],
    [
      "what an update that failed had replaced, beside what stays as it is",
      { op: ["same", "delete-replaced"], type: "ConfigMap", before: object() },
      "replace",
    ],
    [
      "what an update that failed had replaced, beside what changes in place",
      {
        op: ["update", "delete-replaced"],
        type: "ConfigMap",
        before: object({ data: { a: "1" } }),
        after: object({ data: { a: "2" } }),
      },
      "update",
    ],
    [
      "what an update that failed had replaced, beside what goes",
      { op: ["delete-replaced", "delete"], type: "ConfigMap", before: object() },
      "delete",
    ],
    [
      "deleted and made anew",
      { op: ["delete", "create"], type: "ConfigMap", before: object(), after: object() },
      "replace",
    ],
  ])("are put together: %s", (_, made, operation) => {
    expect(only(madeReport([made])).items.map((item) => item.operation)).toEqual([operation]);
  });
});

describe("hostile content", () => {
  it("of any kind is told, and hides no other change", () => {
    const strange: Made[] = [
      {
        type: "Deployment",
        name: "strange",
        before: { metadata: 1, spec: "x" },
        after: { metadata: [], spec: { template: null, replicas: {} } },
      },
      {
        type: "__proto__:constructor/v1:toString",
        name: "__proto__",
        before: { a: 1 },
        after: JSON.parse('{"__proto__":{"a":1},"constructor":2}') as JsonObject,
      },
      {
        type: "ConfigMap",
        name: "a::b::c",
        before: object({ data: "no object" }),
        after: object({ data: [1, null] }),
        detail: { "": "update", "data..[": "update", "data[99999999999]": "add" },
      },
      { op: "create", type: "Ingress", name: "x", after: object({ spec: { rules: "no list" } }) },
    ];
    const { items } = only(madeReport([...strange, image("web")]));
    const urns = [...strange, image("web")].map(urnOf).sort();
    expect(items.map(({ resource }) => resource.urn).sort()).toEqual(urns);
    expect(items.every(({ findings }) => findings.length > 0)).toBe(true);
  });

  it("of a size beyond reading is cut, and says of how much", () => {
    const { items } = only(
      madeReport([
        {
          type: "linode:x/y:Y",
          before: { a: "x".repeat(100) },
          after: { a: "y".repeat(2_000_000) },
        },
      ]),
    );
    expect(items[0]?.changes[0]?.after).toMatchObject({ is: "text", of: 2_000_000 });
    expect(JSON.stringify(items).length).toBeLessThan(20_000);
  });

  it("of a resource with thousands of properties is listed in part", () => {
    const bag = (mark: number) => ({
      a: Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, mark])),
    });
    const item = only(madeReport([{ type: "linode:x/y:Y", before: bag(1), after: bag(2) }]))
      .items[0];
    expect([item?.changes.length, item?.changesOmitted]).toEqual([200, 4_800]);
  });
});
