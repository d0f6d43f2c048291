import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type * as z from "zod";

import { formatBytes, formatCpu, parseQuantity } from "../../components/base/quantity.ts";
import {
  Bytes,
  Cpu,
  Cron,
  Hostname,
  HttpUrl,
  LabelKey,
  NodePort,
  Port,
  PublicKey,
  Replicas,
} from "../../components/base/scalars.ts";
import { schedules } from "./schedules.ts";

interface Case {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const cases: readonly Case[] = [
  {
    name: "Hostname",
    schema: Hostname,
    // Between two dots stand 63 characters at most, at whatever place.
    good: ["sd.skywire.dev", "a-b.c", "1.0.example.a1", `${"a".repeat(63)}.${"b".repeat(63)}.dev`],
    bad: ["SD.dev", "a", "a.", "http://a.b", "a..b", "*.a.b", `a.${"b".repeat(64)}.dev`]
      // An address, or what a slip made of one, is no name: it would pass for a store that is somewhere else.
      .concat(["192.0.2.10", "10.0.0.300", "10.0.0"]),
  },
  { name: "Port", schema: Port, good: [1, 65_535], bad: [0, 65_536, 1.5, "80", Number.NaN] },
  { name: "NodePort", schema: NodePort, good: [30_000, 32_767], bad: [80, 32_768, 29_999] },
  {
    name: "Replicas",
    schema: Replicas,
    good: [0, 6],
    bad: [-1, 0.5, "2", 1_001, Number.POSITIVE_INFINITY],
  },
  {
    name: "Cpu",
    schema: Cpu,
    good: ["100m", "2", "0.5", "256", "256000m"],
    bad: [1, "0", "100M", "", "1 core", "1000", "257", "256001m"],
  },
  {
    name: "Bytes",
    schema: Bytes,
    good: ["512Mi", "10Gi", "1.5Gi"],
    bad: ["512", 512, "10GB", "0Mi", "Mi"],
  },
  {
    name: "Cron",
    schema: Cron,
    good: schedules.good,
    bad: [...schedules.bad, ...schedules.never],
  },
  {
    name: "HttpUrl",
    schema: HttpUrl,
    good: ["http://tpd.skywire.dev"],
    bad: ["ftp://a.b", "http://u:p@a.b", "a.b"],
  },
  { name: "LabelKey", schema: LabelKey, good: ["coturn", "fleet/slot"], bad: ["/a", "a b", "-a"] },
  {
    name: "PublicKey",
    schema: PublicKey,
    good: [`02${"a".repeat(64)}`],
    bad: [`04${"a".repeat(64)}`, `02${"A".repeat(64)}`, "02"],
  },
];

describe.each(cases)("$name", ({ schema, good, bad }) => {
  it.each(good)("takes %s", (value) => {
    expect(schema.safeParse(value).success).toBe(true);
  });
  it.each(bad)("refuses %s and says what it wants", (value) => {
    const result = schema.safeParse(value);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0]?.message).toMatch(/must|expected/);
  });
});

describe("quantities", () => {
  it("reads cores and bytes in Kubernetes' suffixes", () => {
    expect(parseQuantity("250m")).toBeCloseTo(0.25);
    expect(parseQuantity("2")).toBe(2);
    expect(parseQuantity("1Gi")).toBe(1024 ** 3);
    expect(parseQuantity("1G")).toBe(1e9);
    expect(parseQuantity("1GB")).toBeNaN();
    expect(["", "m", "1.", "-1", "1 Gi"].map(parseQuantity)).toEqual([NaN, NaN, NaN, NaN, NaN]);
  });

  it.each([
    [1023, "1023"],
    [1024, "1Ki"],
    [2 ** 20 - 1024, "1023Ki"],
    [2 ** 20, "1Mi"],
    [1.5 * 2 ** 30, "1.5Gi"],
    [2 ** 40, "1Ti"],
    [3 * 2 ** 50, "3072Ti"],
  ])("writes %i bytes in the largest unit of which there is one: %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0.05, "50m"],
    [0.999, "999m"],
    [1, "1"],
    [15.39, "15.39"],
    [0.0004, "0m"],
  ])("writes %d cores as people say them: %s", (cores, text) => {
    expect(formatCpu(cores)).toBe(text);
  });

  it("writes bytes so that reading them again gives them back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), fc.constantFrom("Mi", "Gi"), (n, unit) => {
        const bytes = parseQuantity(`${n}${unit}`);
        expect(parseQuantity(formatBytes(bytes)) / bytes).toBeCloseTo(1, 2);
      }),
    );
  });
});
