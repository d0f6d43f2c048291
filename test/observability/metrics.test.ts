/** Prometheus and Grafana: what they are told, and what their pods may do (facts/skywire.md 4.19). */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import {
  datasourceFile,
  dashboardFile,
  providerFile,
} from "../../components/observability/metrics/grafana-files.ts";
import { grafanaWorkload } from "../../components/observability/metrics/grafana.ts";
import { MetricsConfig } from "../../components/observability/metrics/metrics.schema.ts";
import {
  prometheusArguments,
  prometheusBytes,
  prometheusFile,
} from "../../components/observability/metrics/prometheus-files.ts";
import { prometheusWorkload } from "../../components/observability/metrics/prometheus.ts";
import { skywireDashboard } from "../../components/skywire/dashboard.ts";

const config = MetricsConfig.parse({});

const around = {
  system: "skywire",
  namespace: "metrics",
  namespaceName: "metrics",
  flows: [],
  networkPolicy: true,
  data: "protect",
} as const;

describe("Prometheus", () => {
  const workload = prometheusWorkload("prometheus", {
    ...around,
    config: config.prometheus,
    stack: "prod",
    namespaces: ["skywire"],
  });

  it("keeps samples for a time and up to a size, whichever comes first", () => {
    const words = prometheusArguments({ retention: { time: "15d", size: "40Gi" } });
    expect(words).toEqual(
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

  it("looks for pods in the namespaces it is given, and asks none that does not announce metrics", () => {
    const file = parse(
      prometheusFile({
        stack: "prod",
        intervalSeconds: 30,
        namespaces: ["a", "b"],
        kubelets: false,
        apiServer: false,
      }),
    ) as { scrape_configs: readonly Record<string, unknown>[] };
    const job = file.scrape_configs.find((one) => one["job_name"] === "pods");
    expect(job?.["kubernetes_sd_configs"]).toEqual([
      { role: "pod", namespaces: { names: ["a", "b"] } },
    ]);
    expect(job?.["relabel_configs"]).toContainEqual({
      source_labels: ["__meta_kubernetes_pod_annotation_fleet_metrics_port"],
      action: "keep",
      regex: "\\d+",
    });
  });

  it("may find pods and nodes and read metrics, and nothing else of the cluster", () => {
    expect(workload.clusterRules).toEqual([
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { paths: ["/metrics"], verbs: ["get"] },
    ]);
    expect(workload.rules).toBeUndefined();
  });

  it("writes alone to a disk that is kept", () => {
    expect(workload.update?.strategy).toBe("Recreate");
    expect(workload.claims).toEqual([{ name: "data", size: "50Gi" }]);
    expect(workload.data).toBe("protect");
  });

  it("has more disk than it fills", () => {
    const faults = MetricsConfig.safeParse({
      prometheus: { storage: { size: "20Gi" }, retention: { size: "18Gi" } },
    });
    expect(
      faults.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    ).toEqual([
      "prometheus.retention.size: must be at most 85 % of the disk of 20Gi (storage.size): a full disk stops Prometheus",
    ]);
  });
});

describe("Grafana", () => {
  const workload = grafanaWorkload("grafana", {
    ...around,
    config: config.grafana,
    adminPassword: pulumi.secret("password-of-the-test-0123"),
    secure: true,
    prometheusUrl: "http://prometheus.metrics.svc:9090",
    dashboards: [skywireDashboard],
  });

  it("takes its password from a Secret, and lets in nobody without one", () => {
    expect(Object.keys(workload.container.secretEnv ?? {})).toEqual(["GF_SECURITY_ADMIN_PASSWORD"]);
    expect(workload.container.env).toMatchObject({
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_AUTH_ANONYMOUS_ENABLED: "false",
    });
    expect(JSON.stringify(workload.container.env)).not.toContain("password-of-the-test");
  });

  it("sends its cookies over HTTPS only, where there is HTTPS", () => {
    expect(workload.container.env).toMatchObject({
      GF_SERVER_ROOT_URL: "https://grafana.skycoin.com/",
      GF_SECURITY_COOKIE_SECURE: "true",
    });
  });

  it("asks nobody but Prometheus: no look for updates, no plug-ins from elsewhere", () => {
    expect(workload.container.env).toMatchObject({
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
    });
  });

  it("has the datasource that its dashboards mean", () => {
    const { datasources } = parse(datasourceFile("http://prometheus.metrics.svc:9090")) as {
      datasources: readonly Record<string, unknown>[];
    };
    expect(datasources).toMatchObject([
      { uid: "prometheus", type: "prometheus", url: "http://prometheus.metrics.svc:9090" },
    ]);
    const dashboard = JSON.parse(dashboardFile(skywireDashboard)) as {
      panels: readonly { datasource: unknown }[];
    };
    for (const { datasource } of dashboard.panels) {
      expect(datasource).toEqual({ type: "prometheus", uid: "prometheus" });
    }
  });

  it("finds its dashboards where they are mounted", () => {
    const { providers } = parse(providerFile()) as {
      providers: readonly { options: { path: string } }[];
    };
    const mounts = (workload.container.mounts ?? []).map(({ path }) => path);
    expect(mounts).toContain(providers[0]?.options.path);
    const files = workload.files?.find(({ name }) => name === "dashboards")?.files ?? {};
    expect(Object.keys(files)).toEqual(["skywire.json"]);
  });
});

describe("a dashboard", () => {
  const { panels } = JSON.parse(dashboardFile(skywireDashboard)) as {
    panels: readonly {
      id: number;
      title: string;
      gridPos: { x: number; y: number; w: number; h: number };
      targets: readonly { refId: string; expr: string }[];
    }[];
  };

  it("has panels that do not overlap", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: h }, (_, row) => `${x}/${y + row}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it("names each query of a panel by a letter of its own", () => {
    for (const { title, targets } of panels) {
      const letters = targets.map(({ refId }) => refId);
      expect({ title, letters }).toEqual({ title, letters: [...new Set(letters)] });
    }
  });

  it("shows every family of metrics of the programs (3.2)", () => {
    const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join("\n");
    for (const family of [
      ...["dmsg_discovery", "dmsg_server", "address_resolver", "transport_discovery"],
      ...["uptime_tracker", "service_discovery", "network_monitor", "setup_node", "vm_request"],
    ]) {
      expect(asked).toContain(`${family}_`);
    }
  });
});
