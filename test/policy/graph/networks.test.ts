/**
 * Calls to and from nodes, by what each network plug-in makes of the policies: a range has nodes to Calico and none to
 * Cilium, so that what rests on one is shut where the stack meets Cilium, at Google for one.
 */
import { describe, expect, test } from "vitest";

import {
  anyNetwork,
  type Network,
  networkOf,
  type Plugin,
} from "../../../policy/graph/networks.ts";
import { graphOf } from "../../../policy/graph/graph.ts";
import { allowedCalls } from "../../../policy/graph/policies.ts";
import { callsAllowed } from "../../../policy/graph/rules.ts";
import { onNetwork, controller, type Loose, pod, policy, town, townObjects } from "./town.ts";

const only = (plugin: Plugin): Network => ({ ...anyNetwork, plugins: [plugin] });

const networks: Readonly<Record<string, Network>> = {
  Calico: only("Calico"),
  Cilium: only("Cilium"),
  either: anyNetwork,
  Google: networkOf({ kind: "gke" }),
  Linode: networkOf({ kind: "lke" }),
};

const range = (cidr: string, ...except: string[]) => ({ ipBlock: { cidr, except } });
const everywhere = range("0.0.0.0/0");

/** Ends of the rules of a policy's direction, exchanged. */
function narrowed(name: string, direction: "ingress" | "egress", peers: readonly object[]): Loose {
  const object = structuredClone(townObjects()[name] ?? {});
  const spec = object["spec"] as Record<string, Record<string, unknown>[]>;
  const word = direction === "ingress" ? "from" : "to";
  spec[direction] = (spec[direction] ?? []).map((rule) =>
    word in rule ? rule : { ...rule, [word]: peers },
  );
  return object;
}

const doorOf = (type: string, externalTrafficPolicy: string): Loose => ({
  ...townObjects()["doorService"],
  spec: {
    ...(townObjects()["doorService"]?.["spec"] as object),
    ...{ type, externalTrafficPolicy },
  },
});

/** A program in its node's network, with metrics. */
const lookout = controller(
  "DaemonSet",
  "shop",
  "lookout",
  { hostNetwork: true, ...pod("lookout", { metrics: 9200 }) },
  {},
  { "fleet/metrics-port": "9200" },
);

const callOf = (to: readonly object[] | undefined): Loose => {
  const eyes = structuredClone(townObjects()["eyesPolicy"] ?? {});
  const { egress } = eyes["spec"] as { egress: object[] };
  const rule = { ports: [{ port: 9200, protocol: "TCP" }] };
  egress.push(to === undefined ? rule : { to, ...rule });
  return eyes;
};

interface Case {
  readonly call: string;
  /** What opens it by a range of addresses. */
  readonly ranged: Record<string, Loose>;
  /** What opens it without one; nothing where the town does. */
  readonly open?: Record<string, Loose>;
  readonly told: RegExp;
  /** Networks on which a range will do. */
  readonly enough?: readonly string[];
}

const cases: readonly Case[] = [
  {
    call: "kubelets that are read",
    ranged: { eyesPolicy: narrowed("eyesPolicy", "egress", [everywhere]) },
    told: /doors\/eyes -> node TCP 10250 is refused by the caller's egress \(no ipBlock is a node to Cilium\)/,
  },
  {
    call: "a webhook",
    ranged: { doorPolicy: narrowed("doorPolicy", "ingress", [everywhere]) },
    told: /node -> doors\/door TCP 9443 is refused by the callee's ingress \(no ipBlock is a node to Cilium\)/,
  },
  {
    call: "a port of every node",
    ranged: {
      doorService: doorOf("NodePort", "Cluster"),
      doorPolicy: narrowed("doorPolicy", "ingress", [everywhere]),
    },
    open: { doorService: doorOf("NodePort", "Cluster") },
    told: /node -> doors\/door TCP 8000 is refused by the callee's ingress .* needed by Service doors\/door port 80 of type NodePort/,
  },
  {
    call: "files that nodes mount",
    ranged: { cellarPolicy: narrowed("cellarPolicy", "ingress", [everywhere]) },
    told: /node -> shop\/cellar TCP 20048 is refused by .* needed by PersistentVolume barrels, which the nodes mount/,
  },
  {
    call: "a program in its node's network that calls",
    ranged: {
      keeper: controller("DaemonSet", "doors", "keeper", {
        hostNetwork: true,
        ...pod("keeper", {}, { args: ["--files=cellar.shop:2049"] }),
      }),
      cellarPolicy: narrowed("cellarPolicy", "ingress", [everywhere]),
    },
    open: {
      keeper: controller("DaemonSet", "doors", "keeper", {
        hostNetwork: true,
        ...pod("keeper", {}, { args: ["--files=cellar.shop:2049"] }),
      }),
    },
    told: /doors\/keeper -> shop\/cellar TCP 2049 is refused by the callee's ingress \(no ipBlock/,
  },
  {
    call: "a program in its node's network that is called",
    ranged: { lookout, eyesPolicy: callOf([everywhere]) },
    open: { lookout, eyesPolicy: callOf(undefined) },
    told: /doors\/eyes -> shop\/lookout TCP 9200 is refused by the caller's egress \(no ipBlock/,
  },
  {
    call: "the API server",
    ranged: { doorPolicy: narrowed("doorPolicy", "egress", [everywhere]) },
    told: /Deployment doors\/door: has rights at the API server and may not reach it on 443 or 6443, where that is on a node/,
    // Of a cloud it is outside, and an address to Cilium, too.
    enough: ["Calico", "Google", "Linode"],
  },
];

const told = (changes: Record<string, Loose>, network: Network): string =>
  callsAllowed
    .check(onNetwork(town(changes), network))
    .map(({ message }) => message)
    .join("\n");

describe.each(cases)("$call", ({ ranged, open = {}, told: fault, enough = ["Calico"] }) => {
  test.each(Object.keys(networks))("on %s's network passes by its port alone", (name) => {
    expect(told(open, networks[name] ?? anyNetwork)).toBe("");
  });

  test.each(Object.keys(networks))("on %s's network passes by a range, or not", (name) => {
    const found = told(ranged, networks[name] ?? anyNetwork);
    expect(found).toMatch(enough.includes(name) ? /^$/ : fault);
  });
});

describe("on Calico's network", () => {
  const calico = only("Calico");

  test("a node has the address of its tunnel where it calls, and its own where it is called", () => {
    const own = range("192.168.0.0/16");
    expect(told({ eyesPolicy: narrowed("eyesPolicy", "egress", [own]) }, calico)).not.toContain(
      "node TCP 10250",
    );
    const cellar = (...peers: object[]) =>
      told({ cellarPolicy: narrowed("cellarPolicy", "ingress", peers) }, calico);
    expect(cellar(own)).toContain("node -> shop/cellar TCP 2049 is refused");
    expect(cellar(own)).not.toContain("Cilium");
    expect(cellar(range("0.0.0.0/0", "10.0.0.0/8"))).toContain("node -> shop/cellar TCP 2049");
  });
});

describe("a port of every node", () => {
  const inside = {
    doorService: doorOf("NodePort", "Cluster"),
    doorPolicy: policy(
      "doors",
      "door",
      [{ from: [range("192.0.0.0/8"), range("10.0.0.0/8")] }],
      (narrowed("doorPolicy", "egress", [])["spec"] as { egress: object[] }).egress.slice(1),
    ),
  };

  test.each([
    ["Calico", false],
    ["Cilium", true],
    ["either", true],
  ])("is called on %s's network by clients themselves: %s", (name, isDirect) => {
    const found = told(inside, networks[name] ?? anyNetwork);
    expect(found.includes("internet -> doors/door TCP 8000 is refused")).toBe(isDirect);
  });
});

test("an address that the cluster has told its Service is that one's, and another's nobody's", () => {
  const shut = { cellarPolicy: policy("shop", "cellar", [], []) };
  const at = (clusterIP: string): Record<string, Loose> => ({
    ...shut,
    cellarService: {
      ...townObjects()["cellarService"],
      spec: { ...(townObjects()["cellarService"]?.["spec"] as object), clusterIP },
    },
  });
  expect(told(at("10.96.0.77"), anyNetwork)).toContain("node -> shop/cellar TCP 2049");
  expect(told(at("10.96.0.78"), anyNetwork)).toBe("");
});

test("a call that one plug-in of two lets through is listed: what is open there is open", () => {
  const stack = town({ cellarPolicy: narrowed("cellarPolicy", "ingress", [everywhere]) });
  const listed = (name: string): boolean =>
    allowedCalls(graphOf(onNetwork(stack, networks[name] ?? anyNetwork)).world).includes(
      "doors/keeper -> shop/cellar TCP 2049",
    );
  expect(Object.keys(networks).filter(listed)).toEqual(["Calico", "either", "Linode"]);
});

test.each([
  ["gke", ["Cilium"], false, true],
  ["lke", ["Calico", "Cilium"], false, false],
  ["kubeconfig", ["Calico", "Cilium"], true, true],
] as const)("a cluster of kind %s may have %j", (kind, plugins, apiServerOnNodes, nameCaches) => {
  expect(networkOf({ kind })).toEqual({ plugins, apiServerOnNodes, nameCaches });
  expect(networkOf(undefined)).toEqual(anyNetwork);
});
