/** Two previews of one change are equal, whatever differs by chance; another change is told, and which. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { bindingOf } from "../../../review/binding/canonical.ts";
import { compare } from "../../../review/binding/compare.ts";
import type { Binding } from "../../../review/binding/binding.schema.ts";
import { stackKey } from "../../../review/binding/key.ts";
import { readPlan } from "../../../review/binding/plan.ts";
import type { Operation, RiskClass } from "../../../review/model.ts";
import type { Change } from "../../../review/operations.ts";
import type { JsonObject } from "../../../review/values.ts";

const secret = (value?: string): JsonObject => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...(value === undefined ? { ciphertext: "[secret]" } : { plaintext: JSON.stringify(value) }),
});
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urnOf = (name: string, kind = "core/v1:ConfigMap"): string =>
  `urn:pulumi:prod::fleet::kubernetes:${kind}::${name}`;

const state = (inputs: JsonObject) => ({
  ...{ protect: false, retainOnDelete: false, outputs: {} },
  inputs,
});

const change = (
  name: string,
  operation: Operation,
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  detail: Record<string, boolean> = {},
): Change => ({
  urn: urnOf(name),
  type: "kubernetes:core/v1:ConfigMap",
  operation,
  isCustom: true,
  before: before === undefined ? undefined : state(before),
  after: after === undefined ? undefined : state(after),
  keys: [],
  diffs: undefined,
  detail: new Map(
    Object.entries(detail).map(([path, replaces]) => [path, { kind: "update" as const, replaces }]),
  ),
  deletesFirst: false,
  isDone: true,
});

const key = stackKey("prod", "what only the stack knows");

interface Given {
  readonly risks?: Record<string, RiskClass>;
  readonly values?: Record<string, JsonObject>;
  readonly key?: typeof key;
  readonly commit?: string;
  readonly serial?: string;
}

const bind = (changes: readonly Change[], given: Given = {}): Binding =>
  bindingOf({
    changes,
    risks: new Map(Object.entries(given.risks ?? {}).map(([name, risk]) => [urnOf(name), risk])),
    values:
      given.values === undefined
        ? undefined
        : new Map(Object.entries(given.values).map(([name, inputs]) => [urnOf(name), inputs])),
    key: "key" in given ? given.key : key,
    state: { hash: "5".repeat(64), serial: given.serial },
    commit: given.commit ?? "a".repeat(40),
  });

/** JSON of any shape, as inputs have it. */
const inputs = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== "__proto__"),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 6 },
) as fc.Arbitrary<JsonObject>;

const anyChange = fc
  .record({
    name: fc.stringMatching(/^[a-z]{1,12}$/),
    operation: fc.constantFrom<Operation>("create", "update", "replace", "delete"),
    before: inputs,
    after: inputs,
  })
  .map(({ name, operation, before, after }) =>
    change(
      name,
      operation,
      operation === "create" ? undefined : before,
      operation === "delete" ? undefined : after,
    ),
  );
const changeSet = fc.uniqueArray(anyChange, { selector: ({ urn }) => urn, maxLength: 8 });

/** The same value with every object's keys in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(turned);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, inner]) => [name, turned(inner)]),
      )
    : value;
}

describe("a change that is worse than the reviewed one", () => {
  const inputs = { data: { a: "1" } };
  const kept = (protect: boolean, retainOnDelete: boolean) => ({
    ...state(inputs),
    protect,
    retainOnDelete,
  });
  const reviewed = change("a", "replace", inputs, { data: { a: "2" } }, { "data.a": true });
  const risks = { a: "data-loss" } as const;

  test.each<[string, Partial<Change>]>([
    ["(protect lifted)", { before: kept(true, true), after: kept(false, true) }],
    ["(retainOnDelete lifted)", { before: kept(true, true), after: kept(true, false) }],
    ["(deleted first)", { before: kept(true, true), after: kept(true, true), deletesFirst: true }],
  ])("is another one, though its properties and its risk are the same: %s", (path, more) => {
    const held = { ...reviewed, before: kept(true, true), after: kept(true, true) };
    const [was, is] = [bind([held], { risks }), bind([{ ...held, ...more }], { risks })];
    expect(compare(was, bind([held], { risks })).same).toBe(true);
    expect(compare(was, is)).toMatchObject({ same: false, stops: false });
    expect(compare(was, is).differs.map(({ properties }) => properties)).toEqual([[path]]);
    expect(is.fingerprint).not.toBe(was.fingerprint);
  });

  test("is another one where a secret lies deep in what the engine names nothing of", () => {
    const hidden = { settings: { login: [secret()] } };
    const made = change("a", "update", hidden, { settings: { login: [secret()] } });
    const bound = (value: string): Binding =>
      bind([made], { values: { a: { settings: { login: [secret(value)] } } } });
    expect(compare(bound("one"), bound("one")).same).toBe(true);
    expect(compare(bound("one"), bound("other")).differs).toHaveLength(1);
  });
});

describe("the same change", () => {
  test("is the same, in whatever order its steps and keys come", () => {
    fc.assert(
      fc.property(changeSet, (changes) => {
        const again = [...changes].reverse().map((one) => turnedChange(one));
        const [first, second] = [bind(changes), bind(again)];
        expect(second.fingerprint).toBe(first.fingerprint);
        expect(compare(first, second)).toMatchObject({ same: true, stops: false });
      }),
    );
  });

  test("is the same when an object without a name of its own draws another one", () => {
    const made = (name: string): Change[] => [
      change("env", "create", undefined, {
        metadata: { name, annotations: { "pulumi.com/autonamed": "true" } },
      }),
      change(
        "web",
        "update",
        { spec: { from: "web-env-00000000" } },
        { spec: { from: name, command: `--env=/etc/${name}/file` } },
        { "spec.from": false, "spec.command": false },
      ),
    ];
    const [first, second] = [bind(made("web-env-1a2b3c4d")), bind(made("web-env-ffee0011"))];
    expect(compare(first, second).same).toBe(true);
    expect(first.fingerprint).toBe(second.fingerprint);
    // A name that somebody gave is no chance.
    const named = made("web-env-1a2b3c4d").map((one) =>
      one.urn === urnOf("env")
        ? change("env", "create", undefined, { metadata: { name: "web-env-1a2b3c4d" } })
        : one,
    );
    expect(compare(first, bind(named)).same).toBe(false);
  });

  test("is the same whatever the stack's own outputs say", () => {
    const stack = { ...change("fleet-prod", "update", {}, {}), type: "pulumi:pulumi:Stack" };
    expect(bind([stack]).steps).toEqual([]);
  });

  test("has another fingerprint on another commit or state, and is no other change for that", () => {
    const changes = [change("a", "update", { x: 1 }, { x: 2 })];
    const first = bind(changes);
    for (const other of [bind(changes, { commit: "b" }), bind(changes, { serial: "2" })]) {
      expect(other.fingerprint).not.toBe(first.fingerprint);
      expect(compare(first, other).same).toBe(true);
    }
  });
});

function turnedChange(one: Change): Change {
  const turn = (side: Change["before"]): Change["before"] =>
    side === undefined ? undefined : { ...side, inputs: turned(side.inputs) as JsonObject };
  return { ...one, before: turn(one.before), after: turn(one.after) };
}

describe("another change", () => {
  test("any other value of any property is told with its path", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        fc.pre(JSON.stringify(turned(one)) !== JSON.stringify(turned(other)));
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const set = (value: unknown): Binding =>
          bind([change("a", "update", {}, { p: value }, { p: false })]);
        const { differs, stops } = compare(set(one), set(other));
        // -0 and 0 are one number to JSON.
        fc.pre(!Object.is(one, -0) && !Object.is(other, -0));
        expect(differs.map(({ properties }) => properties)).toEqual([["p"]]);
        expect(stops).toBe(false);
      }),
    );
  });

  test("resources that join stop it, and those that leave do not; each way round they are the same", () => {
    fc.assert(
      fc.property(changeSet, changeSet, (left, right) => {
        const [one, other] = [bind(left), bind(right)];
        const [there, back] = [compare(one, other), compare(other, one)];
        expect(there.joins).toEqual(back.leaves);
        expect(there.leaves).toEqual(back.joins);
        expect(there.stops || there.joins.length === 0).toBe(true);
        expect(there.same).toBe(back.same);
      }),
    );
  });

  test("an operation that weighs more stops it, and one that weighs less does not", () => {
    const as = (operation: Operation): Binding =>
      bind([change("a", operation, { x: 1 }, { x: 2 })]);
    expect(compare(as("update"), as("replace"))).toMatchObject({
      riskRose: [{ urn: urnOf("a"), was: "update", is: "replace" }],
      stops: true,
    });
    expect(compare(as("replace"), as("update"))).toMatchObject({
      riskRose: [],
      differs: [{ was: "replace", is: "update" }],
      stops: false,
    });
  });

  test("a worse class of risk stops it; one that nobody knows is worse than all", () => {
    const changes = [change("a", "update", { x: 1 }, { x: 2 })];
    const as = (risk: RiskClass): Binding => bind(changes, { risks: { a: risk } });
    expect(compare(as("cosmetic"), as("access")).stops).toBe(true);
    expect(compare(as("access"), as("cosmetic")).stops).toBe(false);
    expect(compare(bind(changes), as("cosmetic")).stops).toBe(true);
    const later = as("data-loss");
    const steps = later.steps.map((step) => ({ ...step, risk: "of-a-later-version" }));
    expect(compare(as("data-loss"), { ...later, steps }).stops).toBe(true);
  });

  test("a property that begins to force a replacement is told", () => {
    const as = (replaces: boolean): Binding =>
      bind([change("a", "replace", { x: 1 }, { x: 2 }, { x: replaces })]);
    expect(compare(as(false), as(true)).differs).toMatchObject([{ properties: ["x"] }]);
  });

  test("an unknown that has become known is told", () => {
    const as = (x: unknown): Binding =>
      bind([change("a", "update", { x: 1 }, { x }, { x: false })]);
    expect(compare(as(unknown), as("2")).differs).toHaveLength(1);
    expect(compare(as(unknown), as(unknown)).same).toBe(true);
  });

  test.each([{ unknown: true }, "unknown", { secret: null }, "absent"])(
    "a value that only looks like what is not told is told: %j",
    (value) => {
      const as = (x: unknown): Binding =>
        bind([change("a", "update", { x: 1 }, { x }, { x: false })]);
      for (const hidden of [unknown, secret(), undefined]) {
        expect(compare(as(hidden), as(value)).differs).toHaveLength(1);
      }
    },
  );

  test("one name that was drawn in the place of another is told, though both are of resources that are called alike", () => {
    const drawn = (name: string) => ({
      metadata: { name, annotations: { "pulumi.com/autonamed": "true" } },
    });
    const reads = (from: string): Change[] => [
      change("web", "create", undefined, drawn("web-1a2b3c4d")),
      {
        ...change("web", "create", undefined, drawn("web-99aabbcc")),
        urn: urnOf("web", "core/v1:Secret"),
      },
      change("app", "update", {}, { from }, { from: false }),
    ];
    const [one, other] = ["web-1a2b3c4d", "web-99aabbcc"].map((from) => bind(reads(from)));
    expect(compare(one as Binding, other as Binding).differs.map(({ urn }) => urn)).toEqual([
      urnOf("app"),
    ]);
  });
});

describe("secrets", () => {
  const rotation = change("a", "update", { data: secret() }, { data: secret() }, { data: false });
  const rotated = (value: string, under = key): Binding =>
    bind([rotation], { values: { a: { data: secret(value) } }, key: under });

  test("another value is another change, and no form of any value is in a binding", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string({ minLength: 8 }), (one, other) => {
        const binding = rotated(one);
        expect(compare(binding, rotated(one)).same).toBe(true);
        expect(compare(binding, rotated(other)).same).toBe(one === other);
        const text = JSON.stringify(binding);
        const bytes = Buffer.from(one);
        const plain = JSON.stringify(one).slice(1, -1);
        // Eight characters may stand in a fixed word by chance; all forms of twelve do not.
        for (const form of [plain, bytes.toString("base64"), bytes.toString("hex")]) {
          expect(form.length < 12 || !text.includes(form)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("are open to nobody without the key: the same value under another key has another digest", () => {
    const [one, other] = [
      rotated("hunter2hunter2"),
      rotated("hunter2hunter2", stackKey("prod", "x")),
    ];
    const [sealed] = [one, other].map(({ steps }) => steps[0]?.properties[0]?.sealed);
    expect(sealed).toMatch(/^[0-9a-f]{32}$/);
    expect(sealed).not.toBe(other.steps[0]?.properties[0]?.sealed);
    expect(one.key).not.toBe(other.key);
    expect(compare(one, other)).toMatchObject({ same: true, secretsCompared: false });
    // The stack's name is part of the key: alike secrets of two stacks do not show.
    expect(stackKey("test", "x")?.id).not.toBe(stackKey("prod", "x")?.id);
  });

  test("inside a larger value are digested by themselves, with the rest in the open", () => {
    const env = (plain: string, value: string): Binding =>
      bind([change("a", "update", {}, { env: [plain, secret()] }, { env: false })], {
        values: { a: { env: [plain, secret(value)] } },
      });
    expect(compare(env("x", "s1"), env("x", "s1")).same).toBe(true);
    expect(compare(env("x", "s1"), env("x", "s2")).same).toBe(false);
    expect(compare(env("x", "s1"), env("y", "s1")).same).toBe(false);
  });

  test.each([
    ["another key", stackKey("prod", "rotated")],
    ["none", undefined],
  ])("do not hide what stands round them: %s", (_, later) => {
    const env = (plain: string, under: typeof key): Binding =>
      bind([change("a", "create", undefined, { env: [plain, secret()] })], {
        values: { a: { env: [plain, secret("s")] } },
        key: under,
      });
    const [same, other] = ["x", "y"].map((plain) => compare(env("x", key), env(plain, later)));
    expect(same).toMatchObject({ same: true, secretsCompared: false });
    expect(other?.differs).toMatchObject([{ properties: ["env"] }]);
    expect(compare(env("x", later), env("y", later)).same).toBe(false);
  });

  test("that nobody could read are said to be so, and what surrounds them is compared", () => {
    const blind = bind([rotation]);
    expect(blind.key).toBeUndefined();
    expect(compare(blind, blind)).toMatchObject({ same: true, secretsCompared: false });
    expect(compare(blind, bind([rotation, change("b", "create", undefined, {})])).stops).toBe(true);
    expect(stackKey("prod", "")).toBeUndefined();
  });
});

describe("the engine's plan", () => {
  test("gives the new inputs, secrets open", () => {
    const plan = {
      resourcePlans: {
        [urnOf("a")]: { goal: { inputDiff: { adds: { x: 1 }, updates: { data: secret("s") } } } },
        [urnOf("b")]: { steps: ["delete"] },
      },
    };
    const read = readPlan(JSON.stringify(plan));
    expect(read?.get(urnOf("a"))).toEqual({ x: 1, data: secret("s") });
    expect(read?.get(urnOf("b"))).toEqual({});
  });

  test.each(["", "{", "[]", '{"resourcePlans":1}', '{"resourcePlans":{"a":1}}'])(
    "that is none gives nothing: %j",
    (text) => {
      expect(readPlan(text)).toBeUndefined();
    },
  );
});
