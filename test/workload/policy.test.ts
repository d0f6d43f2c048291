/** What a flow opens, and what it leaves shut: one direction is the other one's end. */
import { describe, expect, it } from "vitest";

import { type Flow, type Peer, tcp, udp } from "../../components/base/flows.ts";
import { networkPolicySpec } from "../../components/workload/policy.ts";

const own: Peer = { kind: "workload", name: "web", namespace: "demo" };

const calling = (to: Peer, ports: Flow["ports"] = [tcp(80)]) =>
  networkPolicySpec("web", { callers: [], calls: [{ from: own, to, ports }] }).egress;

const called = (from: Peer, ports: Flow["ports"] = [tcp(80)]) =>
  networkPolicySpec("web", { callers: [{ from, to: own, ports }], calls: [] }).ingress;

/** Pods, as a policy finds them in a namespace. */
const pods = (namespace: string, label: string, name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { [label]: name } },
});

const web = [{ port: 80, protocol: "TCP" }];

describe("a network policy", () => {
  it("shuts both directions of its pods but for name look-ups", () => {
    const spec = networkPolicySpec("web", { callers: [], calls: [] });
    expect(spec).toMatchObject({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [],
    });
    const names = [
      { port: 53, protocol: "UDP" },
      { port: 53, protocol: "TCP" },
    ];
    expect(spec.egress).toEqual([
      {
        to: [
          pods("kube-system", "k8s-app", "kube-dns"),
          pods("kube-system", "k8s-app", "node-local-dns"),
          { ipBlock: { cidr: "169.254.20.10/32" } },
          { ipBlock: { cidr: "169.254.169.254/32" } },
        ],
        ports: names,
      },
    ]);
  });

  it("of a group is of all pods that have its label", () => {
    const { podSelector } = networkPolicySpec("miners", { callers: [], calls: [] }, "group");
    expect(podSelector).toEqual({ matchLabels: { "fleet/group": "miners" } });
  });

  it.each<[string, Peer, object[] | undefined]>([
    [
      "a workload, in its namespace alone",
      { kind: "workload", name: "db", namespace: "data" },
      [pods("data", "app.kubernetes.io/name", "db")],
    ],
    [
      "a group",
      { kind: "group", name: "miners", namespace: "net" },
      [pods("net", "fleet/group", "miners")],
    ],
    [
      "the internet, and neither pods nor what hands out a cloud's credentials",
      { kind: "internet" },
      [
        {
          ipBlock: {
            cidr: "0.0.0.0/0",
            except: [
              "10.0.0.0/8",
              "100.64.0.0/10",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.168.0.0/16",
            ],
          },
        },
      ],
    ],
    [
      "addresses, private ones too",
      { kind: "addresses", ranges: ["10.1.0.0/16", "203.0.113.7/32"] },
      [{ ipBlock: { cidr: "10.1.0.0/16" } }, { ipBlock: { cidr: "203.0.113.7/32" } }],
    ],
    ["nodes, which no range is", { kind: "nodes" }, undefined],
  ])("opens what it says to %s", (_, peer, ends) => {
    const [, call, ...others] = calling(peer) as unknown[];
    expect(others).toEqual([]);
    expect(call).toEqual({ ...(ends === undefined ? {} : { to: ends }), ports: web });
    expect(called(peer)).toEqual([{ ...(ends === undefined ? {} : { from: ends }), ports: web }]);
  });

  it("opens the API server's ports before and after the Service's translation, whatever is said", () => {
    const [, call] = calling({ kind: "api-server" }, []) as unknown[];
    expect(call).toEqual({
      ports: [
        { port: 443, protocol: "TCP" },
        { port: 6443, protocol: "TCP" },
      ],
    });
    expect(called({ kind: "api-server" }, [tcp(10_250)])).toEqual([
      { ports: [{ port: 10_250, protocol: "TCP" }] },
    ]);
  });

  it("opens every port where none is said, to ends that are", () => {
    const db: Peer = { kind: "workload", name: "db", namespace: "data" };
    expect(called(db, [])).toEqual([{ from: [pods("data", "app.kubernetes.io/name", "db")] }]);
    expect(called(db, [tcp(80), udp(80)])).toMatchObject([
      { ports: [...web, { port: 80, protocol: "UDP" }] },
    ]);
  });

  it("refuses to open everything to everybody", () => {
    expect(() => calling({ kind: "nodes" }, [])).toThrow(/must say its ports/);
    expect(() => called({ kind: "nodes" }, [])).toThrow(/must say its ports/);
    expect(() => called({ kind: "api-server" }, [])).toThrow(/must say its ports/);
  });
});
