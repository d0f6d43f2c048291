/** Queries of Prometheus: read, typed, and looked up. What Prometheus itself accepts is the judges' to prove. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { typeFaults } from "../../components/observability/promql/check.ts";
import { checkNames, type Exported } from "../../components/observability/promql/names.ts";
import { readQuery } from "../../components/observability/promql/parse.ts";
import type { Query } from "../../components/observability/promql/types.ts";

const clone = fileURLToPath(new URL("../..", import.meta.url));

function read(text: string): Query {
  const found = readQuery(text);
  if (!found.ok) {
    throw new Error(`${text}: ${found.fault.message}`);
  }
  return found.query;
}

const series: Record<string, readonly string[]> = {
  a: ["pod", "node", "job"],
  b: ["pod", "zone"],
  c_bucket: ["le", "pod"],
};

const exported: Exported = {
  find: (name) =>
    series[name] === undefined
      ? undefined
      : { kind: name === "a" ? "counter" : "gauge", labels: new Set(series[name]) },
  missing: () => "nobody exports",
};

const labels = (text: string): readonly string[] | "any" => {
  const { labels: found } = checkNames(read(text), exported);
  return found === "any" ? "any" : [...found].sort();
};

describe("a query", () => {
  it.each([
    ["", "the query ends too early"],
    ["up{", "the query ends too early"],
    ["up)", 'the query cannot be read from ")" on'],
    ['"abc', "a text has no end"],
    ["sum by (x y) (up)", 'the query cannot be read from "y) (up)" on'],
    ["frobnicate(up)", "frobnicate is no function of Prometheus"],
    ["up[5m", "the query ends too early"],
    ["sum(up)[5m]", "only what is stored has a range"],
  ])("%j cannot be read, and it says where", (text, told) => {
    const found = readQuery(text);
    expect(found.ok ? "was read" : found.fault.message).toContain(told);
    expect(found.ok ? 0 : found.fault.at).toBeGreaterThan(0);
  });

  it.each([
    ["rate(up)", "must be series with a range, e.g. x[5m], and is series"],
    ["sum(up[5m])", "must be series, and is series with a range, e.g. x[5m]"],
    ["topk(up)", "topk takes 2 inputs"],
    ["abs(1)", "must be series, and is a number"],
    ["histogram_quantile(up, 0.5)", "must be a number, and is series"],
    ["round(up, 1, 2)", "round takes 1 to 2 inputs"],
    ["up and 1", "and joins series, and one side is a number"],
    ["1 == 1", "two numbers are compared with bool only"],
    ["up + bool up", "bool belongs to a comparison"],
    ["up and on (a) group_left up", "and takes no group_left"],
    ["up * on (a) 2", "on and ignoring compare labels"],
    ["limitk(1, up)", "limitk is behind a switch"],
    ['{a=""}', "must name a metric"],
  ])("%s has the wrong types", (text, told) => {
    expect(
      typeFaults(read(text))
        .map(({ message }) => message)
        .join("; "),
    ).toContain(told);
  });

  it.each([
    "1 + 2 * 3 ^ 4",
    "-up",
    'count_values("v", up)',
    'label_join(up, "a", "-", "b", "c")',
    "max_over_time(rate(up[5m])[1h:1m])",
    "up offset 5m > on (a, b) group_left (c) up @ 100",
    "hour() > 5",
    "quantile(0.9, up) by (a)",
    '{__name__="up"}',
    "sum without (a) (up) or vector(0)",
  ])("%s has the right types", (text) => {
    expect(typeFaults(read(text))).toEqual([]);
  });
});

describe("the labels of a query's outcome", () => {
  it.each<[string, readonly string[] | "any"]>([
    ["a", ["job", "node", "pod"]],
    ["sum(a)", []],
    ["sum by (pod) (rate(a[5m]))", ["pod"]],
    ["sum without (pod) (a)", ["job", "node"]],
    ["topk(3, a)", ["job", "node", "pod"]],
    ["a * on (pod) b", ["pod"]],
    ["a * ignoring (job, node, zone) b", ["pod"]],
    ["a * on (pod) group_left (zone) b", ["job", "node", "pod", "zone"]],
    ["b * on (pod) group_right (zone) a", ["job", "node", "pod", "zone"]],
    ["a and on (pod) b", ["job", "node", "pod"]],
    ["a or b", ["job", "node", "pod", "zone"]],
    ["2 * a", ["job", "node", "pod"]],
    ["time() - a", ["job", "node", "pod"]],
    ["histogram_quantile(0.9, sum by (le) (c_bucket))", []],
    ['label_replace(a, "host", "$1", "pod", "(.*)")', ["host", "job", "node", "pod"]],
    ['absent(a{pod="x",job=~"y"})', ["pod"]],
    ['{pod="x"}', "any"],
    ["vector(1)", []],
    ['count_values("n", a)', ["n"]],
  ])("%s", (text, wanted) => {
    expect(labels(text)).toEqual(wanted);
  });

  it.each([
    ["nope", "asks for nope, which nobody exports"],
    ['{__name__="nope"}', "asks for nope, which nobody exports"],
    ["sum by (elsewhere) (a)", "what sum is given has no label elsewhere: it has job, node, pod"],
    ['a{nodes="x"}', "a has no label nodes: is node meant?"],
    ["a * on (zone) b", "the left side of * has no label zone"],
    ["a * on (pod) group_left (nodes) b", "the right side of * has no label nodes"],
    ["histogram_quantile(0.9, sum by (pod) (c_bucket))", "has no label le"],
    ["rate(b[5m])", "b goes up and down"],
  ])("%s asks for what is not there", (text, told) => {
    const { faults } = checkNames(read(text), exported);
    expect(faults.map(({ message }) => message).join("; ")).toContain(told);
  });
});

describe("Prometheus' grammar", () => {
  it("is loaded by the first query that is read, never with the program: its tables take their time", () => {
    const folders = ["components", "stacks"].map((name) => join(clone, name));
    const loading = folders
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
          join(folder, name),
        ),
      )
      .filter((path) => path.endsWith(".ts"))
      .filter((path) =>
        /^import (?!type).*lezer|\bimport\("[^"]*lezer/m.test(readFileSync(path, "utf8")),
      );
    expect(loading).toEqual([]);
  });
});
