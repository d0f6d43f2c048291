/**
 * Runs the exporters themselves with the arguments and files that Fleet makes for them, on loopback, as the
 * user that their images have: what they take, what they keep, what they show. What is in the images is
 * the preflight's to see, and that a packet gets through is seen live.
 */
import { createSocket } from "node:dgram";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { nodeExporter } from "../../components/observability/families/node-exporter.ts";
import { pushGateway, statsd } from "../../components/observability/families/prometheus.ts";
import { nodeExporterArguments } from "../../components/observability/metrics/node-exporter.ts";
import { pushGatewayArguments } from "../../components/observability/metrics/push-gateway.ts";
import {
  statsdArguments,
  statsdMapping,
  statsdMappingFile,
} from "../../components/observability/metrics/statsd-files.ts";
import { StatsdConfig } from "../../components/observability/metrics/statsd.schema.ts";
import { pushUrl } from "../../components/spacemesh/telemetry.ts";
import { freePorts, Place, type Running, until } from "../data/programs.ts";
import { catalogueFaults, samplesOf } from "./exposition.ts";

let place: Place;
beforeAll(() => {
  place = new Place(["prometheus-pushgateway", "statsd_exporter", "node_exporter"]);
});
afterAll(() => place.clear());

/** Asks a program that listens on loopback; nothing where it does not answer. */
const ask = (port: number, path: string, request?: RequestInit): Promise<Response | undefined> =>
  fetch(`http://127.0.0.1:${port}${path}`, request).catch(() => undefined);

async function metrics(port: number): Promise<string> {
  return (await ask(port, "/metrics"))?.text() ?? "";
}

/** Starts a program and waits until its probe would pass. */
async function start(words: readonly string[], port: number, probe: string): Promise<Running> {
  const running = place.start(words);
  await until(`${words[0]} answers ${probe}`, async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`${words[0]} ended:\n${running.said()}`);
    }
    return (await ask(port, probe))?.status === 200;
  });
  return running;
}

/** Value of the one series with a name and labels; undefined where there is none. */
function valueOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = (samplesOf(text).get(name) ?? []).filter((sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  expect(found.length, `${name} is one series`).toBeLessThanOrEqual(1);
  return found[0]?.value;
}

describe("the StatsD exporter under generated mappings", () => {
  const config = StatsdConfig.parse({
    mappings: [
      { match: "auth.*.login", name: "auth_logins_total", labels: { service: "$1" } },
      { match: "auth.*.took", type: "timer", name: "auth_seconds", labels: { service: "$1" } },
      { match: "auth.debug.*", drop: true },
    ],
    buckets: [0.1, 0.5],
  });

  async function startStatsd(own: StatsdConfig, folder: string) {
    const [http = 0, udp = 0] = await freePorts(2);
    await place.makeFolder(folder);
    place.write(`${folder}/${statsdMappingFile}`, statsdMapping(own));
    const words = statsdArguments(place.at(folder), { http, udp });
    await start(["statsd_exporter", ...words], http, "/-/ready");
    return { http, udp };
  }

  /** Sends packets and waits until the exporter has counted them. */
  async function send(
    { http, udp }: { readonly http: number; readonly udp: number },
    packets: readonly string[],
  ): Promise<string> {
    const socket = createSocket("udp4");
    for (const packet of packets) {
      await new Promise((settle) => {
        socket.send(packet, udp, "127.0.0.1", settle);
      });
    }
    socket.close();
    const counted = async (): Promise<boolean> =>
      (valueOf(await metrics(http), "statsd_exporter_udp_packets_total") ?? 0) >= packets.length;
    await until("the packets are counted", counted);
    // Events leave its queue every 200 ms.
    await until("the last event is through", async () =>
      (await metrics(http)).includes("last_event_total"),
    );
    return metrics(http);
  }

  let running: { readonly http: number; readonly udp: number };
  let shown: string;
  beforeAll(async () => {
    running = await startStatsd(config, "statsd");
    shown = await send(running, [
      "auth.web.login:1|c",
      "auth.web.login:2|c\nauth.mobile.login:1|c",
      "auth.web.took:250|ms",
      "auth.debug.heap:12|g",
      "orders.paid:3|c|#region:eu",
      "this is no packet of StatsD",
      // A counter that falls, and one that was a counter before.
      "orders.paid:-3|c",
      "orders.paid:1|g",
      "auth.web.login:NaN-ish|c",
      `long.${"x".repeat(2_000)}:1|c`,
      "last.event_total:1|c",
    ]);
  });

  it("makes parts of a name into labels, and counts by them", () => {
    expect(valueOf(shown, "auth_logins_total", { service: "web" })).toBe(3);
    expect(valueOf(shown, "auth_logins_total", { service: "mobile" })).toBe(1);
  });

  it("makes a timer's milliseconds into buckets of seconds", () => {
    const of = (le: string) => valueOf(shown, "auth_seconds_bucket", { service: "web", le });
    expect([of("0.1"), of("0.5"), of("+Inf")]).toEqual([0, 1, 1]);
    expect(valueOf(shown, "auth_seconds_sum", { service: "web" })).toBeCloseTo(0.25);
  });

  it("keeps what no mapping matches under its own name with its tags, and drops what it is told", () => {
    expect(valueOf(shown, "orders_paid", { region: "eu" })).toBe(3);
    expect(shown).not.toContain("auth_debug");
  });

  it("counts what it cannot read and goes on", () => {
    const errors = samplesOf(shown).get("statsd_exporter_sample_errors_total") ?? [];
    expect(errors.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThan(0);
  });

  it("drops what no mapping matches where it is told so", async () => {
    const mappings = [
      ...config.mappings,
      { match: "last.*", name: "last_event_total", labels: {}, drop: false },
    ];
    const strict = await startStatsd({ ...config, mappings, unmapped: "drop" }, "strict");
    const text = await send(strict, [
      "orders.paid:3|c",
      "auth.web.login:1|c",
      "last.event_total:1|c",
    ]);
    expect(valueOf(text, "auth_logins_total", { service: "web" })).toBe(1);
    expect(text).not.toContain("orders_paid");
  });

  it("answers the probe of its life, and shows what the catalogue says", async () => {
    expect((await ask(running.http, "/-/healthy"))?.status).toBe(200);
    expect(catalogueFaults(statsd, shown)).toEqual([]);
  });
});

describe("the push gateway", () => {
  const body = "# TYPE batch_ended_seconds gauge\nbatch_ended_seconds 1234\n";
  const group = "/metrics/job/nightly/instance/a";
  const push = (port: number, text: string): Promise<Response | undefined> =>
    ask(port, group, { method: "PUT", body: text });

  let port: number;
  let data: string;
  let running: Running;
  beforeAll(async () => {
    [port = 0] = await freePorts(1);
    data = await place.makeFolder("pushed");
    running = await startGateway();
  });
  const startGateway = (): Promise<Running> =>
    start(["prometheus-pushgateway", ...pushGatewayArguments(data, port)], port, "/-/ready");

  it("shows what is pushed under the labels of whoever pushed it", async () => {
    expect((await push(port, body))?.status).toBe(200);
    const labels = { job: "nightly", instance: "a" };
    expect(valueOf(await metrics(port), "batch_ended_seconds", labels)).toBe(1234);
  });

  it("refuses what is no metric, and keeps what it has", async () => {
    expect((await push(port, "batch ended well\n"))?.status).toBe(400);
    expect(await metrics(port)).toContain("batch_ended_seconds");
  });

  it("shows what the catalogue says", async () => {
    expect(catalogueFaults(pushGateway, await metrics(port))).toEqual([]);
  });

  it("shows what a miner pushes under the labels of its workload", async () => {
    const gateway = `http://127.0.0.1:${port}`;
    // What the node adds to the address that it is told (go-spacemesh's metrics/push.go).
    const own = "/metrics/job/go-spacemesh/node_id/12D3KooWabc/network_id/205";
    const url = `${pushUrl(gateway, "spacemesh", "miner-7")}${own}`;
    const text = "# TYPE spacemesh_p2p_total_peers gauge\nspacemesh_p2p_total_peers 5\n";
    expect((await fetch(url, { method: "PUT", body: text })).status).toBe(200);
    const labels = { job: "spacemesh", namespace: "spacemesh", workload: "miner-7" };
    const shown = await metrics(port);
    expect(valueOf(shown, "spacemesh_p2p_total_peers", labels)).toBe(5);
    expect(valueOf(shown, "push_time_seconds", labels)).toBeGreaterThan(0);
  });

  it.each([
    ["be wiped", "/api/v1/admin/wipe", "PUT"],
    ["be ended", "/-/quit", "PUT"],
  ])("cannot %s by whoever reaches it", async (_, path, method) => {
    const answer = await ask(port, path, { method });
    expect(answer?.ok).toBe(false);
    expect(await metrics(port)).toContain("batch_ended_seconds");
  });

  it("still has it after it was stopped, as by an update", async () => {
    running.child.kill("SIGTERM");
    await running.done;
    running = await startGateway();
    expect(valueOf(await metrics(port), "batch_ended_seconds")).toBe(1234);
    expect((await ask(port, "/-/healthy"))?.status).toBe(200);
  });
});

describe("the node exporter", () => {
  let shown: string;
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    const here = { root: "/", proc: "/proc", sys: "/sys" };
    await start(["node_exporter", ...nodeExporterArguments(here, port)], port, "/");
    shown = await metrics(port);
  });

  it("tells of processors, memory, disks and the clock, all as nobody", () => {
    expect(valueOf(shown, "node_memory_MemTotal_bytes")).toBeGreaterThan(2 ** 28);
    expect(samplesOf(shown).get("node_cpu_seconds_total")?.length).toBeGreaterThan(0);
    const root = { mountpoint: "/" };
    expect(valueOf(shown, "node_filesystem_size_bytes", root)).toBeGreaterThan(0);
    expect(valueOf(shown, "node_filesystem_avail_bytes", root)).toBeGreaterThan(0);
  });

  it("tells nothing that would be its pod's own and not the node's", () => {
    expect(shown).not.toMatch(/^node_(network|netstat|sockstat|nf_conntrack|uname)_/m);
    expect(shown).not.toMatch(/^(go|process|promhttp)_/m);
  });

  it("shows what the catalogue says", () => {
    expect(catalogueFaults(nodeExporter, shown)).toEqual([]);
  });
});
