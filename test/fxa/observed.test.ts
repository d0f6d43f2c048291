/** What watches Firefox Accounts: what its servers send becomes the metrics that its alerts and pages ask for. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { contextOf } from "../../components/fxa/context.ts";
import { planOf, runningPrograms } from "../../components/fxa/environment.ts";
import { observedFxa } from "../../components/fxa/observed.ts";
import { senders, sendersOf, statsdPrefix } from "../../components/fxa/statsd.ts";
import { savedObjects } from "../../components/observability/elk/saved-objects.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import { dashboardFolders } from "../../components/observability/dashboards/files.ts";
import { exportedBy } from "../../components/observability/families/catalogue.ts";
import { type Exporter, exporters } from "../../components/observability/families/types.ts";
import { observabilityFaults } from "../../components/observability/faults.ts";
import { statsdMapping } from "../../components/observability/metrics/statsd-files.ts";
import { StatsdConfig } from "../../components/observability/metrics/statsd.schema.ts";
import { partsOf } from "../../components/observability/parts.ts";
import { alertGroups } from "../../components/observability/rules/files.ts";
import { judgeQuery, unknownLabels } from "../../components/observability/rules/query-faults.ts";
import { textUse } from "../../components/observability/rules/templates.ts";
import type { AlertRule, ObservedParts } from "../../components/observability/rules/types.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { stackWorkloads } from "../../stacks/fxa/requests.ts";
import { FxaStack } from "../../stacks/fxa/schema.ts";
import { contextOfStack } from "../../stacks/fxa/shape.ts";
import { watchedStack, watchedSystem } from "../../stacks/fxa/watched.ts";
import { draftOf, put } from "../config/stack-fixture.ts";
import { dashboardFaults } from "../observability/dashboard-faults.ts";
import { bareStack } from "../observability/rules/whole-stack.ts";
import { everything, fxa, fxaConfig, merge } from "./fixtures.ts";

const sections = (...changes: readonly (readonly [path: string, value: unknown])[]) => {
  const { config } = draftOf("fxa-production");
  const own = Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith("fleet:") && key !== "fleet:secrets")
      .map(([key, value]) => [key.slice("fleet:".length), value]),
  );
  for (const [path, value] of changes) {
    put(own, path, value);
  }
  return own;
};

const production = FxaStack.parse(sections());

const rulesOf = (on: ObservedParts): AlertRule[] => alertGroups(on).flatMap(({ rules }) => rules);

/** Whatever alerts and pages ask for that nobody there exports. */
function blindIn(on: ObservedParts): string[] {
  const exported = exportedBy(on);
  return [
    ...dashboardFaults(dashboardFolders(on), exported, ["prometheus"]),
    ...rulesOf(on).flatMap(({ name, expression, summary, description }) => {
      const { faults, labels } = judgeQuery(expression, exported);
      const named = [summary, description]
        .map(textUse)
        .flatMap((use) => (use.ok ? use.labels : []));
      return [...faults, ...unknownLabels(named, labels)].map((fault) => `${name}: ${fault}`);
    }),
  ];
}

const namesOf = (input: Parameters<typeof fxa>[0], ...told: readonly Exporter[]): string[] =>
  observedFxa(fxa(input), told).rules.flatMap(({ rules }) => rules.map(({ name }) => name));

describe("production's alerts and pages", () => {
  const { metrics } = production.observability;
  const on =
    metrics &&
    partsOf(
      { ...production.observability, metrics },
      production.ingress,
      watchedSystem(production),
    );

  it("ask for nothing that nobody exports there", () => {
    expect(on && blindIn(on)).toEqual([]);
  });

  it("are about its servers, stores, scaling, certificates and what is sent to StatsD", () => {
    const groups = new Map((on ? alertGroups(on) : []).map((group) => [group.name, group.rules]));
    expect([...groups.keys()]).toEqual(
      expect.arrayContaining(["workloads", "certificates", "statsd", "fxa"]),
    );
    expect(groups.get("fxa")?.map(({ name }) => name)).toEqual([
      "AccountsServerGone",
      "AccountsWorkerGone",
      "AccountsServerRestarts",
      "CustomsBlocksAll",
      "AccountsRedisGone",
      "SchemaPatchFailed",
      "AutoscalerAtMaximum",
      "AutoscalerBlind",
      "AccountsRequestsFail",
      "AccountsCallsFail",
      "CustomsBlocksMost",
      "AccountsRedisErrors",
      "EventsLate",
      "AccountsTellNothing",
    ]);
  });

  it("watch the restarts of the four servers that restarted for ever, and of the event-broker", () => {
    const rule = (on ? rulesOf(on) : []).find(({ name }) => name === "AccountsServerRestarts");
    expect(/container=~"([^"]*)"/.exec(rule?.expression ?? "")?.[1]?.split("|")).toEqual([
      "fxa-auth-server",
      "fxa-content-server",
      "fxa-graphql-api",
      "fxa-payments-server",
      "fxa-event-broker",
    ]);
  });

  it("name nothing that production does not run", () => {
    const { rules, dashboards } = watchedSystem(production).observed(exporters);
    const queries = [
      ...rules.flatMap((group) => group.rules.map(({ expression }) => expression)),
      ...dashboards.flatMap(({ panels }) =>
        panels.flatMap((panel) => panel.queries.map(({ expression }) => expression)),
      ),
    ];
    const named = queries.flatMap((query) =>
      [...query.matchAll(/(?:deployment|container|job_name)=~"([^"]+)"/g)].flatMap(
        ([, names = ""]) => names.replace("(-.+)?", "").split("|"),
      ),
    );
    const known = stackWorkloads(production).map(({ request: { workload } }) => workload);
    expect(new Set(named).size).toBeGreaterThan(14);
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
    // And the other way round: no program of production is left out.
    const programs = runningPrograms(contextOfStack(production)).map(
      (one) => traitsOf(one).service,
    );
    expect(programs.filter((name) => !named.includes(name))).toEqual([]);
  });

  it("say nothing of a system that was taken away, and keep its page", () => {
    const gone = watchedSystem(FxaStack.parse(sections(["only", "observability"])));
    const { rules, dashboards } = gone.observed(exporters);
    expect(rules).toEqual([]);
    expect(dashboards.map(({ uid }) => uid)).toEqual(["fxa"]);
  });
});

describe("what a deployment of each shape is watched by", () => {
  const everywhere = merge(everything, {
    mysql: { kind: "builtin", backup: { kind: "none" }, inProduction: "trial" },
  });

  it.each([
    ["the least", fxa()],
    ["everything", contextOf(fxaConfig(everywhere), { host: "statsd.metrics.svc", port: 8125 })],
  ])("asks for nothing that nobody exports, with %s and any exporters", (_, context) => {
    for (const told of [[], ["kube-state-metrics"], ["statsd"], exporters] as const) {
      const systems = [observedFxa(context, told)];
      expect(blindIn({ ...bareStack, exporters: told, systems })).toEqual([]);
    }
  });

  it("has no rule about what does not run", () => {
    const all = namesOf({}, ...exporters);
    expect(all).not.toContain("EventsLate");
    expect(all).not.toContain("AutoscalerAtMaximum");
    expect(all).not.toContain("AccountsDatabaseGone");
    expect(namesOf(everywhere, ...exporters)).toEqual(
      expect.arrayContaining(["EventsLate", "AccountsDatabaseGone"]),
    );
    const managed = { redis: { kind: "external", host: "redis.example.net" } };
    expect(namesOf(managed, ...exporters)).not.toContain("AccountsRedisGone");
  });

  it("has none where nobody tells", () => {
    expect(namesOf(everywhere)).toEqual([]);
    expect(namesOf({}, "statsd")).not.toContain("AccountsTellNothing");
  });

  it("watches the reader of the mails' queues with the others that work unseen", () => {
    const context = contextOf(fxaConfig(everywhere));
    const { rules = [] } = observedFxa(context, ["kube-state-metrics"]).rules[0] ?? {};
    const worker = rules.find(({ name }) => name === "AccountsWorkerGone");
    expect(worker?.expression).toContain("fxa-mail-queues");
    expect(worker?.expression).toContain("fxa-event-broker");
    expect(worker?.expression).not.toContain("fxa-auth-server");
    const restarts = rules.find(({ name }) => name === "AccountsServerRestarts");
    expect(restarts?.expression).toContain('|fxa-mail-service|fxa-mail-queues"');
  });
});

describe("what the servers send to StatsD", () => {
  const context = contextOf(fxaConfig(everything), { host: "statsd.metrics.svc", port: 8125 });

  it("has the prefix that the mappings are made for, which is the server's own name", () => {
    for (const sender of senders) {
      const { plain } = planOf(context, sender).environment;
      const told = [plain["STATSD_PREFIX"], plain["METRIC_PREFIX"]].filter(Boolean);
      expect([sender, told]).toEqual([sender, [statsdPrefix(sender)]]);
    }
    expect(statsdPrefix("content-server")).toBe("fxa-content-server.");
  });

  it("comes from each program that is told an address, and from no other", () => {
    const told = runningPrograms(context).filter((program) =>
      planOf(context, program).environment.calls.includes("statsd"),
    );
    expect(sendersOf(runningPrograms(context))).toEqual(told);
  });

  it("has no prefix where nobody is sent to", () => {
    const { plain } = planOf(contextOf(fxaConfig(everything)), "auth-server").environment;
    expect(plain).not.toHaveProperty("STATSD_PREFIX");
  });

  it("is mapped by what the schema of mappings takes, no two of one name", () => {
    const { statsd = [], family } = observedFxa(context, ["statsd"]);
    expect(StatsdConfig.safeParse({ mappings: statsd }).error?.issues).toBeUndefined();
    expect(new Set(statsd.map(({ name }) => name))).toEqual(new Set(Object.keys(family)));
    expect(parse(statsdMapping(StatsdConfig.parse({ mappings: statsd })))).toMatchObject({
      mappings: expect.arrayContaining([
        {
          match: "fxa-auth-server.url_request",
          match_metric_type: "observer",
          name: "fxa_auth_request_seconds",
          labels: { server: "fxa-auth-server" },
        },
      ]) as unknown,
    });
  });

  it("is not mapped for servers that do not run", () => {
    const { statsd = [] } = observedFxa(fxa(), ["statsd"]);
    expect(statsd.filter(({ match }) => match.startsWith("fxa-event-broker."))).toEqual([]);
    expect(observedFxa(context, []).statsd).toEqual([]);
  });
});

describe("what is looked for in the servers' logs", () => {
  const families = LogFamilies.parse({
    accounts: { namespaces: ["fxa"], retention: "7d" },
    platform: { namespaces: ["nginx-ingress"], retention: "7d" },
  });

  it("stands at the family that reads them, whatever that is called", () => {
    const searches = watchedSystem(production).searches?.(families) ?? {};
    expect(searches["platform"]).toEqual([]);
    expect(searches["accounts"]?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["refused-settings", "memcached", "mails", "event-broker"]),
    );
    const objects = savedObjects(families, searches);
    const mails = objects.find(({ id }) => id === "accounts-logs-mails");
    expect(JSON.stringify(mails?.attributes)).toContain("fields.Type: *mailer.send.error");
  });
});

describe("a file's own mappings", () => {
  const told = (mapping: Record<string, unknown>): string[] => {
    const parsed = FxaStack.safeParse(
      sections(["observability/metrics/statsd", { mappings: [mapping] }]),
    );
    return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
  };

  it("stand beside the system's, which stand in the exporter's file after them", () => {
    expect(told({ match: "shop.paid", name: "shop_paid_total" })).toEqual([]);
    expect(observabilityFaults(production.observability, watchedStack(production))).toEqual([]);
  });

  it("are refused where they take from the alerts what they read", () => {
    const match = "fxa-auth-server.url_request";
    const message = "is mapped by fxa itself, whose alerts read it: leave it out";
    const path = "observability.metrics.statsd.mappings.0";
    expect(told({ match, drop: true })).toEqual([`${path}.match: ${message}`]);
    expect(told({ match, type: "timer", name: "requests" })).toEqual([`${path}.match: ${message}`]);
    expect(told({ match, type: "gauge", name: "requests" })).toEqual([]);
    expect(told({ match: "a.b", name: "fxa_auth_request_seconds" })).toEqual([
      `${path}.name: is a metric of fxa: name it otherwise`,
    ]);
  });
});
