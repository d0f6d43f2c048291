import { describe, expect, it } from "vitest";

import type { Flow, Peer } from "../../components/base/flows.ts";
import { networkFlows, type NetworkShape } from "../../components/spacemesh/flows.ts";
import { type Given, membersOf, sectionsOf } from "./network-fixture.ts";

const shapeOf = (given: Given = {}, over: Partial<NetworkShape> = {}): NetworkShape => ({
  namespace: "spacemesh",
  members: membersOf(given),
  miners: sectionsOf(given).miners,
  poets: sectionsOf(given).poets,
  broadcasts: true,
  watched: true,
  scrapers: [],
  ...over,
});

const nameOf = (peer: Peer): string => ("name" in peer ? `${peer.kind} ${peer.name}` : peer.kind);

const write = ({ from, to, ports }: Flow): string =>
  `${nameOf(from)} → ${nameOf(to)} ${ports.map(({ port }) => port).join(",")}`.trim();

const written = (given?: Given, over?: Partial<NetworkShape>): string[] =>
  networkFlows(shapeOf(given, over)).map(write);

const fromOutside = (flows: readonly string[]): string[] =>
  flows.filter((flow) => /^(internet|nodes) →/.test(flow));

describe("flows of a network", () => {
  // Its own members come from their nodes: a bootnode is dialled by its node's address, which no range holds.
  it("let the internet and nodes in to bootnodes' own ports, the internet to the first PoET, and to nothing else", () => {
    expect(fromOutside(written())).toEqual([
      "internet → group bootnode 5001,5002,5003,5004,5005,5006,5007",
      "nodes → group bootnode 5001,5002,5003,5004,5005,5006,5007",
      "internet → workload poet-1 5000",
    ]);
  });

  it("let it in to the APIs only where the file gives them node ports, from other nodes as well", () => {
    const ports = { public: { kind: "node-ports" } };
    expect(fromOutside(written({ miners: { ports } })).slice(2, 6)).toEqual([
      "internet → group bootnode 6000,7000",
      "nodes → group bootnode 6000,7000",
      "internet → group miner 6000,7000",
      "nodes → group miner 6000,7000",
    ]);
    expect(written({ miners: { ports, jsonApi: false } })).toContain("nodes → group miner 6000");
  });

  it("lead members to their peers, wherever those are, and to every PoET", () => {
    const flows = written();
    for (const group of ["bootnode", "miner"]) {
      expect(flows).toContain(`group ${group} → internet`);
      expect(flows).toContain(`group ${group} → nodes 5001,5002,5003,5004,5005,5006,5007`);
      expect(flows).toContain(`group ${group} → group miner 7513`);
      expect(flows).toContain(`group ${group} → group bootnode 5001,5002,5003,5004,5005,5006,5007`);
      expect(flows).toContain(`group ${group} → group poet 5000`);
      expect(flows).toContain(`workload spacemesh-watch → group ${group} 6000`);
    }
    expect(flows).toContain("workload spacemesh-watch → internet 443");
  });

  it("lead PoETs to the members they broadcast through: the first ones, whichever role they have", () => {
    const poets = (given: Given, over?: Partial<NetworkShape>): string[] =>
      written(given, over).filter((flow) => flow.startsWith("group poet →"));
    expect(poets({})).toEqual(["group poet → group bootnode 6000"]);
    expect(poets({ poets: { gateways: 8 } })).toEqual([
      "group poet → group bootnode 6000",
      "group poet → group miner 6000",
    ]);
    expect(poets({}, { broadcasts: false })).toEqual([]);
  });

  it("lead to and from those who watch, where there are any", () => {
    const monitor = (name: string): Peer => ({ kind: "workload", name, namespace: "metrics" });
    const flows = written(
      {},
      {
        watched: false,
        scrapers: [monitor("prometheus")],
        pushGateway: { peer: monitor("push-gateway"), port: 9091 },
        profiler: { peer: monitor("pyroscope"), port: 4040 },
      },
    );
    expect(flows).toContain("workload prometheus → group miner 1010");
    expect(flows).toContain("group bootnode → workload push-gateway 9091");
    expect(flows).toContain("group miner → workload pyroscope 4040");
    expect(flows.some((flow) => flow.includes("spacemesh-watch"))).toBe(false);
  });

  it("are as many for a thousand miners as for ten", () => {
    const count = (numbers: string): number => written({ miners: { numbers: [numbers] } }).length;
    expect(count("1-1000")).toBe(count("1-10"));
  });
});
