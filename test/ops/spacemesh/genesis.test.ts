/** `make genesis`: written once, and nothing else touched. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { fixGenesis } from "../../../ops/spacemesh/genesis.ts";
import { parseStackFile, type StackFile } from "../../../ops/stack-file.ts";
import { clone } from "../../rendered.ts";

const mini = readFileSync(join(clone, "Pulumi.spacemesh-mini.yaml"), "utf8");
const now = new Date("2026-11-22T05:59:30.250Z");

/** mini as it stands before its genesis. */
const before = (change: (text: string) => string = (text) => text): StackFile =>
  parseStackFile("spacemesh-mini", change(mini.replace(/^ +genesis: .*\n/m, "")));

test("writes the time, the number of miners and the phase, and keeps every comment", async () => {
  const file = before();
  const { activeSize, text, time } = await fixGenesis(file, now);
  expect([time, activeSize]).toEqual(["2026-11-22T06:09:31Z", 10]);
  // Without quotes the engine's parser takes it for a moment, and writes it its own way.
  expect(text).toContain('      time: "2026-11-22T06:09:31Z"\n');
  const { config } = parseStackFile("spacemesh-mini", text);
  const network = file.config["fleet:network"] as object;
  expect(config).toEqual({
    ...file.config,
    "fleet:network": { ...network, phase: "new", genesis: { time, activeSize: 10 } },
  });
  const comments = (all: string): readonly string[] =>
    all.split("\n").filter((line) => /^ *#/.test(line));
  expect(comments(text)).toEqual(comments(file.text));
});

test("is far enough away where the file says how far, and counts what the file counts", async () => {
  const file = before((text) =>
    text
      .replace("secret: network", "secret: network\n    genesis: { delayMinutes: 45 }")
      .replace('["1-10"]', '["1-8", "10-12"]'),
  );
  const { activeSize, time } = await fixGenesis(file, now);
  expect([time, activeSize]).toEqual(["2026-11-22T06:44:31Z", 11]);
});

test("is never written over", async () => {
  await expect(fixGenesis(parseStackFile("spacemesh-mini", mini), now)).rejects.toThrow(
    /has its genesis, .*, and was not touched: another one is another network/,
  );
  const { text } = await fixGenesis(before(), now);
  await expect(fixGenesis(parseStackFile("spacemesh-mini", text), now)).rejects.toThrow(
    /has its genesis/,
  );
});

test.each([
  [
    "another system's file",
    (text: string) => text.replace("system: spacemesh", "system: voting"),
    /is no Spacemesh network's/,
  ],
  [
    "a network that joins another",
    (text: string) => text.replace("phase: running", "phase: running\n    bootstrap: false"),
    /joins another network/,
  ],
  ["a parked one", (text: string) => text.replace("phase: running", "phase: parked"), /is parked/],
  [
    "a malformed one",
    (text: string) => text.replace('["1-10"]', '["1-"]'),
    /other faults: make doctor STACK=spacemesh-mini/,
  ],
  [
    "one with a fault elsewhere",
    (text: string) => text.replace("gateways: 4", "gateways: 40"),
    /gateways/,
  ],
])("is not written into %s", async (_, change, message) => {
  await expect(fixGenesis(before(change), now)).rejects.toThrow(message);
});
