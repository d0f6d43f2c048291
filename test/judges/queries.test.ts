/**
 * Has Prometheus' own tool read every query of every dashboard, and compares its word with ours on queries
 * good and bad: what the program lets through, Prometheus must not refuse when it starts. Grafana's program
 * is not to be had: what it makes of its files is seen live.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { dashboardsOf } from "../../components/observability/dashboards/files.ts";
import { typeFaults } from "../../components/observability/promql/check.ts";
import {
  functions,
  type Signature,
  type ValueType,
} from "../../components/observability/promql/functions.ts";
import { readQuery } from "../../components/observability/promql/parse.ts";
import { wholeStack } from "../observability/rules/whole-stack.ts";
import { run, toolPath } from "./tools.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-queries-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Whether Prometheus takes each of some queries. */
async function accepted(queries: readonly string[]): Promise<boolean[]> {
  const files = queries.map((expr, index) => {
    const path = join(folder, `${index}.yaml`);
    const rules = [{ record: "query", expr }];
    writeFileSync(path, stringify({ groups: [{ name: "g", rules }] }, { lineWidth: 0 }));
    return path;
  });
  const { stdout, stderr } = await run(toolPath("promtool"), [
    "check",
    "rules",
    "--lint=none",
    ...files,
  ]);
  const said = new Map<string, boolean>();
  let current = "";
  for (const line of `${stdout}\n${stderr}`.split("\n")) {
    current = /^Checking (\S+)/.exec(line)?.[1] ?? current;
    if (/^\s+SUCCESS/.test(line)) {
      said.set(current, true);
    }
  }
  return files.map((path) => said.get(path) ?? false);
}

/** Whether the program takes a query. */
function taken(text: string): boolean {
  const read = readQuery(text);
  return read.ok && typeFaults(read.query).length === 0;
}

/** What Grafana fills in. */
const filled = (expression: string): string =>
  expression.replaceAll("$__rate_interval", "5m").replaceAll(/\$(?:namespace|miner)\b/g, "a|b");

describe("every query of every dashboard", () => {
  it("is one that Prometheus reads", async () => {
    const queries = dashboardsOf(wholeStack)
      .flatMap(({ dashboards }) => dashboards)
      .flatMap(({ panels }) => panels.flatMap((panel) => panel.queries))
      .map(({ expression }) => filled(expression));
    const verdicts = await accepted(queries);
    expect(queries.filter((_, index) => !verdicts[index])).toEqual([]);
    expect(queries.length).toBeGreaterThan(80);
  });
});

/** Functions that are younger than the tool, Debian's 2.42. So is that numbers and durations are one. */
const younger = ["histogram_avg", "histogram_stddev", "histogram_stdvar"];

const samples: Readonly<Record<ValueType, string>> = {
  scalar: "1",
  vector: "up",
  range: "up[5m]",
  text: '"a"',
};

const call = (name: string, { takes }: Signature, but?: readonly [number, ValueType]): string =>
  `${name}(${takes.map((type, index) => samples[but?.[0] === index ? but[1] : type]).join(", ")})`;

const types = Object.keys(samples) as ValueType[];

/** Each function as it should be called, with each input of each other type, and with one too few. */
const calls = [...functions]
  .filter(([name]) => !younger.includes(name))
  .flatMap(([name, signature]) => [
    call(name, signature),
    ...signature.takes.flatMap((wanted, index) =>
      types.filter((type) => type !== wanted).map((type) => call(name, signature, [index, type])),
    ),
    call(name, { ...signature, takes: signature.takes.slice(0, -1) }),
    call(name, { ...signature, takes: [...signature.takes, "scalar"] }),
  ]);

const operators = ["+", "/", "^", "==", ">", "> bool", "and", "unless", "+ on (a)", "atan2"];
const sides = ["1", "up", "(up > 1)", '"a"', "up[5m]"];

const others = [
  ...operators.flatMap((operator) =>
    sides.flatMap((left) => sides.map((right) => `${left} ${operator} ${right}`)),
  ),
  ...["sum", "topk", "quantile", "count_values", "group"].flatMap((name) =>
    ["up", "1, up", '"a", up', "up[5m]", ""].map((inputs) => `${name} by (a) (${inputs})`),
  ),
  ...["{}", '{a=""}', '{a="b"}', '{a=~".*"}', '{a=~".+"}', '{a!="b"}', '{a!=""}', "up{}"],
  ...["up[5m] offset 1h", "(up)[5m]", "rate(up[5m])[1h:1m]", "up[1h:]", "sum(up)[5m:1m]"],
  ...["-up", "-1", "-up[5m]", '-"a"', "up @ 100", "up offset -5m", "up @ end()", "1e3", "0x1F"],
  ...["up + on (a) group_left (b) up", "up and on (a) group_left (b) up", "up + bool up"],
  ...[
    "up{a=b}",
    "up{a}",
    "up{1a='b'}",
    "sum by a (up)",
    "up by (a)",
    "rate",
    "up up",
    "(",
    ")",
    "#",
  ],
  ...["up # a word", "sum(up) by (a,)", "up{a='b',}", "up[0s]", "up[5x]"],
  ...['up{a=~"("}', 'up{a=~"(?i)b"}', 'up{a!~"b(?=c)"}', 'up{a=~"(b)\\\\1"}', 'up{a=~"[b-"}'],
];

describe("what the program says of a query", () => {
  it("is what Prometheus says: it lets nothing through that Prometheus refuses, and little else", async () => {
    const queries = [...new Set([...calls, ...others])];
    const verdicts = await accepted(queries);
    const differ = queries.filter((query, index) => taken(query) !== verdicts[index]);
    expect(differ.filter((query) => taken(query))).toEqual([]);
    expect(differ.filter((query) => !taken(query))).toEqual([]);
    expect(verdicts.filter((verdict) => verdict).length).toBeGreaterThan(100);
    expect(verdicts.filter((verdict) => !verdict).length).toBeGreaterThan(100);
  });
});
