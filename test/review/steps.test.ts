/**
 * What is taken for an event of which a log has thousands, looked at by hand: as much and as little as a
 * schema of the same shape takes.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod";

import { policySummaryIn, stepIn } from "../../review/engine-events.ts";

const bag = z.record(z.string(), z.unknown()).nullish();
const texts = z.array(z.string()).nullish();
const flag = z.boolean().optional();
const state = z
  .object({ custom: flag, protect: flag, retainOnDelete: flag, inputs: bag, outputs: bag })
  .nullish();

/** Shape of a step (sdk/go apitype/events.go, StepEventMetadata). */
const Step = z.object({
  metadata: z.object({
    ...{ op: z.string(), urn: z.string(), type: z.string() },
    ...{ old: state, new: state, keys: texts, diffs: texts },
    detailedDiff: z.record(z.string(), z.object({ diffKind: z.string() })).nullish(),
  }),
});

/** Shape of what a pack says of a resource (PolicyAnalyzeSummaryEvent). */
const Summary = z.object({
  policyPackName: z.string(),
  policyPackVersion: z.string().default(""),
  passed: z.array(z.string()).default([]),
  failed: z.array(z.string()).default([]),
});

/** Mostly what belongs there, now and then anything: else hardly one in a million would be whole. */
const mostly = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: anything });

/** An object with some of these keys, as JSON gives it. */
const some = (entries: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.record(
    Object.fromEntries(Object.entries(entries).map(([key, right]) => [key, mostly(right)])),
    { requiredKeys: [] },
  );

const anything = fc.oneof(
  fc.constantFrom(null, true, 1, "", [], {}, [1], ["a"], { diffKind: 1 }, { a: null }),
  fc.jsonValue(),
);
const list = fc.array(mostly(fc.string()), { maxLength: 3 });
const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 });
const side = some({
  ...{
    custom: fc.boolean(),
    protect: fc.boolean(),
    retainOnDelete: fc.boolean(),
    inputs: object,
    outputs: object,
  },
});
const diff = fc.dictionary(
  fc.oneof(fc.string(), fc.constant("__proto__")),
  mostly(some({ diffKind: fc.string() })),
  { maxKeys: 2 },
);

const isAlike = (body: unknown, schema: z.ZodType, read: (body: unknown) => unknown): void => {
  // As it comes from a log: there, a key may have the name of prototypes.
  const told = JSON.parse(JSON.stringify(body)) as unknown;
  expect(read(told) !== undefined).toBe(schema.safeParse(told).success);
};

it("takes the steps that their schema takes, and no others", () => {
  const metadata = some({
    ...{ op: fc.string(), urn: fc.string(), type: fc.string(), old: side, new: side },
    ...{ keys: list, diffs: list, detailedDiff: diff, more: fc.jsonValue() },
  });
  fc.assert(
    fc.property(mostly(fc.record({ metadata: mostly(metadata) })), (body) => {
      isAlike(body, Step, stepIn);
    }),
    { numRuns: 2_000 },
  );
});

it("takes the summaries of packs that their schema takes, as it reads them", () => {
  const summary = some({
    ...{ policyPackName: fc.string(), policyPackVersion: fc.string(), passed: list, failed: list },
  });
  fc.assert(
    fc.property(mostly(summary), (body) => {
      isAlike(body, Summary, policySummaryIn);
      const { success, data } = Summary.safeParse(body);
      if (success) {
        const { policyPackName: pack, policyPackVersion: version, passed, failed } = data;
        expect(policySummaryIn(body)).toEqual({ pack, version, passed, failed });
      }
    }),
    { numRuns: 2_000 },
  );
});

it("does not take a path for the prototype of the others", () => {
  const step = (diff: string): unknown =>
    JSON.parse(`{"metadata":{"op":"update","urn":"u","type":"t","detailedDiff":${diff}}}`);
  expect(stepIn(step('{"__proto__":{"diffKind":"add"}}'))).toBeDefined();
  expect(stepIn(step('{"a":{"diffKind":3}}'))).toBeUndefined();
});
