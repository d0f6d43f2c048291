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
    { urn, custom: false, type: "pulumi:pulumi:Stack", outputs },
    { urn: "urn:pulumi:x::fleet::kubernetes:core/v1:Secret::s", custom: true, type: "Secret" },
  ];
  const file = stateOf(placeOf(stack), stack);
  mkdirSync(dirname(file), { recursive: true });
  const checkpoint = { stack, latest: { manifest: { version: "v3" }, resources } };
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint }));
}

it("lends the outputs of another sandbox's stack, but no secret and no resource", () => {
  keep("mini", { network: { name: "mininet" }, password: sealed, deep: { token: [sealed] } });
  const discovery = placeOf("discovery");
  lendOutputs(discovery, ["mini"]);
  const text = readFileSync(stateOf(discovery, "mini"), "utf8");
  expect(text).not.toMatch(/hidden|Secret/);
  expect(JSON.parse(text)).toMatchObject({
    version: 3,
    checkpoint: {
      stack: "organization/fleet/mini",
      latest: { resources: [{ outputs: { network: { name: "mininet" } } }] },
    },
  });
});

it("takes back what it lent when the other sandbox is gone, and leaves the stack's own state", () => {
  keep("mini", { a: 1 });
  keep("discovery", { b: 1 });
  const discovery = placeOf("discovery");
  lendOutputs(discovery, ["mini", "discovery"]);
  expect(existsSync(stateOf(discovery, "mini"))).toBe(true);
  const own = readFileSync(stateOf(discovery, "discovery"), "utf8");
  rmSync(placeOf("mini").folder, { recursive: true });
  lendOutputs(discovery, ["mini", "discovery"]);
  expect(existsSync(stateOf(discovery, "mini"))).toBe(false);
  expect(readFileSync(stateOf(discovery, "discovery"), "utf8")).toBe(own);
});
