/** Metrics as programs show them, and whether the catalogue tells the truth about them. */
import type { Family, MetricKind } from "../../components/observability/families/types.ts";

/** One series at one moment. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a program shows under one name. */
export interface Shown {
  readonly kind: MetricKind;
  readonly samples: readonly Sample[];
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;

/** Labels of a series, as they stand between the braces. */
function labelsOf(text: string): Record<string, string> {
  const found = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, value]));
}

/** Series by the name that they stand under: of a histogram `_bucket`, `_sum` and `_count` by themselves. */
export function samplesOf(text: string): ReadonlyMap<string, readonly Sample[]> {
  const all = new Map<string, Sample[]>();
  for (const one of text.split("\n")) {
    const [, name = "", labels = "", value = ""] = line.exec(one) ?? [];
    if (name !== "") {
      all.set(name, [...(all.get(name) ?? []), { labels: labelsOf(labels), value: Number(value) }]);
    }
  }
  return all;
}

const suffixes: Partial<Record<MetricKind, readonly string[]>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

/** Everything a program shows, by the name of its `TYPE` line. */
function shownBy(text: string): ReadonlyMap<string, Shown> {
  const samples = samplesOf(text);
  return new Map(
    [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = "", type = ""]) => {
      const kind = type === "untyped" ? "unknown" : (type as MetricKind);
      const own = (suffixes[kind] ?? [""]).flatMap((suffix) => samples.get(name + suffix) ?? []);
      return [name, { kind, samples: own }] as const;
    }),
  );
}

/** Labels of buckets and quantiles, and those that every series has of its reading. */
const given = new Set(["le", "quantile", "job", "instance"]);

/**
 * Where the catalogue says other than a program that was asked: names it does not have, other kinds, other
 * labels where there are series to see them on.
 */
export function catalogueFaults(family: Family, text: string): string[] {
  const shown = shownBy(text);
  return Object.entries(family).flatMap(([name, { kind, labels }]) => {
    const found = shown.get(name);
    if (found === undefined) {
      return [`${name}: the program shows no such metric`];
    }
    const seen = new Set(
      found.samples.flatMap(({ labels: own }) => Object.keys(own)).filter((one) => !given.has(one)),
    );
    const said = new Set(labels);
    return [
      ...(kind === found.kind ? [] : [`${name}: is a ${found.kind}, and not a ${kind}`]),
      ...(found.samples.length === 0
        ? []
        : [
            ...[...seen]
              .filter((one) => !said.has(one))
              .map((one) => `${name}: has a label ${one}`),
            ...[...said]
              .filter((one) => !seen.has(one))
              .map((one) => `${name}: has no label ${one}`),
          ]),
    ];
  });
}
