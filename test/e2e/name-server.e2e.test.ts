/**
 * Our own name server under the real engine and Linode's stand-in: what a change of a record, of the
 * machine's user data, and a rebuild do to what stands at the cloud. That the machine then serves is
 * test/judges/name-server; what a live cloud adds is seen live.
 */
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { seedStandins } from "../../sandbox/standins/seeds.ts";
import { Store } from "../../sandbox/standins/store.ts";
import { asText } from "../../sandbox/standins/values.ts";
import type { CloudObject } from "../../sandbox/standins/world.ts";
import { clone } from "../rendered.ts";
import { ScratchProgram } from "./scratch-program.ts";

const program = `
import { readFileSync } from "node:fs";
import { NameServerDnsConfig } from ${JSON.stringify(join(clone, "components/platform/name-server.schema.ts"))};
import { DnsRecords } from ${JSON.stringify(join(clone, "components/platform/dns.ts"))};
import { createDns } from ${JSON.stringify(join(clone, "components/platform/dns-keepers.ts"))};

const { config, address, data } = JSON.parse(readFileSync("wish.json", "utf8"));
const records = [{ name: "sd", host: "sd.example.org", type: "A", content: address, ttlSeconds: 300 }];
new DnsRecords("records", { dns: createDns("dns", NameServerDnsConfig.parse(config), data), records });
`;

const scratch = new ScratchProgram("name-server", program, { LINODE_TOKEN: "throw-away" });

const machine = {
  kind: "linode",
  nameServer: "ns1.example.org",
  region: "ap-south",
  sshKeys: ["ssh-ed25519 AAAAC3Nz operator@example.org"],
  sshFrom: ["198.51.100.0/24"],
};

/** Says what is to be. */
function wish(
  change: Readonly<Record<string, unknown>> = {},
  address = "203.0.113.7",
  data = "protect",
): void {
  const config = {
    kind: "name-server",
    nameServers: { "ns1.example.org": {} },
    zones: { "example.org": {} },
    contact: "hostmaster@example.org",
    publication: { bucket: "example-zones", region: "ap-south" },
    machine,
    ...change,
  };
  scratch.wish({ config, address, data });
}

/** What stands at the cloud, of one type. */
const standing = (name: string): CloudObject[] =>
  new Store(scratch.sandbox)
    .look("linode")
    .all(`linode:index/${name}:${name.replace(/^./, (letter) => letter.toUpperCase())}`);

const zone = (): string =>
  asText(
    standing("objectStorageObject").find(({ inputs }) => inputs["key"] === "zones/example.org.zone")
      ?.inputs["content"],
  );

beforeAll(async () => {
  await scratch.makeStack();
  wish();
  await scratch.succeed("up", "--yes", "--skip-preview");
});

afterAll(() => {
  scratch.dispose();
});

describe("a machine of ours", () => {
  it("stands behind its firewall, on a reserved address that the zone names", () => {
    const [made] = standing("instance");
    const [address] = standing("networkingIp");
    const [firewall] = standing("firewall");
    expect(made?.facts["ipv4"]).toBe(address?.id);
    expect(asText(made?.inputs["firewallId"])).toBe(firewall?.id);
    expect(zone()).toContain(`ns1.example.org. 300 IN A ${address?.id ?? "?"}\n`);
  });

  it("is not touched by a change of a record: one file is published anew", async () => {
    const [before] = standing("instance");
    wish({}, "203.0.113.99");
    const said = await scratch.succeed("up", "--yes", "--skip-preview");
    expect(said).toMatch(/~ +1 updated/);
    expect(said).not.toMatch(/created|deleted|replaced/);
    expect(standing("instance")).toEqual([before]);
    expect(zone()).toContain("sd.example.org. 300 IN A 203.0.113.99\n");
  });

  it("is not exchanged while it is protected, whatever its user data would be", async () => {
    const [before] = standing("instance");
    const servers = { "ns1.example.org": {}, "ns2.example.net": { address: "192.0.2.2" } };
    wish({ nameServers: servers });
    expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain("protect");
    expect(standing("instance")).toEqual([before]);
  });

  it("is made anew on its own address when its config lets it be", async () => {
    const [before] = standing("instance");
    const servers = { "ns1.example.org": {}, "ns2.example.net": { address: "192.0.2.2" } };
    wish({ nameServers: servers, machine: { ...machine, data: "delete" } });
    await scratch.succeed("up", "--yes", "--skip-preview");
    const [after, ...others] = standing("instance");
    expect(others).toEqual([]);
    expect(after?.id).not.toBe(before?.id);
    expect(after?.facts["ipv4"]).toBe(before?.facts["ipv4"]);
  });

  it("goes in two steps, as all that is kept: first the word, then the thing", async () => {
    wish();
    await scratch.succeed("up", "--yes", "--skip-preview");
    const standingBefore = standing("instance");
    const gone = {
      nameServers: { "ns1.example.org": { address: "192.0.2.1" } },
      machine: { kind: "external" },
    };
    wish(gone);
    expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain("protect");
    expect(standing("instance")).toEqual(standingBefore);
    // The stack's own word is the machine's, too, and says so of bucket and address, which go below.
    wish({}, undefined, "delete");
    await scratch.succeed("up", "--yes", "--skip-preview");
    wish(gone, undefined, "delete");
    await scratch.succeed("up", "--yes", "--skip-preview");
    expect([standing("instance"), standing("firewall")]).toEqual([[], []]);
  });
});

describe("a machine that exists", () => {
  it("is taken over as it is, and stays when everything else goes", async () => {
    await seedStandins(scratch.sandbox, {
      machines: [{ linodeId: 4711, label: "ns-by-hand", region: "ap-south" }],
    });
    const found = () => standing("instance").find(({ id }) => id === "4711")?.inputs;
    const before = found();
    expect(before).toBeDefined();
    const adopted = { kind: "adopted", linodeId: 4711, label: "ns-by-hand", region: "ap-south" };
    const nameServers = { "ns1.example.org": { address: "192.0.2.1" } };
    wish({ nameServers, machine: adopted }, undefined, "delete");
    expect(await scratch.succeed("up", "--yes", "--skip-preview")).toContain("imported");
    expect(standing("instance").map(({ id }) => id)).toEqual(["4711"]);
    expect(found()).toEqual(before);
    await scratch.succeed("state", "unprotect", "--all", "--yes");
    await scratch.succeed("destroy", "--yes", "--skip-preview");
    expect(found()).toEqual(before);
    expect(standing("objectStorageBucket")).toEqual([]);
  });
});
