/**
 * Has Prometheus' own tool read the files of every stack's Prometheus, as its pod finds them, and find the
 * pods of the rendered stack with them. Debian builds the tool without Kubernetes' discovery: that one
 * section is looked at here, and all else by the tool. Grafana's program is not to be had: what it makes of
 * its files is seen live.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import * as z from "zod";

import {
  exporterRelabelling,
  podRelabelling,
} from "../../components/observability/metrics/scrape-jobs.ts";
import type { PodSet } from "../../policy/graph/objects.ts";
import { render, type Rendered, type Stack } from "../rendered.ts";
import { type Mounted, mount, podsNamed } from "./mounted.ts";
import { type Finished, run, toolPath } from "./tools.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-prometheus-"));

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const promtool = (...words: string[]): Promise<Finished> => run(toolPath("promtool"), words);

const configPath = "/etc/prometheus/prometheus.yml";

const Config = z.looseObject({
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      kubernetes_sd_configs: z.array(z.looseObject({})).optional(),
    }),
  ),
});

/** A config without Kubernetes' discovery: a target of a name stands for what it finds. */
function known(path: string, text: string): string {
  if (path !== configPath) {
    return text;
  }
  const { scrape_configs: jobs, ...rest } = Config.parse(parse(text));
  const changed = jobs.map(({ kubernetes_sd_configs: discovery, ...job }) =>
    discovery === undefined ? job : { ...job, static_configs: [{ targets: ["pod:2121"] }] },
  );
  return stringify({ ...rest, scrape_configs: changed });
}

/** Stacks, and more than how many pods there tell of themselves: few, where the programs send to StatsD. */
const tellers = { test: 10, prod: 10, "spacemesh-devnet": 4, "fxa-production": 2 } as const;
const watched = Object.keys(tellers) as (keyof typeof tellers)[];

const all = new Map<Stack, { readonly rendered: Rendered; readonly mounted: Mounted }>();
beforeAll(async () => {
  for (const stack of watched) {
    const rendered = await render(stack);
    const pods = podsNamed(rendered.world, "prometheus");
    all.set(stack, { rendered, mounted: mount(rendered.world, pods, join(root, stack), known) });
  }
});

function of(stack: Stack): { readonly rendered: Rendered; readonly mounted: Mounted } {
  const found = all.get(stack);
  if (found === undefined) {
    throw new Error(`${stack} was not rendered`);
  }
  return found;
}

describe.each(watched)("the Prometheus of %s", (stack) => {
  it("has a config that Prometheus accepts, with every file that it names", async () => {
    const { mounted } = of(stack);
    const { code, stdout, stderr } = await promtool("check", "config", mounted.at(configPath));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("is valid prometheus config file syntax");
    // The stack's rules lie where the config looks for them.
    expect(stdout).toMatch(/SUCCESS: [1-9]\d* rule files? found/);
  });

  it("looks for pods in the namespaces whose pods announce metrics, and in no other's pods", () => {
    const { rendered, mounted } = of(stack);
    const announcing = new Set(
      rendered.world.pods.filter(announces).map(({ namespace }) => namespace),
    );
    // cert-manager is not the stack's: its pods are not among them.
    const others = ["cert-manager"];
    const jobs = Config.parse(parse(mounted.text(configPath))).scrape_configs;
    const looked = (job: string) =>
      jobs.find((one) => one.job_name === job)?.kubernetes_sd_configs?.[0]?.["namespaces"];
    for (const job of ["pods", "exporters"]) {
      const { names } = z.object({ names: z.array(z.string()) }).parse(looked(job));
      expect(names.filter((name) => !others.includes(name))).toEqual([...announcing].sort());
    }
  });

  it("reads each pod that announces metrics in one job, where it says, and no other", async () => {
    const { rendered } = of(stack);
    const pods = rendered.world.pods.filter(announces);
    const [others, own] = [
      pods.filter(({ annotations }) => annotations[labelsAnnotation] === "own"),
      pods.filter(({ annotations }) => annotations[labelsAnnotation] !== "own"),
    ];
    const wanted = (list: readonly PodSet[]) =>
      list
        .map(({ name, annotations }) => {
          const { "fleet/metrics-port": port = "", "fleet/metrics-path": path } = annotations;
          return `${name} ${addressOf(name)}:${port}${path ?? "/metrics"}`;
        })
        .sort();
    const found = rendered.world.pods.flatMap(discovered);
    expect(await readBy(found, podRelabelling)).toEqual(wanted(own));
    expect(own.length).toBeGreaterThan(tellers[stack]);
    expect(await readBy(found, exporterRelabelling)).toEqual(wanted(others));
    expect(others.length).toBeGreaterThan(0);
  });
});

describe("production's Prometheus", () => {
  it("has a log-in that Prometheus accepts", async () => {
    const { mounted } = of("prod");
    const path = mounted.at("/etc/prometheus-login/web.yml");
    const { code, stdout, stderr } = await promtool("check", "web-config", path);
    expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: `${path} SUCCESS\n` });
  });
});

/** Which of the found targets a job reads, as `workload address/path`. */
async function readBy(
  found: readonly Readonly<Record<string, string>>[],
  rules: readonly object[],
): Promise<string[]> {
  const job = {
    job_name: "judged",
    static_configs: found.map((labels) => ({ targets: [labels["__address__"]], labels })),
    relabel_configs: rules,
  };
  const path = join(root, "found.yml");
  writeFileSync(path, stringify({ scrape_configs: [job] }));
  const words = ["check", "service-discovery", "--timeout=5s", path, "judged"];
  const { stdout, stderr } = await promtool(...words);
  const Labels = z.record(z.string(), z.string());
  const results = z
    .array(z.object({ labels: Labels.nullish() }))
    .safeParse(JSON.parse(stdout === "" ? "null" : stdout));
  expect(results.success, stderr.slice(0, 500)).toBe(true);
  return (results.data ?? [])
    .flatMap(({ labels }) => {
      const { workload, __address__: address, __metrics_path__: path } = labels ?? {};
      return workload === undefined ? [] : [`${workload} ${address}${path}`];
    })
    .sort();
}

const portAnnotation = "fleet/metrics-port";
const labelsAnnotation = "fleet/metrics-labels";

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
