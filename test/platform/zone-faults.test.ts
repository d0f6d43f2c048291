/** Faults of our own zones, each found in the config before anything is published. */
import { describe, expect, it } from "vitest";

import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import type { PlannedHost } from "../../components/platform/dns-records.ts";
import { DnsConfig, zoneFaults } from "../../components/platform/dns.schema.ts";
import { NameServerDnsConfig } from "../../components/platform/name-server.schema.ts";
import { plannedOnControllers, recordFaults } from "../../components/platform/record-faults.ts";
import { ownZoneFaults } from "../../components/platform/zone-faults.ts";
import { cluster, complaints, ingress } from "./fixtures.ts";
import { section } from "./zone-server.ts";

const mail = { name: "mail", type: "A", address: "192.0.2.25" };
const sd: PlannedHost = { path: ["hosts", "sd"], host: "sd.example.org", type: "A" };
const zone = (...records: object[]) =>
  section({ zones: { "example.org": { records: [mail, ...records] } } });

const told = (config: NameServerDnsConfig, hosts: readonly PlannedHost[] = [sd]) =>
  ownZoneFaults(config, hosts).map(({ path, message }) => `${path.join("/")}: ${message}`);

describe("faults of our own zones", () => {
  it("are none where mail, web, services and delegated names stand beside the hosts", () => {
    const fine = zone(
      { name: "@", type: "MX", priority: 10, target: "mail.example.org" },
      { name: "@", type: "TXT", text: "v=spf1 -all" },
      { name: "@", type: "A", address: "192.0.2.80" },
      { name: "mail", type: "TXT", text: "beside an address" },
      { name: "sd", type: "TXT", text: "beside the host's" },
      { name: "www", type: "CNAME", target: "mail.example.org" },
      { name: "*", type: "CNAME", target: "elsewhere.example.net" },
      { name: "shop", type: "CNAME", target: "anything.example.org" },
      { name: "lab", type: "NS", target: "ns.lab.example.org" },
      { name: "ns.lab", type: "A", address: "192.0.2.53" },
      { name: "deep.lab", type: "NS", target: "ns.example.net" },
    ).zones["example.org"];
    const config = section({
      zones: { "example.org": { ...fine, records: fine?.records.slice(0, -1) } },
    });
    expect(told(config)).toEqual([]);
  });

  it.each<[string, object[]]>([
    ["has an address of its own", [{ name: "mx", type: "A", address: "192.0.2.26" }]],
    [
      "others keep, though a wildcard here is a CNAME",
      [{ name: "mx", type: "NS", target: "ns.example.net" }],
    ],
  ])("are none where mail goes past a wildcard to a name that %s", (_, records) => {
    const wildcard = { name: "*", type: "CNAME", target: "mail.example.org" };
    const mx = { name: "@", type: "MX", priority: 1, target: "mx.example.org" };
    expect(told(zone(wildcard, ...records, mx))).toEqual([]);
  });

  it("are none where one content stands at several names, or names and types live differently long", () => {
    const records = [
      { name: "a", type: "A", address: "192.0.2.1" },
      { name: "b", type: "A", address: "192.0.2.1" },
      { name: "b", type: "A", address: "192.0.2.2" },
      { name: "c", type: "A", address: "192.0.2.1", ttlSeconds: 3600 },
      { name: "c", type: "TXT", text: "192.0.2.1", ttlSeconds: 60 },
    ];
    expect(told(zone(...records))).toEqual([]);
  });

  it("are none where Knot answers at a name that only BIND takes for none", () => {
    const records = [{ name: "my_host", type: "A", address: "192.0.2.1" }];
    const machine = { kind: "external", software: "knot" };
    expect(told(section({ zones: { "example.org": { records } }, machine }))).toEqual([]);
  });

  it.each([
    [
      "a wildcard leads on, however far below it",
      { name: "*", type: "A", address: "192.0.2.80" },
      "far.below.example.org",
    ],
    [
      "other servers have been handed",
      { name: "lab", type: "NS", target: "ns.example.net" },
      "lab.example.org",
    ],
    [
      "other servers have been handed the name above",
      { name: "lab", type: "NS", target: "ns.example.net" },
      "a.lab.example.org",
    ],
  ])("are none where a CNAME leads to what %s", (_, record, target) => {
    expect(told(zone(record, { name: "www", type: "CNAME", target }))).toEqual([]);
  });

  it.each<[string, object[], string, RegExp]>([
    [
      "a CNAME beside another record",
      [{ name: "mail", type: "CNAME", target: "elsewhere.example.net" }],
      "dns/zones/example.org/records/1",
      /mail\.example\.org has a CNAME beside another record \(fleet:dns\.zones\.example\.org\.records\.0\)/,
    ],
    [
      "a CNAME at the top",
      [{ name: "@", type: "CNAME", target: "elsewhere.example.net" }],
      "dns/zones/example.org/records/1",
      /example\.org is the top of its zone, which takes no CNAME/,
    ],
    [
      "one record twice",
      [mail],
      "dns/zones/example.org/records/1",
      /is the record of fleet:dns\.zones\.example\.org\.records\.0 again/,
    ],
    [
      "a second address for a host of the stack",
      [{ name: "sd", type: "A", address: "192.0.2.99" }],
      "dns/zones/example.org/records/1",
      /sd\.example\.org already leads where fleet:hosts\.sd says/,
    ],
    [
      "a second address for the name server",
      [{ name: "ns1", type: "A", address: "192.0.2.99" }],
      "dns/zones/example.org/records/1",
      /ns1\.example\.org already leads where fleet:dns\.nameServers\.ns1\.example\.org says/,
    ],
    [
      "times to live that differ within one answer",
      [{ name: "mail", type: "A", address: "192.0.2.26", ttlSeconds: 60 }],
      "dns/zones/example.org/records/1/ttlSeconds",
      /must be 300 like that of/,
    ],
    [
      "a full name where one inside the zone is meant",
      [{ name: "www.example.org", type: "A", address: "192.0.2.1" }],
      "dns/zones/example.org/records/1/name",
      /this one would be www\.example\.org\.example\.org/,
    ],
    [
      "name servers of the zone among its records",
      [{ name: "@", type: "NS", target: "ns.example.net" }],
      "dns/zones/example.org/records/1",
      /nameServers says which servers/,
    ],
    [
      "names that other servers keep, told by a wildcard",
      [{ name: "*.lab", type: "NS", target: "ns.example.net" }],
      "dns/zones/example.org/records/1",
      /\*\.lab\.example\.org is handed to other servers: say each name, as BIND takes no NS record of a wildcard/,
    ],
    [
      "a name server below the name it is for, without glue",
      [{ name: "lab", type: "NS", target: "ns.lab.example.org" }],
      "dns/zones/example.org/records/1",
      /ns\.lab\.example\.org has no address in example\.org: add its A record, the glue/,
    ],
    [
      "mail to a name without address",
      [{ name: "@", type: "MX", priority: 1, target: "mial.example.org" }],
      "dns/zones/example.org/records/1",
      /leads to mial\.example\.org, which has no address in example\.org/,
    ],
    [
      "a name that a wildcard would lead on from, had it no other record",
      [
        { name: "*", type: "A", address: "192.0.2.80" },
        { name: "shop", type: "TXT", text: "no address" },
        { name: "www", type: "CNAME", target: "shop.example.org" },
      ],
      "dns/zones/example.org/records/3",
      /leads to shop\.example\.org, which has no address in example\.org/,
    ],
    [
      "a name below one that is there, which a wildcard above does not reach",
      [
        { name: "*", type: "A", address: "192.0.2.80" },
        { name: "www", type: "CNAME", target: "old.mail.example.org" },
      ],
      "dns/zones/example.org/records/2",
      /leads to old\.mail\.example\.org, which has no address in example\.org/,
    ],
    [
      "a name for which a wildcard has a text alone",
      [
        { name: "*", type: "TXT", text: "no address" },
        { name: "www", type: "CNAME", target: "shop.example.org" },
      ],
      "dns/zones/example.org/records/2",
      /leads to shop\.example\.org, which has no address in example\.org/,
    ],
    [
      "mail to a CNAME",
      [
        { name: "www", type: "CNAME", target: "mail.example.org" },
        { name: "@", type: "MX", priority: 1, target: "www.example.org" },
      ],
      "dns/zones/example.org/records/2",
      /leads to www\.example\.org, which is a CNAME: MX needs a name with an address/,
    ],
    [
      "mail to a name that a wildcard makes a CNAME",
      [
        { name: "*", type: "CNAME", target: "mail.example.org" },
        { name: "@", type: "MX", priority: 1, target: "mx.example.org" },
      ],
      "dns/zones/example.org/records/2",
      /leads to mx\.example\.org, which is a CNAME by \*\.example\.org: MX needs a name with an address/,
    ],
    [
      "a service at a name that a wildcard below makes a CNAME",
      [
        { name: "*", type: "A", address: "192.0.2.80" },
        { name: "*.sip", type: "CNAME", target: "mail.example.org" },
        {
          name: "_sip._tcp",
          type: "SRV",
          priority: 1,
          weight: 1,
          port: 5060,
          target: "a.sip.example.org",
        },
      ],
      "dns/zones/example.org/records/3",
      /leads to a\.sip\.example\.org, which is a CNAME by \*\.sip\.example\.org/,
    ],
    [
      "an alias of itself",
      [{ name: "www", type: "CNAME", target: "www.example.org" }],
      "dns/zones/example.org/records/1",
      /leads in a circle: www\.example\.org → www\.example\.org\. Let one lead elsewhere/,
    ],
    [
      "aliases that lead to one another, told once, and not at the one that leads to them",
      [
        { name: "in", type: "CNAME", target: "a.example.org" },
        { name: "a", type: "CNAME", target: "b.example.org" },
        { name: "b", type: "CNAME", target: "a.example.org" },
      ],
      "dns/zones/example.org/records/2",
      /leads in a circle: a\.example\.org → b\.example\.org → a\.example\.org\./,
    ],
    [
      "a wildcard that leads to a name for which it answers itself",
      [{ name: "*", type: "CNAME", target: "www.example.org" }],
      "dns/zones/example.org/records/1",
      /leads in a circle: \*\.example\.org → \*\.example\.org\./,
    ],
    [
      "an address at a name that no host may have, where BIND answers",
      [{ name: "my_host", type: "A", address: "192.0.2.1" }],
      "dns/zones/example.org/records/1",
      /my_host\.example\.org is no name of a host, .* BIND takes no A record of it/,
    ],
    [
      "mail at such a name",
      [{ name: "_mail", type: "MX", priority: 1, target: "mail.example.net" }],
      "dns/zones/example.org/records/1",
      /_mail\.example\.org is no name of a host/,
    ],
    [
      "a record below a name that others keep",
      [
        { name: "lab", type: "NS", target: "ns.example.net" },
        { name: "x.lab", type: "A", address: "192.0.2.1" },
      ],
      "dns/zones/example.org/records/2",
      /x\.lab\.example\.org lies at or below lab\.example\.org, which .* hands to ns\.example\.net/,
    ],
  ])("%s", (_, records, path, message) => {
    const found = told(zone(...records));
    expect(found).toHaveLength(1);
    expect(found[0]?.slice(0, path.length + 2)).toBe(`${path}: `);
    expect(found[0]).toMatch(message);
  });

  it("a record below a zone of ours, which answers in its place", () => {
    const inner = {
      "lab.example.org": { records: [{ name: "www", type: "A", address: "192.0.2.7" }] },
    };
    const zones = (...records: object[]) =>
      section({ zones: { "example.org": { records: [mail, ...records] }, ...inner } });
    const above = (name: string) => ({ name, type: "A", address: "192.0.2.9" });
    expect(told(zones(above("lab2"), above("notlab")))).toEqual([]);
    for (const name of ["lab", "x.lab", "www.lab"]) {
      expect(told(zones(above(name)))).toEqual([
        `dns/zones/example.org/records/1: ${name}.example.org lies at or below lab.example.org, a zone of its own (fleet:dns.zones.lab.example.org): its record belongs there`,
      ]);
    }
  });

  it.each<[string, object[], string]>([
    [
      "two CNAMEs of one name",
      [
        { name: "www", type: "CNAME", target: "mail.example.org" },
        { name: "www", type: "CNAME", target: "elsewhere.example.net" },
      ],
      "dns/zones/example.org/records/2",
    ],
    [
      "a text beside a host that is a CNAME",
      [{ name: "sd", type: "TXT", text: "beside the host's" }],
      "dns/zones/example.org/records/1",
    ],
  ])("%s: a CNAME stands alone, told once", (_, records, path) => {
    const alias: PlannedHost = { ...sd, type: "CNAME", target: "edge.example.net" };
    expect(told(zone(...records), [alias])).toEqual([
      expect.stringMatching(`^${path}: .* has a CNAME beside another record`),
    ]);
  });

  it("a host of the stack below a name that others keep", () => {
    const config = zone({ name: "lab", type: "NS", target: "ns.example.net" });
    const [fault] = told(config, [{ path: ["hosts", "x"], host: "x.lab.example.org", type: "A" }]);
    expect(fault).toContain("hosts/x: x.lab.example.org lies at or below lab.example.org");
  });

  it("a host that leads to a name of ours which nobody writes", () => {
    const lost: PlannedHost = { ...sd, type: "CNAME", target: "edge.example.org" };
    const [fault] = told(zone(), [lost]);
    expect(fault).toContain("hosts/sd: leads to edge.example.org, which has no address");
    expect(told(zone({ name: "edge", type: "A", address: "192.0.2.9" }), [lost])).toEqual([]);
    // Kept elsewhere: not ours to know.
    expect(told(zone(), [{ ...lost, target: "edge.example.net" }])).toEqual([]);
  });

  it("a name server inside a zone of its own without its address", () => {
    const config = section({ nameServers: { "ns1.example.org": {} } });
    expect(told(config)).toEqual([
      "dns/nameServers/ns1.example.org/address: must be the address of ns1.example.org: a server inside a zone of its own is found by that glue alone",
    ]);
    const outside = section({ nameServers: { "ns1.example.net": {} } });
    expect(told(outside)).toEqual([]);
  });

  it("a machine of ours that is not the primary", () => {
    const made = (nameServer: string, addressOf: string) =>
      told(
        section({
          nameServers: {
            "ns0.example.org": {},
            "ns1.example.org": {},
            [addressOf]: { address: "192.0.2.3" },
          },
          machine: {
            kind: "linode",
            nameServer,
            region: "ap-south",
            sshKeys: ["ssh-ed25519 AAAA"],
            sshFrom: ["198.51.100.0/24"],
          },
        }),
      );
    // Of the machine that is made nobody knows the address yet: none is asked for.
    expect(made("ns1.example.org", "ns0.example.org")).toEqual([
      expect.stringMatching(/^dns\/machine\/nameServer: must be ns0\.example\.org, the first/),
    ]);
    expect(made("ns0.example.org", "ns1.example.org")).toEqual([]);
  });
});

describe("hosts in zones of ours", () => {
  it("that lie in none are found as with every other keeper", () => {
    const dns = DnsConfig.parse({ ...section() });
    const use = { path: ["hosts", "sd"], host: "sd.example.com" };
    expect(zoneFaults([use], dns)[0]?.message).toContain(
      "must lie in a zone of fleet:dns (example.org)",
    );
  });

  it("are followed through the controllers to the name of their slot", () => {
    const named: ClusterConfig = cluster({
      edge: {
        slots: { "0": { address: { kind: "dns", name: "edge.example.org" } } },
        cpu: "2",
        memory: "4Gi",
      },
    });
    const use = { path: ["hosts", "sd"], host: "sd.example.org" };
    const planned = plannedOnControllers([use], ingress(), named);
    expect(planned).toEqual([{ ...use, type: "CNAME", target: "edge.example.org" }]);
    const [fault] = recordFaults(planned, section());
    expect(fault?.message).toContain("leads to edge.example.org, which has no address");
  });
});

describe("the section", () => {
  const good = {
    kind: "name-server",
    nameServers: { "ns1.example.org": { address: "192.0.2.1" } },
    contact: "hostmaster@example.org",
    zones: { "example.org": {} },
    publication: { bucket: "example-zones", region: "ap-south" },
  };
  const machine = {
    kind: "linode",
    nameServer: "ns1.example.org",
    region: "ap-south",
    address: "192.0.2.1",
    sshKeys: ["ssh-ed25519 AAAAC3Nz operator@example.org"],
    sshFrom: ["198.51.100.0/24", "2001:db8::/32"],
  };

  it("needs no machine of ours: what answers is external unless it says otherwise", () => {
    expect(NameServerDnsConfig.parse(good).machine).toEqual({
      kind: "external",
      software: "bind9",
    });
    expect(complaints(DnsConfig, { ...good, machine })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["no zone", { zones: {} }, "zones: must name at least one zone"],
    ["no name server", { nameServers: {} }, "nameServers: must name at least one name server"],
    [
      "more servers than a machine can be told of",
      {
        machine,
        nameServers: {
          ...good.nameServers,
          ...Object.fromEntries([2, 3, 4, 5, 6].map((number) => [`ns${number}.example.net`, {}])),
        },
      },
      "nameServers: must name at most 5",
    ],
    ["nobody to answer for them", { contact: undefined }, "contact"],
    ["a contact that is no mail address", { contact: "me" }, "must be a mail address"],
    ["seconds out of range", { ttlSeconds: 5 }, "ttlSeconds: must be at least 30"],
    ["no place to publish at", { publication: undefined }, "publication"],
    [
      "a bucket in capitals",
      { publication: { bucket: "Zones", region: "ap-south" } },
      "must be 3 to 34 lower-case",
    ],
    [
      "a bucket after which no key can be called",
      { publication: { bucket: "a".repeat(35), region: "ap-south" } },
      "must be 3 to 34 lower-case",
    ],
    [
      "a machine that is none of the servers",
      { machine: { ...machine, nameServer: "ns9.example.org" } },
      "machine.nameServer: must be one of nameServers: ns1.example.org",
    ],
    [
      "a machine at another address than its own",
      { machine: { ...machine, address: "192.0.2.7" } },
      "machine.address: must be 192.0.2.1",
    ],
    [
      "a machine that nobody can log in to",
      { machine: { ...machine, sshKeys: [] } },
      "must have at least one key",
    ],
    [
      "port 22 for nobody",
      { machine: { ...machine, sshFrom: [] } },
      "must name at least one range",
    ],
    [
      "an address where a range is needed",
      { machine: { ...machine, sshFrom: ["198.51.100.7"] } },
      "must be a range of addresses",
    ],
    [
      "an image that is not Debian's",
      { machine: { ...machine, image: "linode/alpine3.20" } },
      "must be a Debian image",
    ],
    [
      "software that the puller does not know",
      { machine: { kind: "external", software: "powerdns" } },
      "must be knot or bind9",
    ],
    [
      "a serial beyond what there is room above",
      { zones: { "example.org": { serialAbove: 4_294_967_295 } } },
      "serialAbove",
    ],
  ])("refuses %s", (_, change, expected) => {
    expect(complaints(DnsConfig, { ...good, ...change }).join("\n")).toContain(expected);
  });
});
