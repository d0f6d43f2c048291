/** Durations as the Go programs write them: `120s`, `1h30m`. Pure. */

const secondsPerUnit: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Seconds of a Go duration; undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) {
    return undefined;
  }
  return [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
    (sum, [, amount = "0", unit = "s"]) => sum + Number(amount) * (secondsPerUnit[unit] ?? 0),
    0,
  );
}

/** Seconds as a Go duration. */
export const writeDuration = (seconds: number): string => `${seconds}s`;
