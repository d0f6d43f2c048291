/** Calls that a stack needs: whom each is told of, and what needs no call though it looks as if. */
import { describe, expect, test } from "vitest";

import { anyNetwork, type Network, networkOf } from "../../../policy/graph/networks.ts";
import { callsAllowed, outsideAllowed } from "../../../policy/graph/rules.ts";
import type { StackRule } from "../../../policy/rule.ts";
import {
  controller,
  type Loose,
  onNetwork,
  pod,
  policy,
  stackOf,
  town,
  townObjects,
} from "./town.ts";

const calico: Network = { ...anyNetwork, plugins: ["Calico"] };

/** What a rule says of the town with changes: the resource's logical name and the message. */
const told = (
  changes: Readonly<Record<string, Loose | undefined>>,
  network = anyNetwork,
  rule: StackRule = callsAllowed,
): readonly string[] =>
  rule
    .check(onNetwork(town(changes), network))
    .map(({ urn, message }) => `${urn.split("::").at(-1) ?? ""}: ${message}`);

const specced = (name: string, spec: object): Record<string, Loose> => ({
  [name]: {
    ...townObjects()[name],
    spec: { ...(townObjects()[name]?.["spec"] as object), ...spec },
  },
});

const everywhere = { ipBlock: { cidr: "0.0.0.0/0" } };
const balancers = { ipBlock: { cidr: "192.168.0.0/16" } };
const withoutBalancers = { ipBlock: { cidr: "0.0.0.0/0", except: ["192.168.0.0/16"] } };

/** The doors, which let in these alone. */
const lettingIn = (...from: readonly object[]): Loose => {
  const { spec } = townObjects()["doorPolicy"] as { spec: { egress: object[] } };
  return policy("doors", "door", [{ from }], spec.egress.slice(1));
};

describe("a Service's name without a port", () => {
  const store = (...ports: readonly number[]): Record<string, Loose> => ({
    ...specced("storeService", {
      ports: [
        { name: "redis", port: 6379, targetPort: "redis" },
        { name: "metrics", port: 9100, targetPort: "metrics" },
      ],
    }),
    files: { ...townObjects()["files"], data: {} },
    web: controller("Deployment", "shop", "web", pod("web", { http: 8080 }, hostOnly)),
    webPolicy: policy("shop", "web", [{}], [{}]),
    storePolicy: policy(
      "shop",
      "store",
      [{ ports: [...ports, 9100].map((port) => ({ port, protocol: "TCP" })) }],
      [],
    ),
  });
  const hostOnly = { args: ["--store-host", "store"] };

  test("means those of its ports that are open", () => {
    expect(told(store())).toEqual([]);
    expect(told(store(6379))).toEqual([]);
  });

  test("means each of them where none is", () => {
    const shut = { ...store(), storePolicy: policy("shop", "store", [{ from: [balancers] }], []) };
    expect(told(shut).filter((line) => line.includes("shop/web -> "))).toEqual([
      expect.stringMatching(/^web: shop\/web -> shop\/store TCP 6379 is refused/),
      expect.stringMatching(/^web: shop\/web -> shop\/store TCP 9100 is refused/),
    ]);
  });
});

describe("an address outside, of which nobody knows by which protocol it is dialled", () => {
  const dialling = (...protocols: readonly string[]): Record<string, Loose> => ({
    web: controller(
      "Deployment",
      "shop",
      "web",
      pod("web", { http: 8080 }, { args: ["--relay=relay.example.org:3478"] }),
    ),
    webPolicy: policy(
      "shop",
      "web",
      [{}],
      [
        {
          to: [everywhere],
          ports: protocols.map((protocol) => ({ port: 3478, protocol })),
        },
      ],
    ),
  });

  test.each([["TCP"], ["UDP"]])("is let out to where %s is", (protocol) => {
    expect(told(dialling(protocol), anyNetwork, outsideAllowed)).toEqual([]);
  });

  test("is not where another one is", () => {
    expect(told(dialling("SCTP"), anyNetwork, outsideAllowed)).toEqual([
      "web: Deployment shop/web web: argument relay.example.org:3478: is not let out",
    ]);
  });
});

describe("an Ingress", () => {
  /** The shop lets nobody in. */
  const shut = { webPolicy: policy("shop", "web", [], [{}]) };
  const door = (spec: object): Record<string, Loose> => ({
    ...shut,
    door: controller("Deployment", "doors", "door", { serviceAccountName: "door", ...spec }),
  });
  const ports = { web: 8000, hook: 9443 };
  const isCalled = (changes: Record<string, Loose>): boolean =>
    told(changes).some((line) => line.includes("doors/door -> shop/web TCP 8080"));

  test("is served by the controller of its class alone", () => {
    expect(isCalled(door(pod("door", ports, { args: ["--ingressclass=door"] })))).toBe(true);
    expect(isCalled(door(pod("door", ports, { args: ["--ingressclass=gate"] })))).toBe(false);
    expect(isCalled(door(pod("door", ports, { args: ["--ingress-class", "gate"] })))).toBe(false);
  });

  test("is served by pods of which one container of several is told so", () => {
    const { containers } = pod("door", ports, { args: ["--ingressclass=door"] });
    expect(isCalled(door({ containers: [...containers, ...pod("log", {}).containers] }))).toBe(
      true,
    );
  });
});

describe("a port that is published", () => {
  const published = (more: object, annotations: object = {}): Record<string, Loose> => ({
    doorService: {
      ...specced("doorService", more)["doorService"],
      metadata: { name: "door", namespace: "doors", annotations },
    },
  });
  /** Who calls the door in vain, the nodes that call its webhook left out. */
  const callers = (changes: Record<string, Loose | undefined>, network = calico): string[] => [
    ...new Set(
      told({ ...changes, hook: undefined }, network).flatMap(
        (line) => /^door: (.+) -> doors\/door TCP/.exec(line)?.[1] ?? [],
      ),
    ),
  ];
  const local = { externalTrafficPolicy: "Local" };
  const shut = { doorPolicy: lettingIn({ ipBlock: { cidr: "198.18.0.0/15" } }) };

  test("is called by its clients and by the balancer between", () => {
    const behind = published({ type: "LoadBalancer", ...local });
    expect(callers({ ...behind, ...shut })).toEqual(["internet", "private network"]);
    expect(callers({ ...behind, doorPolicy: lettingIn(everywhere) })).toEqual([]);
    expect(callers({ ...behind, doorPolicy: lettingIn(withoutBalancers) })).toEqual([
      "private network",
    ]);
  });

  test.each<[string, object, object]>([
    ["of a node's own", { type: "NodePort", ...local }, {}],
    [
      "behind a balancer that hands packets on as they came",
      { type: "LoadBalancer", ...local },
      { "cloud.google.com/l4-rbs": "enabled" },
    ],
  ])("is called by its clients alone: %s", (_, spec, annotations) => {
    const direct = published(spec, annotations);
    expect(callers({ ...direct, ...shut })).toEqual(["internet"]);
    expect(callers({ ...direct, doorPolicy: lettingIn(withoutBalancers) })).toEqual([]);
  });

  test("is called by the nodes alone where they pass calls on, and Cilium does not stand in between", () => {
    const passed = published({ type: "LoadBalancer", externalTrafficPolicy: "Cluster" });
    expect(callers({ ...passed, ...shut })).toEqual(["node"]);
    expect(callers({ ...passed, ...shut }, networkOf({ kind: "gke" }))).toEqual([
      "node",
      "internet",
      "private network",
    ]);
  });

  test("is none of a container's whose port on the node is 0", () => {
    const on = (hostPort: number): Record<string, Loose> => ({
      keeper: controller(
        "DaemonSet",
        "doors",
        "keeper",
        pod("keeper", {}, { ports: [{ containerPort: 7000, hostPort }] }),
      ),
      keeperPolicy: policy("doors", "keeper", [{ from: [balancers] }], []),
    });
    expect(told(on(7001))).toEqual([
      "keeper: internet -> doors/keeper TCP 7000 is refused by the callee's ingress, and needed by DaemonSet doors/keeper port 7001 of its node",
    ]);
    expect(told(on(0))).toEqual([]);
  });
});

describe("who reads metrics", () => {
  const announcing = controller(
    "Deployment",
    "doors",
    "tower",
    pod("tower", { metrics: 9300 }),
    {},
    { "fleet/metrics-port": "9300" },
  );
  const reading = (namespaces: string): Record<string, Loose> => ({
    tower: announcing,
    eyesConfig: {
      ...townObjects()["eyesConfig"],
      data: {
        "prometheus.yml": `scrape_configs:\n  - kubernetes_sd_configs:\n      - role: pod\n${namespaces}`,
      },
    },
  });

  test.each([
    ["of some namespaces calls pods of those alone", "        namespaces: { names: [shop] }\n", 0],
    ["of all namespaces calls pods of each", "", 1],
    ["of a list of none calls pods of each", "        namespaces: { names: [] }\n", 1],
  ])("%s", (_, namespaces, calls) => {
    const found = told(reading(namespaces)).filter((line) => line.includes("doors/tower"));
    expect(found).toHaveLength(calls);
  });
});

test("nodes that mount files call the ports that the mount dials, and no other of the Service", () => {
  const cellar = controller(
    "StatefulSet",
    "shop",
    "cellar",
    pod("cellar", { nfs: 2049, mountd: 20_048, admin: 9000 }),
  );
  const service = specced("cellarService", {
    ports: [
      { name: "nfs", port: 2049, targetPort: "nfs" },
      { name: "mountd", port: 20_048, targetPort: "mountd" },
      { name: "admin", port: 9000, targetPort: "admin" },
    ],
  });
  expect(told({ cellar, ...service })).toEqual([]);
  const shut = { cellarPolicy: policy("shop", "cellar", [], []) };
  expect(told({ cellar, ...service, ...shut })).toEqual([
    expect.stringMatching(/^cellar: node -> shop\/cellar TCP 2049 is refused/),
    expect.stringMatching(/^cellar: node -> shop\/cellar TCP 20048 is refused/),
  ]);
});

describe("a webhook", () => {
  const hook = (service: object): Record<string, Loose> => ({
    hook: { ...townObjects()["hook"], webhooks: [{ name: "a.b.c", clientConfig: { service } }] },
    // A Service of that name elsewhere, which is looked at first, and another one in the namespace.
    ...{ twin: twin("shop", "door"), sister: twin("doors", "sister"), twinPolicy, eyesPolicy },
  });
  const twin = (namespace: string, name: string): Loose => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: {
      selector: { "app.kubernetes.io/name": namespace === "shop" ? "twin" : "eyes" },
      ports: [{ port: 443, targetPort: namespace === "shop" ? 8443 : 9090 }],
    },
  });
  const twinPolicy = policy("shop", "twin", [], []);
  const eyesPolicy = policy("doors", "eyes", [], [{}]);
  const twins = controller("Deployment", "shop", "twin", pod("twin", { hook: 8443 }));
  const called = (service: object): readonly string[] => {
    const { door, doorService, ...others } = townObjects();
    const objects = { ...others, twins, ...hook(service), door, doorService };
    return callsAllowed
      .check(stackOf({ ...objects, doorPolicy: lettingIn(withoutBalancers, balancers) }))
      .flatMap(
        ({ message }) => /^node -> (\S+ TCP \d+).*ValidatingWebhook/.exec(message)?.[1] ?? [],
      );
  };

  test("is the Service of its name in its namespace", () => {
    expect(called({ name: "door", namespace: "doors" })).toEqual(["doors/door TCP 9443"]);
    expect(called({ name: "door", namespace: "shop" })).toEqual(["shop/twin TCP 8443"]);
  });

  test("of a Service or a port that is not the stack's is called by nobody here", () => {
    expect(called({ name: "gate", namespace: "doors" })).toEqual([]);
    expect(called({ name: "door", namespace: "elsewhere" })).toEqual([]);
    expect(called({ name: "door", namespace: "doors", port: 8443 })).toEqual([]);
  });
});

test("an API server outside is reached over a private network as well as over the internet", () => {
  const eyes = (peer: object): Record<string, Loose> => {
    const { spec } = townObjects()["eyesPolicy"] as { spec: { egress: Loose[] } };
    const egress = [...spec.egress.slice(0, -1), { ports: [{ port: 10_250, protocol: "TCP" }] }];
    const api = { to: [peer], ports: [{ port: 443, protocol: "TCP" }] };
    return specced("eyesPolicy", { egress: [...egress, api] });
  };
  const lke = networkOf({ kind: "lke" });
  expect(told(eyes(balancers), lke)).toEqual([]);
  expect(told(eyes(withoutBalancers), lke)).toEqual([]);
  expect(told(eyes({ ipBlock: { cidr: "198.18.0.0/15" } }), lke)).toEqual([
    "eyes: Deployment doors/eyes: has rights at the API server and may not reach it on 443 or 6443",
  ]);
});
