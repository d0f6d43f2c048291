/** What one sandbox's stack may read of another's: its outputs, and none of its secrets. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { sandboxPlace, type SandboxPlace } from "../../sandbox/place.ts";
import { lendOutputs } from "../../sandbox/references.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fleet-references-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const placeOf = (stack: string): SandboxPlace => sandboxPlace(stack, { root });
const stateOf = ({ backend }: SandboxPlace, stack: string): string =>
  join(backend, ".pulumi", "stacks", "fleet", `${stack}.json`);

const sealed = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:hidden",
};

/** A stack as its own sandbox keeps it. */
function keep(stack: string, outputs: object): void {
  const urn = `urn:pulumi:${stack}::fleet::pulumi:pulumi:Stack::fleet-${stack}`;
  const resources = [
    { urn: "urn:pulumi:x::fleet::kubernetes:core/v1:Secret::s", custom: true, type: "Secret" },
    { urn, custom: false, type: "pulumi:pulumi:Stack", outputs },
  ];
  const file = stateOf(placeOf(stack), stack);
  mkdirSync(dirname(file), { recursive: true });
  const checkpoint = { stack, latest: { manifest: { version: "v3" }, resources } };
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint }));
}

it("lends the outputs of another sandbox's stack, but no secret and no resource", () => {
  keep("mini", {
    ...{ network: { name: "mininet" }, none: null },
    ...{ password: sealed, deep: { user: "u", token: ["t", sealed] } },
  });
  const discovery = placeOf("discovery");
  lendOutputs(discovery, ["mini"]);
  const text = readFileSync(stateOf(discovery, "mini"), "utf8");
  expect(text).not.toMatch(/hidden|Secret/);
  expect(JSON.parse(text)).toMatchObject({
    version: 3,
    checkpoint: {
      stack: "organization/fleet/mini",
      latest: {
        resources: [
          {
            urn: "urn:pulumi:mini::fleet::pulumi:pulumi:Stack::fleet-mini",
            outputs: { network: { name: "mininet" } },
          },
        ],
      },
    },
  });
  const { checkpoint } = JSON.parse(text) as {
    checkpoint: { latest: { resources: { outputs: object }[] } };
  };
  expect(checkpoint.latest.resources).toHaveLength(1);
  expect(Object.keys(checkpoint.latest.resources[0]?.outputs ?? {})).toEqual(["network", "none"]);
});

it("lends nothing of a stack that was taken down, or never came up", () => {
  const discovery = placeOf("discovery");
  lendOutputs(discovery, ["mini"]);
  expect(existsSync(stateOf(discovery, "mini"))).toBe(false);
  const file = stateOf(placeOf("mini"), "mini");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { latest: { resources: [] } } }));
  lendOutputs(discovery, ["mini"]);
  expect(existsSync(stateOf(discovery, "mini"))).toBe(false);
});

it("takes back what it lent when the other sandbox is gone, and leaves the stack's own state", () => {
  keep("mini", { a: 1 });
  keep("discovery", { b: 1 });
  const discovery = placeOf("discovery");
  const own = readFileSync(stateOf(discovery, "discovery"), "utf8");
  lendOutputs(discovery, ["mini", "discovery"]);
  expect(existsSync(stateOf(discovery, "mini"))).toBe(true);
  rmSync(placeOf("mini").folder, { recursive: true });
  lendOutputs(discovery, ["mini", "discovery"]);
  expect(existsSync(stateOf(discovery, "mini"))).toBe(false);
  expect(readFileSync(stateOf(discovery, "discovery"), "utf8")).toBe(own);
});
