import { describe, expect, it } from "vitest";

import { parseDuration } from "../../components/spacemesh/durations.ts";
import { type JsonObject, overlay, valueAt } from "../../components/spacemesh/json.ts";
import {
  entrancesOf,
  nodeConfig,
  type NodeConfigInput,
  nodeConfigText,
} from "../../components/spacemesh/node-config.ts";
import { type NodeVersion, nodeVersions } from "../../components/spacemesh/node-profiles.ts";
import {
  accountScheme,
  networkId,
  networkTimes,
  type NodeSettings,
  nodeTemplate,
  templateFaults,
} from "../../components/spacemesh/node-template.ts";
import { poetCalendar } from "../../components/spacemesh/poet-calendar.ts";

const settings = (version: NodeVersion, config: JsonObject = {}): NodeSettings => ({
  version,
  config: overlay(
    version === "v0.2.17" || version === "v0.2.18"
      ? { p2p: { "network-id": 227 } }
      : { genesis: { "genesis-extra-data": "devnet227" } },
    config,
  ),
});

const input = (version: NodeVersion, over: Partial<NodeConfigInput> = {}): NodeConfigInput => {
  const template = over.template ?? nodeTemplate(settings(version));
  return {
    version,
    template,
    genesis: { time: "2026-11-22T12:00:00Z", activeSize: 50 },
    poetServer: "poet-1.spacemesh.svc:5000",
    calendar: poetCalendar(template, networkTimes(version, template), 0, 0),
    bootnodes: ["/ip4/192.0.2.1/tcp/5002/p2p/12D3KooWA"],
    apis: ["node", "globalstate", "gateway"],
    ...over,
  };
};

describe("config of a node", () => {
  it("is what a node of d298a63 reads", () => {
    expect(nodeConfig(input("v0.2.17"))).toEqual({
      preset: "testnet",
      api: { grpc: ["node", "globalstate", "gateway"] },
      p2p: { "network-id": 227, bootnodes: ["/ip4/192.0.2.1/tcp/5002/p2p/12D3KooWA"] },
      main: {
        "layer-duration-sec": 120,
        "layers-per-epoch": 60,
        "optimistic-filtering-threshold": 100,
        "genesis-time": "2026-11-22T12:00:00Z",
        "genesis-active-size": 50,
        "poet-server": "poet-1.spacemesh.svc:5000",
      },
    });
  });

  it("tells v0.2.18 the PoET's calendar and the accounts' prefix, too", () => {
    const { poet, address } = nodeConfig(input("v0.2.18"));
    expect(poet).toEqual({ "phase-shift": "3600s", "cycle-gap": "720s", "grace-period": "360s" });
    expect(address).toEqual({ "network-hrp": "stest" });
  });

  it("has genesis in a section of its own and a list of PoETs from v0.2.20 on", () => {
    const { genesis, main } = nodeConfig(input("v0.2.20"));
    expect(genesis).toEqual({
      "genesis-time": "2026-11-22T12:00:00Z",
      "genesis-extra-data": "devnet227",
    });
    expect(main).toEqual(expect.objectContaining({ "poet-server": ["poet-1.spacemesh.svc:5000"] }));
    expect(main).not.toHaveProperty("genesis-active-size");
  });

  it("has durations, URLs and names of APIs as v1.0 has them", () => {
    const { api, main } = nodeConfig(input("v1.0"));
    expect(api).toEqual({ "grpc-public-services": ["node", "global"] });
    expect(main).toEqual({
      "layer-duration": "120s",
      "layers-per-epoch": 60,
      "optimistic-filtering-threshold": 100,
      "network-hrp": "stest",
      // A bare address is a URL of the scheme poet-1.spacemesh.svc to this version.
      "poet-server": ["http://poet-1.spacemesh.svc:5000"],
    });
  });

  it("leaves the genesis of the network that it joins as it is", () => {
    const template = overlay(nodeTemplate(settings("v0.2.17")), {
      main: { "genesis-time": "2022-06-14T00:00:00Z", "genesis-active-size": 100 },
      p2p: { bootnodes: ["/ip4/198.51.100.1/tcp/5002/p2p/12D3KooWOld"] },
    });
    const joined = nodeConfig(input("v0.2.17", { template, genesis: undefined }));
    expect(valueAt(joined, ["main", "genesis-time"])).toBe("2022-06-14T00:00:00Z");
    expect(valueAt(joined, ["main", "genesis-active-size"])).toBe(100);
    expect(valueAt(joined, ["p2p", "bootnodes"])).toEqual([
      "/ip4/192.0.2.1/tcp/5002/p2p/12D3KooWA",
    ]);
  });

  it.each(nodeVersions)("keeps what a file lays over the template, in %s", (version) => {
    const template = nodeTemplate(settings(version, { hare: { "hare-exp-leaders": 5 } }));
    expect(nodeConfig(input(version, { template }))["hare"]).toEqual({ "hare-exp-leaders": 5 });
  });

  it.each(nodeVersions)("serves no API that is not asked for, in %s", (version) => {
    const text = JSON.stringify(nodeConfig(input(version, { apis: ["node"] }))["api"]);
    expect(text).not.toMatch(/debug|smesher|gateway/);
  });

  it("changes nothing of what it is made from, and is the same each time", () => {
    const template = nodeTemplate(settings("v0.2.17"));
    const before = JSON.stringify(template);
    const texts = [1, 2].map(() => nodeConfigText(nodeConfig(input("v0.2.17", { template }))));
    expect(texts[0]).toBe(texts[1]);
    expect(JSON.stringify(template)).toBe(before);
  });

  it("is written with tabs, and read as it was", () => {
    const config = nodeConfig(input("v0.2.17"));
    const text = nodeConfigText(config);
    expect(JSON.parse(text)).toEqual(config);
    expect(text).toContain('\n\t"main": {\n\t\t"layer-duration-sec": 120');
  });
});

describe("whom a member starts from", () => {
  const own = { bootstrap: "boot", bootnodes: ["two", "three"], parent: [] };
  const joined = { bootstrap: undefined, bootnodes: ["one", "two"], parent: ["far"] };

  it("is nobody, the bootstrap node, the bootnodes", () => {
    expect(entrancesOf("bootstrap", own)).toEqual([]);
    expect(entrancesOf("bootnode", own)).toEqual(["boot"]);
    expect(entrancesOf("miner", own)).toEqual(["two", "three"]);
  });

  it("is the other network for the bootnodes of one that joins it, and them for the rest", () => {
    expect(entrancesOf("bootnode", joined)).toEqual(["far"]);
    expect(entrancesOf("miner", joined)).toEqual(["one", "two"]);
  });
});

describe("template of the config", () => {
  const faults = (given: NodeSettings, parent?: JsonObject): string[] =>
    templateFaults(given, parent).map(({ path, message }) => `${path.join(".")}: ${message}`);

  it.each(nodeVersions)("stands with what a file must say of %s", (version) => {
    expect(faults(settings(version))).toEqual([]);
  });

  it.each([
    [
      "v0.2.17",
      { main: { "layer-duration-sec": "120" } },
      /^config\.main\.layer-duration-sec: must be whole seconds/,
    ],
    [
      "v0.2.17",
      { main: { "layer-duration-sec": 0 } },
      /^config\.main\.layer-duration-sec: must be whole seconds/,
    ],
    [
      "v0.2.17",
      { main: { "layers-per-epoch": 1.5 } },
      /^config\.main\.layers-per-epoch: must be a whole number/,
    ],
    [
      "v0.2.17",
      { p2p: { "network-id": "227" } },
      /^config\.p2p\.network-id: must be the network's number/,
    ],
    ["v0.2.17", { p2p: { "network-id": 2 ** 32 } }, /^config\.p2p\.network-id: must be/],
    [
      "v0.2.20",
      { genesis: { "genesis-extra-data": "" } },
      /^config\.genesis\.genesis-extra-data: must be a text/,
    ],
    [
      "v1.0",
      { main: { "layer-duration": 120 } },
      /^config\.main\.layer-duration: must be a duration/,
    ],
    [
      "v1.0",
      { main: { "layer-duration": "2 minutes" } },
      /^config\.main\.layer-duration: must be a duration/,
    ],
  ] as const)("of %s is refused with %j", (version, config, message) => {
    expect(faults(settings(version, config))).toEqual([expect.stringMatching(message)]);
  });

  it("is refused where a whole one lacks what is needed, all of it told", () => {
    const template = { main: { "layers-per-epoch": 60 } };
    expect(faults({ version: "v0.2.17", template, config: {} })).toEqual([
      expect.stringMatching(/^config\.main\.layer-duration-sec: .*neither template nor config/),
      expect.stringMatching(/^config\.p2p\.network-id: /),
    ]);
  });

  it.each([
    [{ main: { "genesis-time": "2026-11-22T12:00:00Z" } }, "config.main.genesis-time"],
    [{ main: { "poet-server": "here" } }, "config.main.poet-server"],
    [{ p2p: { bootnodes: [] } }, "config.p2p.bootnodes"],
    [{ api: { grpc: ["debug"] } }, "config.api.grpc"],
  ])("may not say %j: it would be overwritten silently", (config, path) => {
    expect(faults(settings("v0.2.17", config))).toEqual([
      `${path}: is written by the program: take it out`,
    ]);
  });

  it("has sections only", () => {
    expect(faults(settings("v0.2.17", { hare: 5 }))).toEqual([
      "config.hare: must be a section of the node's config, a map",
    ]);
  });

  it("is the other network's where this one joins it", () => {
    const parent = {
      main: { "layer-duration-sec": 300, "layers-per-epoch": 288 },
      p2p: { "network-id": 32 },
    };
    const given = { version: "v0.2.17", config: {} } as const;
    expect(faults(given, parent)).toEqual([]);
    const template = nodeTemplate(given, parent);
    expect(networkTimes("v0.2.17", template)).toEqual({
      layerSeconds: 300,
      layersPerEpoch: 288,
      epochSeconds: 86_400,
    });
    expect(networkId(template)).toBe(32);
  });

  it("says how accounts are written", () => {
    const scheme = (version: NodeVersion, config: JsonObject = {}): unknown =>
      accountScheme(version, nodeTemplate(settings(version, config)));
    expect(scheme("v0.2.17")).toEqual({ kind: "hex" });
    expect(scheme("v0.2.20")).toEqual({ kind: "bech32", hash: "sha256", prefix: "stest" });
    expect(scheme("v1.0", { main: { "network-hrp": "sm" } })).toEqual({
      kind: "bech32",
      hash: "blake3",
      prefix: "sm",
    });
  });
});

describe("durations", () => {
  it.each([
    ["120s", 120],
    ["1h30m", 5400],
    ["2m", 120],
    ["500ms", 0.5],
    ["1.5h", 5400],
    ["120", undefined],
    ["", undefined],
    ["-2s", undefined],
    ["2 s", undefined],
    ["2d", undefined],
  ])("reads %s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});
