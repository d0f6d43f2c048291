import { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import { describe, expect, it } from "vitest";

import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import {
  clusterRules,
  firewallFaults,
  firewallPlans,
  portPieces,
  type PublishedPort,
} from "../../components/platform/firewall-rules.ts";
import { NodeFirewalls } from "../../components/platform/firewalls.ts";
import { collect } from "../harness.ts";
import { clusterInput, complaints } from "./fixtures.ts";

const slots = {
  "0": { address: { kind: "ephemeral" } },
  "1": { address: { kind: "ephemeral" } },
  "2": { address: { kind: "ephemeral" } },
};
const at = (linode: Record<string, unknown> = {}) => ({
  ...clusterInput,
  linode: { region: "ap-south", firewalls: "made", ...linode },
  pools: { edge: { slots, cpu: "2", memory: "4Gi" } },
});
const cluster = (linode: Record<string, unknown> = {}) => ClusterConfig.parse(at(linode));
const port = (slot: number, protocol: "TCP" | "UDP", number: number): PublishedPort => ({
  slot,
  protocol,
  port: number,
});
const published = [
  port(0, "TCP", 443),
  port(0, "TCP", 80),
  port(0, "UDP", 30_178),
  port(2, "TCP", 30_081),
];
const open = (label: string, change: Record<string, unknown> = {}) => ({
  ...{ label, protocol: "TCP", ports: "22", from: ["198.51.100.0/24"] },
  ...change,
});

describe("the rules of the nodes' firewalls", () => {
  it("let in what the cluster itself needs, and the balancers on every NodePort", () => {
    const rules = clusterRules.map(({ protocol, ports = "", ipv4s }) => [
      protocol,
      ports,
      ...ipv4s,
    ]);
    expect(rules).toEqual([
      ["ICMP", "", "0.0.0.0/0"],
      ["TCP", "53,179,5473,10250,10256", "192.168.128.0/17"],
      ["UDP", "53,51820", "192.168.128.0/17"],
      ["IPENCAP", "", "192.168.128.0/17"],
      ["TCP", "30000-32767", "192.168.255.0/24"],
      ["UDP", "30000-32767", "192.168.255.0/24"],
    ]);
  });

  it("open to the world what is published on a slot, on that slot alone", () => {
    const plans = firewallPlans(cluster(), published).map(({ name, slot, rules }) => ({
      ...{ name, slot },
      own: rules.slice(clusterRules.length),
    }));
    const ipv4s = ["0.0.0.0/0"];
    expect(plans).toEqual([
      { name: "nodes", slot: undefined, own: [] },
      {
        name: "slot-0",
        slot: 0,
        own: [
          { label: "public-tcp", protocol: "TCP", ports: "80,443", ipv4s },
          { label: "public-udp", protocol: "UDP", ports: "30178", ipv4s },
        ],
      },
      {
        name: "slot-2",
        slot: 2,
        own: [{ label: "public-tcp", protocol: "TCP", ports: "30081", ipv4s }],
      },
    ]);
  });

  it("are none where the file does not ask for any", () => {
    expect(firewallPlans(cluster({ firewalls: "none" }), published)).toEqual([]);
    expect(firewallPlans(ClusterConfig.parse(clusterInput), published)).toEqual([]);
  });

  it("write neighbours as a range, and split what no rule holds into several", () => {
    expect(portPieces([3479, 3478, 30_084, 3478])).toEqual(["3478-3479", "30084"]);
    const many = Array.from({ length: 16 }, (_, index) => port(1, "TCP", 1_000 + 2 * index));
    const [, plan] = firewallPlans(cluster(), many);
    const own = plan?.rules.slice(clusterRules.length) ?? [];
    expect(own.map(({ label, ports = "" }) => [label, ports.split(",").length])).toEqual([
      ["public-tcp", 15],
      ["public-tcp-2", 1],
    ]);
  });

  it("let others in where the file says so, on every node", () => {
    const plans = firewallPlans(cluster({ alsoOpen: [open("office-ssh")] }), published);
    expect(plans).toHaveLength(3);
    for (const { rules } of plans) {
      expect(rules).toContainEqual({
        label: "open-office-ssh",
        protocol: "TCP",
        ports: "22",
        ipv4s: ["198.51.100.0/24"],
      });
    }
  });
});

describe("a firewall's limits", () => {
  it("are told before anything is made: 25 rules", () => {
    const alsoOpen = Array.from({ length: 18 }, (_, index) => open(`rule-${index}`));
    const config = cluster({ alsoOpen });
    expect(firewallFaults(firewallPlans(config, []))).toEqual([]);
    expect(firewallFaults(firewallPlans(config, published))).toEqual([
      {
        path: ["cluster", "linode", "alsoOpen"],
        message:
          'firewall slot-0 would have 26 rules, and Linode takes 25: put ports with the same "from" into one entry',
      },
    ]);
  });

  it.each([
    [
      "16 pieces of ports",
      { ports: Array.from({ length: 16 }, (_, i) => 2 * i + 1).join(",") },
      "at most 15",
    ],
    [
      "256 ranges",
      { from: Array.from({ length: 256 }, (_, i) => `192.0.2.${i}/32`) },
      "at most 255",
    ],
    ["a port beyond 65535", { ports: "65536" }, "from 1 to 65535"],
    ["a range from the larger one", { ports: "90-80" }, "from the smaller one"],
    ["a bare address", { from: ["192.0.2.1"] }, "must be an IPv4 range"],
    ["a label that is too long", { label: "x".repeat(28) }, "at most 27"],
    ["a label with two dashes", { label: "a--b" }, "single dashes"],
  ])("refuse %s", (_, change, expected) => {
    const value = at({ alsoOpen: [open("rule", change)] });
    expect(complaints(ClusterConfig, value).join("\n")).toContain(expected);
  });
});

describe("NodeFirewalls", () => {
  it("makes one firewall a plan that drops the rest, with no machine in it, and tells their numbers", async () => {
    const { resources, result } = await collect(async () => {
      const provider = new LinodeProvider("linode");
      const plans = firewallPlans(cluster(), published);
      const { ids } = new NodeFirewalls("nodes", { stack: "demo", plans }, { provider });
      return new Promise((settle) => {
        ids.apply(settle);
      });
    });
    const made = resources.filter(({ type }) => type === "linode:index/firewall:Firewall");
    expect(made.map(({ inputs }) => String(inputs["label"])).sort()).toEqual([
      "demo-nodes",
      "demo-slot-0",
      "demo-slot-2",
    ]);
    for (const { inputs, provider } of made) {
      expect(provider).toContain("::linode::");
      expect(inputs).toMatchObject({ inboundPolicy: "DROP", outboundPolicy: "ACCEPT" });
      expect(Object.keys(inputs).sort()).toEqual([
        "inboundPolicy",
        "inbounds",
        "label",
        "outboundPolicy",
      ]);
      expect(
        (inputs["inbounds"] as { action: string }[]).every(({ action }) => action === "ACCEPT"),
      ).toBe(true);
    }
    expect(result).toEqual({
      others: expect.any(Number) as number,
      slots: { "0": expect.any(Number) as number, "2": expect.any(Number) as number },
    });
  });
});
