/** The event log: what of it is read, and what becomes of a log that is broken. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import { readEventLog, readEvents } from "../../review/events.ts";
import type { JsonObject } from "../../review/values.ts";
import { logOf, previewOf, urnOf } from "./made.ts";
import { recorded, recordedLog, reportOf } from "./recorded.ts";

const lines = (log: string): string[] => log.trimEnd().split("\n");

const fileOf = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-review-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "events.json");
  writeFileSync(path, text);
  return path;
};

describe("a log of the real engine", () => {
  it("gives each step with both its states and what forces a replacement", () => {
    const { steps, faults } = recorded("test");
    expect(faults).toEqual({ unreadable: 0, cut: false, unknownKinds: {} });
    const worker = steps.filter(({ urn }) => urn.endsWith("Deployment::worker"));
    expect(worker.map(({ op }) => op)).toEqual([
      "delete-replaced",
      "replace",
      "create-replacement",
    ]);
    // The last of them tells all; what the others say of the same is not kept.
    expect(worker.slice(0, 2).map(({ before }) => before)).toEqual([undefined, undefined]);
    expect(worker[2]?.keys).toEqual(["spec.selector.matchLabels.app"]);
    expect(worker[2]?.detail?.get("spec.selector.matchLabels.app")).toEqual({
      kind: "update",
      replaces: true,
    });
    expect(worker[2]?.before?.inputs).toHaveProperty("spec.selector.matchLabels.app", "worker");
    expect(worker[2]?.after?.inputs).toHaveProperty("spec.selector.matchLabels.app", "worker2");
  });

  it("gives the stack's outputs, the providers' versions and the engine's last word", () => {
    const { outputs, versions, summary } = recorded("prod");
    expect(outputs?.before).toHaveProperty("version", "1.4.0");
    expect(outputs?.after).toHaveProperty("version", "1.5.0");
    expect(versions).toEqual({ kubernetes: "4.34.2", linode: "5.1.1" });
    expect(summary).toMatchObject({ result: "succeeded" });
  });

  it("gives of a refresh what the world has become", () => {
    const { steps } = recorded("drift");
    expect(steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`).sort()).toEqual([
      "delete page-2",
      "update login",
      "update web",
    ]);
    const web = steps.find(({ urn }) => urn.endsWith("Deployment::web"));
    expect(web?.before?.inputs).toHaveProperty("spec.replicas", 3);
    expect(web?.after?.inputs).toHaveProperty("spec.replicas", 5);
  });

  it("is read from a file as from a text, wherever its pieces end", () => {
    // A letter of several bytes across the border of two pieces is one letter.
    const text = logOf([
      { type: "ConfigMap", before: { a: "ä".repeat(700_000) }, after: { a: "b" } },
    ]);
    expect(readEventLog(fileOf(text))).toEqual(readEvents(text));
    expect(readEventLog(fileOf(recordedLog("refused")))).toEqual(recorded("refused"));
  });
});

describe("a broken log", () => {
  it.each([
    ["no JSON", "{oops"],
    ["no object", "[1,2]"],
    ["nothing of an event", "{}"],
    ["an event without its body", '{"sequence":1,"resourcePreEvent":null}'],
    ["a step without its URN", '{"sequence":1,"resourcePreEvent":{"metadata":{"op":"update"}}}'],
    ["bytes of chance", "\u0000\ufffd\u001b[2J"],
    [
      "an event nested without end",
      `{"resourcePreEvent":${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}}`,
    ],
    ["a list nested without end", `{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ])("counts a line that is %s, and reads the others", (_, line) => {
    const log = lines(recordedLog("test"));
    const { faults, steps } = readEvents(
      [...log.slice(0, 40), line, ...log.slice(40), ""].join("\n"),
    );
    expect(faults).toMatchObject({ unreadable: 1, cut: false });
    expect(steps).toHaveLength(recorded("test").steps.length);
  });

  it("tells a last line that ends in its middle from one that is unreadable", () => {
    const log = recordedLog("test");
    expect(readEvents(log.slice(0, 60_000)).faults).toMatchObject({ unreadable: 0, cut: true });
    expect(readEvents(`${log}{oops\n`).faults).toMatchObject({ unreadable: 1, cut: false });
  });

  it("names events of kinds that it does not know", () => {
    const preview = previewOf([], [{ brandNewEvent: {} }, { brandNewEvent: {} }]);
    expect(preview.faults).toEqual({
      unreadable: 0,
      cut: false,
      unknownKinds: { brandNewEvent: 2 },
    });
  });

  it("never throws, wherever it is cut and whatever stands in it, and says that it is not whole", () => {
    const log = recordedLog("refused");
    fc.assert(
      fc.property(fc.nat(log.length - 1), fc.string({ maxLength: 40 }), (at, junk) => {
        const preview = readEvents(log.slice(0, at) + junk);
        const report = reportOf([{ stack: "test", preview }]);
        expect(report.verdict.exitCode).toBe(1);
        expect(report.stacks[0]?.missing.some(({ hides }) => hides)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it("is empty where there is nothing", () => {
    expect(readEvents("")).toMatchObject({ steps: [], faults: { unreadable: 0, cut: false } });
    expect(() => readEventLog("/nowhere/events.json")).toThrow("ENOENT");
  });
});

describe("a step", () => {
  it("that began and did not end is known by it", () => {
    const resource = { type: "ConfigMap", before: {}, after: {} } as const;
    const log = lines(logOf([resource])).filter((line) => !line.includes("resOutputsEvent"));
    const { begun, ended } = readEvents(`${log.join("\n")}\n`);
    expect([...begun]).toEqual([`update ${urnOf(resource)}`]);
    expect([...ended]).toEqual([]);
  });

  it("of a replacement that is cut before the new one is made keeps what it told", () => {
    const log = lines(recordedLog("test"));
    const cut = log.findIndex(
      (line) => line.includes('"create-replacement"') && line.includes("::worker"),
    );
    const steps = readEvents(`${log.slice(0, cut).join("\n")}\n`).steps;
    const [deleted, replaced] = steps.filter(({ urn }) => urn.endsWith("Deployment::worker"));
    expect(deleted?.before?.inputs).toHaveProperty("spec.selector.matchLabels.app", "worker");
    expect(replaced?.keys).toEqual(["spec.selector.matchLabels.app"]);
  });

  it("holds once what is alike on both its sides, and no part of what differs", () => {
    const inputs = (replicas: number): JsonObject => ({
      spec: { replicas, template: { labels: { app: "web" } }, list: [{ a: 1 }, { b: replicas }] },
    });
    const [before, after] = [inputs(1), inputs(2)];
    const [step] = previewOf([{ type: "Deployment", before, after }]).steps;
    const [was, is] = [step?.before, step?.after].map((state) => state?.inputs["spec"]) as [
      Record<string, readonly unknown[]>,
      Record<string, readonly unknown[]>,
    ];
    expect(is["template"]).toBe(was["template"]);
    expect(is["list"]?.[0]).toBe(was["list"]?.[0]);
    expect([step?.before?.inputs, step?.after?.inputs]).toEqual([before, after]);
  });

  it("is read as it stands where a key is one of the language's own", () => {
    const keys = (value: string): unknown =>
      JSON.parse(`{"__proto__": {"a": "${value}"}, "constructor": {"b": 1}, "toString": 1}`);
    const [step] = previewOf([
      { type: "ConfigMap", before: { data: keys("x") }, after: { data: keys("y"), list: ["z"] } },
    ]).steps;
    expect(JSON.stringify(step?.after?.inputs)).toBe(
      JSON.stringify({ data: keys("y"), list: ["z"] }),
    );
    expect(JSON.stringify(step?.before?.inputs)).toBe(JSON.stringify({ data: keys("x") }));
  });

  it("has no property of the language's own name, and none where there is no object", () => {
    const log = (inputs: string): string =>
      `{"resourcePreEvent":{"metadata":{"op":"update","urn":"u","type":"t","old":{"inputs":null},"new":{"inputs":${inputs}}}}}\n`;
    const [step] = readEvents(log('{"__proto__":{"a":1},"b":2}')).steps;
    expect(JSON.stringify(step?.after?.inputs)).toBe('{"b":2}');
    expect(step?.before).toEqual({
      ...{ protect: false, retainOnDelete: false },
      ...{ inputs: {}, outputs: {} },
    });
    for (const none of ["[]", '"text"', "1"]) {
      const { faults, steps } = readEvents(log(none));
      expect({ unreadable: faults.unreadable, steps }).toEqual({ unreadable: 1, steps: [] });
    }
  });

  it("that stays the same is counted, and read where others ask for it", () => {
    const { same, steps } = previewOf([
      { op: "same", type: "ConfigMap", before: {} },
      { op: "same", type: "Deployment", before: {} },
    ]);
    expect(same.size).toBe(2);
    expect(steps.map(({ type }) => type)).toEqual(["kubernetes:apps/v1:Deployment"]);
  });
});
