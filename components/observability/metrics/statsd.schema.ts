/** What a stack file says about StatsD: how names with dots become metrics with labels. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { Seconds } from "../../base/scalars.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";
import { Callers } from "./exporters.schema.ts";

const word = String.raw`[A-Za-z0-9_-]+`;
const globs = new RegExp(String.raw`^(\*|[A-Za-z_][A-Za-z0-9_-]*)(\.(\*|${word}))*$`);
const template = /\$\{(\d+)\}|\$(\d+)/g;
const isName = (text: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(text.replaceAll(template, "x"));
/** The exporter refuses a label of one letter, Prometheus one with two underscores before it. */
const labels = /^(?!__)[A-Za-z_][A-Za-z0-9_]+$/;

/** Types of StatsD's metrics. */
const types = ["counter", "gauge", "timer"] as const;

/** Labels that Prometheus writes itself on what a timer becomes. */
const takenLabels = ["le", "quantile"];

/** Numbers of the captures that a template uses, e.g. `$1` and `${2}`. */
const capturesOf = (text: string): number[] =>
  [...text.matchAll(template)].map(([, braced, bare]) => Number(braced ?? bare));

const starsOf = (match: string): number => match.split(".").filter((part) => part === "*").length;

/** One shape of StatsD names and the metric that it becomes. */
export const StatsdMapping = z
  .strictObject({
    /** Dotted name; `*` stands for one part, e.g. `auth.*.login`. Only whole parts may be stars. */
    match: z
      .string()
      .max(500, "must have at most 500 characters")
      .regex(globs, "must be a dotted name whose parts are words or *, e.g. auth.*.login"),
    /** Only metrics of this type. Default: all. A timer is what StatsD sends as ms, h or d. */
    type: z.enum(types).optional(),
    /** Name of the metric; `$1` is what the first star stood for. Not with `drop`. */
    name: z
      .string()
      .max(200, "must have at most 200 characters")
      .refine(isName, "must be a metric name, e.g. auth_logins_total; $1 is the first star")
      .optional(),
    /** Label → value; `$1` is what the first star stood for. */
    labels: z
      .record(
        z
          .string()
          .regex(
            labels,
            "must be a label name of at least two letters, digits and underscores, e.g. service",
          )
          .refine(
            (label) => !takenLabels.includes(label),
            "is a label that timers have of their own: call it otherwise",
          ),
        z.string('must be a quoted value, e.g. "$1"'),
      )
      .default({}),
    /** Throw such metrics away. */
    drop: z.boolean().default(false),
  })
  .superRefine(({ match, name, labels: own, drop }, context) => {
    const issue = (path: readonly string[], message: string): void => {
      context.addIssue({ code: "custom", path: [...path], message });
    };
    if (drop && name !== undefined) {
      issue(["name"], "must not stand beside drop: true, which keeps nothing to be named");
    }
    if (!drop && name === undefined) {
      issue(["name"], "must name the metric, e.g. auth_logins_total, or say drop: true");
    }
    const stars = starsOf(match);
    const templates: (readonly [path: readonly string[], text: string])[] = [
      [["name"], name ?? ""],
      ...Object.entries(own).map(([label, value]) => [["labels", label], value] as const),
    ];
    for (const [path, text] of templates) {
      for (const number of capturesOf(text).filter((one) => one < 1 || one > stars)) {
        issue(path, `uses $${number}, and match has ${stars} parts that are *: $1 is the first`);
      }
    }
  });
/** {@inheritDoc StatsdMapping} */
export type StatsdMapping = z.infer<typeof StatsdMapping>;

/** Upper bounds of a timer's buckets, in seconds: answers of a web service. */
const usualBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const increasing = (bounds: readonly number[]): boolean =>
  bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? bound));

interface MappingFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Mappings all of whose names an earlier one takes. */
function shadowFaults(mappings: readonly StatsdMapping[]): MappingFault[] {
  const seen = new Map<string, number>();
  return mappings.flatMap(({ match, type }, index) => {
    const names = (type === undefined ? types : [type]).map((one) => `${match} ${one}`);
    const left = names.filter((name) => !seen.has(name));
    for (const name of left) {
      seen.set(name, index);
    }
    const first = seen.get(names[0] ?? "") ?? index;
    return left.length > 0
      ? []
      : [
          {
            path: [index, "match"],
            message: `already stands at mappings.${first}, and the second one is never asked: leave one out`,
          },
        ];
  });
}

/** Metrics that two mappings make of different types: the exporter drops whatever comes second. */
function typeFaults(mappings: readonly StatsdMapping[]): MappingFault[] {
  const seen = new Map<string, { readonly type: string; readonly index: number }>();
  return mappings.flatMap(({ name, type }, index) => {
    if (name === undefined || name.includes("$") || type === undefined) {
      return [];
    }
    const first = seen.get(name) ?? { type, index };
    seen.set(name, first);
    return first.type === type
      ? []
      : [
          {
            path: [index, "name"],
            message: `is a ${first.type} at mappings.${first.index}, and here a ${type}: name them differently`,
          },
        ];
  });
}

/** The StatsD exporter: takes what programs send by UDP and is read by Prometheus. One pod: it counts. */
export const StatsdConfig = z
  .strictObject({
    image: ImageReference.default("docker.io/prom/statsd-exporter:v0.31.0"),
    resources: Resources.prefault({
      requests: { cpu: "50m", memory: "64Mi" },
      limits: { memory: "256Mi" },
    }),
    placement: Placement.optional(),
    /** Who may send. */
    clients: Callers,
    /** Where several match, one without a star at a part goes before one with, and then the first. */
    mappings: z.array(StatsdMapping).max(500, "must be at most 500 mappings").default([]),
    /** What becomes of names that no mapping matches: kept, their dots as underscores, or dropped. */
    unmapped: z.enum(["keep", "drop"]).default("keep"),
    /** Timers become histograms with these bounds, in seconds. */
    buckets: z
      .array(z.number("must be seconds, e.g. 0.25").positive("must be more than zero"))
      .min(1, "must list a bound")
      .max(50, "must be at most 50 bounds: each is a series of each timer")
      .refine(increasing, "must grow from one bound to the next")
      .default(usualBuckets),
    /** Series that nobody sent to for so long go. 0 keeps them until the pod goes. */
    ttlSeconds: Seconds.max(30 * 86_400, "must be at most 30 days").default(86_400),
  })
  .superRefine(({ mappings }, context) => {
    for (const { path, message } of [...shadowFaults(mappings), ...typeFaults(mappings)]) {
      context.addIssue({ code: "custom", path: ["mappings", ...path], message });
    }
  });
/** {@inheritDoc StatsdConfig} */
export type StatsdConfig = z.infer<typeof StatsdConfig>;
