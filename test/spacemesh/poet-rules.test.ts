import { describe, expect, it } from "vitest";

import { publicPoetFaults } from "../../components/spacemesh/poet-rules.ts";
import { sectionsOf } from "./network-fixture.ts";

const faults = (poets: object, miners: object = {}, hasBalancers = false): string[] =>
  publicPoetFaults(sectionsOf({ poets, miners }), hasBalancers).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

const onNodes = { public: { kind: "node-port", host: "poet.example.org", nodePort: 31_009 } };
const nodePorts = { ports: { public: { kind: "node-ports" } } };

describe("how the first PoET is reached", () => {
  it("may be a balancer where there are such", () => {
    expect(faults({}, {}, true)).toEqual([]);
    expect(faults({})).toEqual([
      "poets.public.kind: must be node-port, with host and nodePort: a balancer for poet-1 is made on clusters at Google only (kind: gke, or a section google)",
    ]);
  });

  it("may be a port of the nodes that no miner has", () => {
    expect(faults(onNodes)).toEqual([]);
    expect(faults(onNodes, nodePorts)).toEqual([
      "poets.public.nodePort: must be another port: 31009 is miner-9's by miners.ports.public",
    ]);
    expect(faults(onNodes, { ...nodePorts, jsonApi: false })).toEqual([]);
    expect(faults(onNodes, { ...nodePorts, numbers: ["1-8"] })).toEqual([]);
  });
});
