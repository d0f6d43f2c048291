import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  cpuQuantity,
  Cpus,
  Duration,
  Memory,
  memoryBytes,
  memoryQuantity,
  milliCpus,
  secondsIn,
  swarmDuration,
  wholeSeconds,
} from "../../components/compose/units.ts";
import { parseQuantity } from "../../components/base/quantity.ts";

describe("memory", () => {
  // Written as it stands into a pod, 512M would be 24 MB less than Docker's.
  it.each([
    ["512M", "512Mi", 536_870_912],
    ["256m", "256Mi", 268_435_456],
    ["1g", "1Gi", 1_073_741_824],
    ["1.5GB", "1536Mi", 1_610_612_736],
    ["64MiB", "64Mi", 67_108_864],
    ["8192k", "8Mi", 8_388_608],
    ["5000000b", "5000000", 5_000_000],
    [536_870_912, "512Mi", 536_870_912],
    ["1T", "1024Gi", 2 ** 40],
  ])("%s is %s: powers of 1024", (memory, quantity, bytes) => {
    expect(memoryBytes(memory)).toBe(bytes);
    expect(memoryQuantity(memory)).toBe(quantity);
  });

  it("keeps its size on the way to Kubernetes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 4_096 }), fc.constantFrom("M", "MB", "mib"), (n, u) => {
        expect(parseQuantity(memoryQuantity(`${n}${u}`))).toBe(memoryBytes(`${n}${u}`));
      }),
    );
  });

  it.each(["512Q", "lots", "-1M", "", "M", 1_000, "256", 0.5, null])("%s is refused", (memory) => {
    expect(Memory.safeParse(memory).success).toBe(false);
  });
});

describe("processors", () => {
  it.each([
    ["0.25", "250m", 250],
    [0.25, "250m", 250],
    ["2", "2", 2_000],
    ["1.5", "1500m", 1_500],
    ["0.001", "1m", 1],
  ])("%s is %s", (cpus, quantity, milli) => {
    expect(Cpus.safeParse(cpus).success).toBe(true);
    expect(cpuQuantity(cpus)).toBe(quantity);
    expect(milliCpus(cpus)).toBe(milli);
  });

  it.each(["250m", "0", 0, "-1", "0.0001", 1_000, "a"])("%s is refused", (cpus) => {
    expect(Cpus.safeParse(cpus).success).toBe(false);
  });
});

describe("times", () => {
  it.each([
    ["5s", 5, 5],
    ["1m30s", 90, 90],
    ["1h", 3_600, 3_600],
    ["1500ms", 1.5, 2],
    ["200us", 0.0002, 1],
    ["0s", 0, 0],
  ])("%s is %d s, counted as %d", (duration, seconds, whole) => {
    expect(Duration.safeParse(duration).success).toBe(true);
    expect(secondsIn(duration)).toBeCloseTo(seconds, 9);
    expect(wholeSeconds(duration)).toBe(whole);
  });

  // What `time.Duration.String` prints, less the zeros that the provider takes off.
  it.each([
    ["120s", "2m"],
    ["90s", "1m30s"],
    ["60m", "1h"],
    ["1h5s", "1h0m5s"],
    ["5400s", "1h30m"],
    ["10s", "10s"],
    ["1500ms", "1.5s"],
    ["0.5s", "500ms"],
    ["1500us", "1.5ms"],
    ["200us", "200µs"],
    ["0m", "0s"],
  ])("%s comes back from a Swarm as %s, and is sent so", (duration, sent) => {
    expect(swarmDuration(duration)).toBe(sent);
    expect(swarmDuration(sent.replace("µ", "u"))).toBe(sent);
  });

  it.each([10, "10", "s", "1d", "-5s", "1m 30s", ""])("%s has no unit Docker knows", (duration) => {
    expect(Duration.safeParse(duration).success).toBe(false);
  });
});
