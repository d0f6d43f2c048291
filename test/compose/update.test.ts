import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { UpdateConfig } from "../../components/compose/deploy.schema.ts";
import {
  convergenceSeconds,
  hasOneDecimal,
  rollbackWarnings,
  toUpdate,
  toUpdateConfig,
  type UpdateContext,
} from "../../components/compose/update.ts";
import { updateFaults } from "../../components/workload/update.ts";
import { texts } from "./fixtures.ts";

const at = (...words: string[]) => words;

const translate = (config: UpdateConfig, context: Partial<UpdateContext> = {}) =>
  toUpdate(config, { kind: "Deployment", onFailure: "pause", ...context }, at);

const updateOf = (config: UpdateConfig, context: Partial<UpdateContext> = {}) =>
  translate(config, context).value.update;

describe("an update on Kubernetes", () => {
  it("has Swarm's defaults where nothing is said, not Kubernetes' own", () => {
    expect(translate({})).toEqual({
      value: {
        update: {
          strategy: "RollingUpdate",
          maxSurge: 0,
          maxUnavailable: 1,
          minReadySeconds: 5,
          progressDeadlineSeconds: 600,
        },
        await: true,
      },
      warnings: [],
    });
  });

  it.each<[string, UpdateConfig, object]>([
    ["stop-first", { parallelism: 2 }, { maxSurge: 0, maxUnavailable: 2 }],
    ["start-first", { parallelism: 2, order: "start-first" }, { maxSurge: 2, maxUnavailable: 0 }],
    [
      "all at once, start-first",
      { parallelism: 0, order: "start-first" },
      { maxSurge: "100%", maxUnavailable: 0 },
    ],
  ])("%s: one of surge and unavailability, never both", (_, config, shares) => {
    expect(updateOf(config)).toMatchObject({ strategy: "RollingUpdate", ...shares });
  });

  it("stops all before starting any where all are exchanged at once", () => {
    expect(updateOf({ parallelism: 0 })).toEqual({
      strategy: "Recreate",
      minReadySeconds: 5,
      progressDeadlineSeconds: 600,
    });
  });

  it("knows no Recreate on a DaemonSet, and no shares on a StatefulSet", () => {
    expect(updateOf({ parallelism: 0 }, { kind: "DaemonSet" })).toMatchObject({
      strategy: "RollingUpdate",
      maxSurge: 0,
      maxUnavailable: "100%",
    });
    expect(updateOf({}, { kind: "StatefulSet" })).toEqual({
      minReadySeconds: 5,
      progressDeadlineSeconds: 600,
    });
  });

  it.each<[UpdateConfig, number]>([
    [{ delay: "10s", monitor: "60s" }, 60],
    [{ delay: "2m", monitor: "60s" }, 120],
    [{ delay: "10s" }, 10],
    [{ delay: "1s" }, 5],
    [{ monitor: "0s" }, 0],
    [{ monitor: "1500ms" }, 2],
  ])("makes %j one time of proof", (config, seconds) => {
    expect(updateOf(config).minReadySeconds).toBe(seconds);
  });

  // The API server refuses anything else, in the middle of an update.
  it("has a deadline above the time of proof, and moves, whatever is said", () => {
    const config = fc.record({
      parallelism: fc.integer({ min: 0, max: 100 }),
      delay: fc.integer({ min: 0, max: 5_000 }).map((seconds) => `${seconds}s`),
      monitor: fc.integer({ min: 0, max: 5_000 }).map((seconds) => `${seconds}s`),
      order: fc.constantFrom("stop-first" as const, "start-first" as const),
      failure_action: fc.constantFrom("pause" as const, "continue" as const),
    });
    const kinds = fc.constantFrom("Deployment" as const, "DaemonSet" as const);
    fc.assert(
      fc.property(config, kinds, fc.boolean(), (words, kind, replaceRegardless) => {
        expect(updateFaults(updateOf(words, { kind, replaceRegardless }))).toEqual([]);
      }),
    );
  });

  it("neither waits nor fails with continue, and replaces regardless only when told to", () => {
    const config = { failure_action: "continue" } as const;
    expect(translate(config).value.await).toBe(false);
    expect(updateOf(config)).toMatchObject({ maxUnavailable: 1 });
    expect(updateOf(config, { replaceRegardless: true })).toMatchObject({ maxUnavailable: "100%" });
    expect(updateOf({}, { replaceRegardless: true })).toMatchObject({ maxUnavailable: 1 });
  });

  it.each<[string, UpdateConfig, Partial<UpdateContext>, RegExp | undefined]>([
    ["counted failures", { max_failure_ratio: 0.3 }, {}, /^max_failure_ratio has no effect/],
    ["no failures", { max_failure_ratio: 0 }, {}, undefined],
    ["continue", { failure_action: "continue" }, {}, /update stalls/],
    ["continue regardless", { failure_action: "continue" }, { replaceRegardless: true }, /all old/],
    ["rollback under pause", { failure_action: "rollback" }, {}, /^failure_action rolls nothing/],
    ["rollback", { failure_action: "rollback" }, { onFailure: "rollback" }, undefined],
    ["pause", { failure_action: "pause" }, {}, undefined],
    ["pause under rollback", { failure_action: "pause" }, { onFailure: "rollback" }, /not pause/],
    ["nothing under rollback", {}, { onFailure: "rollback" }, undefined],
    ["several disks at once", { parallelism: 2 }, { kind: "StatefulSet" }, /one at a time/],
    ["one disk at once", { parallelism: 1 }, { kind: "StatefulSet" }, undefined],
  ])("says what does not happen of %s", (_, config, context, warning) => {
    const warnings = texts(translate(config, context).warnings);
    expect(warnings).toHaveLength(warning === undefined ? 0 : 1);
    expect(warnings.join()).toMatch(warning ?? /^$/);
  });

  it("goes back as it goes forward, and says so of every word that would have it otherwise", () => {
    const warnings = rollbackWarnings({ parallelism: 2, failure_action: "continue" }, at);
    expect(texts(warnings)).toEqual([
      "parallelism has no effect: the way back takes the same steps as update_config",
      "failure_action has no effect: the way back takes the same steps as update_config",
    ]);
  });
});

describe("an update on a Swarm", () => {
  // What the provider is not told it sends as zero: a monitor of 0s would see no failure.
  it("has every word, with Swarm's defaults", () => {
    expect(toUpdateConfig({})).toEqual({
      parallelism: 1,
      delay: "0s",
      monitor: "5s",
      maxFailureRatio: "0.0",
      order: "stop-first",
      failureAction: "pause",
    });
  });

  it("keeps what is said, times as the provider reads them back", () => {
    expect(
      toUpdateConfig({
        parallelism: 0,
        delay: "10s",
        monitor: "60s",
        max_failure_ratio: 0.3,
        order: "start-first",
        failure_action: "rollback",
      }),
    ).toEqual({
      parallelism: 0,
      delay: "10s",
      monitor: "1m",
      maxFailureRatio: "0.3",
      order: "start-first",
      failureAction: "rollback",
    });
  });

  it.each([
    [0, true],
    [0.3, true],
    [1, true],
    [0.25, false],
    [0.33, false],
  ])("a ratio of %d has one decimal: %s", (ratio, one) => {
    expect(hasOneDecimal(ratio)).toBe(one);
  });

  it("is given time for every round", () => {
    expect(convergenceSeconds({}, 1, "10s")).toBe(195);
    const slow = { delay: "10s", monitor: "60s", parallelism: 2 };
    expect(convergenceSeconds(slow, 5, "10s")).toBe(420);
    expect(convergenceSeconds(slow, 5, "2m")).toBe(750);
    expect(convergenceSeconds({ parallelism: 0 }, 50, "10s")).toBe(195);
    expect(convergenceSeconds({}, 0, "10s")).toBe(180);
  });
});
