/** cert-manager as the sandbox plays it: its chart, its kinds, and what is issued. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { tlsPairFault } from "../../components/base/tls-certificate.ts";
import type { KubeObject } from "../../sandbox/api.ts";
import { installKinds, prepareChart, useChart } from "../../sandbox/charts.ts";
import { parseStackFile } from "../../sandbox/config.ts";
import { issueCertificates } from "../../sandbox/issuing.ts";
import { ClusterInMemory } from "./cluster-in-memory.ts";

const file = (certManager: string) =>
  parseStackFile(`config:\n  fleet:certificates:\n    certManager: ${certManager}\n`, "x");
const none = parseStackFile("config: { fleet:system: voting }\n", "x");

/** A tool's folder with the shape of the real one. */
function tools(): { readonly folder: string; readonly environment: { FLEET_TOOL_DIRS: string } } {
  const folder = mkdtempSync(join(tmpdir(), "fleet-chart-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("chart/Chart.yaml", "name: cert-manager\nversion: v0.0.0\nappVersion: v0.0.0\n");
  write("chart/templates/deployment.yaml", "");
  write("chart/templates/webhook-deployment.yaml", "");
  write("chart/templates/webhook-mutating-webhook.yaml", "");
  write("chart/templates/webhook-validating-webhook.yaml", "");
  write("crds/README.md", "");
  write("crds/issuers.yaml", "kind: CustomResourceDefinition\nmetadata: { name: issuers }\n");
  return {
    folder,
    environment: { FLEET_TOOL_DIRS: JSON.stringify({ "cert-manager-chart": folder }) },
  };
}

describe("a chart in the sandbox", () => {
  it("is the tool's, of the stack's version, without what the API server would ask", () => {
    const { folder, environment } = tools();
    const document = file("{ kind: chart, version: v1.20.1 }");
    const chart = prepareChart(document, join(folder, "out"), environment) ?? "";
    expect(readdirSync(join(chart, "templates")).sort()).toEqual([
      "deployment.yaml",
      "webhook-deployment.yaml",
    ]);
    expect(readFileSync(join(chart, "Chart.yaml"), "utf8")).toBe(
      "name: cert-manager\nversion: v1.20.1\nappVersion: v1.20.1\n",
    );
    useChart(document, chart);
    expect(document.getIn(["config", "fleet:certificates", "certManager", "source"])).toBe(chart);
  });

  it("is made anew at each run, and nobody's who has none", () => {
    const { folder, environment } = tools();
    const out = join(folder, "out");
    expect(prepareChart(file("{ kind: chart }"), out, environment)).toBeDefined();
    expect(prepareChart(file("{ kind: chart }"), out, environment)).toBeDefined();
    for (const document of [none, file("{ kind: preinstalled }")]) {
      const before = String(document);
      expect(prepareChart(document, out, {})).toBeUndefined();
      useChart(document, "/elsewhere");
      expect(String(document)).toBe(before);
    }
  });

  it("is missed by name where the tool is not there", () => {
    expect(() => prepareChart(file("{ kind: chart }"), tmpdir(), {})).toThrow(
      "cert-manager-chart is not installed",
    );
  });

  it("has its kinds put in by others where the stack says so", async () => {
    const { environment } = tools();
    const cluster = new ClusterInMemory();
    await installKinds(file("{ kind: chart }"), cluster.api, environment);
    await installKinds(none, cluster.api, {});
    expect(cluster.objects.size).toBe(0);
    await installKinds(file("{ kind: preinstalled }"), cluster.api, environment);
    expect([...cluster.objects.keys()]).toEqual([
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/issuers",
    ]);
  });
});

const group = "/apis/cert-manager.io/v1";
const annotation = "acme.cert-manager.io/http01-override-ingress-name";

function ordered(issuer = "ours", annotations: Record<string, string> = {}): KubeObject {
  return {
    metadata: { name: "www", namespace: "demo", annotations },
    spec: {
      secretName: "www-tls",
      dnsNames: ["www.example.org"],
      issuerRef: { kind: "ClusterIssuer", name: issuer },
    },
  };
}

function clusterWith(certificate: KubeObject): ClusterInMemory {
  const cluster = new ClusterInMemory();
  cluster.put(`${group}/clusterissuers`, { metadata: { name: "ours" }, spec: {} });
  cluster.put(`${group}/certificates`, certificate);
  return cluster;
}

const readiness = (cluster: ClusterInMemory): unknown =>
  cluster.objects.get(`${group}/namespaces/demo/certificates/www`)?.status?.["conditions"];
const secret = "/api/v1/namespaces/demo/secrets/www-tls";

describe("issuing in the sandbox", () => {
  it("registers the account and gives each host a certificate of its name", async () => {
    const cluster = clusterWith(ordered());
    await issueCertificates(cluster.api);
    expect(cluster.objects.get(`${group}/clusterissuers/ours`)?.status).toMatchObject({
      conditions: [{ type: "Ready", status: "True", reason: "ACMEAccountRegistered" }],
    });
    expect(readiness(cluster)).toMatchObject([{ type: "Ready", status: "True" }]);
    const { stringData, type } = cluster.objects.get(secret) as unknown as {
      readonly type: string;
      readonly stringData: Record<string, string>;
    };
    expect(type).toBe("kubernetes.io/tls");
    const pair = `${stringData["tls.crt"] ?? ""}${stringData["tls.key"] ?? ""}`;
    expect(tlsPairFault(pair, ["www.example.org"])).toBeUndefined();
  });

  it("changes nothing of what was issued", async () => {
    const cluster = clusterWith(ordered());
    await issueCertificates(cluster.api);
    const before = JSON.stringify([...cluster.objects]);
    await issueCertificates(cluster.api);
    expect(JSON.stringify([...cluster.objects])).toBe(before);
  });

  it("waits for an issuer that is not there, and says so once", async () => {
    const cluster = clusterWith(ordered("theirs"));
    await issueCertificates(cluster.api);
    const told = readiness(cluster);
    expect(told).toMatchObject([
      { status: "False", message: 'Referenced "ClusterIssuer" not found: theirs' },
    ]);
    await issueCertificates(cluster.api);
    expect(readiness(cluster)).toBe(told);
    expect(cluster.objects.has(secret)).toBe(false);
  });

  it("waits for the Ingress that the authority's question comes in by", async () => {
    const cluster = clusterWith(ordered("ours", { [annotation]: "www" }));
    await issueCertificates(cluster.api);
    expect(readiness(cluster)).toMatchObject([{ status: "False" }]);
    const ingresses = "/apis/networking.k8s.io/v1/ingresses";
    cluster.put(ingresses, { metadata: { name: "www", namespace: "demo" } });
    await issueCertificates(cluster.api);
    expect(readiness(cluster)).toMatchObject([{ status: "True" }]);
  });

  it("has nothing to do in a cluster without its kinds", async () => {
    await expect(issueCertificates(new ClusterInMemory().api)).resolves.toBeUndefined();
  });
});
