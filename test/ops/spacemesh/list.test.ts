/** What `list` and `hosts` say of Spacemesh networks. */
import { expect, test } from "vitest";

import { hostsReport } from "../../../ops/hosts/hosts.ts";
import { listReport } from "../../../ops/spacemesh/list.ts";

const network = {
  ...{ name: "mininet", phase: "running", id: 205 },
  config: "https://storage.googleapis.com/spacecraft-data/mininet-archive/config.json",
  image: "docker.io/spacemeshos/go-spacemesh-dev:38056f5",
  miners: [
    { name: "miner-1", grpc: "203.0.113.1:30001", coinbase: "0xaa" },
    { name: "miner-10", grpc: "203.0.113.1:30010", coinbase: "0xbb" },
  ],
};

test("hosts: miners in the lines that tools of old read", () => {
  const report = hostsReport({ endpoints: [], records: [], network });
  expect(report.split("\n").slice(-3)).toEqual([
    "miner-1:203.0.113.1:30001",
    "miner-10:203.0.113.1:30010",
    "203.0.113.1:30001/miner-1,203.0.113.1:30010/miner-10",
  ]);
  const parked = hostsReport({ endpoints: [], records: [], network: { ...network, miners: [] } });
  expect(parked).toContain("No miner runs.");
});

test("list: a network that cannot be told of hides no other", () => {
  const listed = [
    { stack: "spacemesh-devnet", told: { fault: "has no outputs live" }, passwords: [] },
    {
      stack: "spacemesh-mini",
      told: { network, hosts: { kibana: "kibana-mininet.spacemesh.io", api: "no page" } },
      passwords: ["elastic"],
    },
    { stack: "spacemesh-old", told: { hosts: {} }, passwords: [] },
    { stack: "spacemesh-new", told: { fault: "spacemesh-new has no outputs" }, passwords: [] },
  ];
  expect(listReport(listed, "live").split("\n")).toEqual([
    "spacemesh-devnet: has no outputs live",
    "",
    "spacemesh-mini:",
    "  network     mininet, running",
    "  network id  205",
    "  miners      2",
    "  image       docker.io/spacemeshos/go-spacemesh-dev:38056f5",
    "  config      https://storage.googleapis.com/spacecraft-data/mininet-archive/config.json",
    "  kibana      https://kibana-mininet.spacemesh.io",
    "  password    pulumi config get --path fleet:secrets.elastic --stack spacemesh-mini",
    "",
    "spacemesh-old:",
    "  network  none runs: only what watches it",
    "",
    "spacemesh-new has no outputs",
  ]);
  // A plain pulumi would ask for the live stack's.
  expect(listReport(listed, "sandbox")).toContain(
    "  password    make exec STACK=spacemesh-mini CMD='pulumi config get --path fleet:secrets.elastic'\n",
  );
  expect(listReport([], "live")).toBe("No stack file of this clone is a Spacemesh network's.");
});
