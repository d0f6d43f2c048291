import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { parseQuantity } from "../../components/base/quantity.ts";
import { tcp } from "../../components/base/flows.ts";
import { cacheSize } from "../../components/spacemesh/explorer.ts";
import { NetworkConfig } from "../../components/spacemesh/network.schema.ts";
import { nodeVersions } from "../../components/spacemesh/node-profiles.ts";
import { webNodeArguments, webNodeConfig } from "../../components/spacemesh/web-node.ts";
import { webFaults } from "../../components/spacemesh/web-rules.ts";
import { WebServicesConfig } from "../../components/spacemesh/web-services.schema.ts";
import { WebServices } from "../../components/spacemesh/web-services.ts";
import {
  webFlows,
  webPages,
  webRequests,
  type WebShape,
  webWorkloads,
} from "../../components/spacemesh/web-shape.ts";
import { collect, type Collected, find } from "../harness.ts";
import { complaints, ingress } from "../platform/fixtures.ts";

const published = JSON.stringify({
  api: { grpc: ["node", "smesher", "debug"] },
  main: { "poet-server": "192.0.2.9:5000" },
  p2p: { "network-id": 205, bootnodes: ["/ip4/192.0.2.7/tcp/5002/p2p/12D3KooWx"] },
});

const shape: WebShape = {
  namespace: "ws",
  network: "mininet",
  domain: "spacemesh.io",
  ingress: ingress(),
  scrapers: [{ kind: "workload", name: "prometheus", namespace: "metrics" }],
  entrances: [tcp(5001), tcp(5002)],
  members: [
    { peer: { kind: "group", name: "miners", namespace: "spacemesh" }, ports: [tcp(7513)] },
  ],
};

const make = (change: object = {}): Promise<Collected> =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    return new WebServices(
      "web",
      {
        config: WebServicesConfig.parse(change),
        namespace: "ws",
        namespaceName: "ws",
        flows: webFlows(shape),
        networkPolicy: true,
        network: {
          image: { reference: "docker.io/spacemeshos/go-spacemesh-dev:38056f5", pullSecrets: [] },
          version: "v0.2.17",
          config: pulumi.output(published),
        },
      },
      { parent },
    );
  });

interface Container {
  readonly name: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly resources: { readonly requests: Record<string, string> };
}

interface Spec {
  readonly replicas: number;
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly strategy: object;
  readonly progressDeadlineSeconds: number;
  readonly template: {
    readonly metadata: { readonly labels: Record<string, string> };
    readonly spec: { readonly containers: Container[]; readonly securityContext: object };
  };
}

const specOf = (collected: Collected, name: string): Spec =>
  find(collected, "kubernetes:apps/v1:Deployment", name).inputs["spec"] as Spec;

const containerOf = (collected: Collected, workload: string, name: string): Container => {
  const found = specOf(collected, workload).template.spec.containers.find(
    (one) => one.name === name,
  );
  if (found === undefined) {
    throw new Error(`${workload} has no container ${name}`);
  }
  return found;
};

const matches = (selector: Record<string, string>, labels: Record<string, string>): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

const made = make();

describe("the web services", () => {
  it("are the original's four, with its numbers of pods", async () => {
    const collected = await made;
    const pods = Object.values(webWorkloads).map((name) => [
      name,
      specOf(collected, name).replicas,
    ]);
    expect(pods).toEqual([
      ["spacemesh-api", 2],
      ["spacemesh-explorer-api", 3],
      ["spacemesh-explorer-collector", 2],
      ["spacemesh-dash", 2],
    ]);
  });

  // The original's two Deployments of the explorer selected each other's pods (facts 2.11).
  it("each select their own pods and no others", async () => {
    const collected = await made;
    const names = Object.values(webWorkloads);
    for (const name of names) {
      const { matchLabels } = specOf(collected, name).selector;
      const selected = names.filter((other) =>
        matches(matchLabels, specOf(collected, other).template.metadata.labels),
      );
      expect(selected).toEqual([name]);
    }
  });

  it("ask for room where the work is: each node for a processor of its own", async () => {
    const collected = await made;
    for (const workload of [webWorkloads.api, webWorkloads.collector]) {
      const { requests } = containerOf(collected, workload, "node").resources;
      expect(parseQuantity(requests["cpu"] ?? "")).toBe(1);
    }
    expect(containerOf(collected, webWorkloads.explorer, "api").resources.requests["cpu"]).toBe(
      "100m",
    );
  });

  it("are dialled by the names and ports of old, gRPC by one more that says what it speaks", async () => {
    const collected = await made;
    const services = collected.resources
      .filter(({ type }) => type === "kubernetes:core/v1:Service")
      .map(({ inputs }) => {
        const { name } = inputs["metadata"] as { name: string };
        const { ports } = inputs["spec"] as { ports: { port: number }[] };
        return `${name} ${ports.map(({ port }) => port).join(" ")}`;
      });
    expect(services.sort()).toEqual([
      "spacemesh-api 9092 9093 1010",
      "spacemesh-api-grpc 9092",
      "spacemesh-dash 80",
      "spacemesh-explorer 5000",
      "spacemesh-explorer-collector 1010",
      "spacemesh-explorer-mongo 27017",
    ]);
    const scheme = "traefik.ingress.kubernetes.io/service.serversscheme";
    const annotated = collected.resources.filter(({ inputs }) =>
      JSON.stringify(inputs).includes(scheme),
    );
    // On the Service of several ports it would hold for JSON, too.
    expect(annotated.map(({ name }) => name)).toEqual(["spacemesh-api-grpc-service"]);
  });

  it("get traffic when their node is in sync, and are exchanged one by one, with time for that", async () => {
    const collected = await made;
    expect(containerOf(collected, webWorkloads.api, "sync-check").readinessProbe).toMatchObject({
      httpGet: { path: "/", port: "sync" },
    });
    expect(
      JSON.stringify(containerOf(collected, webWorkloads.collector, "mongo").readinessProbe),
    ).toContain("issynced: true");
    expect(containerOf(collected, webWorkloads.explorer, "api").readinessProbe).toMatchObject({
      httpGet: { path: "/synced" },
    });
    expect(specOf(collected, webWorkloads.api)).toMatchObject({
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      progressDeadlineSeconds: 3600,
    });
  });

  it("are never restarted for what another does: liveness asks the process alone", async () => {
    const collected = await made;
    const checks = Object.values(webWorkloads).flatMap((name) =>
      specOf(collected, name).template.spec.containers.flatMap(
        ({ livenessProbe }) => livenessProbe ?? [],
      ),
    );
    expect(checks.length).toBeGreaterThan(4);
    expect(checks.filter((check) => !("tcpSocket" in check))).toEqual([]);
  });

  it("run as nobody's root, and keep no disk", async () => {
    const collected = await made;
    for (const name of Object.values(webWorkloads)) {
      expect(specOf(collected, name).template.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
      });
    }
    expect(collected.urns.filter((urn) => urn.includes("PersistentVolumeClaim"))).toEqual([]);
  });

  it("stand below one component, and hand its options on", async () => {
    const collected = await made;
    const start = "urn:pulumi:test::fleet::";
    expect(collected.urns).toEqual(
      expect.arrayContaining([
        `${start}demo:test:Parent$fleet:spacemesh:WebServices::web`,
        `${start}fleet:spacemesh:WebServices$fleet:spacemesh:PublicApi::web-api`,
        `${start}fleet:spacemesh:WebServices$fleet:spacemesh:Explorer::web-explorer`,
        `${start}fleet:spacemesh:WebServices$fleet:spacemesh:DashboardBackend::web-dashboard`,
        `${start}fleet:spacemesh:Explorer$kubernetes:apps/v1:Deployment::spacemesh-explorer-api`,
      ]),
    );
    const objects = collected.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.filter(({ provider }) => !provider.includes("::cluster::"))).toEqual([]);
  });

  it("lead each public host to the Service that serves it", async () => {
    const { backends } = (await made).result as WebServices;
    const led = [...backends].map(([host, { serviceName, servicePort }]) => [
      host,
      `${serviceName}:${servicePort}`,
    ]);
    expect(led).toEqual([
      ["api", "spacemesh-api-grpc:9092"],
      ["api-json", "spacemesh-api:9093"],
      ["dash-api", "spacemesh-dash:80"],
      ["explorer-api", "spacemesh-explorer:5000"],
    ]);
  });
});

describe("a node of the web services", () => {
  it("joins by the published config, and serves no API that the file does not name", () => {
    const config = JSON.parse(webNodeConfig(published, "v0.2.17", ["node", "mesh"])) as object;
    expect(config).toEqual({
      ...(JSON.parse(published) as object),
      api: { grpc: ["node", "mesh"] },
    });
  });

  it("neither smeshes nor has an account, in any version", () => {
    for (const version of nodeVersions) {
      const said = webNodeArguments(version, true);
      expect(said).toContain("--smeshing-start=false");
      expect(said.join(" ")).not.toMatch(/coinbase|advertise|smeshing-opts/);
    }
  });

  it("listens on the ports of old, the JSON gateway of the public ones alone", () => {
    expect(webNodeArguments("v0.2.17", true)).toEqual(
      expect.arrayContaining(["--grpc-port=9092", "--json-server=true", "--json-port=9093"]),
    );
    expect(webNodeArguments("v0.2.17", false)).toContain("--json-server=false");
    // The private listener's own port would be the JSON gateway's.
    expect(webNodeArguments("v1.0", true)).toEqual(
      expect.arrayContaining([
        "--grpc-private-listener=127.0.0.1:9094",
        "--grpc-json-listener=0.0.0.0:9093",
      ]),
    );
  });

  it("of the collector waits until the collector listens: it tells what happens only once", async () => {
    const { command, args } = containerOf(await made, webWorkloads.collector, "node");
    expect(command?.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
    expect(args?.slice(0, 2)).toEqual(["/var/run/explorer-collector", "/bin/go-spacemesh"]);
  });

  it.each([
    ["2Gi", "1.00"],
    ["256Mi", "0.25"],
  ])("leaves Mongo half of its %s for a cache", (limit, cache) => {
    expect(cacheSize(limit, "1Gi")).toBe(cache);
  });
});

describe("calls of the web services", () => {
  const flows = webFlows(shape);
  const to = (name: string) =>
    flows.flatMap(({ from, to: end, ports }) =>
      end.kind === "workload" && end.name === name
        ? [`${"name" in from ? from.name : from.kind} ${ports.map(({ port }) => port).join(" ")}`]
        : [],
    );

  it("come from the controller of each host, and to each other from whom they are told of", () => {
    expect(to(webWorkloads.api)).toEqual(["traefik 9092", "traefik 9093", "prometheus 1010"]);
    expect(to(webWorkloads.explorer)).toEqual(["traefik 5000"]);
    expect(to(webWorkloads.dashboard)).toEqual(["traefik 8080"]);
    // Nobody reaches the database, which has no password, but the two that read it.
    expect(to(webWorkloads.collector)).toEqual([
      "spacemesh-explorer-api 27017",
      "spacemesh-dash 27017",
      "prometheus 1010",
    ]);
  });

  it("go out from nodes alone: to the internet, and to the members' own port", () => {
    const leaving = flows.filter(({ to: end }) => end.kind === "internet" || end.kind === "group");
    const who = leaving.map(({ from }) => ("name" in from ? from.name : from.kind));
    expect([...new Set(who)]).toEqual([webWorkloads.api, webWorkloads.collector]);
    expect(leaving.filter(({ to: end }) => end.kind === "group")[0]?.ports).toEqual([tcp(7513)]);
    const toNodes = flows.filter(({ to: end }) => end.kind === "nodes");
    expect(toNodes.map(({ from, ports }) => ["name" in from && from.name, ports])).toEqual([
      [webWorkloads.api, [tcp(5001), tcp(5002)]],
      [webWorkloads.collector, [tcp(5001), tcp(5002)]],
    ]);
  });

  it("are of hosts below the stack's domain, of which one is not proxied", () => {
    expect(webPages("mininet", "example.org").map(({ host, proxied }) => [host, proxied])).toEqual([
      ["api-mininet.example.org", false],
      ["api-json-mininet.example.org", true],
      ["dash-api-mininet.example.org", true],
      ["explorer-api-mininet.example.org", true],
    ]);
  });
});

describe("what the web services ask of the nodes", () => {
  // A pod's request is that of all its containers: what Kubernetes places it by.
  it("is what their pods do, and one pod more while they are exchanged", async () => {
    const collected = await made;
    for (const { request } of webRequests(WebServicesConfig.parse({}))) {
      const { replicas, template } = specOf(collected, request.workload);
      const sum = (resource: string): number =>
        template.spec.containers.reduce(
          (total, { resources }) => total + parseQuantity(resources.requests[resource] ?? "0"),
          0,
        );
      expect(request.replicas).toBe(replicas + 1);
      expect(parseQuantity(request.cpu)).toBeCloseTo(sum("cpu"));
      expect(parseQuantity(request.memory)).toBe(sum("memory"));
      expect(parseQuantity(request.scratch ?? "0")).toBe(sum("ephemeral-storage"));
    }
  });

  it("has room on their nodes' own disks for all that nodes and databases may write", () => {
    const asked = webRequests(
      WebServicesConfig.parse({
        publicApi: { node: { scratch: "30Gi" } },
        explorer: { collector: { mongo: { scratch: "5Gi" } } },
      }),
    );
    expect(asked.map(({ request }) => [request.workload, request.scratch])).toEqual([
      [webWorkloads.api, "30720Mi"],
      [webWorkloads.explorer, undefined],
      [webWorkloads.collector, `${(20 + 5) * 1024}Mi`],
      [webWorkloads.dashboard, undefined],
    ]);
  });
});

describe("faults of the web services", () => {
  it.each([
    ["no pods", { publicApi: { replicas: 0 } }, "publicApi.replicas: must be at least 1"],
    [
      "an explorer of two versions",
      { explorer: { api: { image: "docker.io/spacemeshos/explorer-apiserver:v0.0.11" } } },
      "explorer.collector.image: must have the tag of api.image, v0.0.11",
    ],
    ["an API twice", { publicApi: { apis: ["node", "node"] } }, "must list each API once"],
    [
      "an image without a tag",
      { dashboard: { image: "dash" } },
      "dashboard.image: must be an image",
    ],
    ["a page with a password", { listing: { explorer: "https://a:b@c.org" } }, "credentials"],
  ])("are %s", (_, change, expected) => {
    expect(complaints(WebServicesConfig, change).join("\n")).toContain(expected);
  });

  const network = (version: string, config: object = {}) =>
    NetworkConfig.parse({
      name: "mininet",
      phase: "running",
      genesis: { time: "2026-11-22T12:00:00Z", activeSize: 10 },
      node: { version, config },
    });
  const web = (change: object = {}) => WebServicesConfig.parse(change);

  it("are a network without a number, which the list of networks needs", () => {
    expect(webFaults(network("v0.2.20"), web())).toMatchObject([
      { path: ["webServices", "listing", "networkId"] },
    ]);
    expect(webFaults(network("v0.2.20"), web({ listing: { networkId: 32 } }))).toEqual([]);
    expect(webFaults(network("v0.2.17", { p2p: { "network-id": 205 } }), web())).toEqual([]);
  });

  it("are an API that the node does not have", () => {
    const apis = web({ publicApi: { apis: ["node", "gateway"] }, listing: { networkId: 1 } });
    expect(webFaults(network("v1.0"), apis)).toMatchObject([
      { path: ["webServices", "publicApi", "apis", 1] },
    ]);
  });
});
