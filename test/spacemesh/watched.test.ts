/** What watches the committed networks: their own alerts and dashboards, and who may tell of themselves. */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

import type { Flow } from "../../components/base/flows.ts";
import { dashboardFolders } from "../../components/observability/dashboards/files.ts";
import { exportedBy } from "../../components/observability/families/catalogue.ts";
import { datasourceIds } from "../../components/observability/metrics/grafana-datasources.ts";
import { partsOf } from "../../components/observability/parts.ts";
import { alertGroups } from "../../components/observability/rules/files.ts";
import { judgeQuery } from "../../components/observability/rules/query-faults.ts";
import type { ObservedParts } from "../../components/observability/rules/types.ts";
import { systemSections } from "../../stacks/raw.ts";
import { SpacemeshStack } from "../../stacks/spacemesh/schema.ts";
import { flowsOfStack } from "../../stacks/spacemesh/shape.ts";
import { watchedSystem } from "../../stacks/spacemesh/watched.ts";
import { dashboardFaults } from "../observability/dashboard-faults.ts";

const File = z.object({ config: z.record(z.string(), z.unknown()) });

/** Sections of a committed file, as they stand there. */
function sectionsOf(name: string): Record<string, unknown> {
  const path = new URL(`../../Pulumi.spacemesh-${name}.yaml`, import.meta.url);
  return systemSections(File.parse(parse(readFileSync(path, "utf8"))).config);
}

/** A committed network, with other sections in the place of its own. */
const stackOf = (name: string, more: Readonly<Record<string, unknown>> = {}): SpacemeshStack =>
  SpacemeshStack.parse({ ...sectionsOf(name), ...more });

function partsOfStack(stack: SpacemeshStack): ObservedParts {
  const { metrics } = stack.observability;
  if (metrics === undefined) {
    throw new Error("nothing is measured");
  }
  return partsOf({ ...stack.observability, metrics }, stack.ingress, watchedSystem(stack));
}

/** Who calls a workload, and on which ports. */
const callersOf = (flows: readonly Flow[], workload: string): string[] =>
  flows.flatMap(({ from, to, ports }) =>
    to.kind === "workload" && to.name === workload && from.kind === "group"
      ? [`${from.name} ${ports.map(({ port }) => port).join()}`]
      : [],
  );

describe.each([
  ["devnet", 50],
  ["testnet", 100],
])("what watches %s", (name, miners) => {
  const stack = stackOf(name);
  const on = partsOfStack(stack);
  const exported = exportedBy(on);

  it("asks for nothing that nobody exports there, in alerts and dashboards", () => {
    const rules = alertGroups(on).flatMap(({ rules: some }) => some);
    expect(rules.flatMap(({ expression }) => judgeQuery(expression, exported).faults)).toEqual([]);
    expect(dashboardFaults(dashboardFolders(on), exported, [datasourceIds.prometheus])).toEqual([]);
  });

  it("knows how many miners there are, and which of them should be there", () => {
    const own = alertGroups(on).find((group) => group.name === "spacemesh")?.rules ?? [];
    const expressionOf = (alert: string) => own.find((one) => one.name === alert)?.expression;
    expect(expressionOf("MinersMissing")).toMatch(new RegExp(` < ${miners}$`));
    expect(expressionOf("MinerSilent")).toContain("kube_deployment_spec_replicas");
  });

  it("lets all members push their metrics, and those that are profiled their profiles", () => {
    const flows = flowsOfStack(stack);
    expect(callersOf(flows, "push-gateway")).toEqual(["bootnode 9091", "miner 9091"]);
    // Miners 10 and 20. The bootnodes of testnet are 2 to 11.
    expect(callersOf(flows, "pyroscope")).toEqual(
      name === "devnet" ? ["miner 4040"] : ["bootnode 4040", "miner 4040"],
    );
  });

  it("looks in its logs for what nodes and PoETs print, each in a family with a retention", () => {
    const { logs } = stack.observability;
    const searches = watchedSystem(stack).searches?.(logs?.families ?? {}) ?? {};
    const named = (family: string) => (searches[family] ?? []).map((one) => one.name);
    expect(
      Object.entries(logs?.families ?? {}).map(([one, { retention }]) => [one, retention]),
    ).toEqual([
      ["sm", "7d"],
      ["ws", "7d"],
    ]);
    expect(named("sm")).toEqual(expect.arrayContaining(["atxs", "poet-rounds"]));
    expect(named("ws")).toContain("atxs");
  });
});

describe("where the network was taken away", () => {
  const stack = stackOf("devnet", { only: "observability" });

  it("nothing is missing, its pages stay, and nobody calls", () => {
    const { rules, dashboards } = watchedSystem(stack).observed([]);
    expect(rules).toEqual([]);
    expect(dashboards.map(({ uid }) => uid)).toEqual(["spacemesh", "spacemesh-miner"]);
    expect(callersOf(flowsOfStack(stack), "push-gateway")).toEqual([]);
    expect(callersOf(flowsOfStack(stack), "pyroscope")).toEqual([]);
  });
});

describe("a network that measures", () => {
  const { observability, miners } = z
    .looseObject({
      observability: z.looseObject({ metrics: z.looseObject({ pushGateway: z.unknown() }) }),
      miners: z.looseObject({}),
    })
    .parse(sectionsOf("devnet"));
  const others = { ...observability.metrics, pushGateway: undefined };

  it("without a gateway for what its miners push is refused, unless they are read", () => {
    const without = { observability: { ...observability, metrics: others } };
    expect(() => stackOf("devnet", without)).toThrow("there is no push gateway");
    const read = { ...without, miners: { ...miners, metrics: "scrape" } };
    const flows = flowsOfStack(stackOf("devnet", read));
    const scraped = flows.flatMap(({ from, to, ports }) =>
      "name" in from && from.name === "prometheus" && to.kind === "group"
        ? [`${to.name} ${ports.map(({ port }) => port).join()}`]
        : [],
    );
    expect(scraped).toEqual(expect.arrayContaining(["bootnode 1010", "miner 1010"]));
  });
});
