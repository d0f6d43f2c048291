import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MinersConfig } from "../../components/spacemesh/miner.schema.ts";
import { networkFaults } from "../../components/spacemesh/network-rules.ts";
import { NetworkConfig } from "../../components/spacemesh/network.schema.ts";
import { PoetsConfig } from "../../components/spacemesh/poet.schema.ts";

const network = {
  name: "mininet",
  phase: "running",
  genesis: { time: "2026-11-22T12:00:00Z", activeSize: 10 },
  node: { version: "v0.2.17", config: { p2p: { "network-id": 205 } } },
};
const parent = {
  bootnodes: ["/ip4/192.0.2.1/tcp/5002/p2p/12D3KooWRJhBCUtgVNyQd4jqzM9sVXBAYqqTUfbFdZYhdGmR8Gsj"],
  config: {
    main: {
      "genesis-time": "2022-06-14T12:00:00+03:00",
      "layer-duration-sec": 120,
      "layers-per-epoch": 60,
    },
    p2p: { "network-id": 227 },
  },
};
const joining = {
  ...network,
  genesis: {},
  bootstrap: false,
  extends: parent,
  node: { version: "v0.2.17" },
};

interface Given {
  readonly network?: object;
  readonly miners?: object;
  readonly poets?: object;
  readonly slots?: number;
}

/** Faults of three sections, and of a cluster with so many slots. Default: mininet's, all right. */
function faults(given: Given = {}): string[] {
  const sections = {
    network: NetworkConfig.parse({ ...network, ...given.network }),
    miners: MinersConfig.parse({ numbers: ["1-10"], ...given.miners }),
    poets: PoetsConfig.parse({ ...given.poets }),
  };
  const slots = Array.from({ length: given.slots ?? 7 }, (_, slot) => slot);
  return networkFaults(sections, slots).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("rules of a network", () => {
  it("hold for mininet, and for a network that joins another", () => {
    expect(faults()).toEqual([]);
    expect(faults({ network: joining })).toEqual([]);
  });

  it("let miners go that there are, and whom nobody begins with", () => {
    expect(faults({ miners: { leaving: [8] } })).toEqual([]);
    expect(faults({ miners: { leaving: ["8-10"] } })).toEqual([]);
    expect(faults({ miners: { leaving: [7, "11-20"] } })).toEqual([
      "miners.leaving: must not name 7: others have the address of miner-7 in their config",
      "miners.leaving: must be numbers of miners: there is no miner-11; what has gone is taken out here as well",
    ]);
  });

  it("want as many slots as are to be apart, and take fewer where they need not be", () => {
    expect(faults({ slots: 6 })).toEqual([
      "miners.apart: required needs 7 slots, one for each of bootstrap node and bootnodes, and the cluster has 6: add slots, or say preferred",
    ]);
    expect(faults({ slots: 6, miners: { apart: "preferred" } })).toEqual([]);
    expect(faults({ network: joining, slots: 6 })).toEqual([]);
    expect(faults({ slots: 0, miners: { apart: "preferred" } })).toEqual([
      expect.stringMatching(/^cluster\.pools: must have slots/),
    ]);
  });

  it.each([
    [
      "more bootnodes than miners",
      { miners: { numbers: ["1-6"] } },
      /^miners\.bootnodes: must leave room: a bootstrap node and 6 bootnodes are more than the 6 miners/,
    ],
    [
      "more gateways than miners",
      { poets: { gateways: 11 } },
      /^poets\.gateways: must be at most 10/,
    ],
    [
      "no bootstrap node",
      { miners: { numbers: ["2-11"] } },
      /^miners\.numbers: must have 1: miner-1 is the bootstrap node/,
    ],
    [
      "a bootnode deleted",
      { miners: { numbers: ["1-3", "5-11"] } },
      /^miners\.numbers: must have 4: miner-4 is a bootnode/,
    ],
    [
      "a gateway deleted",
      { miners: { numbers: ["1-8", "10-11"] }, poets: { gateways: 9 } },
      /^miners\.numbers: must have 9: miner-9 is a gateway/,
    ],
    [
      "a profiled miner that is not there",
      { miners: { profiled: [3, 30] } },
      /^miners\.profiled\.1: .*there is no miner-30/,
    ],
    [
      "keys for a miner that is not there",
      { miners: { imported: { "30": { identity: "key" } } } },
      /^miners\.imported\.30: .*there is no miner-30/,
    ],
    [
      "an account of another version",
      { miners: { imported: { "3": { coinbase: "sm1q" } } } },
      /^miners\.imported\.3\.coinbase: must be an account of 0x/,
    ],
  ])("refuse %s", (_, given, message) => {
    expect(faults(given)).toEqual([expect.stringMatching(message)]);
  });

  it("let any ordinary miner go, and say nothing of the default of profiled ones", () => {
    expect(faults({ miners: { numbers: ["1-7", "9"] } })).toEqual([]);
    expect(faults({ miners: { numbers: ["1-8"] } })).toEqual([]);
  });

  it.each([
    [
      "genesis that is missing",
      { genesis: {} },
      [/^network\.genesis\.time: .*make genesis/, /^network\.genesis\.activeSize: .*make genesis/],
    ],
    [
      "joining another without its bootnodes",
      { genesis: {}, bootstrap: false },
      [/^network\.extends: must name the other network's bootnodes/],
    ],
    [
      "a genesis of its own beside the other's",
      { ...joining, genesis: network.genesis },
      [/^network\.genesis: must have no time/],
    ],
    [
      "a template beside the other's config",
      { ...joining, node: { version: "v0.2.17", template: {} } },
      [/^network\.node\.template: must not stand here/],
    ],
    [
      "a bootstrap node beside another network",
      { extends: parent },
      [/^network\.extends: must not stand here/],
    ],
    [
      "a template that lacks a required field",
      { node: { version: "v0.2.17", template: { main: { "layer-duration-sec": 200 } } } },
      [
        /^network\.node\.config\.main\.layers-per-epoch: must be/,
        /^network\.node\.config\.p2p\.network-id: must be/,
      ],
    ],
  ])("refuse %s", (_, over, messages) => {
    // A joining network of the table has its own genesis replaced, not merged.
    const given = { ...network, ...over };
    expect(faults({ network: given })).toEqual(
      messages.map((message): unknown => expect.stringMatching(message)),
    );
  });

  it("refuse to join a network whose config does not say its genesis", () => {
    const { main, ...rest } = parent.config;
    const config = { ...rest, main: { ...main, "genesis-time": "soon" } };
    expect(faults({ network: { ...joining, extends: { ...parent, config } } })).toEqual([
      expect.stringMatching(/^network\.extends\.config\.main\.genesis-time: must be the other/),
    ]);
  });

  it("do not ask versions for the number of miners that are not told it", () => {
    const node = { version: "v1.0", config: { genesis: { "genesis-extra-data": "mininet" } } };
    expect(faults({ network: { genesis: { time: "2026-11-22T12:00:00Z" }, node } })).toEqual([]);
  });

  it.each([
    [5998, /miner-2 6000, its own grpc port/],
    [7000 - 7, /miner-7 7000, its own json port/],
    [6059, /miner-1 6060, its own pprof port/],
    [1009, /miner-1 1010, its own metrics port/],
    [10_249, /miner-1 10250, a port of the kubelet/],
    [29_999, /miner-1 30000, in the range of node ports/],
    [65_530, /ends at 65535, and miner-6 would get 65536/],
  ])("refuse a base of host ports that meets another port: %i", (hostBase, message) => {
    expect(faults({ miners: { ports: { hostBase } } })).toEqual([
      expect.stringMatching(new RegExp(`^miners\\.ports\\.hostBase: .*${message.source}`)),
    ]);
  });

  it("refuse node ports beyond the range, and say the way out", () => {
    const ports = { public: { kind: "node-ports" } };
    expect(faults({ miners: { ports } })).toEqual([]);
    expect(faults({ miners: { ports, numbers: ["1-1000"] } })).toEqual([]);
    const far = faults({ miners: { ports, numbers: ["1-10", "1800"] } });
    expect(far).toEqual([
      "miners.ports.public.jsonBase: gives miner-1800 32800: node ports end at 32767; lower it, or say kind: in-cluster",
    ]);
    expect(
      faults({ miners: { ports: { public: { kind: "in-cluster" } }, numbers: ["1-10", "1800"] } }),
    ).toEqual([]);
  });

  it("refuse node ports of which two are one, for whatever numbers there are", () => {
    const bases = fc.integer({ min: 30_000, max: 31_500 });
    const others = fc.uniqueArray(fc.integer({ min: 11, max: 1_200 }), { maxLength: 20 });
    fc.assert(
      fc.property(bases, bases, others, (grpcBase, jsonBase, more) => {
        const numbers = ["1-10", ...more.map(String)];
        const all = [...Array.from({ length: 10 }, (_, index) => index + 1), ...more];
        const given = all.flatMap((number) => [grpcBase + number, jsonBase + number]);
        const isRight = new Set(given).size === given.length && Math.max(...given) <= 32_767;
        const ports = { public: { kind: "node-ports", grpcBase, jsonBase } };
        expect(faults({ miners: { ports, numbers } }).length === 0).toBe(isRight);
      }),
    );
  });
});

describe("the network's section", () => {
  const messages = (over: object): string[] => {
    const { error } = NetworkConfig.safeParse({ ...network, ...over });
    return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
  };

  it.each(["Mininet", "mini_net", "mini.net", "-mini", "", "a".repeat(41)])(
    "refuses the name %j",
    (name) => {
      expect(messages({ name })).toEqual([
        expect.stringMatching(/^name: must (be lower-case|have at most 40)/),
      ]);
    },
  );

  it.each([
    "tomorrow",
    "2026-11-22",
    "2026-11-22T12:00:00",
    "2026-02-30T12:00:00Z",
    "2026-11-22T25:00:00Z",
    "2026-11-22T12:00:00.5Z",
    "2026-11-22T12:00:00+15:00",
    "",
  ])("refuses the genesis time %j", (time) => {
    expect(messages({ genesis: { time } })).toEqual([
      expect.stringMatching(/^genesis\.time: must be a time with its zone.*make genesis/),
    ]);
  });

  it.each([
    "/ip4/192.0.2.1/tcp/5002",
    "/ip4/192.0.2.256/tcp/5002/p2p/12D3KooWRJhBCUtgVNyQd4jqzM9sVXBAYqqTUfbFdZYhdGmR8Gsj",
    "/ip4/192.0.2.1/tcp/70000/p2p/12D3KooWRJhBCUtgVNyQd4jqzM9sVXBAYqqTUfbFdZYhdGmR8Gsj",
    "/ip4/192.0.2.1/udp/5002/p2p/12D3KooWRJhBCUtgVNyQd4jqzM9sVXBAYqqTUfbFdZYhdGmR8Gsj",
    "192.0.2.1:5002",
  ])("refuses the other network's bootnode %j", (bootnode) => {
    expect(messages({ extends: { ...parent, bootnodes: [bootnode] } })).toEqual([
      expect.stringMatching(/^extends\.bootnodes\.0: must be a peer's address/),
    ]);
  });

  it("knows its words only", () => {
    expect(messages({ phase: "old" })).toEqual(["phase: must be new, running or parked"]);
    expect(messages({ node: { version: "v9" } })).toEqual([
      "node.version: must be one of v0.2.17, v0.2.18, v0.2.20, v1.0",
    ]);
    expect(messages({ minners: 3 })).toEqual([expect.stringMatching(/Unrecognized key/)]);
  });
});
