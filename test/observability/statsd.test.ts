/** StatsD: what a stack's file may say of it, and what the exporter is told. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import {
  statsdFamilies,
  statsdMapping,
  statsdMappingFile,
} from "../../components/observability/metrics/statsd-files.ts";
import { StatsdConfig } from "../../components/observability/metrics/statsd.schema.ts";
import { statsdWorkload } from "../../components/observability/metrics/statsd.ts";
import { refuseImpossible } from "../../components/workload/refuse.ts";

const login = { match: "auth.*.login", name: "auth_logins_total", labels: { service: "$1" } };

/** Faults of a config, as the loader prints them. */
const faults = (config: unknown): string[] =>
  (StatsdConfig.safeParse(config).error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

/** The first mapping with other words. */
const changed = (change: object): string[] => faults({ mappings: [{ ...login, ...change }] });

describe("a mapping", () => {
  it("is taken whole, and dropped names need none", () => {
    expect(faults({ mappings: [login, { match: "debug.*", drop: true }] })).toEqual([]);
  });

  it.each([
    ["half a part as a star", { match: "auth.*-old.login" }, "match: must be a dotted name"],
    ["an empty part", { match: "auth..login" }, "match: must be a dotted name"],
    ["a metric name with a dash", { name: "auth-logins" }, "name: must be a metric name"],
    ["half a template", { name: "auth_${1" }, "name: must be a metric name"],
    ["a name that takes long to read", { name: `${"$11".repeat(60)}-` }, "name: must be a metric"],
    ["a star that match has not", { name: "auth_$2" }, "name: uses $2, and match has 1 parts"],
    ["a star before the first", { labels: { service: "$0" } }, "labels.service: uses $0"],
    ["a label of one letter", { labels: { s: "$1" } }, "labels.s: "],
    ["a label with a dash", { labels: { "my-service": "$1" } }, "labels.my-service: "],
    ["a label that Prometheus keeps to itself", { labels: { __name: "$1" } }, "labels.__name: "],
    ["a label of every timer", { labels: { le: "$1" } }, "labels.le: "],
    ["no name", { name: undefined }, "name: must name the metric"],
    ["a name of what is dropped", { drop: true }, "name: must not stand beside drop"],
    ["an unknown word", { macth: "a" }, "Unrecognized key"],
    ["a type that StatsD has not", { type: "histogram" }, "type: "],
  ])("is refused with %s", (_, change, told) => {
    expect(changed(change).join("\n")).toContain(told);
  });

  it.each([
    ["the same", login],
    ["the same for one type", { ...login, type: "counter" }],
  ])("is refused where an earlier one takes all of its names: %s", (_, second) => {
    expect(faults({ mappings: [login, second] })).toEqual([
      "mappings.1.match: already stands at mappings.0, and the second one is never asked: leave one out",
    ]);
  });

  it("is refused where it makes another type of a metric than an earlier one", () => {
    const types = [
      { match: "a.b", name: "a", type: "counter" },
      { match: "a.c", name: "a", type: "gauge" },
    ];
    expect(faults({ mappings: types })).toEqual([
      "mappings.1.name: is a counter at mappings.0, and here a gauge: name them differently",
    ]);
  });

  it("stands beside one of the same names of another type, and before one of all others", () => {
    const types = [
      { ...login, type: "counter" },
      { ...login, type: "timer", name: "auth_logins_seconds" },
      login,
    ];
    expect(faults({ mappings: types })).toEqual([]);
  });
});

describe("buckets of timers", () => {
  it.each([
    [[1, 0.5], "must grow"],
    [[1, 1], "must grow"],
    [[0, 1], "must be more than zero"],
    [[], "must list a bound"],
  ])("%j is refused", (buckets, told) => {
    expect(faults({ buckets }).join()).toContain(told);
  });
});

describe("the exporter's file", () => {
  const config = StatsdConfig.parse({
    mappings: [login, { match: "auth.*.took", type: "timer", name: "auth_seconds" }],
    unmapped: "drop",
    buckets: [0.1, 1],
  });

  it("says each mapping in its words, and drops the rest last", () => {
    expect(parse(statsdMapping(config))).toEqual({
      defaults: {
        observer_type: "histogram",
        histogram_options: { buckets: [0.1, 1] },
        ttl: "86400s",
      },
      mappings: [
        { match: "auth.*.login", name: "auth_logins_total", labels: { service: "$1" } },
        { match: "auth.*.took", match_metric_type: "observer", name: "auth_seconds" },
        { match: ".*", match_type: "regex", name: "dropped", action: "drop" },
      ],
    });
  });

  it("keeps what no mapping matches, unless it is told otherwise", () => {
    expect(statsdMapping(StatsdConfig.parse({}))).not.toContain("drop");
  });

  it("is asked which metrics it names: a star's are known only when they are sent", () => {
    const starred = StatsdConfig.parse({
      mappings: [login, { match: "a.*", name: "a_$1" }, { match: "b", drop: true }],
    });
    expect(statsdFamilies(starred)).toEqual([
      { name: "auth_logins_total", kind: "unknown", labels: ["service"] },
    ]);
    expect(statsdFamilies(config).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "auth_logins_total unknown",
      "auth_seconds histogram",
    ]);
  });
});

describe("its pod", () => {
  const workload = statsdWorkload("statsd", {
    system: "fxa",
    namespace: "metrics",
    namespaceName: "metrics",
    flows: [],
    networkPolicy: true,
    data: "protect",
    config: StatsdConfig.parse({ mappings: [login] }),
    mappings: StatsdConfig.parse({ mappings: [{ match: "mail.*", name: "mails_total" }] }).mappings,
  });

  it("is dialled by UDP 8125, where StatsD's clients send by default (facts/fxa.md 8)", () => {
    expect(workload.services).toEqual([{ ports: [{ name: "statsd", port: 8125 }] }]);
    expect(workload.container.ports).toContainEqual({
      name: "statsd",
      port: 9125,
      protocol: "UDP",
    });
  });

  it("knows what the systems send, too, after what the file says", () => {
    const text = workload.files?.[0]?.files[statsdMappingFile];
    expect(parse(text as string)).toMatchObject({
      mappings: [{ name: "auth_logins_total" }, { match: "mail.*", name: "mails_total" }],
    });
  });

  it("counts alone, is probed by HTTP, and takes its mappings from a file", () => {
    expect(workload.update?.strategy).toBe("Recreate");
    expect(workload.container.probes).toMatchObject({ readiness: { check: { port: "http" } } });
    expect(Object.keys(workload.files?.[0]?.files ?? {})).toEqual([statsdMappingFile]);
    expect(() => {
      refuseImpossible("statsd", workload);
    }).not.toThrow();
  });
});
