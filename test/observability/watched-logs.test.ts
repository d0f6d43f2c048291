/** What watches logs and their store: in which stacks, and what each can prove. */
import { describe, expect, it } from "vitest";

import { exportedBy } from "../../components/observability/families/catalogue.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import { isStoreWatched, storeUsersOf } from "../../components/observability/logs/logs-shape.ts";
import { LogsConfig } from "../../components/observability/logs/logs.schema.ts";
import { scrapeJobs } from "../../components/observability/metrics/scrape-jobs.ts";
import type { Exporter } from "../../components/observability/families/types.ts";
import { logsRules } from "../../components/observability/rules/logs.ts";
import { judgeQuery } from "../../components/observability/rules/query-faults.ts";
import { bareStack } from "./rules/whole-stack.ts";

const families = LogFamilies.parse({
  sm: { namespaces: ["spacemesh"], containers: ["miner", "poet*"], retention: "7d" },
  ws: { namespaces: ["ws", "ws-two"], retention: "7d" },
});

/** The question of LogsNotArriving, and whether all that it asks for is exported. */
function question(exporters: readonly Exporter[]): string | undefined {
  const [group] = logsRules({ families, members: 3 }, exporters);
  const rule = group?.rules[0];
  if (rule !== undefined) {
    const exported = exportedBy({ ...bareStack, exporters });
    expect(judgeQuery(rule.expression, exported).faults).toEqual([]);
  }
  return rule?.expression;
}

describe("the alert that lines of logs no longer arrive", () => {
  it("is there where somebody tells: Elasticsearch's exporter, Vector, or both", () => {
    expect(question(["kubelet", "kube-state-metrics"])).toBeUndefined();
    const store = question(["kubelet", "elasticsearch-exporter"]) ?? "";
    const vector = question(["kubelet", "log-shipper"]) ?? "";
    expect([store.includes("vector_"), vector.includes("elasticsearch_")]).toEqual([false, false]);
    const both = question(["kubelet", "log-shipper", "elasticsearch-exporter"]) ?? "";
    expect(both).toBe(`${store} or ${vector}`);
  });

  it("asks of each family just its own indices, and its own containers", () => {
    const asked = question(["kubelet", "elasticsearch-exporter"]) ?? "";
    const [sm = "", ws = ""] = asked.split(") or (sum by (family)");
    expect(sm).toContain(String.raw`index=~"\\.ds-(sm)-logs-[0-9.]+-[0-9]+"`);
    expect(sm).toContain('{namespace=~"spacemesh",container=~"miner|poet.*"}');
    expect(ws).toContain('{namespace=~"ws|ws-two"}');
    const index = new RegExp(String.raw`^(?:\.ds-(sm)-logs-[0-9.]+-[0-9]+)$`);
    expect(index.test(".ds-sm-logs-2026.11.22-000001")).toBe(true);
    expect(index.test(".ds-sm-logs-more-logs-2026.11.22-000001")).toBe(false);
  });

  // Else a stack without the kubelets' metrics would have an alert that never fires.
  it("takes programs to write where no kubelet tells whether they do", () => {
    expect(question(["kubelet", "elasticsearch-exporter"])).toContain("kubelet_container_log");
    expect(question(["elasticsearch-exporter"])).not.toContain("kubelet_container_log");
  });
});

describe("the exporter of the log store", () => {
  const logs = (more: object) =>
    LogsConfig.parse({ families, shipper: { kind: "filebeat" }, ...more });
  const external = { kind: "external", url: "https://logs.example.com:9243" };
  const administrator = { password: "administrator" };

  it.each([
    ["the stack's own", { kind: "builtin" }, true],
    ["somebody else's, with an administrator", { ...external, administrator }, true],
    ["somebody else's, where nothing may be made", external, false],
  ])("stands beside %s, where there are metrics", (_, store, expected) => {
    const config = logs({ store });
    expect(isStoreWatched(config, true)).toBe(expected);
    expect(storeUsersOf(config, true).includes("prometheus")).toBe(expected);
    expect(storeUsersOf(config, false)).toEqual(["filebeat"]);
  });

  it("is read as others are, and of what it shows a little is kept: where there is none, nothing is said", () => {
    const job = (elasticsearch: boolean) =>
      scrapeJobs({ namespaces: ["logs"], kubelets: false, apiServer: false, elasticsearch }).find(
        ({ job_name: name }) => name === "exporters",
      );
    expect(Object.keys(job(false) ?? {})).not.toContain("metric_relabel_configs");
    expect(JSON.stringify(job(true))).toContain("elasticsearch-exporter;(");
  });
});
