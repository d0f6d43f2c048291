/** What a sandbox's clouds hold before a stack comes: what its file says that others have made. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";

import { readPlan } from "../../sandbox/plan.ts";
import type { Seeds } from "../../sandbox/standins/seeds.ts";
import { clone } from "../rendered.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-plan-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Seeds of production with another machine behind its name server. */
function seedsWith(machine: object): Seeds {
  const text = readFileSync(join(clone, "Pulumi.prod.yaml"), "utf8");
  const file = parse(text) as { config: { "fleet:dns": Record<string, unknown> } };
  file.config["fleet:dns"]["machine"] = machine;
  const path = join(folder, "Pulumi.prod.yaml");
  writeFileSync(path, stringify(file));
  return readPlan("prod", path, new Map()).seeds;
}

describe("a name server", () => {
  it("that is adopted exists before the stack does", () => {
    const machine = { kind: "adopted", linodeId: 4711, label: "ns1", region: "ap-south" };
    expect(seedsWith(machine).machines).toMatchObject([{ linodeId: 4711, label: "ns1" }]);
  });

  it("that is made on an address of the account finds it reserved, beside those of the nodes", () => {
    const nodes = seedsWith({ kind: "external" }).addresses ?? [];
    const { addresses } = seedsWith({
      kind: "linode",
      nameServer: "ns1.skycoin.com",
      region: "ap-south",
      address: "172.105.122.51",
      sshKeys: ["ssh-ed25519 AAAAC3Nz operator@example.org"],
      sshFrom: ["198.51.100.0/24"],
    });
    expect(nodes).not.toContain("172.105.122.51");
    expect(addresses).toEqual([...nodes, "172.105.122.51"]);
  });

  it("that is external is nothing to a cloud", () => {
    expect(seedsWith({ kind: "external" })).not.toHaveProperty("machines");
  });
});
