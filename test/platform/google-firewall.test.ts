import * as k8s from "@pulumi/kubernetes";
import { Provider as GoogleProvider } from "@pulumi/gcp/provider.js";
import { describe, expect, it } from "vitest";

import { GoogleNodes } from "../../components/platform/google-nodes.ts";
import { googleRules } from "../../components/platform/google-firewall.ts";
import { collect } from "../harness.ts";
import { gke } from "./gke-fixtures.ts";

const tcpPort = (port: number) => ({ protocol: "TCP", port }) as const;
const published = [
  { slot: 10, ...tcpPort(5_003) },
  { slot: 0, ...tcpPort(5_001) },
  { slot: 10, ...tcpPort(5_002) },
  { slot: 10, protocol: "UDP", port: 7_000 },
] as const;
const everywhere = [30_001, 30_002, 30_003, 31_001].map(tcpPort);
const open = gke({ firewall: { from: ["198.51.100.0/24"] } });

describe("rules of Google's network", () => {
  it("open on each slot just what is published there, and node ports on every node", () => {
    expect(googleRules(open, published, everywhere)).toEqual([
      {
        name: "mini-slot-0-ports",
        tag: "mini-slot-0",
        allows: [{ protocol: "tcp", ports: ["5001"] }],
      },
      {
        name: "mini-slot-10-ports",
        tag: "mini-slot-10",
        allows: [
          { protocol: "tcp", ports: ["5002-5003"] },
          { protocol: "udp", ports: ["7000"] },
        ],
      },
      {
        name: "mini-node-ports",
        tag: "mini-node",
        allows: [{ protocol: "tcp", ports: ["30001-30003", "31001"] }],
      },
    ]);
  });

  it("are none where the file asks for none: they are somebody else's", () => {
    expect(googleRules(gke(), published, everywhere)).toEqual([]);
  });

  it("are none for what is not published: a port of all nodes is not opened by itself", () => {
    expect(googleRules(open, [], [])).toEqual([]);
  });

  it("lie in the cluster's network, open to whom the file says, for the marked machines alone", async () => {
    const { resources } = await collect(
      () =>
        new GoogleNodes(
          "nodes",
          {
            cluster: gke({ network: "spacecraft", firewall: { from: ["198.51.100.0/24"] } }),
            google: new GoogleProvider("google", { project: "demo-networks" }),
            system: "demo",
            published,
            everywhere,
            networkPolicy: true,
          },
          { provider: new k8s.Provider("cluster", { context: "demo" }) },
        ),
    );
    const rules = resources.filter(({ type }) => type === "gcp:compute/firewall:Firewall");
    expect(rules).toHaveLength(3);
    expect(rules.every(({ provider }) => provider.includes("::google::"))).toBe(true);
    expect(rules.find(({ name }) => name.endsWith("mini-slot-0-ports"))?.inputs).toEqual({
      name: "mini-slot-0-ports",
      project: "demo-networks",
      network: "spacecraft",
      direction: "INGRESS",
      allows: [{ protocol: "tcp", ports: ["5001"] }],
      sourceRanges: ["198.51.100.0/24"],
      targetTags: ["mini-slot-0"],
    });
  });
});
