/**
 * Elasticsearch's own server, the exporter itself with the arguments that Fleet makes for it, and a real Prometheus
 * that reads it by production's own rules: what is exported, and each alert's question on it, once true and once not.
 *
 * The server is to be had without security and without its first page: that one is answered in its place, and of
 * rights is proven that nothing is asked beyond what `monitor` allows. How long an alert waits is promtool's to judge.
 */
import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { exporterArguments } from "../../components/observability/elk/exporter-files.ts";
import { indexTemplate } from "../../components/observability/elk/indices.ts";
import { elkNames } from "../../components/observability/elk/names.ts";
import { elasticsearch } from "../../components/observability/families/elasticsearch.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import { scrapeJobs } from "../../components/observability/metrics/scrape-jobs.ts";
import {
  elasticsearchRules,
  highWatermark,
} from "../../components/observability/rules/elasticsearch.ts";
import { logsRules } from "../../components/observability/rules/logs.ts";
import { freePorts, Place, until } from "../data/programs.ts";
import { type RunningServer, startServer } from "./elasticsearch-server.ts";
import { catalogueFaults } from "./exposition.ts";

const families = LogFamilies.parse({
  skywire: { namespaces: ["skywire"], retention: "14d" },
  edge: { namespaces: ["edge"], containers: ["gate*"], retention: "7d" },
  asleep: { namespaces: ["asleep"], retention: "7d" },
});

const login = { ES_USERNAME: "prometheus", ES_PASSWORD: "a-password-of-a-test" };

const folder = mkdtempSync(join(tmpdir(), "fleet-elasticsearch-exporter-"));
const asked = new Set<string>();
const logins = new Set<string | undefined>();
let place: Place;
let server: RunningServer;
let front: Server;
let kubelet: Server;
let ports: { front: number; exporter: number; kubelet: number; prometheus: number };

/** Hands every question on to the server, and answers for the page that it lacks. */
const startFront = (): Server =>
  createServer((request, response) => {
    const path = request.url ?? "";
    asked.add(`${request.method ?? ""} ${path.replace(/\?.*/, "")}`);
    logins.add(request.headers.authorization);
    const first = {
      cluster_name: "fleet-logs",
      version: { number: "8.19.21", lucene_version: "9.12.2" },
    };
    const answer =
      path === "/"
        ? Promise.resolve({ status: 200, text: JSON.stringify(first) })
        : fetch(`${server.url}${path}`, { signal: AbortSignal.timeout(60_000) }).then(
            async (found) => ({
              status: found.status,
              text: await found.text(),
            }),
          );
    answer.then(
      ({ status, text }) => response.writeHead(status).end(text),
      // The server is down: so is this.
      () => request.socket.destroy(),
    );
  });

/** Files of three families' containers: two of them grow each time they are looked at. */
function startKubelet(): Server {
  let size = 0;
  return createServer((_, response) => {
    size += 4096;
    const line = (namespace: string, container: string, bytes: number) =>
      `kubelet_container_log_filesystem_used_bytes{uid="u",namespace="${namespace}",pod="p",container="${container}"} ${bytes}\n`;
    response.end(
      [
        "# TYPE kubelet_container_log_filesystem_used_bytes gauge\n",
        line("skywire", "tpd", size),
        line("edge", "gate-1", size),
        line("asleep", "a", 4096),
      ].join(""),
    );
  });
}

/** Prometheus' own jobs of production, with what Kubernetes would tell of the two. */
function prometheusConfig(): string {
  const jobs = scrapeJobs({
    ...{ namespaces: ["logs"], kubelets: true, apiServer: false, elasticsearch: true },
  });
  const meta = "__meta_kubernetes_pod_";
  const target = {
    targets: [`127.0.0.1:${ports.exporter}`],
    labels: {
      [`${meta}name`]: "elasticsearch-exporter-0",
      [`${meta}phase`]: "Running",
      [`${meta}container_init`]: "false",
      [`${meta}container_port_number`]: `${ports.exporter}`,
      [`${meta}label_app_kubernetes_io_name`]: elkNames.exporter,
      [`${meta}annotation_fleet_metrics_port`]: `${ports.exporter}`,
      [`${meta}annotation_fleet_metrics_labels`]: "own",
    },
  };
  const plain = { scheme: undefined, authorization: undefined, tls_config: undefined };
  const node = { targets: [`127.0.0.1:${ports.kubelet}`] };
  const changed: Readonly<Record<string, object>> = {
    exporters: { static_configs: [target] },
    kubelet: { ...plain, static_configs: [node] },
  };
  return stringify({
    global: { scrape_interval: "2s", scrape_timeout: "2s" },
    scrape_configs: jobs
      .filter(({ job_name: name }) => Object.hasOwn(changed, name))
      .map((job) => ({ ...job, kubernetes_sd_configs: undefined, ...changed[job.job_name] })),
  });
}

const local = (port: number, path: string): Promise<Response | undefined> =>
  fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(60_000) }).catch(
    () => undefined,
  );

type Labels = Readonly<Record<string, string>>;

/** Labels of what a query gives now, each with its value. */
async function series(query: string): Promise<{ labels: Labels; value: number }[]> {
  const response = await local(
    ports.prometheus,
    `/api/v1/query?query=${encodeURIComponent(query)}`,
  );
  const body = (await response?.json()) as {
    data: { result: { metric: Labels; value: [number, string] }[] };
  };
  expect(response?.status, JSON.stringify(body)).toBe(200);
  return body.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The same once there is something: a machine that stands still has the exporter miss its turn now and then. */
async function read(query: string): ReturnType<typeof series> {
  let found: Awaited<ReturnType<typeof series>> = [];
  await until(`an answer to ${query}`, async () => (found = await series(query)).length > 0);
  return found;
}

const rules = new Map(
  [
    ...elasticsearchRules(3).rules,
    ...logsRules({ families, members: 3 }, ["kubelet", "elasticsearch-exporter"]).flatMap(
      (group) => group.rules,
    ),
  ].map(({ name, expression }) => [name, expression]),
);

function questionOf(alert: string): string {
  const found = rules.get(alert);
  if (found === undefined) throw new Error(`no alert ${alert}`);
  return found;
}

/** Labels under which an alert would begin to fire now. */
const firing = async (alert: string): Promise<Labels[]> =>
  (await series(questionOf(alert))).map(({ labels }) => labels);

const becomes = (alert: string, expected: readonly Labels[]): Promise<void> =>
  until(`${alert} asks as ${JSON.stringify(expected)}`, async () => {
    const now = await firing(alert);
    return JSON.stringify(now) === JSON.stringify(expected);
  });

const ok = async (method: string, path: string, body?: string | object): Promise<void> => {
  const answer = await server.ask(method, path, body);
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({ path, status: 200 });
};

/** Stores a line of a family as a shipper does; the status that it gets. */
async function ship(family: string): Promise<number | undefined> {
  const line = JSON.stringify({ "@timestamp": "2026-11-21T22:00:00Z", family, message: "a line" });
  const { body } = await server.ask("POST", `/${family}-logs/_bulk`, `{"create":{}}\n${line}\n`);
  return (body["items"] as { create: { status: number } }[] | undefined)?.[0]?.create.status;
}

beforeAll(async () => {
  place = new Place(["elasticsearch_exporter", "prometheus"]);
  server = await startServer(folder);
  // Once the server has taken its own, or it might take one of these.
  const [one = 0, two = 0, three = 0, four = 0] = await freePorts(4);
  ports = { front: one, exporter: two, kubelet: three, prometheus: four };
  front = startFront().listen(ports.front, "127.0.0.1");
  kubelet = startKubelet().listen(ports.kubelet, "127.0.0.1");
  for (const family of Object.keys(families)) {
    const template = JSON.stringify(indexTemplate(family, 1)).replaceAll("match_only_text", "text");
    await ok("PUT", `/_index_template/${family}-logs`, JSON.parse(template) as object);
    expect(await ship(family)).toBe(201);
  }
  const url = `http://127.0.0.1:${ports.front}`;
  const words = exporterArguments({ url, authorities: undefined }, ports.exporter);
  const exporter = place.start(["elasticsearch_exporter", ...words], login);
  await until("the exporter's probe passes", async () => {
    if (exporter.child.exitCode !== null) throw new Error(exporter.said());
    return (await local(ports.exporter, "/healthz"))?.status === 200;
  });
  const config = place.write("prometheus.yml", prometheusConfig());
  await place.makeFolder("prometheus");
  const prometheus = place.start([
    "prometheus",
    `--config.file=${config}`,
    `--storage.tsdb.path=${place.at("prometheus")}`,
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
  ]);
  await until("Prometheus has read the exporter twice", async () => {
    if (prometheus.child.exitCode !== null) throw new Error(prometheus.said());
    if ((await local(ports.prometheus, "/-/ready"))?.status !== 200) return false;
    const query = "count_over_time(elasticsearch_cluster_health_number_of_nodes[1m])";
    return (await series(query)).some(({ value }) => value >= 2);
  });
});

afterAll(async () => {
  for (const one of [front, kubelet]) {
    one.closeAllConnections();
    one.close();
  }
  await place.clear();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the exporter of Elasticsearch", () => {
  it("shows what the catalogue says", async () => {
    const shown = await (await local(ports.exporter, "/metrics"))?.text();
    expect(catalogueFaults(elasticsearch, shown ?? "")).toEqual([]);
  });

  it("asks what the right `monitor` allows, in the cluster and on indices, and no more", () => {
    expect([...asked].sort()).toEqual([
      "GET /",
      "GET /_all/_settings",
      "GET /_all/_stats",
      "GET /_cat/shards",
      "GET /_cluster/health",
      "GET /_nodes/stats",
    ]);
  });

  it("logs in by its variables", () => {
    const words = `${login.ES_USERNAME}:${login.ES_PASSWORD}`;
    expect([...logins]).toEqual([`Basic ${Buffer.from(words).toString("base64")}`]);
  });

  it("is kept of no more than what the catalogue knows", async () => {
    const kept = await read(`{job="exporters",__name__!~"up|scrape_.+"}`);
    const names = new Set(kept.map(({ labels }) => labels["__name__"]));
    expect([...names].sort()).toEqual(Object.keys(elasticsearch).sort());
    expect(kept.flatMap(({ labels }) => Object.keys(labels))).not.toContain("__known");
  });
});

describe("the alerts on Elasticsearch, asked of a server of one member", () => {
  it("are not true while all is well, but for the two members that are not there", async () => {
    expect(await read(questionOf("ElasticsearchMembersMissing"))).toHaveLength(1);
    const others = elasticsearchRules(3).rules.filter(
      ({ name }) => name !== "ElasticsearchMembersMissing",
    );
    expect(others.length).toBeGreaterThan(5);
    const found = await Promise.all(
      others.map(async ({ name }) => [name, (await firing(name)).length]),
    );
    expect(found.filter(([, count]) => count !== 0)).toEqual([]);
  });

  it("say nothing of members and copies where there is one, and of the server where it is somebody else's", () => {
    const names = (members: number | undefined) =>
      elasticsearchRules(members).rules.map(({ name }) => name);
    expect(names(3).filter((name) => !names(1).includes(name))).toEqual([
      "ElasticsearchYellow",
      "ElasticsearchMembersMissing",
    ]);
    expect(names(undefined)).toEqual(["ElasticsearchSilent"]);
  });

  it("find an index without its copies, and one without its lines", async () => {
    await ok("PUT", "/copied?wait_for_active_shards=0", {
      settings: { number_of_replicas: 1 },
    });
    await becomes("ElasticsearchYellow", [{ cluster: "elasticsearch" }]);
    expect(await firing("ElasticsearchRed")).toEqual([]);
    await ok("PUT", "/lost?wait_for_active_shards=0&timeout=1s", {
      settings: { "index.routing.allocation.require._name": "nobody" },
    });
    await becomes("ElasticsearchRed", [{ cluster: "elasticsearch" }]);
    expect(await firing("ElasticsearchYellow")).toEqual([]);
    await ok("DELETE", "/copied");
    await ok("DELETE", "/lost");
    await becomes("ElasticsearchRed", []);
  });

  it("find indices that take no more lines, as at the flood stage", async () => {
    const block = (on: boolean | null) =>
      ok("PUT", "/skywire-logs/_settings", { "index.blocks.read_only_allow_delete": on });
    await block(true);
    // Too many requests, in its words: shippers send again, and lose nothing as long as files are kept.
    expect(await ship("skywire")).toBe(429);
    await becomes("ElasticsearchReadOnly", [{}]);
    await block(null);
    expect(await ship("skywire")).toBe(201);
    await becomes("ElasticsearchReadOnly", []);
  });

  it("count a disk as full where the server itself does", async () => {
    const { body } = await server.ask(
      "GET",
      "/_cluster/settings?include_defaults=true&flat_settings=true",
    );
    const defaults = body["defaults"] as Record<string, string>;
    const high = "cluster.routing.allocation.disk.watermark.high";
    expect([defaults[high], defaults[`${high}.max_headroom`]?.toLowerCase()]).toEqual([
      `${100 - 100 * highWatermark.share}%`,
      `${highWatermark.bytes / 2 ** 30}gb`,
    ]);
  });

  // The disk, the heap and the queue of this machine are not filled: the bound is moved instead.
  it.each([
    [
      "ElasticsearchDiskFilling",
      [
        ["< 0.1 ", "< 1.1 "],
        [`< ${highWatermark.bytes}`, "< 1e18"],
      ],
    ],
    ["ElasticsearchHeapFull", [["> 0.85", "> 0"]]],
    ["ElasticsearchWritesRejected", [["> 0", ">= 0"]]],
  ] as const)("name the member whose bound of %s is passed", async (alert, bounds) => {
    const moved = bounds.reduce((question: string, [bound, other]) => {
      expect(question.split(bound)).toHaveLength(2);
      return question.replace(bound, other);
    }, questionOf(alert));
    const [found, ...more] = await read(moved);
    expect(more).toEqual([]);
    expect(found?.labels).toEqual({ cluster: "elasticsearch", name: "judge" });
    expect(found?.value).toBeGreaterThanOrEqual(0);
    expect(found?.value).toBeLessThanOrEqual(1);
  });
});

describe("the alert that lines no longer arrive, asked of Elasticsearch's own counts", () => {
  it("is about those families whose containers write and whose indices take nothing", async () => {
    await until("both files were seen to grow", async () => {
      const grows = await series("changes(kubelet_container_log_filesystem_used_bytes[30m]) > 1");
      return grows.length === 2;
    });
    expect(await ship("skywire")).toBe(201);
    // Of the one a line has come in, and the third writes none.
    await becomes("LogsNotArriving", [{ family: "edge" }]);
    expect(await ship("edge")).toBe(201);
    await becomes("LogsNotArriving", []);
  });
});

describe("the alert that Elasticsearch is silent", () => {
  it("is true once the server does not answer, of which the exporter itself says nothing", async () => {
    expect(await firing("ElasticsearchSilent")).toEqual([]);
    await server.stop();
    await until("nothing is told any more", async () => {
      const [found, ...more] = await firing("ElasticsearchSilent");
      return more.length === 0 && found?.["workload"] === elkNames.exporter;
    });
    expect(await firing("LogsNotArriving")).toEqual([]);
  });
});
