/**
 * The program of the node-keeper, run as its pod runs it, against servers that speak as Linode and as
 * Kubernetes do; and what it is told. Proves which calls it makes and what it refuses. It proves nothing
 * about whether Linode lets an address go to a node of LKE, nor about routes on that node.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import { afterEach, describe, expect, it } from "vitest";

import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { api, keep } from "../../components/platform/node-keeper-program.mjs";
import { nodeKeeperFaults, nodeKeeperRequest } from "../../components/platform/node-keeper-plan.ts";
import { NodeKeeperConfig } from "../../components/platform/linode.schema.ts";
import { Nodes } from "../../components/platform/nodes.ts";
import { collect, find } from "../harness.ts";
import { clusterInput } from "./fixtures.ts";

/** An API that answers from a table and notes what is asked. */
class Answers {
  readonly asked: string[] = [];
  readonly tokens = new Set<string | undefined>();
  readonly #table: Record<string, unknown>;
  readonly #server: Server;

  constructor(table: Record<string, unknown>) {
    this.#table = table;
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const line = `${request.method ?? ""} ${request.url ?? ""}`;
        this.asked.push(body === "" ? line : `${line} ${body}`);
        this.tokens.add(request.headers.authorization);
        const known = Object.hasOwn(this.#table, line);
        response.statusCode = known ? 200 : 404;
        response.end(
          JSON.stringify(known ? this.#table[line] : { errors: [{ reason: "Not found" }] }),
        );
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((settle) => this.#server.listen(0, "127.0.0.1", settle));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }

  /** Calls that change something. */
  get changes(): string[] {
    return this.asked.filter((line) => !line.startsWith("GET "));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}

const open: Answers[] = [];
afterEach(() => {
  open.splice(0).forEach((one) => {
    one.close();
  });
});

async function serve(table: Record<string, unknown>) {
  const answers = new Answers(table);
  open.push(answers);
  return { answers, url: await answers.open() };
}

const node = (name: string, machine: number, slot = "4") => ({
  metadata: { name, labels: { "fleet/slot": slot } },
  spec: { providerID: `linode://${machine}` },
  status: {
    addresses: [
      { type: "InternalIP", address: "192.168.128.5" },
      { type: "ExternalIP", address: "198.51.100.5" },
    ],
  },
});

const ip = "203.0.113.7";
const settings = (change: Record<string, unknown> = {}) => ({
  linode: "",
  region: "ap-south",
  everySeconds: 20,
  ready: "/tmp/ready",
  alive: "/tmp/alive",
  addresses: { "4": [ip] },
  firewalls: { others: 100, slots: { "4": 104 } as Record<string, number> },
  ...change,
});

interface Scene {
  readonly nodes?: readonly ReturnType<typeof node>[];
  readonly linode: Record<string, unknown>;
  /** Addresses of the node's interface beside its own. */
  readonly bound?: readonly string[];
  readonly settings?: Record<string, unknown>;
}

/** One look of the keeper on machine 4711 under node-a. */
async function look({ nodes = [node("node-a", 4711)], linode, bound = [], ...scene }: Scene) {
  const selector = "fleet%2Fslot%3D4";
  const kubernetes = await serve({
    "GET /api/v1/nodes/node-a": nodes[0],
    [`GET /api/v1/nodes?labelSelector=${selector}`]: { items: nodes },
  });
  const cloud = await serve(linode);
  const changed: string[] = [];
  const addresses = new Map(
    ["192.168.128.5", "198.51.100.5", ...bound].map((one) => [one, "eth0"]),
  );
  const host = {
    addresses: () => addresses,
    change: (change: string, address: string, device: string) => {
      changed.push(`${change} ${address} ${device}`);
      return Promise.resolve();
    },
  };
  const done = keep(
    settings(scene.settings),
    "node-a",
    api(kubernetes.url, () => "account"),
    api(cloud.url, () => "linode-token"),
    host,
  );
  return {
    cloud: cloud.answers,
    changed,
    done: await done.catch((error: unknown) => (error as Error).message),
  };
}

const inFirewalls = (...ids: number[]) => ({
  "GET /linode/instances/4711/firewalls": { data: ids.map((id) => ({ id })) },
});
const held = (machine: number | null) => ({
  [`GET /networking/ips/${ip}`]: { address: ip, linode_id: machine },
});
const putIn = { "POST /networking/firewalls/104/devices": {} };
const assigning = { "POST /networking/ips/assign": {} };

describe("the node-keeper on a machine that is new", () => {
  it("puts it behind its slot's firewall first, then takes the slot's address and binds it", async () => {
    const { cloud, changed, done } = await look({
      linode: { ...inFirewalls(), ...putIn, ...held(null), ...assigning },
    });
    expect(cloud.changes).toEqual([
      'POST /networking/firewalls/104/devices {"id":4711,"type":"linode"}',
      `POST /networking/ips/assign {"region":"ap-south","assignments":[{"address":"${ip}","linode_id":4711}]}`,
    ]);
    expect(changed).toEqual([`add ${ip} eth0`]);
    expect(done).toHaveLength(3);
    expect([...cloud.tokens]).toEqual(["Bearer linode-token"]);
    expect(JSON.stringify(done)).not.toContain("linode-token");
  });

  it("takes the address from a machine that is no node of the slot any more", async () => {
    const { cloud } = await look({ linode: { ...inFirewalls(104), ...held(42), ...assigning } });
    expect(cloud.changes).toHaveLength(1);
  });

  it("leaves the address to another live node of the slot, and says so", async () => {
    const { cloud, changed, done } = await look({
      nodes: [node("node-a", 4711), node("node-b", 42)],
      linode: { ...inFirewalls(104), ...held(42), ...assigning },
      bound: [ip],
    });
    expect(cloud.changes).toEqual([]);
    expect(done).toContain(`${ip} is at machine 42, another node of slot 4`);
    expect(changed).toEqual([`del ${ip} eth0`]);
  });
});

describe("the node-keeper on a machine that has all it should have", () => {
  it("changes nothing", async () => {
    const { cloud, changed, done } = await look({
      linode: { ...inFirewalls(104), ...held(4711) },
      bound: [ip],
    });
    expect({ changes: cloud.changes, changed, done }).toEqual({
      changes: [],
      changed: [],
      done: [],
    });
  });

  it("moves it from another of the stack's firewalls when its slot begins to publish", async () => {
    const { cloud } = await look({
      linode: {
        ...inFirewalls(100),
        ...putIn,
        ...held(4711),
        "GET /networking/firewalls/100/devices?page_size=500": {
          data: [
            { id: 1, entity: { type: "linode", id: 42 } },
            { id: 2, entity: { type: "linode", id: 4711 } },
          ],
        },
        "DELETE /networking/firewalls/100/devices/2": {},
      },
      bound: [ip],
    });
    expect(cloud.changes).toEqual([
      "DELETE /networking/firewalls/100/devices/2",
      'POST /networking/firewalls/104/devices {"id":4711,"type":"linode"}',
    ]);
  });

  it("never takes it out of somebody else's firewall", async () => {
    const { cloud, done } = await look({ linode: { ...inFirewalls(7), ...putIn } });
    expect(done).toContain("machine 4711 is in firewall 7, which is not the stack's");
    expect(cloud.changes).toEqual([]);
  });

  it("asks nothing of firewalls where the stack makes none, nor of addresses where the slot has none", async () => {
    const none = { firewalls: { others: null, slots: {} }, addresses: {} };
    const { cloud, done } = await look({ linode: {}, settings: none });
    expect(cloud.asked).toEqual([]);
    expect(done).toEqual([]);
  });
});

describe("the node-keeper in trouble", () => {
  it("says which call failed and how, never the token", async () => {
    const { done } = await look({ linode: { ...inFirewalls(104) } });
    expect(done).toContain(`GET /networking/ips/${ip}: 404`);
    expect(done).not.toContain("linode-token");
  });

  it("says of an address that it is not the account's: it would go with the machine, unnoticed before", async () => {
    const answer = { address: ip, linode_id: 4711, reserved: false };
    const { changed, done } = await look({
      linode: { ...inFirewalls(104), [`GET /networking/ips/${ip}`]: answer },
    });
    // It serves meanwhile.
    expect(changed).toEqual([`add ${ip} eth0`]);
    expect(done).toContain(`${ip} is not reserved and goes with machine 4711`);
    const own = { [`GET /networking/ips/${ip}`]: { ...answer, reserved: true } };
    const { done: none } = await look({ linode: { ...inFirewalls(104), ...own }, bound: [ip] });
    expect(none).toEqual([]);
  });

  it("puts the slot's second address in place where the first one cannot be had", async () => {
    const second = "203.0.113.8";
    const { changed, done } = await look({
      linode: {
        ...inFirewalls(104),
        [`GET /networking/ips/${second}`]: { address: second, linode_id: 4711 },
      },
      settings: { addresses: { "4": [ip, second] } },
    });
    expect(changed).toEqual([`add ${second} eth0`]);
    expect(done).toContain(`GET /networking/ips/${ip}: 404`);
  });

  it("waits for a node whose machine Linode has not told yet", async () => {
    const fresh = { ...node("node-a", 0), spec: { providerID: "" } };
    const { done } = await look({ nodes: [fresh], linode: {} });
    expect(done).toBe("node node-a has no machine at Linode yet");
  });
});

const reserved = (assignedBy: string) => ({
  address: { kind: "reserved", ip, also: ["203.0.113.8"], assignedBy },
});
const kept = ClusterConfig.parse({
  ...clusterInput,
  linode: {
    region: "ap-south",
    firewalls: "made",
    nodeKeeper: { token: "keeper" },
  },
  pools: {
    general: { nodes: 2, cpu: "2", memory: "4Gi" },
    edge: {
      slots: { "4": reserved("node-keeper"), "5": { address: { kind: "ephemeral" } } },
      cpu: "2",
      memory: "4Gi",
      taints: [{ key: "fleet/slot", value: "true", effect: "NoSchedule" }],
    },
  },
});

describe("Nodes", () => {
  const program = () =>
    collect(() => {
      const provider = new k8s.Provider("cluster", { context: "demo" });
      new Nodes(
        "nodes",
        {
          cluster: kept,
          keeper: NodeKeeperConfig.parse({ token: "keeper" }),
          token: pulumi.secret("the-token"),
          linode: new LinodeProvider("linode"),
          stack: "demo",
          system: "demo",
          published: [{ slot: 4, protocol: "TCP", port: 30_081 }],
          networkPolicy: true,
        },
        { provider },
      );
    });

  it("runs the keeper on every node's own network, with one capability and the right to read nodes", async () => {
    const collected = await program();
    const { inputs } = find(collected, "kubernetes:apps/v1:DaemonSet", "node-keeper");
    expect(inputs["spec"]).toMatchObject({
      template: {
        spec: {
          hostNetwork: true,
          dnsPolicy: "ClusterFirstWithHostNet",
          tolerations: [{ key: "fleet/slot", operator: "Exists" }],
          containers: [
            {
              command: [
                "node",
                "/etc/node-keeper/node-keeper.mjs",
                "/etc/node-keeper/settings.json",
              ],
              securityContext: {
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] },
              },
              readinessProbe: { exec: { command: ["test", "-f", "/run/node-keeper/ready"] } },
            },
          ],
        },
      },
    });
    const type = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
    expect(find(collected, type, "node-keeper-cluster-role").inputs["rules"]).toEqual([
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"] },
    ]);
  });

  it("tells it the slots' addresses and firewalls, and the token by a Secret alone", async () => {
    const collected = await program();
    const { inputs } = find(collected, "kubernetes:core/v1:ConfigMap", "node-keeper-program");
    const data = inputs["data"] as Record<string, string>;
    expect(JSON.parse(data["settings.json"] ?? "")).toEqual({
      linode: "https://api.linode.com/v4",
      region: "ap-south",
      everySeconds: 20,
      ready: "/run/node-keeper/ready",
      alive: "/run/node-keeper/alive",
      addresses: { "4": [ip, "203.0.113.8"] },
      firewalls: {
        others: expect.any(Number) as number,
        slots: { "4": expect.any(Number) as number },
      },
    });
    const holders = collected.resources
      .filter((one) => JSON.stringify(one.inputs).includes("the-token"))
      .map(({ type }) => type);
    expect(holders).toEqual(["kubernetes:core/v1:Secret"]);
  });

  it("asks room for a pod on every node, whatever that keeps away", () => {
    expect(nodeKeeperRequest(kept)).toMatchObject({
      workload: "node-keeper",
      replicas: 4,
      placement: { podAntiAffinity: "required", tolerations: [{ key: "fleet/slot" }] },
    });
  });
});

describe("faults without a node-keeper", () => {
  it("are firewalls that no machine would get behind, and addresses that nothing would assign", () => {
    const cluster = ClusterConfig.parse({
      ...clusterInput,
      linode: { region: "ap-south", firewalls: "made" },
      pools: { edge: { slots: { "4": reserved("node-keeper") }, cpu: "2", memory: "4Gi" } },
    });
    expect(nodeKeeperFaults(cluster).map(({ path }) => path.join("."))).toEqual([
      "cluster.linode.firewalls",
      "cluster.pools.edge.slots.4.address.assignedBy",
    ]);
    expect(nodeKeeperFaults(kept)).toEqual([]);
  });
});
