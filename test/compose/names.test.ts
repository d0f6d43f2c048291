import { describe, expect, it } from "vitest";

import { type Publish, toServices } from "../../components/compose/names.ts";
import { aliasesOf } from "../../components/compose/networks.ts";
import {
  hostPortFaults,
  openPorts,
  toContainerPorts,
  toEndpointSpec,
} from "../../components/compose/ports.ts";
import { fullPort } from "../../components/compose/ports.schema.ts";
import { some, texts } from "./fixtures.ts";

const balancer: Publish = { kind: "LoadBalancer" };
const ingress: Publish = {
  kind: "Ingress",
  controller: { kind: "workload", name: "traefik", namespace: "ingress" },
};

describe("ports", () => {
  it.each([
    ["80", { target: 80, published: undefined, protocol: "tcp", mode: "ingress" }],
    [80, { target: 80, published: undefined, protocol: "tcp", mode: "ingress" }],
    ["5000:80", { target: 80, published: 5_000, protocol: "tcp", mode: "ingress" }],
    ["53:5353/udp", { target: 5_353, published: 53, protocol: "udp", mode: "ingress" }],
    [
      { target: 80, published: 8_080, mode: "host" as const },
      { target: 80, published: 8_080, protocol: "tcp", mode: "host" },
    ],
  ])("%j in full", (port, full) => {
    expect(fullPort(port)).toEqual(full);
  });

  it("of a container are those it exposes and those it publishes, each once", () => {
    const service = some({ expose: [80, "9090"], ports: ["5000:80", "53:53/udp"] });
    expect(openPorts(service).map(({ target, protocol }) => `${target}/${protocol}`)).toEqual([
      "80/tcp",
      "9090/tcp",
      "53/udp",
    ]);
    expect(toContainerPorts(service)).toEqual([
      { name: "tcp-80", port: 80, protocol: "TCP" },
      { name: "tcp-9090", port: 9_090, protocol: "TCP" },
      { name: "udp-53", port: 53, protocol: "UDP" },
    ]);
  });

  it("in host mode are the node's too, where Pod Security lets them", () => {
    const service = some({ ports: [{ target: 80, published: 8_080, mode: "host" }] });
    expect(toContainerPorts(service)).toEqual([
      { name: "tcp-80", port: 80, protocol: "TCP", hostPort: 8_080 },
    ]);
    expect(hostPortFaults(service, "it is dialled at its node")).toEqual([]);
    expect(texts(hostPortFaults(service, undefined)).join()).toContain("Pod Security restricted");
    const unsaid = some({ ports: [{ target: 80, mode: "host" }] });
    expect(texts(hostPortFaults(unsaid, "why"))).toEqual([
      "ports.0 must say published: Kubernetes chooses no port",
    ]);
  });
});

describe("Services on Kubernetes", () => {
  it("are one for the name and one for each alias, of whatever network", () => {
    const service = some({
      expose: [5_432],
      networks: { front: { aliases: ["workers", "echo"] }, back: { aliases: ["workers", "w"] } },
    });
    expect(aliasesOf("echo", service)).toEqual(["workers", "w"]);
    const ports = [{ name: "tcp-5432" }];
    expect(toServices("echo", service, balancer)).toEqual({
      value: ["echo", "workers", "w"].map((name) => ({ name, type: "ClusterIP", ports })),
      warnings: [],
    });
  });

  // The API server refuses a Service that has an address and no port.
  it("have no address where the service has no port: the name leads to the pods", () => {
    expect(toServices("worker", some({}), balancer).value).toEqual([
      { name: "worker", type: "Headless", ports: [] },
    ]);
  });

  it("have no address under dnsrr", () => {
    const service = some({ expose: [80], deploy: { endpoint_mode: "dnsrr" } });
    expect(toServices("echo", service, balancer).value[0]?.type).toBe("Headless");
    const usual = some({ expose: [80], deploy: { endpoint_mode: "vip" } });
    expect(toServices("echo", usual, balancer).value[0]?.type).toBe("ClusterIP");
  });

  it("of what is published are apart: inside it is dialled at the container's port", () => {
    expect(toServices("vote", some({ ports: ["5000:80"] }), balancer)).toEqual({
      value: [
        { name: "vote", type: "ClusterIP", ports: [{ name: "tcp-80" }] },
        {
          name: "vote-published",
          type: "LoadBalancer",
          externalTrafficPolicy: "Local",
          ports: [{ name: "tcp-80", port: 5_000 }],
        },
      ],
      warnings: [],
    });
  });

  it.each<[string, Publish, string[], object[], RegExp | undefined]>([
    [
      "a NodePort in the nodes' range",
      { kind: "NodePort" },
      ["30080:80"],
      [{ name: "tcp-80", port: 30_080, nodePort: 30_080 }],
      undefined,
    ],
    [
      "a NodePort outside of it",
      { kind: "NodePort" },
      ["5000:80"],
      [{ name: "tcp-80", port: 5_000 }],
      /ports\.0 is not 5000 at the nodes/,
    ],
    [
      "an ingress controller's host",
      ingress,
      ["5000:80"],
      [],
      /ports\.0 is not 5000: it is reached/,
    ],
    ["a port nobody chose behind one", ingress, ["80"], [], undefined],
    ["nothing outside", { kind: "Internal" }, ["5000:80"], [], /ports\.0 is published nowhere/],
  ])("publish %s", (_, publish, ports, published, warning) => {
    const { value, warnings } = toServices("vote", some({ ports }), publish);
    expect(value.find(({ name }) => name === "vote-published")?.ports ?? []).toEqual(published);
    expect(texts(warnings).join()).toMatch(warning ?? /^$/);
  });
});

describe("endpoints on a Swarm", () => {
  it("keep mode and ports, with Swarm's defaults written out", () => {
    expect(toEndpointSpec(some({}))).toEqual({ mode: "vip" });
    expect(
      toEndpointSpec(
        some({
          ports: ["5000:80", { target: 53, published: 53, protocol: "udp", mode: "host" }],
        }),
      ),
    ).toEqual({
      mode: "vip",
      ports: [
        { targetPort: 80, publishedPort: 5_000, protocol: "tcp", publishMode: "ingress" },
        { targetPort: 53, publishedPort: 53, protocol: "udp", publishMode: "host" },
      ],
    });
    expect(toEndpointSpec(some({ deploy: { endpoint_mode: "dnsrr" } }))).toEqual({ mode: "dnsrr" });
  });
});
