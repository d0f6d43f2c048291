/** What Kubernetes makes of network policies where one may think otherwise: empty lists, missing selectors, ports by name. */
import { describe, expect, test } from "vitest";

import { graphOf } from "../../../policy/graph/graph.ts";
import { anyNetwork, type Plugin } from "../../../policy/graph/networks.ts";
import type { World } from "../../../policy/graph/objects.ts";
import { allows, internet, undenied } from "../../../policy/graph/policies.ts";
import { callsAllowed } from "../../../policy/graph/rules.ts";
import { judgeStack } from "../../../policy/judge.ts";
import { unknownText } from "../../../policy/resource.ts";
import { podsOf, shop } from "./fixture.ts";
import { found, specced } from "./found.ts";
import { controller, type Loose, onNetwork, pod, policy, town, townObjects } from "./town.ts";

describe("a network policy", () => {
  const named = (spec: object): object => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "store", namespace: "shop" },
    spec: { podSelector: { matchLabels: { "app.kubernetes.io/name": "store" } }, ...spec },
  });
  const withPolicy = (spec: object, storePorts?: readonly object[]): World =>
    shop({
      storePolicy: named(spec),
      webPolicy: undefined,
      ...(storePorts === undefined
        ? {}
        : {
            store: controller(
              "Deployment",
              "shop",
              "store",
              pod("store", {}, { ports: storePorts }),
            ),
          }),
    });
  const reaches = (world: World, port = 6379, protocol = "TCP", from = "web"): boolean =>
    allows(world, {
      from: { kind: "pods", pods: podsOf(world, from) },
      to: { kind: "pods", pods: podsOf(world, "store") },
      port,
      protocol,
    });

  test.each<[string, object, readonly string[]]>([
    ["says nothing of directions: callers alone", {}, ["Egress"]],
    ["has an empty list of directions and of calls", { policyTypes: [], egress: [] }, ["Egress"]],
    ["names calls", { egress: [{}] }, []],
    ["says Egress alone", { policyTypes: ["Egress"] }, ["Ingress"]],
    ["selects others", { podSelector: { matchLabels: { a: "b" } } }, ["Ingress", "Egress"]],
  ])("that %s leaves open %j", (_, spec, open) => {
    const world = withPolicy(spec);
    expect(undenied(world, podsOf(world, "store"))).toEqual(open);
  });

  test.each<[string, object, boolean]>([
    ["no rule", { ingress: [] }, false],
    ["a rule of nothing, which is of all", { ingress: [{}] }, true],
    ["empty lists, which are of all", { ingress: [{ from: [], ports: [] }] }, true],
    ["ports of another number", { ingress: [{ ports: [{ port: 6380 }] }] }, false],
    ["a range of ports", { ingress: [{ ports: [{ port: 6000, endPort: 6379 }] }] }, true],
    ["a range that ends before", { ingress: [{ ports: [{ port: 6000, endPort: 6378 }] }] }, false],
    [
      "a range that begins behind",
      { ingress: [{ ports: [{ port: 6380, endPort: 7000 }] }] },
      false,
    ],
    ["every port of another protocol", { ingress: [{ ports: [{ protocol: "UDP" }] }] }, false],
    ["every port of the protocol", { ingress: [{ ports: [{ protocol: "TCP" }] }] }, true],
    ["a port by its name", { ingress: [{ ports: [{ port: "redis" }] }] }, true],
    ["a port by another's name", { ingress: [{ ports: [{ port: "metrics" }] }] }, false],
    ["every pod of its namespace", { ingress: [{ from: [{ podSelector: {} }] }] }, true],
    [
      "other pods of its namespace",
      { ingress: [{ from: [{ podSelector: { matchLabels: { a: "b" } } }] }] },
      false,
    ],
    [
      "pods of a namespace by its labels",
      {
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } },
            ],
          },
        ],
      },
      true,
    ],
    [
      "pods of another namespace",
      {
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "b" } } }],
          },
        ],
      },
      false,
    ],
    [
      "a range of addresses, which pods have none of",
      { ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] },
      false,
    ],
    ["rules of a direction that it is not about", { policyTypes: ["Egress"], ingress: [] }, true],
  ])("with %s lets a call of its namespace in: %s", (_, spec, passes) => {
    expect(reaches(withPolicy(spec))).toBe(passes);
  });

  test("means by a port's name that of its protocol alone", () => {
    const ports = [
      { name: "redis", containerPort: 6379, protocol: "UDP" },
      { name: "other", containerPort: 6379 },
    ];
    expect(reaches(withPolicy({ ingress: [{ ports: [{ port: "redis" }] }] }, ports))).toBe(false);
    const udp = { ingress: [{ ports: [{ port: "redis", protocol: "UDP" }] }] };
    expect(reaches(withPolicy(udp, ports), 6379, "UDP")).toBe(true);
    expect(reaches(withPolicy(udp, ports), 6380, "UDP")).toBe(false);
  });

  test("knows a sidecar's port by its name to Calico, and not to Cilium", () => {
    const [early] = pod("early", { gossip: 7000 }).containers;
    const stack = (restartPolicy: string | undefined, ...plugins: readonly Plugin[]) =>
      onNetwork(
        town({
          ...specced("storePolicy", {
            ingress: [{ from: [{ podSelector: {} }], ports: [{ port: "gossip" }] }],
            egress: undefined,
            policyTypes: ["Ingress"],
          }),
          store: controller("Deployment", "shop", "store", {
            ...pod("store", {}),
            initContainers: [{ ...early, restartPolicy }],
          }),
          storeService: {
            ...townObjects()["storeService"],
            spec: {
              selector: { "app.kubernetes.io/name": "store" },
              ports: [{ port: 6379, targetPort: "gossip" }],
            },
          },
          webPolicy: policy("shop", "web", [{}], [{}]),
        }),
        { ...anyNetwork, plugins },
      );
    const told = (restartPolicy: string | undefined, ...plugins: readonly Plugin[]) =>
      ["calls-allowed", "policies-meet"].map((name) =>
        found(name, stack(restartPolicy, ...plugins))
          .split("\n")
          .filter((line) => /7000|gossip/.test(line))
          .join("\n"),
      );
    expect(told("Always", "Calico")).toEqual(["", ""]);
    const call = "shop/web -> shop/store TCP 7000 is refused by the callee's ingress";
    for (const plugins of [["Cilium"], ["Calico", "Cilium"]] as const) {
      const [calls, policies] = told("Always", ...plugins);
      expect(calls).toContain(`${call} (no port of a sidecar has a name to Cilium)`);
      expect(policies).toContain("TCP gossip, a sidecar's port, which has no name to Cilium");
    }
    expect(told(undefined, "Calico")[1]).toContain("TCP gossip, on which nobody listens");
  });

  test("knows no port by its name in a node's own network", () => {
    const egress = (port: number | string): World =>
      shop({
        webPolicy: {
          ...named({ policyTypes: ["Egress"], egress: [{ ports: [{ port }] }] }),
          ...{
            spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ ports: [{ port }] }] },
          },
        },
        storePolicy: undefined,
        store: controller("Deployment", "shop", "store", {
          hostNetwork: true,
          ...pod("store", { redis: 6379 }),
        }),
      });
    expect(reaches(egress("redis"))).toBe(false);
    expect(reaches(egress(6379))).toBe(true);
  });

  test("has ranges of both versions of IP, and an address lies in one of its own", () => {
    const cidrs = ["203.0.113.0/24", "2001:db8::/32", "2001:db9::1/128"];
    const world = withPolicy({
      ingress: [
        { from: cidrs.map((cidr) => ({ ipBlock: { cidr, except: ["2001:db8:7::/48"] } })) },
      ],
    });
    const enters = (ip: string): boolean =>
      allows(world, {
        from: { kind: "address", ip },
        to: { kind: "pods", pods: podsOf(world, "store") },
        port: 6379,
        protocol: "TCP",
      });
    expect(
      ["203.0.113.8", "198.51.100.1", "2001:db8::8", "2001:db8:7::8", "2001:dba::8"].map(enters),
    ).toEqual([true, false, true, false, false]);
    expect(["2001:db9::1", "2001:db9::2"].map(enters)).toEqual([true, false]);
  });

  test("with a range that the update is still to tell is not judged", () => {
    const cidr = unknownText;
    const changes = {
      doorPolicy: policy("doors", "door", [{ from: [{ ipBlock: { cidr } }] }], [{}]),
    };
    const verdict = judgeStack(callsAllowed, town(changes), []);
    expect([verdict.findings, verdict.untold.length]).toEqual([[], 1]);
  });

  test("adds to what others of the same pods let through", () => {
    const shut = named({ ingress: [] }) as Loose;
    const open = {
      ...(named({ ingress: [{}] }) as Loose),
      metadata: { name: "more", namespace: "shop" },
    };
    expect(reaches(shop({ webPolicy: undefined, storePolicy: shut, open }))).toBe(true);
    expect(reaches(shop({ webPolicy: undefined, storePolicy: open, shut }))).toBe(true);
    expect(reaches(shop({ webPolicy: undefined, storePolicy: shut }))).toBe(false);
  });

  test("does not hold for pods in a node's own network", () => {
    const world = shop({
      webPolicy: undefined,
      storePolicy: named({ ingress: [], policyTypes: ["Ingress", "Egress"] }),
      store: controller("Deployment", "shop", "store", {
        hostNetwork: true,
        ...pod("store", { redis: 6379 }),
      }),
    });
    expect(reaches(world)).toBe(true);
    expect(undenied(world, podsOf(world, "store"))).toEqual(["Ingress", "Egress"]);
  });

  test("that selects pods of one namespace says nothing of their like in another", () => {
    const other = { ...(named({ ingress: [] }) as Loose), metadata: { name: "a", namespace: "b" } };
    const world = shop({ storePolicy: undefined, webPolicy: undefined, other });
    expect(reaches(world)).toBe(true);
    expect(undenied(world, podsOf(world, "store"))).toEqual(["Ingress", "Egress"]);
  });

  test("without peers lets the internet in, and an address by the range it lies in", () => {
    const world = withPolicy({
      ingress: [{ from: [{ ipBlock: { cidr: "203.0.113.0/24", except: ["203.0.113.7/32"] } }] }],
    });
    const from = (ip: string): boolean =>
      allows(world, {
        from: { kind: "address", ip },
        to: { kind: "pods", pods: podsOf(world, "store") },
        port: 6379,
        protocol: "TCP",
      });
    expect(["203.0.113.8", "203.0.113.7", "203.0.114.8"].map(from)).toEqual([true, false, false]);
    const open = withPolicy({ ingress: [{}] });
    const to = { kind: "pods", pods: podsOf(open, "store") } as const;
    expect(allows(open, { from: internet, to, port: 1, protocol: "TCP" })).toBe(true);
  });
});

test.each<[object, string]>([
  [{}, ""],
  [{ protocol: "UDP" }, ""],
  [{ port: "redis" }, ""],
  [{ port: "gone" }, "TCP gone"],
  [{ port: "redis", protocol: "UDP" }, "UDP redis"],
  [{ port: 6379 }, ""],
  [{ port: 6379, protocol: "UDP" }, "UDP 6379"],
  [{ port: 9101 }, "TCP 9101"],
  [{ port: 9000, endPort: 9200 }, ""],
])("a policy that lets in %j meets a port of its pods unless it is told: %s", (port, told) => {
  const ingress = [{ from: [{ podSelector: {} }], ports: [port] }];
  const said = found("policies-meet", town(specced("storePolicy", { ingress })));
  expect(said).toBe(
    told === "" ? "" : `NetworkPolicy shop/store: lets in ${told}, on which nobody listens`,
  );
});

test("a stack of whose network nobody knows meets any", () => {
  expect(graphOf(town()).world.network).toEqual(anyNetwork);
  expect(callsAllowed.check(town())).toEqual([]);
});
