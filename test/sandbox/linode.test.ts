/** What Linode does by itself in a sandbox, on a stand-in's account and a cluster of a few objects. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Api, KubeObject } from "../../sandbox/api.ts";
import { bindBalancers } from "../../sandbox/linode/balancers.ts";
import { forgetMachine, lookAfterNodes } from "../../sandbox/linode/keeper.ts";
import {
  addressType,
  backendType,
  balancerType,
  configType,
  deviceType,
  firewallType,
} from "../../sandbox/standins/rules/linode/types.ts";
import { putOutside, seedStandins } from "../../sandbox/standins/seeds.ts";
import { Store } from "../../sandbox/standins/store.ts";

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-linode-"));
  store = new Store(folder);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A cluster of these objects, by path; notes what is patched. */
function cluster(lists: Readonly<Record<string, readonly KubeObject[]>>) {
  const patches: (readonly [path: string, fields: unknown])[] = [];
  const all = Object.entries(lists);
  const api = {
    list: (path: string) => {
      const [bare = ""] = path.split("?");
      return Promise.resolve(all.find(([known]) => known === bare)?.[1] ?? []);
    },
    find: (path: string) => {
      const name = path.split("/").at(-1);
      const objects = all.flatMap(([known, list]) =>
        path.includes(known.split("/").at(-1) ?? "") ? list : [],
      );
      return Promise.resolve(objects.find(({ metadata }) => metadata.name === name));
    },
    patch: (path: string, fields: unknown) => {
      patches.push([path, fields]);
      return Promise.resolve();
    },
  };
  return { api: api as unknown as Api, patches };
}

const node = (name: string, machine: number, slot?: string): KubeObject => ({
  metadata: { name, ...(slot === undefined ? {} : { labels: { "fleet/slot": slot } }) },
  spec: { providerID: `linode://${machine}` },
  status: {
    addresses: [
      { type: "InternalIP", address: `192.168.128.${machine % 100}` },
      { type: "ExternalIP", address: `198.51.100.${machine % 100}` },
    ],
  },
});

const prefix = "service.beta.kubernetes.io/linode-loadbalancer-";
const service = (terms: Readonly<Record<string, string>>): KubeObject => ({
  metadata: {
    name: "traefik",
    namespace: "ingress",
    annotations: Object.fromEntries(
      Object.entries(terms).map(([term, value]) => [`${prefix}${term}`, value]),
    ),
  },
  spec: { type: "LoadBalancer", ports: [{ port: 80, nodePort: 30_500 }] },
});

const makeBalancer = () =>
  putOutside(folder, "linode", balancerType, "one", { label: "demo", region: "ap-south" });

describe("the cloud controller", () => {
  it("takes the balancer that a Service names over: its ports and backends, its tags and throttle", async () => {
    const { id } = await makeBalancer();
    const terms = {
      "nodebalancer-id": id,
      "default-proxy-protocol": "v2",
      throttle: "7",
      tags: "a",
    };
    const { api, patches } = cluster({
      "/api/v1/nodes": [node("a", 90_000_001), node("b", 90_000_002)],
    });
    await bindBalancers(api, store, [service(terms)]);
    // A second look makes nothing twice.
    await bindBalancers(api, store, [service(terms)]);
    const linode = store.look("linode");
    expect(linode.all(configType).map(({ inputs }) => inputs)).toEqual([
      { nodebalancerId: Number(id), port: 80, protocol: "tcp", proxyProtocol: "v2" },
    ]);
    const backends = linode.all(backendType).map(({ inputs }) => inputs["address"]);
    expect(backends).toEqual(["192.168.128.1:30500", "192.168.128.2:30500"]);
    expect(linode.find(balancerType, id)?.inputs).toMatchObject({
      tags: ["a"],
      clientConnThrottle: 7,
    });
    const [[path, fields] = []] = patches;
    expect(path).toBe("/api/v1/namespaces/ingress/services/traefik/status");
    expect(JSON.stringify(fields)).toMatch(/"hostname":"[^"]+","ip":"[\d.]+"/);
  });

  it("tells the name alone where the Service wants it so", async () => {
    const { id } = await makeBalancer();
    const named = service({ "nodebalancer-id": id, "hostname-only-ingress": "true" });
    const { api, patches } = cluster({});
    await bindBalancers(api, store, [named]);
    const told = JSON.stringify(patches);
    expect(told).toContain(".ap-south.nodebalancer.linode.com");
    expect(told).not.toContain('"ip"');
  });

  it("leaves a Service waiting whose balancer is not there, and makes none", async () => {
    const lost = service({ "nodebalancer-id": "12345678" });
    const { api, patches } = cluster({});
    await bindBalancers(api, store, [lost]);
    expect(patches).toEqual([]);
    expect(store.look("linode").all(balancerType)).toEqual([]);
  });
});

const machine = 90_000_011;
const ip = "203.0.113.7";

/** A ready pod of the keeper on a slot's node, with these settings. */
function kept(firewall: number | null) {
  const settings = {
    addresses: { "4": [ip] },
    firewalls: { others: firewall, slots: {} },
  };
  return cluster({
    "/api/v1/pods": [
      {
        metadata: { name: "keeper", namespace: "node-keeper" },
        spec: { nodeName: "a", volumes: [{ name: "program", configMap: { name: "program" } }] },
        status: { conditions: [{ type: "Ready", status: "True" }] },
      },
    ],
    "/api/v1/nodes": [node("a", machine, "4")],
    configmaps: [
      {
        metadata: { name: "program" },
        ...{ data: { "settings.json": JSON.stringify(settings) } },
      },
    ],
  });
}

const makeFirewall = async (label: string): Promise<number> => {
  const inputs = { label, inboundPolicy: "DROP", outboundPolicy: "ACCEPT" };
  return Number((await putOutside(folder, "linode", firewallType, label, inputs)).id);
};

describe("the node-keeper's pods", () => {
  it("put the machine behind its firewall, and give it the address that the account has reserved", async () => {
    await seedStandins(folder, { addresses: [ip] });
    const firewall = await makeFirewall("demo");
    const { api, patches } = kept(firewall);
    await lookAfterNodes(api, store);
    const linode = store.look("linode");
    expect(linode.all(deviceType).map(({ inputs }) => inputs)).toEqual([
      { firewallId: firewall, entityId: machine, entityType: "linode" },
    ]);
    expect(linode.find(addressType, ip)?.inputs["linodeId"]).toBe(machine);
    expect(JSON.stringify(patches)).toContain(`{"type":"ExternalIP","address":"${ip}"}`);
  });

  it("get no address that nobody has reserved: the node has its own alone", async () => {
    const { api, patches } = kept(null);
    await lookAfterNodes(api, store);
    expect(patches).toEqual([]);
    expect(store.look("linode").all(deviceType)).toEqual([]);
  });

  it("move a machine from one firewall to another: one is all it takes", async () => {
    const [before, after] = [await makeFirewall("before"), await makeFirewall("after")];
    await lookAfterNodes(kept(before).api, store);
    await lookAfterNodes(kept(after).api, store);
    const devices = store.look("linode").all(deviceType);
    expect(devices.map(({ inputs }) => inputs["firewallId"])).toEqual([after]);
  });

  it("leave nothing of a machine that is gone", async () => {
    await seedStandins(folder, { addresses: [ip] });
    await lookAfterNodes(kept(await makeFirewall("demo")).api, store);
    await forgetMachine(store, machine);
    const linode = store.look("linode");
    expect(linode.all(deviceType)).toEqual([]);
    expect(linode.find(addressType, ip)?.inputs["linodeId"]).toBeUndefined();
    expect(linode.find(addressType, ip)?.inputs["reserved"]).toBe(true);
  });
});
