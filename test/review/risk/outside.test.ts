/** What is reachable from outside, and by whom. */
import { describe, expect, it } from "vitest";

import { blinded, type Made, madeItem, object, unknown } from "../made.ts";
import {
  annotated,
  balanced,
  gone,
  kubernetes,
  labelled,
  made,
  middleware,
  middlewares,
  service,
  swarm,
  update,
} from "./changes.ts";
import { type Further, type Reason, saysWhy, speaksAsWell, whyOf } from "./each-rule.ts";

const sources = (before: unknown, after: unknown): Made =>
  update("Service", balanced(before), balanced(after), "spec.loadBalancerSourceRanges");
const published = (...ports: readonly number[]) => ({
  endpointSpec: { ports: ports.map((port) => ({ targetPort: port, publishedPort: port })) },
});

/** What is not seen at the first look. */
const further: readonly Further[] = [
  [
    "service-opened",
    "addresses of one's own",
    made("Service", object({ spec: { externalIPs: ["192.0.2.1"] } })),
    made("Service", object({ spec: { externalIPs: [] } })),
  ],
  [
    "service-opened",
    "a port of the nodes where there was none",
    update("Service", service("ClusterIP"), service("NodePort"), "spec.type"),
    update("Service", service("NodePort"), service("NodePort", 81), "spec.ports[0].port"),
  ],
  ["guard-changed", "what a way goes through", gone(middleware), labelled(middleware)],
  [
    "guard-changed",
    "one annotation of a way, and not of a way that comes with them",
    annotated("Ingress", { [middlewares]: "a", note: "a" }, { [middlewares]: "a", note: "b" }),
    made("Ingress", { metadata: { name: "web", annotations: { [middlewares]: "a" } } }),
  ],
  [
    "port-published",
    "another port, and not of ports that go",
    update(swarm, published(80), published(80, 81), "endpointSpec.ports[1]"),
    update(swarm, published(80), published(), "endpointSpec.ports[0]"),
  ],
  [
    "port-published",
    "ports that come, and not of those that stay",
    update(swarm, published(), published(80), "endpointSpec.ports[0]"),
    update(swarm, published(80), { ...published(80), name: "a" }, "name"),
  ],
  [
    "service-opened",
    "a balancer before ports of the nodes, and not of one more address of a balancer",
    update("Service", service("NodePort"), balanced([]), "spec.type"),
    update("Service", balanced([]), balanced([], { externalIPs: ["192.0.2.1"] }), "spec"),
  ],
  [
    "sources-changed",
    "a list that ends, and not of one that said nothing",
    sources(["192.0.2.0/24"], undefined),
    sources([], undefined),
  ],
  [
    "sources-changed",
    "a list that nobody tells, and not of another change beside it",
    sources(blinded, { ...blinded }),
    update("Service", balanced(blinded, { a: 1 }), balanced(blinded, { a: 2 }), "spec.a"),
  ],
];

const reasons: readonly Reason[] = [
  ["service-opened", made("Service", service("NodePort")), "(NodePort)"],
  [
    "service-opened",
    made("Service", object({ spec: { externalIPs: ["192.0.2.1"] } })),
    "(ClusterIP)",
  ],
  ["service-opened", made("Service", balanced([])), "(LoadBalancer, from everywhere)"],
  ["service-opened", made("Service", balanced(["a", "b"])), "(LoadBalancer, from a, b)"],
  ["service-opened", made("Service", balanced(blinded)), "(LoadBalancer, from where is not told"],
  [
    "service-opened",
    made("Service", balanced(["1", "2", "3", "4", "5", "6", "7"])),
    "from 1, 2, 3, 4, 5 and 2 more)",
  ],
  ["sources-changed", sources(["a", "b"], ["c", "a"]), ": also from c; no longer from b"],
  ["sources-changed", sources(["a"], []), ": from everywhere"],
  ["sources-changed", sources(undefined, ["a"]), ": from a"],
  ["sources-changed", sources(["a"], unknown), ": from where is not told before the update"],
  ["sources-changed", sources(blinded, { ...blinded }), ": from where is not told"],
  [
    "sources-changed",
    update(
      "Service",
      balanced(["a"], { externalTrafficPolicy: "Local" }),
      balanced(["b"]),
      "spec.externalTrafficPolicy",
      "spec.loadBalancerSourceRanges[0]",
    ),
    ": also from b; no longer from a; spec.externalTrafficPolicy",
  ],
];

speaksAsWell(further);
saysWhy(reasons);

describe("why a change has its risk", () => {
  it.each<[string, string, object, string]>([
    ["Ingress", "one of some", { rules: [{ host: "a.example" }, {}] }, " under a.example, *"],
    ["Ingress", "all", { defaultBackend: { service: { name: "web" } } }, " under *"],
    ["Ingress", "one known later", { rules: [{ host: unknown }] }, " under [unknown]"],
    ["Ingress", "some known later", { rules: unknown }, ""],
    [
      "gateway.networking.k8s.io/v1:Gateway",
      "those of its listeners",
      { listeners: [{ hostname: "a.example" }, { hostname: "a.example" }, { port: 80 }] },
      " under a.example, *",
    ],
    [
      "gateway.networking.k8s.io/v1:HTTPRoute",
      "its own",
      { hostnames: ["a.example", "b.example"], rules: [{ matches: [] }] },
      " under a.example, b.example",
    ],
    ["gateway.networking.k8s.io/v1:GRPCRoute", "those of its gateway", { rules: [{}] }, ""],
    [
      "traefik.io/v1alpha1:IngressRoute",
      "those of its rules",
      { routes: [{ match: "Host(`a.example`) && PathPrefix(`/x`)" }] },
      " under Host(`a.example`) && PathPrefix(`/x`)",
    ],
    ["k8s.nginx.org/v1:VirtualServer", "its own", { host: "a.example" }, " under a.example"],
    ["k8s.nginx.org/v1:TransportServer", "none but its port", { listener: { name: "a" } }, ""],
  ])("names the hosts of a new %s: %s", (type, _, spec, under) => {
    const way = made(type === "Ingress" ? type : kubernetes(type), object({ spec: { ...spec } }));
    expect(whyOf(way, "host-changed")).toBe(`reachable from outside${under}`);
  });

  it("is not told of a balancer's addresses that only stand in another order", () => {
    const item = madeItem(sources(["a", "b"], ["b", "a"]));
    expect(item.findings.map(({ rule }) => rule)).toEqual(["specification-changed"]);
  });
});
