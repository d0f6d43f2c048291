/**
 * A host that leads elsewhere, under the real engine: whoever keeps a zone takes no CNAME beside an address, and no address
 * twice, so that its record must change, or go before the new one comes. Cloudflare's stand-in refuses as its API does; it
 * proves nothing of how long the names are away there.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { seedStandins } from "../../sandbox/standins/seeds.ts";
import { Store } from "../../sandbox/standins/store.ts";
import { clone } from "../rendered.ts";
import { ScratchProgram } from "./scratch-program.ts";

const host = "api.example.org";
const zoneId = "0123456789abcdef0123456789abcdef";
const module = (path: string): string =>
  JSON.stringify(pathToFileURL(join(clone, "components/platform", path)).href);

const program = `
import { readFileSync } from "node:fs";
import { hostRecords } from ${module("dns-records.ts")};
import { DnsRecords } from ${module("dns.ts")};
import { createDns } from ${module("dns-keepers.ts")};

const { target } = JSON.parse(readFileSync("wish.json", "utf8"));
const zones = { "example.org": { zoneId: "${zoneId}" } };
new DnsRecords("records", {
  dns: createDns("dns", { kind: "cloudflare", zones, ttlSeconds: 300, proxied: {} }),
  records: hostRecords([{ host: "${host}", targets: [target] }], 300, ["slot-0", "slot-1", "nginx"]),
});
`;

const scratch = new ScratchProgram("records", program, { CLOUDFLARE_API_TOKEN: "0".repeat(40) });

/** Records of the host, as Cloudflare has them. */
const held = (): unknown[] =>
  new Store(scratch.sandbox)
    .look("cloudflare")
    .all("cloudflare:index/dnsRecord:DnsRecord")
    .map(({ inputs: { name, type, content } }) => [name, type, content]);

beforeAll(async () => {
  await seedStandins(scratch.sandbox, { zoneIds: { "example.org": zoneId } });
  await scratch.makeStack();
});

afterAll(() => {
  scratch.dispose();
});

describe("a host whose target becomes another one", () => {
  it.each([
    ["an address", { key: "slot-0", type: "A", content: "203.0.113.7" }],
    [
      "the same, of a slot with another number",
      { key: "slot-1", type: "A", content: "203.0.113.7" },
    ],
    ["the name of that slot", { key: "slot-0", type: "CNAME", content: "edge.example.net" }],
    ["the address of another slot", { key: "slot-1", type: "A", content: "203.0.113.8" }],
    ["the name of the first", { key: "slot-0", type: "CNAME", content: "edge.example.net" }],
    ["a controller's balancer", { key: "nginx", type: "A", content: "203.0.113.9" }],
  ])("leads there, in one update: %s", async (_, target) => {
    scratch.wish({ target });
    await scratch.succeed("up", "--yes", "--skip-preview");
    expect(held()).toEqual([[host, target.type, target.content]]);
  });
});
