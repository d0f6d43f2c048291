/** Another genesis is another network: told by the files that its nodes and PoETs read, as the program writes them. */
import { describe, expect, it } from "vitest";

import { overlay } from "../../components/spacemesh/json.ts";
import { nodeConfig, nodeConfigText } from "../../components/spacemesh/node-config.ts";
import {
  nodeProfiles,
  type NodeVersion,
  nodeVersions,
} from "../../components/spacemesh/node-profiles.ts";
import { poetFile } from "../../components/spacemesh/poet-files.ts";
import { type Made, madeItem, object } from "./made.ts";

const time = "2026-11-01T12:00:00Z";
const later = "2026-11-02T12:00:00Z";
const calendar = { phaseShift: 60, cycleGap: 10, gracePeriod: 5 };

/** What a node of a version is told. */
function node(version: NodeVersion, more: object = {}, genesis = time): string {
  const template = overlay(nodeProfiles[version].template, { ...more });
  const input = { version, template, calendar, poetServer: "192.0.2.1:5000", bootnodes: [] };
  return nodeConfigText(
    nodeConfig({ ...input, apis: ["node"], genesis: { time: genesis, activeSize: 10 } }),
  );
}

/** What a PoET of a version with a calendar is told. */
const poet = (genesisTime: string, epochSeconds = 600): string =>
  poetFile({
    ...{ version: "v0.2", calendar, genesisTime, genesisDelayMinutes: 0, index: 0 },
    ...{
      shiftSeconds: 0,
      gateways: [],
      times: { layerSeconds: 60, layersPerEpoch: 10, epochSeconds },
    },
  });

const configMap = (key: string, before: string, after: string): Made => ({
  op: ["create-replacement", "replace", "delete-replaced"],
  type: "ConfigMap",
  before: object({ data: { [key]: before, other: "1" } }),
  after: object({ data: { [key]: after, other: "1" } }),
  keys: ["data"],
  detail: { [`data["${key}"]`]: "update-replace" },
});
const config = (before: string, after: string): Made => configMap("config.json", before, after);

/** What a report says of it; undefined where it does not speak of a genesis. */
const said = (made: Made): string | undefined =>
  madeItem(made).findings.find(({ rule }) => rule === "genesis-changed")?.why;

const extra = { genesis: { "genesis-extra-data": "shop" } };

describe("another genesis of a network", () => {
  it.each(nodeVersions)("is told as loss of what a node of %s is told: its time", (version) => {
    const made = config(node(version), node(version, {}, later));
    expect(said(made)).toMatch(/^another genesis time: .* is lost$/);
    expect(madeItem(made).risk).toBe("data-loss");
  });

  it.each<[string, string, string]>([
    [
      "number",
      node("v0.2.17", { p2p: { "network-id": 1 } }),
      node("v0.2.17", { p2p: { "network-id": 2 } }),
    ],
    [
      "extra data",
      node("v1.0", extra),
      node("v1.0", { genesis: { "genesis-extra-data": "other" } }),
    ],
    [
      "accounts at genesis",
      node("v1.0", { genesis: { accounts: { a: 1 } } }),
      node("v1.0", { genesis: { accounts: { a: 2 } } }),
    ],
    [
      "number of miners at genesis",
      node("v0.2.17"),
      node("v0.2.17").replace('"genesis-active-size": 10', '"genesis-active-size": 11'),
    ],
    ["length of a layer", node("v1.0"), node("v1.0", { main: { "layer-duration": "90s" } })],
    ["length of a layer", node("v0.2.17"), node("v0.2.17", { main: { "layer-duration-sec": 90 } })],
    [
      "number of layers of an epoch",
      node("v1.0"),
      node("v1.0", { main: { "layers-per-epoch": 7 } }),
    ],
    [
      "genesis time, extra data",
      node("v1.0", extra),
      node("v1.0", { genesis: { "genesis-extra-data": "other" } }, later),
    ],
  ])("is told of another %s, too", (what, before, after) => {
    expect(said(config(before, after))).toMatch(new RegExp(`^another ${what}: `));
  });

  it("is told of a PoET's file, and of the config that a network has published", () => {
    expect(said(configMap("config.conf", poet(time), poet(later)))).toMatch(
      /^another genesis time: /,
    );
    expect(said(configMap("config.conf", poet(time), poet(time, 700)))).toMatch(
      /^another length of an epoch: /,
    );
    expect(
      said({
        type: "gcp:storage/bucketObject:BucketObject",
        before: { name: "mini/config.json", content: node("v1.0") },
        after: { name: "mini/config.json", content: node("v1.0", {}, later) },
        detail: { content: "update" },
      }),
    ).toMatch(/^another genesis time: /);
  });

  it.each<[string, Made]>([
    [
      "another word of the config",
      config(node("v1.0"), node("v1.0", { logging: { p2p: "debug" } })),
    ],
    [
      "the same moment in another zone",
      config(node("v1.0"), node("v1.0", {}, "2026-11-01T13:00:00+01:00")),
    ],
    ["a version that has its words elsewhere", config(node("v0.2.18"), node("v0.2.20", extra))],
    ["a file that cannot be read", config(node("v1.0"), `${node("v1.0", {}, later)}}`)],
    ["a file of something else", config('{"genesis": {"time": 1}}', '{"genesis": {"time": 2}}')],
    ["a text that is a list", config('["genesis-time"]', '["genesis-time", 1]')],
    ["rounds of a PoET", configMap("config.conf", poet(time), poet(time).replace("10s", "20s"))],
    ["a config that is new", { ...config("", node("v1.0")), op: "create" }],
    ["a file that goes", config(node("v1.0"), "")],
  ])("is not told of %s", (_, made) => {
    expect(said(made)).toBeUndefined();
  });
});
