import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";

import { formatTrace, traceProgram } from "../stacks/trace.ts";
import { collect } from "./harness.ts";

/** The SDK's own, which it calls by this object. */
const library = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js") as {
  debuggablePromise: (promise: Promise<unknown>, context: string) => Promise<unknown>;
};
const own = library.debuggablePromise;

/** A frame, as V8 hands it to a formatter. */
const site = (text: string, file: string | undefined): NodeJS.CallSite =>
  ({
    getFileName: () => file,
    getFunctionName: () => /^[^ ]*?([^ .]+) /.exec(text)?.[1] ?? null,
    toString: () => text,
  }) as unknown as NodeJS.CallSite;

const url = (path: string): string => new URL(`../${path}`, import.meta.url).href;
const at = (name: string, file: string): NodeJS.CallSite => site(`${name} (${file}:3:5)`, file);

const sdk = at("registerResource", url("node_modules/@pulumi/pulumi/runtime/resource.js"));
const component = at("new DmsgServer", url("components/skywire/dmsg-server.ts"));
const native = site("Array.map (<anonymous>)", undefined);
const composition = at("skywire", url("stacks/skywire/index.ts"));
const entry = at("default", url("index.ts"));
const runner = at("runProgram", url("node_modules/@pulumi/pulumi/cmd/run/run.js"));

afterEach(() => {
  library.debuggablePromise = own;
  Error.prepareStackTrace = undefined as unknown as typeof Error.prepareStackTrace;
});

describe("a stack trace", () => {
  it("ends where the program begins, and names files by their paths", () => {
    const trace = formatTrace(new Error("lost"), [
      sdk,
      component,
      native,
      composition,
      entry,
      runner,
    ]);
    const path = (file: string): string => fileURLToPath(url(file));
    expect(trace.split("\n")).toEqual([
      "Error: lost",
      `    at registerResource (${path("node_modules/@pulumi/pulumi/runtime/resource.js")}:3:5)`,
      `    at new DmsgServer (${path("components/skywire/dmsg-server.ts")}:3:5)`,
      "    at Array.map (<anonymous>)",
      `    at skywire (${path("stacks/skywire/index.ts")}:3:5)`,
    ]);
  });

  it("is whole where the program has no part in it", () => {
    expect(formatTrace(new Error("lost"), [sdk, entry, runner]).split("\n")).toHaveLength(4);
  });

  it("reads as a path what a URL has to escape", () => {
    const file = "file:///home/one%20two/x.ts";
    expect(formatTrace(new Error("lost"), [at("run", file)])).toContain("/home/one two/x.ts:3:5");
  });

  it("of a resource ends where the program makes it: its parents' traces tell the rest", () => {
    const taken = at("Resource.callsites", url("node_modules/@pulumi/pulumi/resource.js"));
    const made = at("new Deployment", url("node_modules/@pulumi/kubernetes/apps/v1/deployment.js"));
    const trace = formatTrace(new Error("taken"), [taken, made, component, native, composition]);
    expect(
      trace
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(" (")[0]),
    ).toEqual(["at Resource.callsites", "at new Deployment", "at new DmsgServer"]);
  });

  it("of a promise of the SDK has no frames, and what the promise is of stands beside it", async () => {
    const kept: { readonly of: string; readonly trace: string; readonly limit: number }[] = [];
    library.debuggablePromise = (promise, context) => {
      const limit = Error.stackTraceLimit;
      const settled = own(promise, context);
      const noted = promise as Promise<unknown> & Record<"_debugCtx" | "_debugStackTrace", string>;
      kept.push({ of: noted._debugCtx, trace: noted._debugStackTrace, limit });
      return settled;
    };
    traceProgram();
    const limit = Error.stackTraceLimit;
    await collect(() => ({ one: new pulumi.ComponentResource("made:up:Thing", "one").urn }));
    expect(kept.map((one) => one.of).filter((of) => of.includes("one[made:up:Thing]"))).not.toEqual(
      [],
    );
    // The harness has spared them already: what this test took its place of is shown the limit.
    expect(kept.filter(({ trace, limit }) => trace !== "Error" || limit !== 0)).toEqual([]);
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it("gives the SDK positions that it finds in the project", () => {
    traceProgram();
    const { stack = "" } = new pulumi.RunError("lost");
    expect(stack).toMatch(/^Error: lost\n {4}at /);
    expect(stack).not.toContain("file:");
  });
});
