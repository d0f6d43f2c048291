/** Addresses of a Service that others may have written down. */
import { describe, expect, it } from "vitest";

import { type Made, madeItem, object } from "../made.ts";
import { addressed, anew, balanced, service, update } from "./changes.ts";

describe("the addresses of a Service", () => {
  const said = (change: Made): readonly string[] =>
    madeItem(change)
      .findings.filter(({ rule }) => ["address-changed", "port-removed"].includes(rule))
      .map(({ why }) => why);
  const other = (words: string): string =>
    `an address that others may have written down changes: ${words}`;
  const given = { status: { loadBalancer: { ingress: [{ ip: "192.0.2.7" }] } } };
  const within = (before: object, after: object): Made =>
    update("Service", object({ spec: before }), object({ spec: after }), "spec");
  const withNote = (type: string, before: object, after: object): Made =>
    update(
      type,
      { metadata: { name: "web", annotations: before }, spec: { type: "LoadBalancer" } },
      { metadata: { name: "web", annotations: after }, spec: { type: "LoadBalancer" } },
      "metadata.annotations",
    );
  const google = "networking.gke.io/load-balancer-ip-addresses";
  const linode = "service.beta.kubernetes.io/linode-loadbalancer-nodebalancer-id";
  const [first, second] = [{ loadBalancerIP: "192.0.2.1" }, { loadBalancerIP: "192.0.2.2" }];

  it.each<[string, Made, readonly string[]]>([
    [
      "that is another one",
      addressed(first, second),
      [other("loadBalancerIP 192.0.2.1 -> 192.0.2.2")],
    ],
    ["that is said no longer", addressed(first, {}), [other("loadBalancerIP 192.0.2.1 -> none")]],
    ["that is said from now on, of a balancer that nobody has seen", addressed({}, second), []],
    [
      "that is said in the place of the one that was given",
      { ...addressed({}, second), outputs: given },
      [other("loadBalancerIP 192.0.2.7 -> 192.0.2.2")],
    ],
    [
      "that is said, and was given before",
      { ...addressed({}, { loadBalancerIP: "192.0.2.7" }), outputs: given },
      [],
    ],
    [
      "that was given, and is none of what changes",
      { ...addressed({}, { a: 1 }), outputs: given },
      [],
    ],
    [
      "of a balancer that goes, which another rule tells",
      update("Service", balanced([], first), service("ClusterIP"), "spec"),
      [],
    ],
    [
      "inside the cluster",
      anew(
        "Service",
        object({ spec: { clusterIP: "10.0.0.10" } }),
        object({ spec: { clusterIP: "10.0.0.11" } }),
        "spec.clusterIP",
      ),
      [other("clusterIP 10.0.0.10 -> 10.0.0.11")],
    ],
    [
      "inside the cluster, of one that is made anew without",
      anew(
        "Service",
        object({ spec: { clusterIP: "10.0.0.10" } }),
        object({ spec: {} }),
        "spec.clusterIP",
      ),
      [other("clusterIP 10.0.0.10 -> none")],
    ],
    ["inside the cluster, which an update leaves out", within({ clusterIP: "10.0.0.10" }, {}), []],
    [
      "inside the cluster, where there was none",
      anew(
        "Service",
        object({ spec: { clusterIP: "None" } }),
        object({ spec: {} }),
        "spec.clusterIP",
      ),
      [],
    ],
    [
      "of the nodes'",
      within(
        { externalIPs: ["192.0.2.1", "192.0.2.2"] },
        { externalIPs: ["192.0.2.3", "192.0.2.2"] },
      ),
      [other("externalIPs no longer 192.0.2.1")],
    ],
    [
      "of the nodes', beside another one",
      within({ externalIPs: ["192.0.2.1"] }, { externalIPs: ["192.0.2.2", "192.0.2.1"] }),
      [],
    ],
    [
      "that Google looks up by its name",
      withNote("Service", { [google]: "a" }, { [google]: "b" }),
      [other(`${google} a -> b`)],
    ],
    [
      "of another NodeBalancer",
      withNote("Service", {}, { [linode]: "7" }),
      [other(`${linode} none -> 7`)],
    ],
    [
      "that Linode reads of new balancers alone",
      withNote(
        "Service",
        { [linode.replace("nodebalancer-id", "reserved-ipv4")]: "192.0.2.1" },
        {},
      ),
      [],
    ],
    [
      "of an Ingress of Google's",
      withNote("Ingress", { "kubernetes.io/ingress.global-static-ip-name": "a" }, {}),
      [other("kubernetes.io/ingress.global-static-ip-name a -> none")],
    ],
  ])("are told where one changes %s", (_, change, whys) => {
    expect(said(change)).toEqual(whys);
  });

  it.each<[string, object, object, readonly string[]]>([
    [
      "is another one",
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_044 }] },
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_045 }] },
      ["nobody answers on port 30044 of every node any more"],
    ],
    [
      "is left out, and kept by the port's name",
      { type: "NodePort", ports: [{ port: 80, name: "a", nodePort: 30_044 }] },
      { type: "LoadBalancer", ports: [{ port: 80, name: "a" }] },
      [],
    ],
    [
      "is left out of a port of another name",
      { type: "NodePort", ports: [{ port: 80, name: "a", nodePort: 30_044 }] },
      { type: "NodePort", ports: [{ port: 80, name: "b" }] },
      ["nobody answers on port 30044 of every node any more"],
    ],
    [
      "is of another protocol",
      { type: "NodePort", ports: [{ port: 80, protocol: "UDP", nodePort: 30_044 }] },
      {
        type: "NodePort",
        ports: [
          { port: 80, protocol: "UDP", nodePort: 30_045 },
          { port: 80, nodePort: 30_044 },
        ],
      },
      ["nobody answers on port 30044/UDP of every node any more"],
    ],
    [
      "goes with the type",
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_044 }] },
      { type: "ClusterIP", ports: [{ port: 80 }] },
      ["nobody answers on port 30044 of every node any more"],
    ],
    [
      "was not said",
      { type: "NodePort", ports: [{ port: 80 }] },
      { type: "NodePort", ports: [{ port: 80, nodePort: 30_044 }] },
      [],
    ],
  ])("are told where a port of the nodes %s", (_, before, after, whys) => {
    expect(said(within(before, after))).toEqual(whys);
  });

  it("are others where it is made anew and a port of the nodes is left out", () => {
    const ports = (more: object) =>
      object({ spec: { type: "NodePort", ports: [{ port: 80, ...more }] } });
    expect(said(anew("Service", ports({ nodePort: 30_044 }), ports({}), "spec.clusterIP"))).toEqual(
      ["nobody answers on port 30044 of every node any more"],
    );
  });
});
