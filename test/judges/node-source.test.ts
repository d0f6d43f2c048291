import { beforeAll, describe, expect, it } from "vitest";

import { isObject, type Json, type JsonObject, overlay } from "../../components/spacemesh/json.ts";
import { minerArguments } from "../../components/spacemesh/miner-command.ts";
import { nodeConfig } from "../../components/spacemesh/node-config.ts";
import {
  nodeProfiles,
  type NodeVersion,
  nodeVersions,
} from "../../components/spacemesh/node-profiles.ts";
import { networkTimes, nodeTemplate } from "../../components/spacemesh/node-template.ts";
import { poetCalendar } from "../../components/spacemesh/poet-calendar.ts";
import { type Field, type NodeSource, readNodeSource } from "./node-source.ts";

// The judge is the node's own source, of each version that a profile is named by: every word that it is told
// is one that it knows, of the type that it wants. Whether the value is a good one it does not say.

const sources = new Map<NodeVersion, NodeSource>();

beforeAll(async () => {
  const read = await Promise.all(
    nodeVersions.map(async (version) => [version, await readNodeSource(version)] as const),
  );
  read.forEach(([version, source]) => sources.set(version, source));
});

function sourceOf(version: NodeVersion): NodeSource {
  const source = sources.get(version);
  if (source === undefined) {
    throw new Error(`the source of ${version} was not read`);
  }
  return source;
}

/** Everything that a version can be told. */
function configOf(version: NodeVersion): JsonObject {
  const said = nodeProfiles[version].hasNetworkId
    ? { p2p: { "network-id": 227 } }
    : { genesis: { "genesis-extra-data": "devnet227" } };
  const template = nodeTemplate({ version, config: said });
  return nodeConfig({
    version,
    template,
    genesis: { time: "2026-11-22T12:00:00Z", activeSize: 50 },
    poetServer: "poet-1.spacemesh.svc:5000",
    calendar: poetCalendar(template, networkTimes(version, template), 0, 0),
    bootnodes: ["/ip4/192.0.2.1/tcp/5002/p2p/12D3KooWA"],
    apis: ["node", "mesh", "globalstate", "transaction", "smesher", "debug", "gateway"],
  });
}

/** Whether a Go type takes a JSON value. */
function takes(type: string, value: Json): boolean {
  const strings = (items: Json): boolean =>
    Array.isArray(items) && items.every((item) => typeof item === "string");
  switch (type) {
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "time.Duration":
      return typeof value === "string" && /^\d+s$/.test(value);
    case "[]string":
    case "[]Service":
      return strings(value);
    default:
      return /^u?int\d*$/.test(type) && Number.isInteger(value);
  }
}

/** Paths of a config that the fields do not know, or do not take. */
function unknown(config: JsonObject, fields: ReadonlyMap<string, Field>, path = ""): string[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const field = fields.get(key);
    const at = `${path}${key}`;
    // A preset is looked up before the config is read.
    if (at === "preset") {
      return [];
    }
    if (field?.kind === "section" && isObject(value)) {
      return unknown(value, field.fields, `${at}.`);
    }
    return field?.kind === "value" && takes(field.type, value) ? [] : [at];
  });
}

/** Arguments that a version does not know, or whose value it does not take. */
const unknownFlags = (words: readonly string[], flags: ReadonlyMap<string, string>): string[] =>
  words.filter((word) => {
    const [, name = "", value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const kind = flags.get(name);
    // Only a bool may stand alone, and it takes nothing else.
    const isBool = kind?.startsWith("Bool") ?? false;
    const fits = isBool ? /^(true|false)?$/.test(value ?? "") : (value ?? "") !== "";
    const isNumber = kind?.startsWith("Int") ?? false;
    return kind === undefined || !fits || (isNumber && !/^\d+$/.test(value ?? ""));
  });

const everything = (version: NodeVersion): string[] =>
  minerArguments({
    version,
    name: "miner-7",
    peerPort: 5007,
    coinbase: "0x8868600d2835019249a0f756f754d5a5ab17ebf0",
    jsonApi: true,
    advertise: "/ip4/192.0.2.7/tcp/5007",
    metrics: { pushUrl: "http://push-gateway.metrics.svc:9091" },
    profiler: { url: "http://pyroscope.profiles.svc:4040" },
  });

describe.each(nodeVersions)("the node of %s", (version) => {
  it("knows every flag that it is given", () => {
    const { flags } = sourceOf(version);
    expect(flags.size).toBeGreaterThan(60);
    expect(unknownFlags(everything(version), flags)).toEqual([]);
  });

  it("knows every key of its config, and takes what stands there", () => {
    const { config } = sourceOf(version);
    expect(config.size).toBeGreaterThan(10);
    expect(unknown(configOf(version), config)).toEqual([]);
  });

  // The judge sees what it is here for: a word of another version, and a value of another type.
  it("would be seen to be told nonsense", () => {
    const { config, flags } = sourceOf(version);
    const other = version === "v1.0" ? "v0.2.20" : "v1.0";
    expect(unknownFlags(everything(other), flags)).not.toEqual([]);
    expect(unknownFlags(["--metrics-port=many", "--config", "--metrics=yes"], flags)).toHaveLength(
      3,
    );
    expect(unknown(configOf(other), config)).not.toEqual([]);
    const wrong = overlay(configOf(version), {
      main: { "layers-per-epoch": "60" },
      p2p: { bootnodes: "none", bootnode: [] },
    });
    expect(unknown(wrong, config)).toEqual([
      "main.layers-per-epoch",
      "p2p.bootnodes",
      "p2p.bootnode",
    ]);
  });
});
