import { describe, expect, it } from "vitest";

import {
  type MinerCommand,
  minerArguments,
  peerKeyPath,
} from "../../components/spacemesh/miner-command.ts";
import { nodeVersions } from "../../components/spacemesh/node-profiles.ts";
import { poetCalendar } from "../../components/spacemesh/poet-calendar.ts";
import { poetArguments, poetFile, type PoetInput } from "../../components/spacemesh/poet-files.ts";

const miner: MinerCommand = {
  version: "v0.2.17",
  name: "miner-7",
  peerPort: 5007,
  coinbase: "0x8868600d2835019249a0f756f754d5a5ab17ebf0",
  jsonApi: true,
};

describe("command line of a node", () => {
  it("is the original's, but for what had no effect", () => {
    expect(minerArguments(miner)).toEqual([
      "--listen=/ip4/0.0.0.0/tcp/5007",
      "--config=/etc/config/config.json",
      "--data-folder=/root/data/node",
      "--smeshing-coinbase=0x8868600d2835019249a0f756f754d5a5ab17ebf0",
      "--smeshing-start=true",
      "--smeshing-opts-datadir=/root/data/post",
      "--log-encoder=json",
      "--grpc-port=6000",
      "--json-server=true",
      "--json-port=7000",
    ]);
  });

  it("keeps the JSON gateway shut where nobody asked for it: the original left it on 9093", () => {
    for (const version of nodeVersions) {
      const shut = minerArguments({ ...miner, version, jsonApi: false }).join(" ");
      expect(shut).not.toMatch(/json-server=true|json-port|json-listener/);
    }
  });

  it("binds on loopback what no port of the pod is for, in v1.0", () => {
    expect(minerArguments({ ...miner, version: "v1.0" })).toEqual(
      expect.arrayContaining([
        "--grpc-public-listener=0.0.0.0:6000",
        "--grpc-private-listener=127.0.0.1:9093",
        "--grpc-json-listener=0.0.0.0:7000",
      ]),
    );
  });

  it("advertises the slot's address where the version can be told", () => {
    const advertise = "/ip4/192.0.2.7/tcp/5007";
    const said = nodeVersions.filter((version) =>
      minerArguments({ ...miner, version, advertise }).includes(`--advertise-address=${advertise}`),
    );
    expect(said).toEqual(["v1.0"]);
  });

  it("exports metrics, and pushes them where a URL says where to", () => {
    expect(minerArguments({ ...miner, metrics: {} }).slice(-2)).toEqual([
      "--metrics",
      "--metrics-port=1010",
    ]);
    expect(minerArguments({ ...miner, metrics: { pushUrl: "http://gateway:9091" } }).at(-1)).toBe(
      "--metrics-push=http://gateway:9091",
    );
  });

  it("sends profiles from members that are watched, under their names", () => {
    expect(minerArguments({ ...miner, profiler: {} }).at(-1)).toBe("--pprof-server");
    expect(
      minerArguments({ ...miner, profiler: { url: "http://pyroscope:4040" } }).slice(-3),
    ).toEqual([
      "--pprof-server",
      "--profiler-url=http://pyroscope:4040",
      "--profiler-name=miner-7",
    ]);
  });

  it("finds its key where each version looks for it", () => {
    expect(peerKeyPath("v0.2.17", 227)).toBe("/root/data/node/227/p2p/p2p.key");
    expect(peerKeyPath("v0.2.18", 227)).toBe("/root/data/node/227/p2p/p2p.key");
    expect(peerKeyPath("v0.2.20", undefined)).toBe("/root/data/node/p2p/p2p.key");
    expect(peerKeyPath("v1.0", 227)).toBe("/root/data/node/p2p/p2p.key");
  });
});

const times = { layerSeconds: 200, layersPerEpoch: 6, epochSeconds: 1200 };
const poet: PoetInput = {
  version: "v0.1",
  times,
  calendar: poetCalendar({}, times, 0, 0),
  genesisTime: "2026-11-22T12:00:00Z",
  genesisDelayMinutes: 10,
  index: 0,
  shiftSeconds: 0,
  gateways: ["miner-1:6000", "miner-2:6000", "miner-3:6000", "miner-4:6000"],
};

describe("a PoET", () => {
  it("is started as the original's was, and told its gateways", () => {
    expect(poetArguments(poet)).toEqual([
      "--poetdir=/root/.poet",
      "--configfile=/etc/config/config.conf",
      "--restlisten=0.0.0.0:5000",
      "--jsonlog",
      // Worked example of facts/spacemesh.md 2.4: mininet.
      "--initialduration=800s",
      "--gateway=miner-1:6000",
      "--gateway=miner-2:6000",
      "--gateway=miner-3:6000",
      "--gateway=miner-4:6000",
      "--conn-acks=2",
    ]);
    expect(poetFile(poet)).toBe('duration = "1200s"\nn = "21"\n');
  });

  // Worked example of facts/spacemesh.md 2.4: testnet's five.
  it("closes its first round later than the one before it", () => {
    const testnet = { layerSeconds: 300, layersPerEpoch: 288, epochSeconds: 86_400 };
    const first = [0, 1, 2, 3, 4].map((index) =>
      poetArguments({ ...poet, times: testnet, index, shiftSeconds: 6000 }).find((word) =>
        word.startsWith("--initialduration"),
      ),
    );
    expect(first).toEqual(
      [900, 6900, 12_900, 18_900, 24_900].map((s) => `--initialduration=${s}s`),
    );
    expect(poetFile({ ...poet, times: testnet })).toContain('duration = "86400s"');
  });

  it("does not wait for a genesis that was long ago, where its network joins another", () => {
    expect(poetArguments({ ...poet, genesisDelayMinutes: 0 })).toContain("--initialduration=200s");
  });

  it("follows the network's epochs from v0.2 on, at the hours that its miners are told", () => {
    const calendar = poetCalendar({ poet: { "phase-shift": "4m" } }, times, 2, 60);
    const args = poetArguments({ ...poet, version: "v0.2", calendar });
    expect(args.join(" ")).not.toContain("initialduration");
    expect(args).toContain("--gateway=miner-1:6000");
    expect(poetFile({ ...poet, version: "v0.2", calendar })).toBe(
      [
        'genesis-time = "2026-11-22T12:00:00Z"',
        'epoch-duration = "1200s"',
        'phase-shift = "360s"',
        'cycle-gap = "120s"',
        "",
      ].join("\n"),
    );
  });

  it("is told no gateway once nodes fetch proofs: it would end at the word", () => {
    expect(poetArguments({ ...poet, version: "v0.9" }).join(" ")).not.toMatch(/gateway|conn-acks/);
  });

  it.each([1, 2, 3, 4, 6, 7])(
    "starts when half of %i gateways answer, never with none",
    (count) => {
      const gateways = Array.from({ length: count }, (_, index) => `miner-${index + 1}:6000`);
      const needed = Number(
        poetArguments({ ...poet, gateways })
          .at(-1)
          ?.split("=")[1],
      );
      expect(needed).toBeGreaterThanOrEqual(1);
      expect(needed * 2).toBeGreaterThanOrEqual(count);
      expect(needed).toBeLessThanOrEqual(count);
    },
  );
});
