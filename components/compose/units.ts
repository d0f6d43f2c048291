/** Docker's units: times, amounts of memory, processors. Their shapes, and what they come to. */
import * as z from "zod";

const secondsOf: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3_600 };

/** A time with its unit. A bare number is refused: Docker would take it for nanoseconds. */
export const Duration = z
  .string("must be a quoted time with its unit, e.g. 10s or 1m30s")
  .regex(/^(\d+(\.\d+)?(us|ms|s|m|h))+$/, "must be a time with its unit, e.g. 10s or 1m30s");

/** A time between two things, or until one is given up: 0 is no time, and not always no wait. */
export const SomeTime = Duration.refine(
  (duration) => secondsIn(duration) > 0,
  "must be more than 0: leave it out for Docker's own",
);

/** Seconds of a {@link Duration}. */
export function secondsIn(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
  return parts.reduce((sum, [, number, unit = ""]) => {
    return sum + Number(number) * (secondsOf[unit] ?? 0);
  }, 0);
}

/** Seconds of a {@link Duration}, whole as Kubernetes counts them: what is begun counts. */
export const wholeSeconds = (duration: string): number => Math.ceil(secondsIn(duration));

/**
 * A {@link Duration} as the Docker provider reads it back from the daemon: in Go's words, without zeros
 * at the end. Written as 120s, it would be found to be 2m, and the service changed at every run.
 */
export function swarmDuration(duration: string): string {
  const nanoseconds = Math.round(secondsIn(duration) * 1e9);
  if (nanoseconds === 0) {
    return "0s";
  }
  if (nanoseconds < 1e9) {
    const [unit, size] =
      nanoseconds < 1e3 ? ["ns", 1] : nanoseconds < 1e6 ? ["µs", 1e3] : ["ms", 1e6];
    return `${nanoseconds / size}${unit}`;
  }
  const hours = Math.floor(nanoseconds / 3.6e12);
  const minutes = Math.floor((nanoseconds % 3.6e12) / 6e10);
  const seconds = (nanoseconds % 6e10) / 1e9;
  return [
    hours === 0 ? "" : `${hours}h`,
    minutes > 0 || (hours > 0 && seconds > 0) ? `${minutes}m` : "",
    seconds === 0 ? "" : `${seconds}s`,
  ].join("");
}

const memoryShape = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i;

const memoryRule = "must be an amount of memory, e.g. 512M or 1G";

/** Less than Swarm takes. */
const leastMemory = 4 * 2 ** 20;

/** An amount of memory. Docker's units are powers of 1024 with and without an i. */
export const Memory = z
  .union([z.int(), z.string().regex(memoryShape, memoryRule)], { error: memoryRule })
  .refine(
    (value) => memoryBytes(value) >= leastMemory,
    "must be at least 4M: is the unit missing?",
  );
/** {@inheritDoc Memory} */
export type Memory = z.infer<typeof Memory>;

/** Bytes of an amount of {@link Memory}. */
export function memoryBytes(memory: string | number): number {
  const [, number, unit = ""] = memoryShape.exec(`${memory}`) ?? [];
  return Math.round(Number(number) * 1_024 ** " kmgtp".indexOf(unit.toLowerCase() || " "));
}

const cpusRule = "must be a number of processors, e.g. '0.25'";

/** Processors, in thousandths at the finest: what both systems count in. */
export const Cpus = z
  .union([z.number(), z.string().regex(/^\d+(\.\d+)?$/, cpusRule)], { error: cpusRule })
  .refine((value) => Number(value) > 0, "must be more than zero")
  .refine((value) => Number(value) <= 256, "must be at most 256 processors")
  .refine(
    (value) => Math.abs(Number(value) * 1_000 - Math.round(Number(value) * 1_000)) < 1e-9,
    "must be in thousandths of a processor at the finest, e.g. '0.25'",
  );
/** {@inheritDoc Cpus} */
export type Cpus = z.infer<typeof Cpus>;

/** Thousandths of a processor. */
export const milliCpus = (cpus: Cpus): number => Math.round(Number(cpus) * 1_000);

/** Processors as a Kubernetes quantity: 0.25 is 250m. */
export function cpuQuantity(cpus: Cpus): string {
  const milli = milliCpus(cpus);
  return milli % 1_000 === 0 ? `${milli / 1_000}` : `${milli}m`;
}

/** Memory as a Kubernetes quantity: Docker's 512M is 512Mi, and 512M would be a smaller amount. */
export function memoryQuantity(memory: Memory): string {
  const bytes = memoryBytes(memory);
  for (const [unit, size] of [
    ["Gi", 2 ** 30],
    ["Mi", 2 ** 20],
    ["Ki", 2 ** 10],
  ] as const) {
    if (bytes % size === 0) {
      return `${bytes / size}${unit}`;
    }
  }
  return `${bytes}`;
}
