/** Prometheus: what it is told, whom it reads, who may ask it, and what its pod may do. */
import * as pulumi from "@pulumi/pulumi";
import { compareSync } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

import { MetricsConfig } from "../../../components/observability/metrics/metrics.schema.ts";
import { metricsFlows } from "../../../components/observability/metrics/metrics-shape.ts";
import { passwordHash } from "../../../components/observability/metrics/password-hash.ts";
import {
  prometheusArguments,
  prometheusBytes,
  prometheusFile,
} from "../../../components/observability/metrics/prometheus-files.ts";
import {
  type PrometheusArgs,
  prometheusWorkload,
} from "../../../components/observability/metrics/prometheus.ts";
import {
  type ScrapeJob,
  scrapeJobs,
} from "../../../components/observability/metrics/scrape-jobs.ts";
import { around, faultsOf, plain } from "./around.ts";

const config = MetricsConfig.parse({});

const workloadOf = (more: Partial<PrometheusArgs> = {}) =>
  prometheusWorkload("prometheus", {
    ...around,
    config: config.prometheus,
    stack: "prod",
    namespaces: ["skywire"],
    ...more,
  });

const password = "a-password-of-24-letters";
const programs = "the-programs-own-password";

const login = {
  users: { alice: pulumi.secret(password) },
  programs: pulumi.secret(programs),
};

describe("Prometheus", () => {
  it("keeps samples for a time and up to a size, whichever comes first", () => {
    expect(prometheusArguments({ retention: { time: "15d", size: "40Gi" } })).toEqual(
      expect.arrayContaining([
        "--storage.tsdb.retention.time=15d",
        "--storage.tsdb.retention.size=40960MB",
      ]),
    );
  });

  it.each([
    ["40Gi", "40960MB"],
    ["512Mi", "512MB"],
    ["1.5Gi", "1536MB"],
  ])("writes %s in its own units, which are powers of two, too", (size, written) => {
    expect(prometheusBytes(size)).toBe(written);
  });

  it("may find pods and nodes and read metrics, and nothing else of the cluster", () => {
    const workload = workloadOf();
    expect(workload.clusterRules).toEqual([
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { paths: ["/metrics"], verbs: ["get"] },
    ]);
    expect(workload.rules).toBeUndefined();
  });

  it("may do only what it uses: without kubelets and the API server, it finds pods", () => {
    const cluster = { kubelets: false, apiServer: false };
    expect(workloadOf({ config: { ...config.prometheus, cluster } }).clusterRules).toEqual([
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    ]);
  });

  it("writes alone to a disk that is kept", () => {
    const workload = workloadOf();
    expect(workload.update?.strategy).toBe("Recreate");
    expect(workload.claims).toEqual([{ name: "data", size: "50Gi" }]);
    expect(workload.data).toBe("protect");
  });

  it("is asked by the kubelet itself where it asks nobody for a password", () => {
    expect(workloadOf().container.probes).toMatchObject({
      readiness: { check: { kind: "http", path: "/-/ready" } },
      liveness: { check: { kind: "http", path: "/-/healthy" } },
    });
  });

  it("mounts no folder into another: none but the last could be mounted", () => {
    const { container } = workloadOf({ passwords: login, rules: { "a.yaml": "groups: []" } });
    const paths = (container.mounts ?? []).map(({ path }) => path);
    expect(paths).toHaveLength(4);
    for (const path of paths) {
      expect(paths.filter((other) => other.startsWith(`${path}/`))).toEqual([]);
    }
  });
});

describe("Prometheus' log-in", () => {
  const workload = workloadOf({ passwords: login });

  it("holds hashes of people's passwords, and a password in clear of nobody but the programs", async () => {
    const [set] = workload.secretFiles ?? [];
    const files = Object.fromEntries(
      await Promise.all(
        Object.entries(set?.files ?? {}).map(
          async ([name, content]) => [name, await plain(content)] as const,
        ),
      ),
    );
    expect(Object.keys(files).sort()).toEqual(["client.yml", "programs", "web.yml"]);
    expect(Object.values(files).join()).not.toContain(password);
    const { basic_auth_users: users } = parse(files["web.yml"] ?? "") as {
      basic_auth_users: Record<string, string>;
    };
    expect(Object.keys(users).sort()).toEqual(["alice", "fleet"]);
    expect(compareSync(password, users["alice"] ?? "")).toBe(true);
    expect(compareSync(programs, users["fleet"] ?? "")).toBe(true);
    expect(files["programs"]).toBe(programs);
  });

  it("gives the same hash in every run, and another to each user and stack", () => {
    const hash = passwordHash("prod", "alice", password);
    expect(passwordHash("prod", "alice", password)).toBe(hash);
    expect(passwordHash("prod", "bob", password)).not.toBe(hash);
    expect(passwordHash("test", "alice", password)).not.toBe(hash);
  });

  it("derives its salt from names, so that whoever has a hash learns nothing cheaper than bcrypt", () => {
    const salt = (hash: string): string => hash.slice(0, 29);
    expect(salt(passwordHash("prod", "alice", "another-password-0001"))).toBe(
      salt(passwordHash("prod", "alice", password)),
    );
  });

  it("stands in no argument, variable, annotation or config file", () => {
    const { secretFiles, ...rest } = workload;
    expect(secretFiles).toHaveLength(1);
    expect(JSON.stringify(rest)).not.toContain(password);
    expect(JSON.stringify(rest)).not.toContain(programs);
  });

  it("holds for the probes and for its reading of itself, too", () => {
    const command = expect.arrayContaining([
      "promtool",
      "--http.config.file=/etc/prometheus-login/client.yml",
    ]) as unknown;
    expect(workload.container.probes).toMatchObject({
      startup: { check: { kind: "exec", command } },
      readiness: { check: { kind: "exec", command } },
      liveness: { check: { kind: "exec", command } },
    });
    expect(workload.container.args).toContain("--web.config.file=/etc/prometheus-login/web.yml");
    const [file] = (workload.files ?? []).map(({ files }) => files["prometheus.yml"]);
    const { scrape_configs: jobs } = parse(file as string) as { scrape_configs: ScrapeJob[] };
    expect(jobs.find((one) => one.job_name === "prometheus")).toMatchObject({
      basic_auth: { username: "fleet", password_file: "/etc/prometheus-login/programs" },
    });
  });
});

describe("scrape jobs", () => {
  const every = { namespaces: ["a", "b"], kubelets: true, apiServer: true };
  const names = (jobs: readonly ScrapeJob[]) => jobs.map(({ job_name: name }) => name);

  it("are of what the stack has", () => {
    expect(names(scrapeJobs({ ...every, certManager: "cert-manager" }))).toEqual([
      "prometheus",
      "pods",
      "exporters",
      "kubelet",
      "cadvisor",
      "apiserver",
      "cert-manager",
    ]);
    expect(names(scrapeJobs({ ...every, kubelets: false, apiServer: false }))).toEqual([
      "prometheus",
      "pods",
      "exporters",
    ]);
  });

  it("look for pods in the namespaces they are given; without any, not in all of them", () => {
    const [pods] = scrapeJobs(every).filter((one) => one.job_name === "pods");
    expect(pods?.["kubernetes_sd_configs"]).toEqual([
      { role: "pod", namespaces: { names: ["a", "b"] } },
    ]);
    expect(names(scrapeJobs({ ...every, namespaces: [] }))).not.toContain("pods");
  });

  it("ask no pod that does not announce metrics, and each that does in one job", () => {
    const rules = (job: string) =>
      scrapeJobs(every).find((one) => one.job_name === job)?.["relabel_configs"];
    const own = "__meta_kubernetes_pod_annotation_fleet_metrics_labels";
    for (const job of ["pods", "exporters"]) {
      expect(rules(job)).toContainEqual({
        source_labels: ["__meta_kubernetes_pod_annotation_fleet_metrics_port"],
        action: "keep",
        regex: "\\d+",
      });
    }
    expect(rules("pods")).toContainEqual({ source_labels: [own], action: "drop", regex: "own" });
    expect(rules("exporters")).toContainEqual({
      source_labels: [own],
      action: "keep",
      regex: "own",
    });
  });

  it.each([
    ["a container's memory", "container_memory_rss", { pod: "web-0", id: "/kubepods/a" }, true],
    ["a pod's network", "container_network_receive_bytes_total", { pod: "web-0" }, true],
    ["the node's own network", "container_network_receive_bytes_total", { id: "/" }, true],
    ["the sum over all containers", "container_memory_rss", { id: "/kubepods" }, false],
    ["the sum over the node", "container_memory_rss", { id: "/" }, false],
    ["what a slice sends", "container_network_receive_bytes_total", { id: "/system" }, false],
    ["the machine's memory", "machine_memory_bytes", {}, true],
  ])("keep of cAdvisor, or drop as told twice: %s", (_, name, labels, kept) => {
    const job = scrapeJobs(every).find((one) => one.job_name === "cadvisor");
    const rules = z
      .array(
        z.object({ source_labels: z.array(z.string()), action: z.string(), regex: z.string() }),
      )
      .parse(job?.["metric_relabel_configs"]);
    const all: Record<string, string> = { __name__: name, ...labels };
    const drops = rules.filter(({ source_labels: sources, regex }) =>
      new RegExp(`^(?:${regex})$`).test(sources.map((one) => all[one] ?? "").join(";")),
    );
    expect(rules.every(({ action }) => action === "drop")).toBe(true);
    expect(drops.length === 0).toBe(kept);
  });

  it("send the account's token to kubelets and the API server alone", () => {
    const sent = scrapeJobs({ ...every, certManager: "cert-manager" }).filter(
      (one) => one["authorization"] !== undefined,
    );
    expect(names(sent)).toEqual(["kubelet", "cadvisor", "apiserver"]);
    expect(sent.map(({ scheme }) => scheme)).toEqual(["https", "https", "https"]);
  });
});

describe("prometheus.yml", () => {
  const settings = {
    stack: "prod",
    intervalSeconds: 30,
    namespaces: ["skywire"],
    kubelets: false,
    apiServer: false,
  };
  const read = (more: object = {}) =>
    parse(prometheusFile({ ...settings, ...more })) as Record<string, unknown>;

  it("names the stack in whatever leaves Prometheus, whatever labels are added", () => {
    expect(read({ externalLabels: { region: "eu" } })["global"]).toMatchObject({
      external_labels: { region: "eu", stack: "prod" },
    });
  });

  it("waits for an answer no longer than until the next question", () => {
    expect(read({ intervalSeconds: 5 })["global"]).toMatchObject({
      scrape_interval: "5s",
      scrape_timeout: "5s",
      evaluation_interval: "5s",
    });
  });

  it("sends alerts to an Alertmanager where there is one", () => {
    expect(read()).not.toHaveProperty("alerting");
    expect(read({ alertmanager: "alertmanager.metrics.svc:9093" })["alerting"]).toEqual({
      alertmanagers: [{ static_configs: [{ targets: ["alertmanager.metrics.svc:9093"] }] }],
    });
  });

  it("reads rules where there are some", () => {
    expect(read()).not.toHaveProperty("rule_files");
    expect(read({ rules: true })["rule_files"]).toEqual(["/etc/prometheus-rules/*.yaml"]);
  });
});

describe("calls of the metrics' programs", () => {
  const ends = (given: object) =>
    metricsFlows(MetricsConfig.parse(given)).map(({ from, to, ports }) =>
      [from, to]
        .map((peer) => ("name" in peer ? peer.name : peer.kind))
        .concat(ports.map(({ port }) => `${port}`))
        .join(" "),
    );

  it("are those that the config needs, and no more", () => {
    const cluster = { kubelets: false, apiServer: false };
    expect(ends({ prometheus: { cluster } })).toEqual([
      "prometheus api-server",
      "grafana prometheus 9090",
    ]);
    expect(
      ends({
        prometheus: { cluster: { certManager: {} } },
        alertmanager: {
          mail: { host: "mail.example.com", port: 465, from: "fleet@example.com" },
          receivers: {
            team: {
              slack: [{ channel: "#alerts", token: "slack" }],
              email: [{ to: ["team@example.com"] }],
            },
          },
          route: { receiver: "team" },
        },
      }),
    ).toEqual([
      "prometheus api-server",
      "prometheus nodes 10250",
      "prometheus cert-manager 9402",
      "prometheus webhook 9402",
      "prometheus cainjector 9402",
      "prometheus alertmanager 9093",
      "grafana prometheus 9090",
      "grafana alertmanager 9093",
      "alertmanager internet 443 465",
    ]);
  });
});

describe("what a stack file says of Prometheus", () => {
  const faults = (prometheus: object) => faultsOf(MetricsConfig.safeParse({ prometheus }));

  it("is refused where the disk is full before the retention is", () => {
    expect(faults({ storage: { size: "20Gi" }, retention: { size: "18Gi" } })).toEqual([
      "prometheus.retention.size: must be at most 85 % of the disk of 20Gi (storage.size): a full disk stops Prometheus",
    ]);
  });

  it.each([15, "15", "15 days", "1.5d", "d"])("is refused where its retention is %j", (time) => {
    expect(faults({ retention: { time } }).join()).toMatch(
      /^prometheus\.retention\.time: must be a time with its unit/,
    );
  });

  it.each([
    ["1h", /at least 2h/],
    ["11y", /at most 10y/],
  ])("is refused where it keeps samples for %s", (time, message) => {
    expect(faults({ retention: { time } }).join()).toMatch(message);
  });

  it.each([40, "40", "40GB"])("is refused where the size of what it keeps is %j", (size) => {
    expect(faults({ retention: { size } }).join()).toMatch(
      /^prometheus\.retention\.size: must be a quantity with a/,
    );
  });

  it("is refused where everybody on the internet could ask it", () => {
    expect(faults({ host: "prometheus.example.com" })).toEqual([
      "prometheus.host: needs users: without prometheus.login whoever finds the name reads everything; say login: {} for one named admin",
    ]);
    expect(faults({ host: "prometheus.example.com", login: {} })).toEqual([]);
  });

  it.each([
    ["my-label", /must be a label that Prometheus takes/],
    ["1st", /must be a label that Prometheus takes/],
    ["__name__", /must not start with __/],
    ["stack", /must not be stack/],
  ])("is refused where an external label is %s", (label, message) => {
    expect(faults({ externalLabels: { [label]: "x" } }).join()).toMatch(message);
  });

  it("is refused where a person takes the programs' name, or nobody may ask", () => {
    expect(faults({ login: { users: { fleet: "x" } } }).join()).toMatch(/must not be fleet/);
    expect(faults({ login: { users: {} } }).join()).toMatch(/at least one user/);
  });
});
