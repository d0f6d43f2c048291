/**
 * What production's file makes of production: who there is, and what a change of one of them touches.
 * Proves what is asked of the engine; that a cluster takes it is proven by test/e2e/skywire-prod.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Properties } from "../../sandbox/standins/values.ts";
import { find } from "../harness.ts";
import { type Rendered, renderedOnce } from "../rendered.ts";
import { Box, removeBoxes } from "../standins/box.ts";
import { changedProduction } from "./changed.ts";

/** Resources by URN, each with all that the engine would compare. */
const byUrn = ({ collected, options }: Rendered<unknown>): ReadonlyMap<string, string> =>
  new Map(
    options.map(({ urn, type, name, protect, retainOnDelete }) => {
      const found = collected.resources.find((one) => one.type === type && one.name === name);
      const { inputs, provider } = found ?? {};
      return [urn, JSON.stringify({ inputs, provider, protect, retainOnDelete })] as const;
    }),
  );

/** What differs between two renderings, each as `type name`. */
function difference(before: Rendered<unknown>, after: Rendered<unknown>) {
  const [old, now] = [byUrn(before), byUrn(after)];
  const short = (urn: string): string => urn.split("::").slice(2).join(" ").replace(/^.*\$/, "");
  const among = (urns: Iterable<string>, is: (urn: string) => boolean): readonly string[] =>
    [...urns].filter(is).map(short).sort();
  return {
    added: among(now.keys(), (urn) => !old.has(urn)),
    removed: among(old.keys(), (urn) => !now.has(urn)),
    changed: among(old.keys(), (urn) => now.has(urn) && now.get(urn) !== old.get(urn)),
  };
}

/** Replicas of everything that runs on, by `namespace/name`. */
const running = ({ world }: Rendered<unknown>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    world.pods
      .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
      .map(({ namespace, name, replicas }) => [`${namespace}/${name}`, replicas] as const),
  );

const serviceType = "kubernetes:core/v1:Service";

interface ServiceSpec {
  readonly type: string;
  readonly healthCheckNodePort?: number;
  readonly ports: readonly { readonly nodePort?: number }[];
}

const deploymentType = "kubernetes:apps/v1:Deployment";

/** How a Deployment exchanges its pods. */
function strategyOf({ collected }: Rendered<unknown>, name: string): unknown {
  const { spec } = find(collected, deploymentType, name).inputs as { spec: { strategy: unknown } };
  return spec.strategy;
}

/** Names of the Deployments for which a resource of a name waits. */
function waitsFor({ options }: Rendered<unknown>, type: string, name: string): readonly string[] {
  const asked = options.find((one) => one.type === type && one.name === name);
  return (asked?.dependencies ?? [])
    .filter((urn) => urn.includes(`${deploymentType}::`))
    .map((urn) => urn.split("::").at(-1) ?? "");
}

const imagesOf = ({ world }: Rendered<unknown>, name: string): readonly string[] =>
  world.pods
    .filter((pods) => pods.name === name)
    .flatMap(({ spec }) => spec.containers.map(({ image }) => image));

const objectsOf = (server: string): readonly string[] => [
  "fleet:skywire:DmsgServer " + server,
  "kubernetes:apps/v1:Deployment " + server,
  `kubernetes:core/v1:Secret ${server}-config`,
  `kubernetes:core/v1:Service ${server}-service`,
  `kubernetes:core/v1:ServiceAccount ${server}-account`,
  `kubernetes:networking.k8s.io/v1:NetworkPolicy ${server}-policy`,
  `kubernetes:policy/v1:PodDisruptionBudget ${server}-budget`,
];

const servers = [1, 2, 3, 4, 5, 6].map((number) => `dmsg-server-${number}`);
const digest = `sha256:${"a".repeat(64)}`;

let production: Awaited<ReturnType<typeof renderedOnce<"prod">>>;
beforeAll(async () => {
  production = await renderedOnce("prod");
});

afterAll(removeBoxes);

describe("production", () => {
  it("runs the published number of each service, and nothing beside what its file names", () => {
    const one = (namespace: string, ...names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [`${namespace}/${name}`, 1]));
    expect(running(production)).toEqual({
      ...one("skywire", ...servers),
      "skywire/dmsg-discovery": 1,
      "skywire/dmsg-discovery-keyless": 4,
      "skywire/service-discovery": 1,
      "skywire/service-discovery-keyless": 1,
      ...one("skywire", "address-resolver", "transport-discovery", "route-finder"),
      ...one("skywire", "uptime-tracker", "setup-node", "node-visualizer", "config-bootstrapper"),
      ...one("skywire-network-monitor", "network-monitor"),
      ...one("skywire", "postgres"),
      ...one("skywire", "redis-dmsg-discovery", "redis-transport-discovery"),
      ...one("skywire", "redis-address-resolver", "redis-uptime-tracker"),
      ...one("skywire", "redis-service-discovery", "redis-network-monitor"),
      "ingress/traefik": 2,
      "ingress/nginx": 2,
      "ingress/edge": 1,
      ...one("geoip", "geoip"),
      ...one("utilities", "git-telegram-bot"),
      ...one("whitelist", "auth", "whitelist", "whitelist-postgres"),
      ...one("coturn", "coturn-1", "coturn-2", "coturn-3", "coturn-4"),
      ...one("metrics", "prometheus", "alertmanager", "grafana"),
      ...one("metrics", "push-gateway", "kube-state-metrics", "statsd"),
      "logs/elasticsearch": 3,
      ...one("logs", "elasticsearch-exporter", "kibana"),
      ...one("profiles", "pyroscope", "profile-scraper"),
    });
  });

  it("has dmsg-servers that share no key, address, port or node", () => {
    const members = Object.values(production.config.services["dmsg-servers"].members);
    expect(members).toHaveLength(6);
    const apart = members.map(({ key, host, slot }) => [key.name, host, `${slot}`]);
    expect(new Set(apart.flat()).size).toBe(3 * 6);
    expect(members.map(({ nodePort }) => nodePort)).toEqual([
      30_081, 30_082, 30_083, 30_084, 30_085, 30_089,
    ]);
  });

  it("leaves no balancer a node port that chance chooses: it may be the address-resolver's", () => {
    const services = production.options.filter(({ type }) => type === serviceType);
    const specs = services.map(({ name, ignoreChanges }) => ({
      ...{ name, ignoreChanges },
      spec: find(production.collected, serviceType, name).inputs["spec"] as ServiceSpec,
    }));
    const balancers = specs.filter(({ spec }) => spec.type === "LoadBalancer");
    expect(balancers.map(({ name }) => name).sort()).toEqual([
      "nginx-balancer",
      "traefik-balancer",
    ]);
    const chosen = balancers.flatMap(({ spec: { ports, healthCheckNodePort } }) => [
      healthCheckNodePort,
      ...ports.map(({ nodePort }) => nodePort),
    ]);
    const published = specs
      .filter(({ spec }) => spec.type === "NodePort")
      .flatMap(({ spec }) => spec.ports.map(({ nodePort }) => nodePort));
    expect(published).toHaveLength(7);
    expect([...chosen, ...published]).not.toContain(undefined);
    expect(new Set([...chosen, ...published]).size).toBe(2 * 3 + 7);
    // A balancer of before has another one, which the API server never lets go.
    for (const { ignoreChanges } of balancers) {
      expect(ignoreChanges).toEqual(["spec.healthCheckNodePort"]);
    }
  });

  it("gives one pod of each set the key, and the others none", () => {
    for (const service of ["dmsg-discovery", "service-discovery"]) {
      const variables = (name: string): readonly string[] =>
        production.world.pods
          .filter((pods) => pods.name === name)
          .flatMap(({ spec }) => spec.containers)
          .flatMap(({ env = [], args = [] }) => [...env.map((one) => one.name), ...args]);
      expect(variables(service)).toEqual(expect.arrayContaining(["--sk", "SK"]));
      expect(variables(`${service}-keyless`)).not.toContain("--sk");
      expect(variables(`${service}-keyless`)).not.toContain("SK");
    }
  });
});

describe("dmsg-servers are individuals (point 1): no pod of another is touched", () => {
  /** What depends on how many servers there are: who may dial them, their names, their nodes. */
  const others = [
    "fleet:platform:DnsRecords records",
    "fleet:platform:NodeFirewalls nodes-firewalls",
    "kubernetes:core/v1:ConfigMap node-keeper-program",
    // An alert says how many there must be.
    "kubernetes:core/v1:ConfigMap prometheus-rules",
    "linode:index/objectStorageObject:ObjectStorageObject zones/skywire.skycoin.com.zone",
  ];
  const otherwise = (changes: readonly string[]) =>
    changes.filter((change) => !/:NetworkPolicy /.test(change));

  it("when a seventh is added", async () => {
    const after = await changedProduction({
      "fleet:cluster/pools/dmsg/slots/9": {
        address: { kind: "reserved", ip: "192.0.2.9", assignedBy: "node-keeper" },
      },
      "fleet:services/dmsg-servers/count": 7,
      "fleet:services/dmsg-servers/members/dmsg-server-7": {
        key: "dmsg-server-7",
        host: "dmsg.server7.skywire.skycoin.com",
        nodePort: 30_086,
        slot: 9,
      },
    });
    const { added, removed, changed: touched } = difference(production, after);
    expect(added).toEqual([
      ...objectsOf("dmsg-server-7"),
      "linode:index/firewall:Firewall nodes-firewalls-slot-9",
    ]);
    expect(removed).toEqual([]);
    expect(otherwise(touched)).toEqual(others);
    expect(touched.join()).not.toContain("dmsg-server-");
  });

  it("when the third is removed, and its node is given up", async () => {
    const after = await changedProduction({
      "fleet:cluster/pools/dmsg/slots/3": undefined,
      "fleet:services/dmsg-servers/count": 5,
      "fleet:services/dmsg-servers/members/dmsg-server-3": undefined,
    });
    const { added, removed, changed: touched } = difference(production, after);
    expect(added).toEqual([]);
    expect(removed).toEqual([
      ...objectsOf("dmsg-server-3"),
      "linode:index/firewall:Firewall nodes-firewalls-slot-3",
    ]);
    expect(otherwise(touched)).toEqual(others);
    expect(touched.join()).not.toContain("dmsg-server-");
  });
});

describe("a digest in the file", () => {
  const roll = (service: string): Promise<Rendered<unknown>> =>
    changedProduction({ "fleet:images/overrides": { [service]: { digest } } });

  it("rolls that service's pods, both kinds of them, and nothing else", async () => {
    const after = await roll("dmsg-discovery");
    expect(difference(production, after)).toEqual({
      added: [],
      removed: [],
      changed: [
        "fleet:skywire:DiscoveryService dmsg-discovery",
        "kubernetes:apps/v1:Deployment dmsg-discovery",
        "kubernetes:apps/v1:Deployment dmsg-discovery-keyless",
      ],
    });
    const image = `docker.io/skycoin/dmsg-discovery:latest@${digest}`;
    expect(imagesOf(after, "dmsg-discovery-keyless")).toEqual([image]);
  });

  it("takes one instance at a time: no pod goes before its successor is ready, but a key's holder", () => {
    const bound = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    for (const service of ["dmsg-discovery", "service-discovery"]) {
      expect(strategyOf(production, `${service}-keyless`)).toEqual(bound);
      // The key's holder after them: a version that does not come up has then taken nobody.
      expect(strategyOf(production, service)).toEqual({ type: "Recreate" });
      expect(waitsFor(production, deploymentType, service)).toEqual([`${service}-keyless`]);
    }
    for (const [index, server] of servers.entries()) {
      expect(strategyOf(production, server)).toEqual({ type: "Recreate" });
      const before = waitsFor(production, "fleet:skywire:DmsgServer", server);
      expect(before).toEqual(expect.arrayContaining(servers.slice(Math.max(0, index - 1), index)));
    }
  });
});

describe("the uptime-tracker, built by the stack", () => {
  const sources = mkdtempSync(join(tmpdir(), "fleet-uptime-tracker-"));
  writeFileSync(join(sources, "Dockerfile"), "FROM scratch\n");
  afterAll(() => {
    rmSync(sources, { recursive: true });
  });

  it("is an image that Docker's provider takes, builds, pushes, and alone runs by its digest", async () => {
    const build = { context: sources, args: { VERSION: "1" } };
    const after = await changedProduction({
      "fleet:images/overrides": { "uptime-tracker": { build } },
    });
    expect(difference(production, after)).toEqual({
      added: ["docker:index/image:Image uptime-tracker-image", "pulumi:providers:docker images"],
      removed: [],
      changed: ["kubernetes:apps/v1:Deployment uptime-tracker"],
    });

    // The stand-in's checks are Docker's own: what it finds wrong would fail at the first build.
    const type = "docker:index/image:Image";
    const inputs = find(after.collected, type, "uptime-tracker-image").inputs as Properties;
    const docker = await Box.open("docker");
    const { properties } = await docker.make(type, "uptime-tracker-image", inputs);
    expect(properties["repoDigest"]).toMatch(/^docker\.io\/skycoinpro\/uptime-tracker@sha256:/);
    expect(properties["registryServer"]).toBe("https://index.docker.io/v1/");

    // The mocks' own digest, in the place where a real one goes.
    const [image = ""] = imagesOf(after, "uptime-tracker");
    expect(image).toMatch(/^docker\.io\/skycoinpro\/uptime-tracker:latest@sha256:d{64}$/);
    writeFileSync(join(sources, "main.go"), "package main\n");
    const again = await docker.make(type, "uptime-tracker-image", inputs);
    expect(again.properties["repoDigest"]).not.toBe(properties["repoDigest"]);
  });
});
