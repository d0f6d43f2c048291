import * as k8s from "@pulumi/kubernetes";
import { Provider as GoogleProvider } from "@pulumi/gcp/provider.js";
import { describe, expect, it } from "vitest";

import { balancerCloud } from "../../components/platform/balancer.ts";
import { balancerFaults } from "../../components/platform/balancer-faults.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import { balancerAddressName } from "../../components/platform/google-names.ts";
import { collect, find } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";
import { cluster, clusterInput, ingress } from "./fixtures.ts";
import { gke, gkeInput } from "./gke-fixtures.ts";

const exposed = (more: Record<string, unknown> = {}) =>
  ingress({
    controllers: {
      traefik: { kind: "traefik", exposure: { kind: "load-balancer", ...more } },
    },
  });

/** Slots whose addresses are called otherwise, or are none of the program's. */
const namedSlots = {
  type: "e2-standard-2",
  slots: {
    "0": { address: { kind: "dns", name: "mini-slot-10.example.org" } },
    "10": { address: { kind: "reserved", name: "bootstrap" } },
  },
};

const addressType = "gcp:compute/address:Address";

async function program(config = exposed()) {
  const options: Options[] = [];
  const collected = await collect(() => {
    noteOptions(options);
    const google = new GoogleProvider("google", { project: "demo-networks" });
    const cloud = balancerCloud("demo", gke(), { google, linode: undefined, data: "protect" });
    const controllers = new IngressControllers(
      "ingress",
      { config, cluster: gke(), system: "demo", cloud, flows: [] },
      { provider: new k8s.Provider("cluster", { context: "demo" }) },
    );
    return controllers.targets("api.example.org");
  });
  return { collected, options };
}

describe("a controller behind a balancer of Google's", () => {
  it("has an address that is reserved before it, and outlives it", async () => {
    const { collected, options } = await program();
    expect(find(collected, addressType, "traefik-address").inputs).toEqual({
      name: "mini-traefik",
      project: "demo-networks",
      region: "us-central1",
      addressType: "EXTERNAL",
      networkTier: "PREMIUM",
    });
    expect(options.find(({ type }) => type === addressType)).toMatchObject({
      protect: true,
      retainOnDelete: true,
    });
  });

  it("gets that address by its name, from the one of Google's controllers that reads names", async () => {
    const { collected } = await program();
    expect(find(collected, "kubernetes:core/v1:Service", "traefik-balancer").inputs).toMatchObject({
      metadata: {
        annotations: {
          "cloud.google.com/l4-rbs": "enabled",
          "networking.gke.io/load-balancer-ip-addresses": "mini-traefik",
        },
      },
      spec: { type: "LoadBalancer", externalTrafficPolicy: "Local" },
    });
  });

  it("leads its hosts' records there, without waiting for the Service", async () => {
    const { collected } = await program();
    expect(collected.result).toMatchObject([{ key: "traefik", type: "A" }]);
  });

  it("may name its address, and let it go", async () => {
    const { collected, options } = await program(
      exposed({ google: { address: "front-door", data: "delete" } }),
    );
    expect(find(collected, addressType, "traefik-address").inputs["name"]).toBe("front-door");
    expect(options.find(({ type }) => type === addressType)).toMatchObject({
      protect: false,
      retainOnDelete: false,
    });
  });

  it("has a name that Google takes, however long both names are", () => {
    expect(balancerAddressName("c".repeat(40), "t".repeat(63))).toMatch(
      /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    );
  });
});

describe("faults of balancers at Google", () => {
  it.each([
    [
      "a header that Google puts before no connection",
      exposed({ proxyProtocol: {} }),
      ["exposure", "proxyProtocol"],
      "Google's balancers put nothing in front",
    ],
    [
      "terms of another cloud",
      exposed({ linode: {} }),
      ["exposure", "linode"],
      "must not be there: it is for a cluster at Linode",
    ],
    [
      "ports of a slot whose address is known only when it is made",
      ingress(),
      ["exposure", "kind"],
      "must be load-balancer",
    ],
  ])("are %s", (_, config, path, message) => {
    expect(balancerFaults(config, gke())).toEqual([
      {
        path: ["ingress", "controllers", "traefik", ...path],
        message: expect.stringContaining(message) as string,
      },
    ]);
  });

  it("are not there otherwise, nor for a cluster at Google that others made", () => {
    expect(balancerFaults(exposed(), gke())).toEqual([]);
    const google = { project: "demo-networks", region: "us-central1", name: "old" };
    const there = ClusterConfig.parse({ ...clusterInput, google });
    expect(balancerFaults(exposed({ google: {} }), there)).toEqual([]);
  });

  const called = (names: Readonly<Record<string, Record<string, unknown>>>) =>
    ingress({
      controllers: Object.fromEntries(
        Object.entries(names).map(([name, google]) => [
          name,
          { kind: "traefik", exposure: { kind: "load-balancer", google } },
        ]),
      ),
      default: "b",
    });

  it.each([
    ["another balancer's", { a: { address: "front" }, b: { address: "front" } }, "controllers.a"],
    ["one's that says none", { a: {}, b: { address: "mini-a" } }, "controllers.a"],
    ["a slot's", { b: { address: "mini-slot-10" } }, "pools.edge.slots.10"],
  ])("are a name of an address that is %s: the second is refused half way", (_, names, owner) => {
    expect(balancerFaults(called(names), gke())).toEqual([
      {
        path: ["ingress", "controllers", "b", "exposure", "google", "address"],
        message: expect.stringMatching(
          new RegExp(`^must be another name than ${names.b.address}: .*${owner} has it`),
        ) as string,
      },
    ]);
  });

  it("are not names of addresses that differ", () => {
    const others = gke({ pools: { ...gkeInput.pools, edge: namedSlots } });
    expect(balancerFaults(called({ a: { address: "front" }, b: {} }), gke())).toEqual([]);
    expect(balancerFaults(called({ b: { address: "mini-slot-10" } }), others)).toEqual([]);
  });

  it("are terms of Google's for a cluster elsewhere", () => {
    expect(balancerFaults(exposed({ google: {} }), cluster())).toEqual([
      {
        path: ["ingress", "controllers", "traefik", "exposure", "google"],
        message: "must not be there: it is for fleet:cluster.google",
      },
    ]);
  });
});
