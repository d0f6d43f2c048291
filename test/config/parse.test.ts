import { describe, expect, it } from "vitest";
import * as z from "zod";

import { reportFaults, writePath } from "../../stacks/faults.ts";
import { isLoopback, readKubeContexts } from "../../stacks/kubeconfig.ts";
import { parseAll } from "../../stacks/parse.ts";
import { nearest } from "../../components/base/nearest.ts";

const Shape = z
  .strictObject({
    replicas: z.int("must be whole"),
    host: z.string("must be a host").optional(),
    budget: z.int().default(0),
    nested: z.strictObject({ port: z.int().max(10, "must be small") }).prefault({ port: 1 }),
  })
  .refine(({ replicas, budget }) => budget < replicas, {
    path: ["budget"],
    message: "must be below replicas",
  });

const parse = (input: unknown) => parseAll(Shape, input, (path) => ["config", ...path]);

const faultsOf = (input: unknown) => {
  const parsed = parse(input);
  return parsed.ok ? [] : parsed.faults;
};

describe("parseAll", () => {
  it("gives the value of a file without fault", () => {
    expect(parse({ replicas: 2 })).toMatchObject({ ok: true, value: { replicas: 2, budget: 0 } });
  });

  // zod leaves rules across fields out once a field is wrong: people would mend a file twice.
  it("reports a rule across fields together with faults of fields and unknown keys", () => {
    const faults = faultsOf({ replicas: 1, budget: 1, hosts: "a", nested: { port: 99 } });
    expect(faults.map(({ path }) => path).sort()).toEqual([
      "config.budget",
      "config.hosts",
      "config.nested.port",
    ]);
  });

  it("suggests the key that was meant", () => {
    expect(faultsOf({ replicas: 1, hots: "a" })).toEqual([
      { path: "config.hots", expected: "is no key that Fleet knows", mend: "is host meant?" },
    ]);
  });

  it("suggests the word that was meant, of a system as of any other of few, and of nothing that is far from all", () => {
    const schema = z.discriminatedUnion(
      "system",
      [
        z.strictObject({ system: z.literal("skywire"), data: z.enum(["protect", "retain"]) }),
        z.strictObject({ system: z.literal("voting"), policy: z.enum(["on", "off"]) }),
      ],
      { error: "must be skywire or voting" },
    );
    const mends = (input: unknown) => {
      const parsed = parseAll(schema, input, (path) => path);
      return parsed.ok ? [] : parsed.faults.map(({ path, mend }) => [path, mend]);
    };
    expect(mends({ system: "skywirre" })).toEqual([["system", "is skywire meant?"]]);
    expect(mends({ system: "Voting" })).toEqual([["system", "is voting meant?"]]);
    expect(mends({ system: "elsewhere" })).toEqual([["system", undefined]]);
    expect(mends({ system: "skywire", data: "protec" })).toEqual([["data", "is protect meant?"]]);
    // Of words of two letters any is near to any.
    expect(mends({ system: "voting", policy: "no" })).toEqual([["policy", undefined]]);
  });

  it("tells what is missing", () => {
    expect(faultsOf({})).toEqual([
      { path: "config.replicas", expected: "is missing: must be whole" },
    ]);
  });

  it.each([
    [{ replicas: 1, nested: null }, "config.nested", "must be a map"],
    [{ replicas: 1, nested: "x" }, "config.nested", 'must be a map (it is "x")'],
    [{ replicas: 1, budget: [] }, "config.budget", "must be a number"],
    [{ replicas: 1, budget: 0.5 }, "config.budget", "must be a whole number (it is 0.5)"],
    [{ replicas: 1, nested: {} }, "config.nested.port", "is missing: must be a number"],
  ])("says in a file's words which kind of value belongs there: %j", (input, path, expected) => {
    expect(faultsOf(input)).toEqual([{ path, expected }]);
  });

  it("survives keys that would reach a prototype", () => {
    const hostile: unknown = JSON.parse('{"replicas":1,"__proto__":{"polluted":true}}');
    parse(hostile);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("fault reports", () => {
  it("write paths the way pulumi config set --path reads them", () => {
    expect(writePath(["fleet:services", "servers", 0, "a.b"])).toBe(
      'fleet:services.servers[0]["a.b"]',
    );
  });

  it("say that nothing was touched, and every fault with its mend", () => {
    expect(reportFaults("test", [{ path: "fleet:x", expected: "must be y", mend: "do z" }])).toBe(
      "Pulumi.test.yaml has 1 fault; nothing was touched.\n\n  fleet:x\n    must be y\n    to mend: do z\n",
    );
  });
});

describe("suggestions", () => {
  it("leaves a word alone that resembles nothing", () => {
    expect(nearest("banana", ["replicas", "host"])).toBeUndefined();
  });
});

describe("kubeconfigs", () => {
  const text = (name: string, server: string): string =>
    `contexts: [{name: ${name}, context: {cluster: c-${name}}}]\nclusters: [{name: c-${name}, cluster: {server: "${server}"}}]`;

  it("joins files as kubectl does: the first one to name a context wins", () => {
    const contexts = readKubeContexts([
      text("a", "https://127.0.0.1:1"),
      text("a", "https://example.com"),
      text("b", "https://b.example.com"),
    ]);
    expect([...contexts]).toEqual([
      ["a", "https://127.0.0.1:1"],
      ["b", "https://b.example.com"],
    ]);
  });

  it("never repeats what stands in a broken one: it holds credentials", () => {
    const broken = "contexts: canary-credential";
    expect(() => readKubeContexts([broken])).toThrow(/is not one/);
    expect(() => readKubeContexts([broken])).not.toThrow(/canary/);
  });

  it.each([
    ["https://127.0.0.1:6443", true],
    ["https://localhost:6443", true],
    ["https://[::1]:6443", true],
    ["https://127.evil.example.com", false],
    ["https://10.0.0.1", false],
    ["nonsense", false],
  ])("knows whether %s is this machine", (server, expected) => {
    expect(isLoopback(server)).toBe(expected);
  });
});
