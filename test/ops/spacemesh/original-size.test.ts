import { describe, expect, it } from "vitest";

import {
  asOriginallyRead,
  originalSize,
} from "../../../ops/spacemesh/from-spacecraft/original-size.ts";
import { type SettingKey, settings } from "../../../ops/spacemesh/from-spacecraft/settings.ts";

type Given = Partial<Record<SettingKey, string>>;

const sizeOf = (given: Given) => originalSize((key) => given[key] ?? settings[key].default);

const devnet: Given = {
  miners: "25",
  "miner-cpu": "100m",
  "miner-ram": "1",
  "poet-cpu": "100m",
  "poet-ram": "2",
  "es-cpu": "2",
  "es-memory": "8",
  "pyroscope-cpu": "100m",
  "pyroscope-memory": "8",
};

describe("the number of machines that the tool of old made", () => {
  it.each([
    ["mininet", {}, { cpus: 14, gibibytes: 28, nodes: 1 }],
    [
      "devnet's file, whose CPUs it did not understand",
      devnet,
      { cpus: 3, gibibytes: 45, nodes: 1 },
    ],
    [
      "devnet as it was described",
      {
        ...{ miners: "50", "miner-cpu": "2", "miner-ram": "4", "poet-cpu": "2", "poet-ram": "4" },
        ...{ "es-cpu": "4", "es-memory": "16", "pyroscope-cpu": "2", "pyroscope-memory": "8" },
      },
      { cpus: 109, gibibytes: 230, nodes: 7 },
    ],
    [
      "testnet",
      {
        ...{ miners: "100", poets: "5", "miner-cpu": "2", "miner-ram": "8" },
        ...{ "poet-cpu": "8", "poet-ram": "32", "es-cpu": "4", "es-memory": "16" },
        ...{ "pyroscope-cpu": "2", "pyroscope-memory": "8" },
      },
      { cpus: 247, gibibytes: 986, nodes: 16 },
    ],
  ] as const)("is the one that is known of %s", (_, given, expected) => {
    expect(sizeOf(given)).toEqual(expected);
  });

  it("is one, however little is asked for", () => {
    expect(sizeOf({ miners: "0", poets: "0" }).nodes).toBe(1);
  });

  it.each([
    ["16", 16],
    ["100m", 0],
    ["0.5", 0],
    ["", 0],
    ["127", 127],
    ["200", 127],
    ["-300", -128],
  ])("reads %s as %i", (text, expected) => {
    expect(asOriginallyRead(text)).toBe(expected);
  });
});
