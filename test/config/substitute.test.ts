import { describe, expect, it } from "vitest";
import * as z from "zod";

import { Bytes, Cpu, Cron, Hostname, NodePort, PublicKey } from "../../components/base/scalars.ts";
import { ImageDigest, ImageReference, ImageRepository } from "../../components/base/images.ts";
import { reference } from "../../components/base/secrets.ts";
import { quote } from "../../stacks/faults.ts";
import { parseAll } from "../../stacks/parse.ts";
import { accepts, examples, schemasAt, substitutes } from "../../stacks/substitute.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";

const Server = z
  .strictObject({ kind: z.literal("a"), port: NodePort, memory: Bytes.optional() })
  .refine(({ port }) => port !== 30_001, { path: ["port"], message: "must not be 30001" });
const Shape = z
  .strictObject({
    servers: z
      .record(z.string().regex(/^[a-z]+$/, "must be letters"), Server)
      .refine((all) => Object.keys(all).length > 0, "must have one"),
    total: Bytes,
    store: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("in"), size: Bytes }),
      z.strictObject({ kind: z.literal("out"), host: Hostname }),
    ]),
  })
  .superRefine(({ servers, total }, context) => {
    if (total !== "1Gi") {
      context.addIssue({ code: "custom", path: ["total"], message: `must be 1Gi, not ${total}` });
    }
    if (Object.values(servers).some(({ memory }) => memory === "1Ti")) {
      context.addIssue({ code: "custom", path: ["servers"], message: "must fit in 1Gi" });
    }
  });

const good = {
  servers: { one: { kind: "a", port: 30_000 } },
  total: "1Gi",
  store: { kind: "in", size: "1Gi" },
};

function pathsOf(change: object): string[] {
  const parsed = parseAll(Shape, { ...good, ...change }, (path) => path);
  return parsed.ok ? [] : parsed.faults.map(({ path }) => path).sort();
}

describe("stand-ins", () => {
  it.each([
    ["CPU", Cpu],
    ["bytes", Bytes],
    ["cron", Cron],
    ["host", Hostname],
    ["NodePort", NodePort],
    ["public key", PublicKey],
    ["image", ImageReference],
    ["repository", ImageRepository],
    ["digest", ImageDigest],
    ["reference", reference("key-pair")],
  ])("are known for %s", (_, schema) => {
    const found = examples(schema);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((value) => accepts(schema, value))).toBe(true);
  });

  it("run from small to large, so that no rule depends on one of them alone", () => {
    expect([examples(Bytes)[0], examples(Bytes).at(-1)]).toEqual(["1Mi", "1Ti"]);
    expect([examples(Cpu)[0], examples(Cpu).at(-1)]).toEqual(["1m", "256"]);
  });

  it("exist for every field of a Skywire stack that must be there", () => {
    const required = Object.entries(SkywireStack.def.shape).filter(
      ([, schema]) => !accepts(schema, undefined),
    );
    expect(required.length).toBeGreaterThan(3);
    for (const [name, schema] of required) {
      expect(substitutes(schemasAt(SkywireStack, {}, [name]), undefined), name).not.toEqual([]);
      expect(accepts(schema, examples(schema)[0]), name).toBe(true);
    }
  });
});

describe("faults beside each other", () => {
  // What is wrong with one value must neither hide nor bring about what is said of another.
  it.each([
    ["a wrong type and a rule elsewhere", { store: 5, total: "2Gi" }, ["store", "total"]],
    ["a missing section and a rule", { store: undefined, total: "2Gi" }, ["store", "total"]],
    ["an unknown kind", { store: { kind: "on", size: "1Gi" } }, ["store.kind"]],
    ["a malformed value that a rule reads", { total: "lots" }, ["total"]],
    [
      "a malformed value and a rule on its neighbour",
      { servers: { one: { kind: "a", port: "x" }, two: { kind: "a", port: 30_001 } } },
      ["servers.one.port", "servers.two.port"],
    ],
    ["a malformed name alone", { servers: { One: { kind: "a", port: 30_000 } } }, ["servers.One"]],
    [
      "an amount that a rule adds up",
      { servers: { one: { kind: "a", port: 30_000, memory: "x" } } },
      ["servers.one.memory"],
    ],
    ["a rule alone", { servers: { one: { kind: "a", port: 30_001 } } }, ["servers.one.port"]],
    [
      "an unknown key, a wrong type and a rule",
      { extra: 1, store: { kind: "out", host: 5 }, total: "2Gi" },
      ["extra", "store.host", "total"],
    ],
    ["nothing but a list", { servers: [], store: [], total: [] }, ["servers", "store", "total"]],
  ])("%s", (_, change, expected) => {
    expect(pathsOf(change)).toEqual(expected);
  });

  it("leave the rest usable, and say which of it is made up", () => {
    const parsed = parseAll(Shape, { ...good, store: 5 }, (path) => ["x", ...path]);
    expect(parsed).toMatchObject({ ok: false, rest: { total: "1Gi", servers: good.servers } });
    if (!parsed.ok) {
      expect(["x.store", "x.store.size", "x.stores", "x.total"].map(parsed.isStandIn)).toEqual([
        true,
        true,
        false,
        false,
      ]);
    }
  });

  it("end when nothing can be read at all", () => {
    for (const input of [undefined, null, 5, "x", []]) {
      const parsed = parseAll(Shape, input, (path) => ["config", ...path]);
      expect(parsed.ok ? [] : parsed.faults.map(({ path }) => path)).toEqual(["config"]);
    }
  });
});

describe("quote", () => {
  it("repeats what a person wrote and nothing that may be a secret", () => {
    expect(quote("skywire.dev")).toBe('"skywire.dev"');
    expect(quote("x".repeat(61))).toBeUndefined();
    expect(quote("redis://:hunter2@redis")).toBeUndefined();
    expect(quote("aK3x9Qz7LmN2")).toBeUndefined();
    // Tokens and keys in hex have letters of one case.
    expect(quote("token 0123456789abcdef0123456789abcdef")).toBeUndefined();
    expect(quote("0123456789ABCDEF0123456789ABCDEF01234567")).toBeUndefined();
    expect(quote("spacemesh-explorer-collector-12")).toBe('"spacemesh-explorer-collector-12"');
    expect(quote("192.0.2.10, or 30000000000000000000000000000000000")).toMatch(/^"192/);
  });
});
