import { describe, expect, it } from "vitest";

import { isNoise, parseEvent, resourceLabel } from "../../sandbox/events.ts";
import { describeChanges, isUnchanged, Progress, spentJobs } from "../../sandbox/progress.ts";

const urn = (name: string): string =>
  `urn:pulumi:test::fleet::fleet:skywire:DmsgServer$kubernetes:apps/v1:Deployment::${name}`;
const line = (event: object): string => JSON.stringify({ sequence: 1, timestamp: 2, ...event });
const step = (op: string, name: string) => ({
  metadata: { op, urn: urn(name), type: "kubernetes:apps/v1:Deployment" },
});

function follow(events: readonly object[]): { progress: Progress; shown: (string | undefined)[] } {
  const progress = new Progress();
  const shown = events.map((event) => {
    const parsed = parseEvent(line(event));
    return parsed === undefined ? "no event" : progress.take(parsed);
  });
  return { progress, shown };
}

describe("progress of an update", () => {
  it("tells what is done and what is at work, and leaves out what stays the same", () => {
    const { progress, shown } = follow([
      { resourcePreEvent: step("same", "a") },
      { resOutputsEvent: step("same", "a") },
      { resourcePreEvent: step("create", "b") },
      { resourcePreEvent: step("create", "c") },
      { resOutputsEvent: step("create", "b") },
    ]);
    expect(shown.filter((text) => text !== undefined)).toEqual(["  + made Deployment b"]);
    expect(progress.status()).toBe("  1 done, 1 the same; at work: Deployment c");
  });

  it("tells what a rule of the policy pack objects to, the resource first", () => {
    const policyEvent = {
      resourceUrn: urn("b"),
      message:
        "<{%reset%}>A key is public once it is written down.\ndata.x looks like a key<{%reset%}>\n",
      policyName: "plain-secrets",
      enforcementLevel: "mandatory",
    };
    const { progress } = follow([
      { policyEvent },
      { policyEvent: { ...policyEvent, enforcementLevel: "advisory", resourceUrn: urn("c") } },
    ]);
    const message = "plain-secrets: data.x looks like a key";
    expect(progress.outcome().errors).toEqual([{ resource: "Deployment b", message }]);
    expect(progress.outcome().warnings).toEqual([{ resource: "Deployment c", message }]);
  });

  it("names the objects of a cluster that are at work as the cluster does", () => {
    const named = (name: string) => {
      const inputs = { kind: "Deployment", metadata: { name: `${name}-1a2b`, namespace: "web" } };
      return { metadata: { ...step("update", name).metadata, new: { inputs } } };
    };
    const { progress } = follow([
      { resourcePreEvent: named("a") },
      { resourcePreEvent: named("b") },
      // What is no object of a cluster, and an object that goes, have no such inputs.
      { resourcePreEvent: { metadata: { ...step("create", "c").metadata, new: { inputs: {} } } } },
      { resourcePreEvent: { metadata: { ...step("delete", "d").metadata, new: null } } },
      { resOutputsEvent: named("a") },
    ]);
    expect(progress.atWork()).toEqual(["Deployment web/b-1a2b"]);
  });

  it("keeps a failure with the resource it is about, colours taken out", () => {
    const { progress, shown } = follow([
      { resourcePreEvent: step("create", "b") },
      {
        diagnosticEvent: {
          urn: urn("b"),
          message: "<{%fg 1%}>error: <{%reset%}>timed out\n",
          severity: "error",
        },
      },
      { resOpFailedEvent: step("create", "b") },
      { summaryEvent: { resourceChanges: { create: 3, same: 2 }, durationSeconds: 7 } },
    ]);
    expect(shown).toContain("  ! failed Deployment b");
    expect(progress.outcome()).toMatchObject({
      changes: { create: 3, same: 2 },
      seconds: 7,
      finished: true,
      errors: [{ resource: "Deployment b", message: "error: timed out" }],
    });
  });

  it("knows a Job that was made and has failed from one that was refused, and from all else", () => {
    const job = (name: string) =>
      `urn:pulumi:demo::fleet::demo:Patch$kubernetes:batch/v1:Job::${name}`;
    const failure = (about: string, message: string) => [
      { diagnosticEvent: { urn: about, message, severity: "error" } },
      { resOpFailedEvent: { metadata: { ...step("create", "").metadata, urn: about } } },
    ];
    const unready = "it failed to fully initialize or become live: exit code 1";
    const { progress } = follow([
      ...failure(job("patch"), unready),
      ...failure(job("refused"), "admission webhook denied the request"),
      ...failure(urn("b"), unready),
    ]);
    expect(spentJobs(progress.outcome())).toEqual([job("patch")]);
  });

  it("tells a change that was begun from one that a preview planned", () => {
    const begun = { resourcePreEvent: step("update", "b") };
    const preview = { summaryEvent: { resourceChanges: { update: 1 }, isPreview: true } };
    const touched = (...events: readonly object[]): boolean =>
      follow(events).progress.outcome().touched;
    expect(touched({ resourcePreEvent: step("same", "a") })).toBe(false);
    expect(touched(begun)).toBe(true);
    expect(touched(begun, preview)).toBe(false);
    expect(touched(begun, preview, begun)).toBe(true);
  });

  it("leaves out warnings of the sandbox's own making and those of a wait, and keeps the rest", () => {
    const warn = (message: string, ephemeral = false): object => ({
      diagnosticEvent: { urn: "", message, severity: "warning", ephemeral },
    });
    const { progress } = follow([
      warn("using pulumi-resource-kubernetes from $PATH at /tools/pulumi-resource-kubernetes"),
      warn("resource plugin kubernetes is expected to have version >=4.34.2, but has 4.24.1"),
      warn("[MinimumReplicasUnavailable]", true),
      warn("a builtin store with several members"),
    ]);
    expect(progress.outcome().warnings).toEqual([
      { resource: "", message: "a builtin store with several members" },
    ]);
  });

  it("reads of a step's end what its head says, and takes a line that is cut for no event", () => {
    const ended = (inputs: object) =>
      line({ resOutputsEvent: { metadata: { ...step("update", "a").metadata, new: { inputs } } } });
    const { metadata } = step("update", "a");
    expect(parseEvent(ended({ text: "x".repeat(100_000) }))).toEqual({
      resOutputsEvent: { metadata },
    });
    expect(parseEvent(ended({ text: "whole" }).slice(0, -8))).toBeUndefined();
    // A name that the engine has to escape is read as it is meant.
    const escaped = ended({}).replaceAll("::a", String.raw`::a\u003cb`);
    expect(parseEvent(escaped)?.resOutputsEvent?.metadata.urn).toBe(`${metadata.urn}<b`);
    // What a resource holds says nothing about what it is.
    const hostile = { text: '","op":"delete","urn":"x","type":"y"}}' };
    expect(parseEvent(ended(hostile))?.resOutputsEvent?.metadata.op).toBe("update");
  });

  it("survives lines that are no events", () => {
    expect(parseEvent("")).toBeUndefined();
    expect(parseEvent('{"resOutputsEvent": 1}')).toBeUndefined();
    expect(isNoise("warning: using pulumi-language-nodejs from $PATH at /x")).toBe(true);
    expect(isNoise("error: using the wrong PATH")).toBe(false);
  });
});

describe("what an update did", () => {
  it("is said in words, and a look is no change", () => {
    expect(describeChanges({ create: 2, same: 10, update: 1 })).toBe(
      "2 made, 1 changed, 10 the same",
    );
    expect(describeChanges({})).toBe("nothing");
    expect(describeChanges({ create: 2, same: 10, delete: 1 }, "planned")).toBe(
      "2 to make, 1 to delete, 10 the same",
    );
    expect(isUnchanged({ same: 10, read: 2 })).toBe(true);
    expect(isUnchanged({ same: 10, replace: 1 })).toBe(false);
  });

  it("names a resource by its kind and its name", () => {
    expect(resourceLabel(urn("skywire::a"))).toBe("Deployment skywire::a");
  });
});
