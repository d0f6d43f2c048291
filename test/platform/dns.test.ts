import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { describe, expect, it } from "vitest";

import {
  aliasFaults,
  type DnsTarget,
  domainHosts,
  hostRecords,
  isOfDomain,
  slotTarget,
} from "../../components/platform/dns-records.ts";
import { DnsConfig, zoneFaults, zoneNames, zoneOf } from "../../components/platform/dns.schema.ts";
import { DnsRecords } from "../../components/platform/dns.ts";
import { createDns } from "../../components/platform/dns-keepers.ts";
import { relativeName } from "../../components/platform/linode-dns.ts";
import { recordFaults } from "../../components/platform/record-faults.ts";
import { collect, find } from "../harness.ts";
import { complaints } from "./fixtures.ts";

const zoneId = "0123456789abcdef0123456789abcdef";
const none = { kind: "none", zones: ["example.org"] };
const linode = { kind: "linode", zones: ["example.org", "deep.example.org"] };
const cloudflare = { kind: "cloudflare", zones: { "example.org": { zoneId } } };

const address: DnsTarget = { key: "slot-0", type: "A", content: "203.0.113.7" };
const records = hostRecords(
  [
    { host: "sd.example.org", targets: [address] },
    { host: "example.org", targets: [address] },
    { host: "a.deep.example.org", targets: [address] },
  ],
  300,
);

const program = async (config: unknown) => {
  const lines: string[] = [];
  const collected = await collect(
    () => {
      const dns = createDns("dns", DnsConfig.parse(config));
      const made = new DnsRecords("dns", { dns, records });
      for (const line of made.zoneLines) {
        line.apply((text) => lines.push(text));
      }
    },
    {
      "linode:index/getDomain:getDomain": ({ domain }) => ({
        id: domain === "example.org" ? 1001 : 1002,
        domain,
      }),
    },
  );
  return { ...collected, lines: lines.sort() };
};

describe("the DNS section", () => {
  it.each([none, linode, cloudflare])("takes zones kept by $kind", (config) => {
    expect(complaints(DnsConfig, config)).toEqual([]);
  });

  it.each([
    [
      "a time to live that Linode would round up",
      { ...linode, ttlSeconds: 60 },
      "ttlSeconds: must be one of 30, 120",
    ],
    [
      "a time to live below Cloudflare's",
      { ...cloudflare, ttlSeconds: 30 },
      "ttlSeconds: must be from 60",
    ],
    [
      "a zone identifier that is none",
      { kind: "cloudflare", zones: { "example.org": { zoneId: "1" } } },
      "must be a zone's identifier",
    ],
    [
      "a zone named twice",
      { kind: "none", zones: ["example.org", "example.org"] },
      "zones: must not name a zone twice",
    ],
    ["no zone", { kind: "linode", zones: [] }, "zones: must name at least one zone"],
    [
      "a zone with a trailing dot",
      { kind: "none", zones: ["example.org."] },
      "without trailing dot",
    ],
    ["an unknown keeper", { kind: "route53", zones: ["example.org"] }, "kind"],
    ["a token in the file", { ...linode, token: "x" }, "token"],
  ])("refuses %s", (_, config, expected) => {
    expect(complaints(DnsConfig, config).join("\n")).toContain(expected);
  });

  it("finds the hosts that lie in no zone, and only those", () => {
    const dns = DnsConfig.parse(linode);
    const hosts = ["sd.example.org", "example.org", "notexample.org", "sd.example.com"];
    const faults = zoneFaults(
      hosts.map((host, index) => ({ path: ["hosts", index], host })),
      dns,
    );
    expect(faults.map(({ path }) => path)).toEqual([
      ["hosts", 2],
      ["hosts", 3],
    ]);
    expect(faults[0]?.message).toContain("(example.org, deep.example.org)");
  });

  it("prefers the longest zone", () => {
    const zones = zoneNames(DnsConfig.parse(linode));
    expect(zoneOf("a.deep.example.org", zones)).toBe("deep.example.org");
    expect(zoneOf("deep.example.org", zones)).toBe("deep.example.org");
    expect(zoneOf("sd.example.org", zones)).toBe("example.org");
  });
});

describe("records", () => {
  it("are named after their target, so that a new address changes one in place", () => {
    const moved = { ...address, content: "203.0.113.8" };
    const names = (target: DnsTarget) =>
      hostRecords([{ host: "sd.example.org", targets: [target] }], 300).map(({ name }) => name);
    expect(names(address)).toEqual(["sd.example.org-a-slot-0"]);
    expect(names(moved)).toEqual(names(address));
  });

  it("know what they were called wherever else their host led: two would stand in each other's way", () => {
    const once = (targets: readonly DnsTarget[]) =>
      hostRecords([{ host: "sd.example.org", targets }], 300, ["slot-0", "nginx"]).map(
        ({ onceCalled }) => onceCalled?.map((name) => name.replace("sd.example.org-", "")),
      );
    expect(once([address])).toEqual([["a-nginx", "cname-slot-0", "cname-nginx"]]);
    const alias: DnsTarget = { key: "slot-7", type: "CNAME", content: "edge.example.net" };
    expect(once([alias])).toEqual([
      ["a-slot-7", "a-slot-0", "a-nginx", "cname-slot-0", "cname-nginx"],
    ]);
    // Of two, either could be the one that was: the engine takes no name for both.
    expect(once([address, { ...address, key: "slot-1" }])).toEqual([undefined, undefined]);
  });

  it("lead to a slot by its address or by the name that follows it", () => {
    const place = { slot: 3, pool: "edge" };
    expect(
      slotTarget({
        ...place,
        address: { kind: "reserved", ip: "203.0.113.9", assignedBy: "operator" },
      }),
    ).toEqual({
      key: "slot-3",
      type: "A",
      content: "203.0.113.9",
    });
    const follows = slotTarget({ ...place, address: { kind: "dns", name: "edge-3.example.org" } });
    expect(follows).toEqual({ key: "slot-3", type: "CNAME", content: "edge-3.example.org" });
    // The slot's own name is kept by whoever makes it follow the node.
    expect(hostRecords([{ host: "edge-3.example.org", targets: [follows] }], 300)).toEqual([]);
    expect(() => slotTarget({ ...place, address: { kind: "ephemeral" } })).toThrow("slot 3");
  });

  it("are refused as a CNAME at the top of a zone or beside another record", () => {
    const dns = DnsConfig.parse(none);
    const planned = (host: string, type: "A" | "CNAME") => ({ path: ["hosts", host], host, type });
    const fine = [planned("sd.example.org", "CNAME"), planned("example.org", "A")];
    expect(aliasFaults(fine, dns)).toEqual([]);
    const [top] = aliasFaults([planned("example.org", "CNAME")], dns);
    expect(top?.path).toEqual(["hosts", "example.org"]);
    expect(top?.message).toContain("top of its zone");
    const mixed = aliasFaults([...fine, planned("sd.example.org", "A")], dns);
    expect(mixed).toHaveLength(1);
    expect(mixed[0]?.message).toContain("sd.example.org has a CNAME beside another record");
  });

  it("are refused where the proxy's list names a host that the stack does not have", () => {
    const dns = DnsConfig.parse({ ...cloudflare, proxied: { "ds.example.org": true } });
    const planned = { path: ["hosts", "sd"], host: "sd.example.org", type: "A" as const };
    expect(recordFaults([planned], dns)).toEqual([
      {
        path: ["dns", "proxied", "ds.example.org"],
        message: "must be a host of this stack: sd.example.org",
      },
    ]);
  });
});

describe("DnsRecords", () => {
  const below = "urn:pulumi:test::fleet::fleet:platform:DnsRecords";

  it("writes Linode records relative to their zone, whose number is looked up by name", async () => {
    const collected = await program(linode);
    const type = "linode:index/domainRecord:DomainRecord";
    expect(collected.urns).toEqual(
      [
        `${below}$${type}::a.deep.example.org-a-slot-0`,
        `${below}$${type}::example.org-a-slot-0`,
        `${below}$${type}::sd.example.org-a-slot-0`,
        `${below}::dns`,
        "urn:pulumi:test::fleet::pulumi:providers:linode::dns-linode",
      ].sort(),
    );
    const inputs = (name: string) => find(collected, type, `${name}-a-slot-0`).inputs;
    expect(inputs("sd.example.org")).toEqual({
      domainId: 1001,
      name: "sd",
      recordType: "A",
      target: "203.0.113.7",
      ttlSec: 300,
    });
    expect(inputs("example.org")).toMatchObject({ domainId: 1001, name: "" });
    expect(inputs("a.deep.example.org")).toMatchObject({ domainId: 1002, name: "a" });
  });

  it("writes Cloudflare records by their full name, never proxied", async () => {
    const collected = await program(cloudflare);
    const type = "cloudflare:index/dnsRecord:DnsRecord";
    expect(find(collected, type, "sd.example.org-a-slot-0").inputs).toEqual({
      zoneId,
      name: "sd.example.org",
      type: "A",
      content: "203.0.113.7",
      ttl: 300,
      proxied: false,
    });
  });

  it("proxies Cloudflare's where the host is proxied by itself, or the file says so, and no others", async () => {
    const hosts = { "web.example.org": true, "grpc.example.org": false, "off.example.org": true };
    const config = DnsConfig.parse({
      ...cloudflare,
      proxied: { "off.example.org": false, "said.example.org": true },
    });
    const lines: string[] = [];
    const collected = await collect(() => {
      const made = new DnsRecords("dns", {
        dns: createDns("dns", config),
        records: hostRecords(
          [
            ...Object.entries(hosts).map(([host, proxied]) => ({
              host,
              targets: [address],
              proxied,
            })),
            { host: "said.example.org", targets: [address] },
          ],
          300,
        ),
      });
      for (const line of made.zoneLines) {
        line.apply((text) => lines.push(text));
      }
    });
    // Those that the proxy stands before are told as such, by Cloudflare's own mark: their names lead to the proxy.
    expect(lines.filter((line) => line.endsWith(" ; cf_tags=cf-proxied:true")).sort()).toEqual([
      expect.stringMatching(/^said\.example\.org\. 300 IN A 203\.0\.113\.7 ;/),
      expect.stringMatching(/^web\.example\.org\. 300 IN A 203\.0\.113\.7 ;/),
    ]);
    expect(lines).toHaveLength(4);
    const records = collected.resources
      .filter(({ type }) => type === "cloudflare:index/dnsRecord:DnsRecord")
      .map(({ inputs: { name, ttl, proxied } }) => [name, ttl, proxied] as const);
    expect(records.sort()).toEqual([
      ["grpc.example.org", 300, false],
      ["off.example.org", 300, false],
      // Cloudflare's own time: the provider refuses another, but only when it makes the record.
      ["said.example.org", 1, true],
      ["web.example.org", 1, true],
    ]);
  });

  it.each([
    ["linode", linode],
    ["cloudflare", cloudflare],
  ])("hands %s records to an explicit provider that holds no token", async (kind, config) => {
    const collected = await program(config);
    const made = collected.resources.filter(({ type }) => type.startsWith(`${kind}:`));
    expect(made.length).toBe(3);
    expect(made.filter(({ provider }) => !provider.includes(`::dns-${kind}::`))).toEqual([]);
    const { inputs } = find(collected, `pulumi:providers:${kind}`, `dns-${kind}`);
    expect(JSON.stringify(inputs)).not.toMatch(/token/i);
  });

  it.each([
    ["linode", linode],
    ["cloudflare", cloudflare],
  ])(
    "tells the engine at %s what each was called before, and lets the old one go first",
    async (_, config) => {
      const told: unknown[] = [];
      await collect(
        () => {
          const monitor = pulumi.runtime.getMonitor() as unknown as {
            registerResource: (request: RegisterResourceRequest, ...rest: unknown[]) => void;
          };
          const register = monitor.registerResource.bind(monitor);
          monitor.registerResource = (request, ...rest) => {
            const once = request
              .getAliasesList()
              .flatMap((alias) => alias.getSpec()?.getName() || []);
            if (once.length > 0) {
              told.push([request.getName(), once, request.getDeletebeforereplace()]);
            }
            register(request, ...rest);
          };
          const dns = createDns("dns", DnsConfig.parse(config));
          const host = "sd.example.org";
          return new DnsRecords("dns", {
            dns,
            records: hostRecords([{ host, targets: [address] }], 300),
          });
        },
        { "linode:index/getDomain:getDomain": () => ({ id: 1001 }) },
      );
      expect(told).toEqual([["sd.example.org-a-slot-0", ["sd.example.org-cname-slot-0"], true]]);
    },
  );

  it("makes nothing without a keeper, and tells what would have to stand in the zone", async () => {
    const collected = await program(none);
    expect(collected.urns).toEqual([`${below}::dns`]);
    expect(collected.lines).toEqual([
      "a.deep.example.org. 300 IN A 203.0.113.7",
      "example.org. 300 IN A 203.0.113.7",
      "sd.example.org. 300 IN A 203.0.113.7",
    ]);
  });

  it("names hosts inside their zone", () => {
    expect(relativeName("a.b.example.org", "example.org")).toBe("a.b");
    expect(relativeName("example.org", "example.org")).toBe("");
  });
});

describe("a domain with all that is one label below it", () => {
  const wild = hostRecords(
    domainHosts("staging.example.org").map((host) => ({ host, targets: [address] })),
    300,
  );

  it("is two records, whose names the engine can keep", () => {
    expect(wild.map(({ name, host }) => [name, host])).toEqual([
      ["staging.example.org-a-slot-0", "staging.example.org"],
      ["wildcard.staging.example.org-a-slot-0", "*.staging.example.org"],
    ]);
  });

  it("covers its hosts, and none that is deeper or elsewhere", () => {
    const hosts = ["staging.example.org", "www.staging.example.org"];
    const others = ["a.www.staging.example.org", "example.org", "www.example.org", "org"];
    const covered = [...hosts, ...others].filter((host) => isOfDomain("staging.example.org", host));
    expect(covered).toEqual(hosts);
  });

  it("is written as each keeper of zones takes it: relative at Linode, whole at Cloudflare", async () => {
    const made = async (config: unknown, property: string) => {
      const { resources } = await collect(
        () => {
          const dns = createDns("dns", DnsConfig.parse(config));
          return new DnsRecords("dns", { dns, records: wild });
        },
        { "linode:index/getDomain:getDomain": () => ({ id: 1001 }) },
      );
      return resources.flatMap(({ inputs }) =>
        inputs[property] === undefined ? [] : [inputs[property]],
      );
    };
    expect(await made(linode, "name")).toEqual(["staging", "*.staging"]);
    expect(await made(cloudflare, "name")).toEqual([
      "staging.example.org",
      "*.staging.example.org",
    ]);
  });
});
