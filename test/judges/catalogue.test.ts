/**
 * Asks programs themselves whether they export what the catalogue says that they do: Prometheus with rules,
 * an Alertmanager that is down and a query, Traefik with a host and its certificate. Of Kubelet, cAdvisor
 * and cert-manager no program is to be had: what the catalogue says of them is from their documents.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { traefik } from "../../components/observability/families/platform.ts";
import { prometheus } from "../../components/observability/families/prometheus.ts";
import { alertGroups, alertRuleFiles } from "../../components/observability/rules/files.ts";
import { freePorts, Place, until } from "../data/programs.ts";
import { bareStack, wholeStack } from "../observability/rules/whole-stack.ts";
import { good } from "../ops/certificates.ts";
import { catalogueFaults, samplesOf } from "./exposition.ts";

let place: Place;
beforeAll(() => {
  place = new Place(["prometheus", "traefik"]);
});
afterAll(() => place.clear());

const ask = async (port: number, path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined))?.text() ?? "";

/** Its rules, and whether they could be evaluated. */
async function rulesOf(port: number): Promise<readonly { name: string; health: string }[]> {
  const text = await ask(port, "/api/v1/rules");
  if (!text.startsWith("{")) {
    return [];
  }
  const { data } = JSON.parse(text) as {
    data: { groups: readonly { rules: readonly { name: string; health: string }[] }[] };
  };
  return data.groups.flatMap(({ rules }) => rules);
}

describe("Prometheus", () => {
  let port: number;
  beforeAll(async () => {
    [port = 0] = await freePorts(1);
    const own = `127.0.0.1:${port}`;
    const rules = Object.entries(alertRuleFiles(wholeStack)).map(([name, text]) =>
      place.write(name, text),
    );
    const config = place.write(
      "prometheus.yml",
      stringify({
        global: { scrape_interval: "1s", evaluation_interval: "1s" },
        rule_files: rules,
        alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:9"] }] }] },
        scrape_configs: [
          {
            job_name: "prometheus",
            static_configs: [{ targets: [own], labels: { workload: "prometheus" } }],
          },
        ],
      }),
    );
    const running = place.start([
      "prometheus",
      `--config.file=${config}`,
      `--storage.tsdb.path=${place.at("data")}`,
      `--web.listen-address=${own}`,
    ]);
    await until("it has read itself and evaluated its rules", async () => {
      if (running.child.exitCode !== null) {
        throw new Error(`prometheus ended:\n${running.said()}`);
      }
      const read = samplesOf(await ask(port, "/metrics")).get(
        "prometheus_target_sync_length_seconds",
      );
      const rules = await rulesOf(port);
      return (
        read !== undefined && rules.length > 0 && rules.every(({ health }) => health !== "unknown")
      );
    });
  });

  it("exports what the catalogue says", async () => {
    // A label of 3.x.
    expect(catalogueFaults(prometheus, await ask(port, "/metrics"))).toEqual([
      "prometheus_build_info: has no label tags",
    ]);
  });

  it("takes all alerts of a stack that has everything, and evaluates each without a fault", async () => {
    const found = await rulesOf(port);
    const wanted = alertGroups(wholeStack).flatMap(({ rules }) => rules.map(({ name }) => name));
    expect(found.map(({ name }) => name).sort()).toEqual(wanted.sort());
    expect(found.filter(({ health }) => health === "err")).toEqual([]);
  });

  it("is well, says its own config: of all alerts only those fire that should", async () => {
    const fired = async (): Promise<string[]> => {
      const { data } = JSON.parse(await ask(port, "/api/v1/alerts")) as {
        data: { alerts: readonly { labels: { alertname: string }; state: string }[] };
      };
      return data.alerts
        .filter(({ state }) => state === "firing")
        .map(({ labels }) => labels.alertname);
    };
    // The switch waits for something that was read.
    let firing: string[] = [];
    await until("something fires", async () => {
      firing = await fired();
      return firing.length > 0;
    });
    expect(firing).toEqual(
      alertGroups(bareStack)[0]
        ?.rules.slice(0, 1)
        .map(({ name }) => name),
    );
  });
});

describe("Traefik", () => {
  it("exports what the catalogue says", async () => {
    const [web = 0, metrics = 0] = await freePorts(2);
    const dynamic = place.write(
      "dynamic.yml",
      stringify({
        http: {
          routers: { all: { rule: "PathPrefix(`/`)", service: "none", entryPoints: ["web"] } },
          services: { none: { loadBalancer: { servers: [{ url: "http://127.0.0.1:9" }] } } },
        },
        tls: {
          certificates: [
            {
              certFile: place.write("tls.crt", good.cert),
              keyFile: place.write("tls.key", good.key),
            },
          ],
        },
      }),
    );
    place.start([
      "traefik",
      "--global.checkNewVersion=false",
      "--global.sendAnonymousUsage=false",
      `--entryPoints.web.address=127.0.0.1:${web}`,
      `--entryPoints.metrics.address=127.0.0.1:${metrics}`,
      "--metrics.prometheus=true",
      "--metrics.prometheus.entryPoint=metrics",
      `--providers.file.filename=${dynamic}`,
    ]);
    await until("a request has passed", async () => {
      await ask(web, "/");
      return (await ask(metrics, "/metrics")).includes("traefik_service_requests_total{");
    });
    expect(catalogueFaults(traefik, await ask(metrics, "/metrics"))).toEqual([]);
  });
});
