/**
 * Runs a real Prometheus on the files, the arguments and the probes of production's, with a small exporter
 * and a stand-in for Alertmanager on loopback: it reads what is announced, asks for a password, evaluates
 * every rule, sends what fires. Debian builds it without Kubernetes' discovery: what that would tell of two
 * pods is given, and its tool has no `check ready` yet: the probes' log-in is tried without it. That it finds
 * pods, and kubelets let it in, is seen live.
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import * as z from "zod";

import { freePorts, Place, type Running, until } from "../data/programs.ts";
import { render, type Rendered } from "../rendered.ts";
import { type Mounted, mount, podsNamed } from "./mounted.ts";

const configPath = "/etc/prometheus/prometheus.yml";

/** What the exporter shows: of a pod, of others by the labels of its series, of a node, of the cluster. */
const shown = {
  "/metrics": "# TYPE shop_orders_total counter\nshop_orders_total 7\n",
  "/others": '# TYPE kube_pod_info gauge\nkube_pod_info{namespace="shop",pod="web-1"} 1\n',
  "/kubelet": [
    'kubelet_volume_stats_used_bytes{namespace="shop",persistentvolumeclaim="data"} 5',
    'kubelet_pod_start_duration_seconds_bucket{le="1"} 3',
    'kubelet_pleg_relist_duration_seconds_bucket{le="1"} 3',
    'kubelet_inner_life_seconds_bucket{le="1"} 3',
    "kubelet_inner_life_seconds_count 3",
    "",
  ].join("\n"),
  "/metrics/cadvisor": [
    'container_memory_working_set_bytes{namespace="shop",pod="web-1",container="web"} 9',
    'container_memory_working_set_bytes{id="/kubepods"} 99',
    'container_tasks_state{namespace="shop",pod="web-1",state="running"} 1',
    "machine_cpu_cores 4",
    "",
  ].join("\n"),
  "/apiserver": 'apiserver_request_total{verb="GET"} 4\napiserver_inner_life_total 5\n',
} as const;

/** What Kubernetes' discovery tells of a pod that announces metrics. */
const found = (port: number, workload: string, annotations: Readonly<Record<string, string>>) => ({
  targets: [`127.0.0.1:${port}`],
  labels: {
    __meta_kubernetes_namespace: "skywire",
    __meta_kubernetes_pod_name: `${workload}-0`,
    __meta_kubernetes_pod_node_name: "node-1",
    __meta_kubernetes_pod_phase: "Running",
    __meta_kubernetes_pod_container_init: "false",
    __meta_kubernetes_pod_container_port_number: `${port}`,
    __meta_kubernetes_pod_label_app_kubernetes_io_name: workload,
    __meta_kubernetes_pod_annotation_fleet_metrics_port: `${port}`,
    ...Object.fromEntries(
      Object.entries(annotations).map(([name, value]) => [
        `__meta_kubernetes_pod_annotation_fleet_metrics_${name}`,
        value,
      ]),
    ),
  },
});

interface Ports {
  readonly prometheus: number;
  readonly exporter: number;
  readonly alertmanager: number;
}

const Config = z.looseObject({
  global: z.looseObject({}),
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      kubernetes_sd_configs: z.array(z.looseObject({})).optional(),
    }),
  ),
});

/** Production's config on this machine: its addresses are loopback's, and it looks every few seconds. */
function onLoopback(text: string, { prometheus, exporter, alertmanager }: Ports): string {
  const { global, scrape_configs: jobs, ...rest } = Config.parse(parse(text));
  const pods = [
    found(exporter, "shop", {}),
    found(exporter, "teller", { labels: "own", path: "/others" }),
    // It announces another port: it is no target.
    { ...found(exporter, "silent", { port: "1" }) },
  ];
  const node = { __meta_kubernetes_node_name: "node-1" };
  // What is asked by TLS and with the account's token is asked here without: the rest of each job stands.
  const plain = { scheme: undefined, authorization: undefined, tls_config: undefined };
  const there = [{ targets: [`127.0.0.1:${exporter}`], labels: node }];
  const asked: Readonly<Record<string, object>> = {
    prometheus: {},
    pods: { static_configs: pods },
    exporters: { static_configs: pods },
    kubelet: { ...plain, metrics_path: "/kubelet", static_configs: there },
    cadvisor: { ...plain, static_configs: there },
    apiserver: {
      ...plain,
      metrics_path: "/apiserver",
      static_configs: [{ targets: [`127.0.0.1:${exporter}`] }],
    },
  };
  const changed = jobs
    .filter(({ job_name: name }) => Object.hasOwn(asked, name))
    .map((job) => ({ ...job, kubernetes_sd_configs: undefined, ...asked[job.job_name] }));
  const fast = { scrape_interval: "5s", scrape_timeout: "5s", evaluation_interval: "1s" };
  return stringify({ ...rest, global: { ...global, ...fast }, scrape_configs: changed })
    .replaceAll("localhost:9090", `localhost:${prometheus}`)
    .replaceAll(/alertmanager\.[\w.]+:9093/g, `127.0.0.1:${alertmanager}`);
}

const Alerts = z.array(
  z.looseObject({ labels: z.record(z.string(), z.string()), generatorURL: z.string() }),
);

let rendered: Rendered;
let place: Place;
let mounted: Mounted;
let running: Running;
let ports: Ports;
let servers: Server[];
const alerts: z.infer<typeof Alerts> = [];

/** The exporter, and what takes alerts. */
function startServers({ exporter, alertmanager }: Ports): Server[] {
  const exporting = createServer(({ url }, response) => {
    const text = Object.entries(shown).find(([path]) => path === url)?.[1];
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  const taking = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (request.url === "/api/v2/alerts") {
        alerts.push(...Alerts.parse(JSON.parse(body)));
      }
      response.writeHead(200).end();
    });
  });
  return [exporting.listen(exporter, "127.0.0.1"), taking.listen(alertmanager, "127.0.0.1")];
}

/** Words of the pod's own, on this machine. */
const here = (words: readonly string[]): string[] =>
  words.map((word) =>
    word
      .replace(/=(\/[^=]*)$/, (_, path: string) => `=${mounted.at(path)}`)
      .replaceAll(":9090", `:${ports.prometheus}`),
  );

const Pod = z.looseObject({
  readinessProbe: z.looseObject({ exec: z.looseObject({ command: z.array(z.string()) }) }),
  livenessProbe: z.looseObject({ exec: z.looseObject({ command: z.array(z.string()) }) }),
});

/** Command of a probe of the pod, on this machine. */
function probe(kind: keyof z.infer<typeof Pod>): string[] {
  const container = podsNamed(rendered.world, "prometheus").spec.containers[0];
  const { exec } = Pod.parse(container)[kind] as { exec: { command: string[] } };
  return here(exec.command);
}

const Client = z.strictObject({
  basic_auth: z.strictObject({ username: z.string(), password_file: z.string() }),
});

/** Name and password by which a probe logs in, out of the files that it names. */
function loginOf(kind: keyof z.infer<typeof Pod>): [user: string, password: string] {
  const flag = "--http.config.file=";
  const word = probe(kind).find((one) => one.startsWith(flag)) ?? "";
  const client = Client.parse(parse(readFileSync(word.slice(flag.length), "utf8"))).basic_auth;
  return [client.username, readFileSync(client.password_file, "utf8")];
}

const passwordOf = (name: string): string => rendered.secrets.get(name) ?? "";

const ask = (path: string, user?: string, password = ""): Promise<Response> =>
  fetch(`http://127.0.0.1:${ports.prometheus}${path}`, {
    headers: user === undefined ? {} : { Authorization: `Basic ${btoa(`${user}:${password}`)}` },
  });

/** Answer of the API to whoever is let in. */
async function answer(path: string): Promise<unknown> {
  const response = await ask(path, "admin", passwordOf("prometheus-admin"));
  expect(response.status).toBe(200);
  return response.json();
}

const Series = z.looseObject({
  data: z.looseObject({
    result: z.array(
      z.looseObject({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

/** Series of a query now. */
async function series(query: string): Promise<z.infer<typeof Series>["data"]["result"]> {
  const read = Series.parse(await answer(`/api/v1/query?query=${encodeURIComponent(query)}`));
  return read.data.result;
}

/** Series of a selector as they were last read: a machine that stands still has a target miss its turn now and then. */
const latest = (selector: string) => series(`last_over_time(${selector}[1h])`);

/** Names of what is kept of a job, each with its pod. An alert on the job has its label, too, and is no part of it. */
const keptOf = async (job: string): Promise<string[]> =>
  (await latest(`{job="${job}",__name__!~"up|scrape_.+|ALERTS.*"}`)).map(
    ({ metric: { __name__: name, pod, ...labels } }) => {
      expect(Object.keys(labels)).not.toContain("__known");
      return `${name ?? ""} ${pod ?? ""}`.trim();
    },
  );

beforeAll(async () => {
  rendered = await render("prod");
  place = new Place(["prometheus"]);
  const [prometheus = 0, exporter = 0, alertmanager = 0] = await freePorts(3);
  ports = { prometheus, exporter, alertmanager };
  servers = startServers(ports);
  const pods = podsNamed(rendered.world, "prometheus");
  await place.makeFolder("prometheus");
  mounted = mount(rendered.world, pods, place.folder, (path, text) =>
    path === configPath ? onLoopback(text, ports) : text,
  );
  // What fires is said again at once, not after a minute: the first time nobody is known to listen.
  const words = [...here(pods.spec.containers[0]?.args ?? []), "--rules.alert.resend-delay=1s"];
  running = place.start(["prometheus", ...words]);
  await until("its own probe says that it is ready", async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`Prometheus ended:\n${running.said()}`);
    }
    const answered = await ask("/-/ready", ...loginOf("readinessProbe")).catch(() => undefined);
    return answered?.status === 200;
  });
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await place.clear();
});

describe("a real Prometheus under production's config", () => {
  it("is asked by its probes at its address, with a log-in that it takes", async () => {
    for (const [kind, question] of [
      ["readinessProbe", "ready"],
      ["livenessProbe", "healthy"],
    ] as const) {
      // As Prometheus 3.13 has them: seen in its source.
      expect(probe(kind)).toEqual([
        ...["promtool", "check", question, `--url=http://localhost:${ports.prometheus}`],
        `--http.config.file=${mounted.at("/etc/prometheus-login/client.yml")}`,
      ]);
      expect((await ask(`/-/${question}`, ...loginOf(kind))).status).toBe(200);
      expect((await ask(`/-/${question}`)).status).toBe(401);
    }
  });

  it("answers people and the stack's programs, each with their password, and nobody else", async () => {
    for (const path of ["/api/v1/query?query=up", "/metrics", "/-/healthy", "/graph"]) {
      expect([path, (await ask(path)).status]).toEqual([path, 401]);
    }
    const query = "/api/v1/query?query=up";
    const [people, programs] = ["prometheus-admin", "prometheus-programs"].map(passwordOf);
    expect((await ask(query, "admin", people)).status).toBe(200);
    expect((await ask(query, "fleet", programs)).status).toBe(200);
    expect((await ask(query, "admin", programs)).status).toBe(401);
    expect((await ask(query, "root", people)).status).toBe(401);
  });

  it("reads a pod that announces metrics, and says of which workload and node it is", async () => {
    await until("it was read", async () => (await latest("shop_orders_total")).length > 0);
    expect(await latest("shop_orders_total")).toMatchObject([
      {
        metric: {
          job: "pods",
          instance: `127.0.0.1:${ports.exporter}`,
          namespace: "skywire",
          pod: "shop-0",
          node: "node-1",
          workload: "shop",
        },
        value: [expect.any(Number), "7"],
      },
    ]);
  });

  it("believes what an exporter says of others, and adds no pod of the exporter's to it", async () => {
    await until("it was read", async () => (await latest("kube_pod_info")).length > 0);
    const [{ metric } = { metric: {} }, ...more] = await latest("kube_pod_info");
    expect(more).toEqual([]);
    expect(metric).toEqual({
      __name__: "kube_pod_info",
      job: "exporters",
      instance: `127.0.0.1:${ports.exporter}`,
      namespace: "shop",
      pod: "web-1",
      workload: "teller",
    });
  });

  it("reads just those, itself by its password, and the cluster's own", async () => {
    await until("all were read", async () => (await series("up == 1")).length === 6);
    const read = (await series("up")).map(({ metric: { job, workload, node } }) =>
      `${job} ${workload ?? node ?? ""}`.trim(),
    );
    expect(read.sort()).toEqual([
      "apiserver",
      "cadvisor node-1",
      "exporters teller",
      "kubelet node-1",
      "pods shop",
      "prometheus prometheus",
    ]);
  });

  it.each([
    // Buckets of histograms that the catalogue knows, and no others.
    ["kubelet", "kubelet_inner_life_seconds_count"],
    ["kubelet", "kubelet_pleg_relist_duration_seconds_bucket"],
    ["kubelet", "kubelet_pod_start_duration_seconds_bucket"],
    ["kubelet", "kubelet_volume_stats_used_bytes"],
    // Containers, not the slices that they are in.
    ["cadvisor", "container_memory_working_set_bytes web-1"],
    ["cadvisor", "machine_cpu_cores"],
    ["apiserver", "apiserver_request_total"],
  ])("keeps of %s %s", async (job, name) => {
    // For a moment nothing is, where one reading came to nothing.
    await until("it is kept", async () => (await keptOf(job)).includes(name));
  });

  it("keeps no more of them", async () => {
    const kept = await Promise.all(["kubelet", "cadvisor", "apiserver"].map(keptOf));
    expect(kept.flat()).toHaveLength(7);
  });

  it("evaluates every rule of the stack without a fault", async () => {
    const Rules = z.looseObject({
      data: z.looseObject({
        groups: z.array(
          z.looseObject({
            name: z.string(),
            rules: z.array(
              z.looseObject({
                name: z.string(),
                health: z.string(),
                lastError: z.string().default(""),
              }),
            ),
          }),
        ),
      }),
    });
    const read = async () => Rules.parse(await answer("/api/v1/rules")).data.groups;
    await until("every rule was evaluated", async () =>
      (await read()).every(({ rules }) => rules.every(({ health }) => health !== "unknown")),
    );
    const groups = await read();
    const files = podsNamed(rendered.world, "prometheus").spec.containers[0]?.volumeMounts ?? [];
    expect(files.map(({ mountPath }) => mountPath)).toContain("/etc/prometheus-rules");
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(30);
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
  });

  it("sends what always fires, with the stack's name and the address that people know", async () => {
    // Groups are evaluated one after the other: another alert may come first.
    await until("it came", () => alerts.some(({ labels }) => labels["severity"] === "none"));
    expect(alerts.find(({ labels }) => labels["severity"] === "none")).toMatchObject({
      labels: { alertname: "DeadMansSwitch", stack: "prod" },
      generatorURL: expect.stringContaining("https://prometheus.skycoin.com/") as unknown,
    });
  });

  it("writes its log without any complaint", () => {
    expect(running.said()).not.toMatch(/level=(error|warn)/);
  });
});
