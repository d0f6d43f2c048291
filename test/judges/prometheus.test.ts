/**
 * Has Prometheus' own tool read the config of production's Prometheus and the queries of its dashboard,
 * and find the pods of the rendered stack with it. Debian builds the tool without Kubernetes' discovery:
 * that one section is looked at here, and all else by the tool. Grafana's program is not to be had: what
 * it makes of its files is seen live.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import * as z from "zod";

import { podRelabelling } from "../../components/observability/metrics/scrape-jobs.ts";
import { skywireDashboard } from "../../components/skywire/dashboard.ts";
import type { PodSet } from "../../policy/graph/objects.ts";
import { render, type Rendered } from "../rendered.ts";
import { type Finished, run, toolPath } from "./tools.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-prometheus-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file and has promtool look at it. */
function promtool(
  words: readonly string[],
  name: string,
  text: string,
  ...more: string[]
): Promise<Finished> {
  const path = join(folder, name);
  writeFileSync(path, text);
  return run(toolPath("promtool"), [...words, path, ...more]);
}

let rendered: Rendered;
let config: string;
beforeAll(async () => {
  rendered = await render("prod");
  const map = rendered.world.configMaps.find(({ data }) => data?.["prometheus.yml"] !== undefined);
  config = map?.data?.["prometheus.yml"] ?? "";
}, 60_000);

describe("production's Prometheus", () => {
  it("has a config that Prometheus accepts", async () => {
    const { scrape_configs: jobs, ...rest } = Config.parse(parse(config));
    const known = jobs.map(({ kubernetes_sd_configs: discovery, ...job }) =>
      discovery === undefined ? job : { ...job, static_configs: [{ targets: ["pod:2121"] }] },
    );
    const text = stringify({ ...rest, scrape_configs: known });
    const { code, stdout, stderr } = await promtool(["check", "config"], "prometheus.yml", text);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("is valid prometheus config file syntax");
  });

  it("looks for pods in just the namespaces whose pods announce metrics", () => {
    const announcing = rendered.world.pods.filter(announces).map(({ namespace }) => namespace);
    const discovery = Config.parse(parse(config)).scrape_configs.map(
      (job) => job.kubernetes_sd_configs,
    );
    expect(discovery).toEqual([
      undefined,
      [{ role: "pod", namespaces: { names: [...new Set(announcing)].sort() } }],
    ]);
  });

  it("reads each pod that announces metrics, where it says, and no other", async () => {
    // What Kubernetes' discovery would tell of the stack's pods: a target for each port.
    const found = rendered.world.pods.flatMap(discovered);
    const job = {
      job_name: "pods",
      static_configs: found.map((labels) => ({ targets: [labels["__address__"]], labels })),
      relabel_configs: podRelabelling,
    };
    const { stdout, stderr } = await promtool(
      ["check", "service-discovery", "--timeout=2s"],
      "found.yml",
      stringify({ scrape_configs: [job] }),
      "pods",
    );
    const Labels = z.record(z.string(), z.string());
    const results = z
      .array(z.object({ labels: Labels.nullish() }))
      .safeParse(JSON.parse(stdout === "" ? "null" : stdout));
    expect(results.success, stderr.slice(0, 500)).toBe(true);
    const read = (results.data ?? []).flatMap(({ labels }) => {
      const { namespace, workload, __address__: address, __metrics_path__: path } = labels ?? {};
      return workload === undefined ? [] : [`${namespace}/${workload} ${address}${path}`];
    });
    const wanted = rendered.world.pods
      .filter(announces)
      .map(({ namespace, name }) => `${namespace}/${name} ${addressOf(name)}:2121/metrics`);
    expect(wanted.length).toBeGreaterThan(15);
    expect(read.sort()).toEqual(wanted.sort());
  });
});

describe("the dashboard of Skywire", () => {
  it("asks nothing that Prometheus cannot parse", async () => {
    const rules = skywireDashboard.panels.flatMap(({ queries }) =>
      queries.map(({ expression }, index) => ({ record: `query:${index}`, expr: expression })),
    );
    const text = stringify({ groups: [{ name: "dashboard", rules }] });
    const { code, stderr, stdout } = await promtool(
      ["check", "rules", "--lint=none"],
      "rules.yml",
      text,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`${rules.length} rules found`);
  });
});

const Config = z.looseObject({
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      kubernetes_sd_configs: z.array(z.looseObject({})).optional(),
    }),
  ),
});

const portAnnotation = "fleet/metrics-port";

function announces({ annotations }: PodSet): boolean {
  return annotations[portAnnotation] !== undefined;
}

/** A host of a workload's own, in place of its pods' addresses. */
const addressOf = (name: string): string => `${name}.pod`;

const sanitized = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, "_");

/** Targets that the discovery of pods makes of one, with the labels it gives them. */
function discovered(pods: PodSet): Record<string, string>[] {
  const meta = (kind: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(
      ([name, value]) => [`__meta_kubernetes_pod_${kind}_${sanitized(name)}`, value] as const,
    );
  const ports = pods.spec.containers.flatMap((container) => container.ports ?? []);
  return ports.map(({ containerPort }) => ({
    __address__: `${addressOf(pods.name)}:${containerPort}`,
    __meta_kubernetes_namespace: pods.namespace,
    __meta_kubernetes_pod_name: `${pods.name}-0`,
    __meta_kubernetes_pod_phase: "Running",
    __meta_kubernetes_pod_container_init: "false",
    __meta_kubernetes_pod_container_port_number: `${containerPort}`,
    ...Object.fromEntries(meta("annotation", pods.annotations)),
    ...Object.fromEntries(meta("label", pods.labels)),
  }));
}
