/**
 * The flow table: every address that a command line or config file carries must be allowed from the
 * program that dials it. Proves the table against the renderers, not that a plug-in enforces it.
 */
import { describe, expect, it } from "vitest";

import { type Flow, type Peer, tcp, udp } from "../../components/base/flows.ts";
import { skywireFlows, type SkywireShape } from "../../components/skywire/flows.ts";
import { publicServices } from "../../components/skywire/hosts.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { flowsOfStack } from "../../stacks/skywire/shape.ts";
import { type Change, changed } from "./stack-file.ts";

const workload = (name: string, namespace = "skywire"): Peer => ({
  kind: "workload",
  name,
  namespace,
});

const store = (name: string, port: number) => ({ peer: workload(name), port });

const shape: SkywireShape = {
  namespace: "skywire",
  monitorNamespace: "skywire-network-monitor",
  replicas: { "dmsg-discovery": 5, "service-discovery": 2 },
  dmsgServers: [
    { name: "dmsg-server-1", publicPort: 30_081 },
    { name: "dmsg-server-2", publicPort: 30_082 },
  ],
  setupNodes: ["setup-node"],
  daemons: [],
  configBootstrapper: true,
  ingress: [
    { peer: workload("traefik", "ingress"), ports: [8000, 8443], serves: publicServices },
    { peer: workload("idle", "ingress"), ports: [8000, 8443], serves: [] },
  ],
  redis: {
    "address-resolver": store("redis-address-resolver", 6379),
    "dmsg-discovery": store("redis-dmsg-discovery", 6379),
    "network-monitor": store("redis-network-monitor", 6379),
    "service-discovery": store("redis-service-discovery", 6379),
    "transport-discovery": store("redis-transport-discovery", 6379),
    "uptime-tracker": store("redis-uptime-tracker", 6379),
  },
  entrances: { stun: [udp(3478)], pages: [] },
  postgres: store("postgres", 5432),
  scrapers: [],
};

const table = skywireFlows(shape);

const same = (left: Peer, right: Peer): boolean =>
  left.kind === right.kind &&
  (left.kind !== "workload" ||
    (right.kind === "workload" && left.name === right.name && left.namespace === right.namespace));

function allowed(from: Peer, to: Peer, port: number, protocol: "TCP" | "UDP" = "TCP"): boolean {
  return table.some(
    (flow: Flow) =>
      same(flow.from, from) &&
      same(flow.to, to) &&
      (flow.ports.length === 0 ||
        flow.ports.some((one) => one.port === port && one.protocol === protocol)),
  );
}

const internet: Peer = { kind: "internet" };
const nodes: Peer = { kind: "nodes" };

describe("from outside", () => {
  it.each([
    ["dmsg-discovery", 9090],
    ["dmsg-discovery-keyless", 9090],
    ["transport-discovery", 9091],
    ["route-finder", 9092],
    ["address-resolver", 9093],
    ["uptime-tracker", 9096],
    ["service-discovery", 9098],
    ["service-discovery-keyless", 9098],
    ["node-visualizer", 9081],
    ["config-bootstrapper", 9082],
  ])("the controller reaches %s on %i", (name, port) => {
    expect(allowed(workload("traefik", "ingress"), workload(name), port)).toBe(true);
    // A controller reaches what it serves, and nothing else.
    expect(allowed(workload("idle", "ingress"), workload(name), port)).toBe(false);
  });

  it("the uptime-tracker's private API is reached by the node-visualizer alone (point 12)", () => {
    const callers = table.filter(({ ports }) => ports.some(({ port }) => port === 9086));
    expect(callers.map(({ from }) => from)).toEqual([workload("node-visualizer")]);
  });

  it("clients reach dmsg-servers and the address-resolver's UDP past the controllers (point 3)", () => {
    expect(allowed(internet, workload("dmsg-server-2"), 8081)).toBe(true);
    expect(allowed(internet, workload("address-resolver"), 9093, "UDP")).toBe(true);
    expect(allowed(internet, workload("address-resolver"), 9093, "TCP")).toBe(false);
  });

  // To Cilium a node is no address: pods of this cluster that dial a node come from one.
  it("so do nodes, from which pods come that dial them by the addresses of these", () => {
    expect(allowed(nodes, workload("dmsg-server-2"), 8081)).toBe(true);
    expect(allowed(nodes, workload("address-resolver"), 9093, "UDP")).toBe(true);
    expect(allowed(nodes, workload("address-resolver"), 9093, "TCP")).toBe(false);
  });

  it("nobody reaches the stores, the setup-nodes or the monitor", () => {
    for (const kind of ["internet", "nodes"]) {
      const fromOutside = table.filter(({ from }) => from.kind === kind);
      expect(
        fromOutside.map(({ to }) => (to.kind === "workload" ? to.name : to.kind)).sort(),
      ).toEqual(["address-resolver", "dmsg-server-1", "dmsg-server-2"]);
    }
  });
});

describe("dmsg network", () => {
  it.each([
    "dmsg-discovery",
    "address-resolver",
    "transport-discovery",
    "route-finder",
    "uptime-tracker",
    "service-discovery",
    "setup-node",
  ])("%s dials each server at its public address, a node's, and at its pod (2.6)", (name) => {
    for (const { name: server, publicPort } of shape.dmsgServers) {
      expect(allowed(workload(name), internet, publicPort)).toBe(true);
      expect(allowed(workload(name), nodes, publicPort)).toBe(true);
      expect(allowed(workload(name), workload(server), 8081)).toBe(true);
    }
  });

  it("is closed to members without a key", () => {
    for (const name of ["dmsg-discovery-keyless", "service-discovery-keyless"]) {
      expect(allowed(workload(name), internet, 30_081)).toBe(false);
      expect(allowed(workload(name), nodes, 30_081)).toBe(false);
      expect(allowed(workload(name), workload("dmsg-server-1"), 8081)).toBe(false);
    }
  });

  it.each(["dmsg-server-1", "setup-node", "address-resolver", "service-discovery-keyless"])(
    "%s reaches every dmsg-discovery",
    (name) => {
      expect(allowed(workload(name), workload("dmsg-discovery"), 9090)).toBe(true);
      expect(allowed(workload(name), workload("dmsg-discovery-keyless"), 9090)).toBe(true);
    },
  );
});

describe("stores", () => {
  it("each Redis is reached by its own program alone (3.1)", () => {
    const callers = table.filter(
      ({ to }) => to.kind === "workload" && to.name === "redis-dmsg-discovery",
    );
    expect(callers.map(({ from }) => from)).toEqual([
      workload("dmsg-discovery"),
      workload("dmsg-discovery-keyless"),
    ]);
  });

  it("Postgres is reached by the four that use it, the route-finder among them (point 11)", () => {
    const callers = table.filter(({ to }) => to.kind === "workload" && to.name === "postgres");
    expect(callers.map(({ from }) => (from.kind === "workload" ? from.name : "")).sort()).toEqual([
      "route-finder",
      "service-discovery",
      "service-discovery-keyless",
      "transport-discovery",
      "uptime-tracker",
    ]);
  });

  it("the monitor reaches its Redis from its own namespace", () => {
    const monitor = workload("network-monitor", "skywire-network-monitor");
    expect(allowed(monitor, workload("redis-network-monitor"), 6379)).toBe(true);
  });
});

describe("to the outside", () => {
  it("service-discovery and uptime-tracker reach the IP service (4.1, 4.7)", () => {
    for (const name of ["service-discovery", "service-discovery-keyless", "uptime-tracker"]) {
      expect(allowed(workload(name), internet, 80)).toBe(true);
    }
  });

  it("the monitor dials visors on any port, over TCP and UDP (4.3)", () => {
    const monitor = workload("network-monitor", "skywire-network-monitor");
    expect(allowed(monitor, internet, 47_123, "UDP")).toBe(true);
    expect(allowed(monitor, internet, 47_123, "TCP")).toBe(true);
  });

  it("public names that the network short-cuts into the cluster stay reachable (6.4)", () => {
    const monitor = workload("network-monitor", "skywire-network-monitor");
    expect(allowed(monitor, workload("traefik", "ingress"), 8000)).toBe(true);
    expect(allowed(monitor, workload("address-resolver"), 9093, "UDP")).toBe(true);
    expect(allowed(workload("config-bootstrapper"), workload("traefik", "ingress"), 8443)).toBe(
      true,
    );
  });

  it("the monitor reaches what this cluster's own nodes answer, by name of port", () => {
    const monitor = workload("network-monitor", "skywire-network-monitor");
    for (const port of [30_081, 30_082]) {
      expect(allowed(monitor, nodes, port)).toBe(true);
    }
    expect(allowed(monitor, nodes, 30_178, "UDP")).toBe(true);
    expect(allowed(monitor, nodes, 3478, "UDP")).toBe(true);
    const withoutStun = { ...shape, entrances: { stun: [], pages: [] } };
    const ports = skywireFlows(withoutStun)
      .filter(({ from, to }) => same(from, monitor) && same(to, nodes))
      .flatMap((flow) => flow.ports);
    expect(ports).toEqual([tcp(30_081), tcp(30_082), udp(30_178)]);
  });

  // On port 80 the metadata of a cloud answers, too, which a policy cannot tell from a node.
  it("controllers on nodes are opened to nobody by their ports, unless the stack says that they may be", () => {
    const web = (flows: readonly Flow[]) =>
      flows.filter(
        ({ to, ports }) =>
          to.kind === "nodes" && ports.some(({ port }) => port === 80 || port === 443),
      );
    expect(web(table)).toEqual([]);
    const opened = skywireFlows({
      ...shape,
      entrances: { stun: [], pages: [tcp(80), tcp(443)] },
    });
    expect(web(opened).map(({ from }) => from)).toEqual([
      workload("network-monitor", "skywire-network-monitor"),
      workload("config-bootstrapper"),
    ]);
  });

  it("no flow to or from nodes is open on every port", () => {
    const flows = table.filter(({ from, to }) => from.kind === "nodes" || to.kind === "nodes");
    expect(flows.length).toBeGreaterThan(0);
    expect(flows.every(({ ports }) => ports.length > 0)).toBe(true);
  });

  it("nothing else leaves on every port", () => {
    const open = table.filter(({ ports }) => ports.length === 0);
    expect(open.map(({ from }) => from)).toEqual([
      workload("network-monitor", "skywire-network-monitor"),
    ]);
  });
});

describe("scrapers", () => {
  it("read the metrics of every program but the config-bootstrapper's", () => {
    const scraper = workload("prometheus", "metrics");
    const scraped = skywireFlows({ ...shape, scrapers: [scraper] }).filter(({ from }) =>
      same(from, scraper),
    );
    expect(scraped.map(({ to }) => (to.kind === "workload" ? to.name : to.kind)).sort())
      .toMatchInlineSnapshot(`
      [
        "address-resolver",
        "dmsg-discovery",
        "dmsg-discovery-keyless",
        "dmsg-server-1",
        "dmsg-server-2",
        "network-monitor",
        "node-visualizer",
        "route-finder",
        "service-discovery",
        "service-discovery-keyless",
        "setup-node",
        "transport-discovery",
        "uptime-tracker",
      ]
    `);
    expect(scraped.every(({ ports }) => ports.every(({ port }) => port === 2121))).toBe(true);
  });
});

describe("ingress controllers of production", () => {
  const callees = (controller: string, ...changes: Change[]): readonly string[] =>
    flowsOfStack(SkywireStack.parse(changed("prod", ...changes)))
      .filter(({ from }) => from.kind === "workload" && from.name === controller)
      .map(({ to }) => (to.kind === "workload" ? to.name : to.kind))
      .sort();

  it("reach what their hosts lead to, and nothing else", () => {
    expect(callees("edge")).toEqual(["address-resolver"]);
    expect(callees("nginx")).toEqual(["geoip", "grafana", "whitelist"]);
    expect(callees("traefik")).not.toContain("address-resolver");
  });

  it("reach a host's service as soon as it moves to them, and no longer once it has left", () => {
    const moved: Change = ["ingress/hosts/auth.skycoin.com", "nginx"];
    expect(callees("traefik")).toContain("auth");
    expect(callees("traefik", moved)).not.toContain("auth");
    expect(callees("nginx", moved)).toEqual(["auth", "geoip", "grafana", "whitelist"]);
  });
});

describe("ports of nodes that a stack's own programs dial", () => {
  const toNodes = (stack: "test" | "prod", ...changes: Change[]): string[] => [
    ...new Set(
      flowsOfStack(SkywireStack.parse(changed(stack, ...changes)))
        .filter(({ from, to }) => to.kind === "nodes" && same(from, monitorOf))
        .flatMap(({ ports }) => ports.map(({ port, protocol }) => `${protocol} ${port}`)),
    ),
  ];
  const monitorOf = workload("network-monitor", "skywire-network-monitor");

  it("are test's, whose STUN servers are elsewhere", () => {
    expect(toNodes("test")).toEqual(["TCP 30080", "UDP 30178"]);
  });

  it("are production's, with those of its own coturns", () => {
    const servers = [30_081, 30_082, 30_083, 30_084, 30_085, 30_089].map((port) => `TCP ${port}`);
    expect(toNodes("prod")).toEqual([...servers, "UDP 30178", "UDP 3478", "UDP 3479"]);
  });

  it("take in the controllers' at Google, whose network is Cilium and whose metadata tells pods nothing", () => {
    const named = (name: string) => ({ address: { kind: "dns", name } });
    const slots = { "0": named("edge.skywire.dev"), "1": named("dmsg.skywire.dev") };
    const pools = {
      edge: { type: "e2-standard-4", slots },
      general: { type: "e2-standard-8", nodes: 2 },
    };
    const cluster = {
      kind: "gke",
      project: "demo-networks",
      name: "skycoin-test",
      location: "us-central1-b",
      pools,
    };
    const host: Change = ["services/dmsg-servers/members/dmsg-server-1/host", "dmsg.skywire.dev"];
    expect(toNodes("test", ["cluster", cluster], host)).toEqual([
      ...["TCP 30080", "UDP 30178", "TCP 80", "TCP 443"],
    ]);
  });
});
