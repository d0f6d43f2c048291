/** Zone files as text: order, escapes, seals. That servers read them so: test/judges/name-server*. */
import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { delegations, zoneContents, zonesBelow } from "../../components/platform/zone-content.ts";
import { contactName, quoted, zoneFile, zoneIndex } from "../../components/platform/zone-file.ts";
import { OwnerName, ZoneRecord } from "../../components/platform/zone-record.schema.ts";
import { complaints } from "./fixtures.ts";
import { publish, section } from "./zone-server.ts";

const host = (name: string, content: string, type: "A" | "AAAA" | "CNAME" | "TXT" = "A") => ({
  ...{ host: name, type, content, ttlSeconds: 120 },
});
const linesOf = (
  config: ReturnType<typeof section>,
  hosts = [host("sd.example.org", "203.0.113.7")],
) => (publish(config, hosts).get("example.org.zone") ?? "").split("\n").slice(1, -2);

describe("a zone file", () => {
  it("has one line a record, full names, the start of authority first, then in order", () => {
    const records = [
      { name: "www", type: "CNAME", target: "mail.example.org" },
      { name: "@", type: "MX", priority: 10, target: "mail.example.org" },
      { name: "mail", type: "AAAA", address: "2001:DB8:0:0:0:0:0:25", ttlSeconds: 60 },
      { name: "@", type: "CAA", tag: "iodef", value: "mailto:a@example.org", flags: 128 },
      {
        name: "_sip._tcp",
        type: "SRV",
        priority: 0,
        weight: 5,
        port: 5060,
        target: "mail.example.org",
      },
    ];
    const config = section({ zones: { "example.org": { records } } });
    expect(linesOf(config)).toEqual([
      "example.org. 300 IN SOA ns1.example.org. host\\.master.example.org. 0 3600 900 1209600 300",
      'example.org. 300 IN CAA 128 iodef "mailto:a@example.org"',
      "example.org. 300 IN MX 10 mail.example.org.",
      "example.org. 300 IN NS ns1.example.org.",
      "_sip._tcp.example.org. 300 IN SRV 0 5 5060 mail.example.org.",
      "mail.example.org. 60 IN AAAA 2001:db8::25",
      "ns1.example.org. 300 IN A 192.0.2.1",
      "sd.example.org. 120 IN A 203.0.113.7",
      "www.example.org. 300 IN CNAME mail.example.org.",
    ]);
  });

  it("is the same text in whatever order its records came", () => {
    const hosts = ["a", "b", "c.b", "d"].map((name) => host(`${name}.example.org`, "203.0.113.7"));
    const records = ["x", "y", "z"].map((text) => ({ name: "@", type: "TXT", text }));
    const text = (h: typeof hosts, r: typeof records) =>
      publish(section({ zones: { "example.org": { records: r } } }), h).get("example.org.zone");
    const whole = text(hosts, records);
    const shuffled = <T>(all: readonly T[]) =>
      fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });
    fc.assert(
      fc.property(shuffled(hosts), shuffled(records), (h, r) => text(h, r) === whole),
      { numRuns: 30 },
    );
  });

  it("ends in a checksum over all before it, under the zone's own name", () => {
    const text = publish(section()).get("example.org.zone") ?? "";
    const [, body = "", name, sum] =
      /^([\s\S]*\n); fleet (\S+) sha256 ([0-9a-f]{64})\n$/.exec(text) ?? [];
    expect(name).toBe("example.org");
    expect(createHash("sha256").update(body).digest("hex")).toBe(sum);
    expect(zoneIndex(["b.org", "a.org"])).toMatch(
      /^a\.org\nb\.org\n; fleet index sha256 [0-9a-f]{64}\n$/,
    );
  });

  it("quotes texts so that they come back as they were, in strings of at most 255", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 900 }), (any) => {
        const text = any.replaceAll(/[^\x20-\x7e]/g, "~");
        const pieces = [...quoted(text).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, piece = ""]) =>
          piece.replaceAll(/\\(.)/g, "$1"),
        );
        expect(pieces.join("")).toBe(text);
        expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(255);
      }),
      { numRuns: 200 },
    );
  });

  it("writes the contact's first dot for its @, and escapes those before", () => {
    expect(contactName("hostmaster@skycoin.com")).toBe("hostmaster.skycoin.com.");
    expect(contactName("dns.ops@skycoin.com")).toBe("dns\\.ops.skycoin.com.");
  });

  it("takes the old serial for a floor, and no clock", () => {
    const config = section({ zones: { "example.org": { serialAbove: 2_026_010_199 } } });
    expect(linesOf(config)[0]).toContain(" 2026010199 3600 ");
    const [content] = zoneContents(config, [], new Map());
    expect(content && zoneFile(content)).toBe(content && zoneFile(content));
  });
});

describe("zones of one server", () => {
  const nested = section({
    nameServers: {
      "ns1.a.example.org": { address: "192.0.2.1" },
      "ns2.example.net": { address: "192.0.2.2" },
    },
    zones: {
      "example.org": {},
      "a.example.org": {},
      "b.a.example.org": {},
    },
  });

  it("hand those below them over, with the glue that it takes", () => {
    const zones = Object.keys(nested.zones);
    expect(zonesBelow("example.org", zones)).toEqual(["a.example.org"]);
    const parent = (publish(nested).get("example.org.zone") ?? "").split("\n");
    expect(parent).toContain("a.example.org. 300 IN NS ns1.a.example.org.");
    expect(parent).toContain("a.example.org. 300 IN NS ns2.example.net.");
    expect(parent).toContain("ns1.a.example.org. 300 IN A 192.0.2.1");
    expect(parent.join("\n")).not.toContain("b.a.example.org");
    // Not a name of ours: its address is its own zone's.
    expect(parent.join("\n")).not.toContain("192.0.2.2");
    expect(publish(nested).get("a.example.org.zone")).toContain("b.a.example.org. 300 IN NS ");
  });

  it("keep each host in the longest that holds it, and there alone", () => {
    const files = publish(nested, [
      host("x.b.a.example.org", "203.0.113.1"),
      host("y.example.org", "203.0.113.2"),
    ]);
    const holding = (text: string) =>
      [...files].filter(([, file]) => file.includes(text)).map(([name]) => name);
    expect(holding("203.0.113.1")).toEqual(["b.a.example.org.zone"]);
    expect(holding("203.0.113.2")).toEqual(["example.org.zone"]);
  });

  it("say what zones of others must hold: servers, and glue where it takes some", () => {
    const addresses = new Map([["ns1.a.example.org", "192.0.2.1"]]);
    expect(delegations(nested, addresses)).toEqual([
      "example.org. IN NS ns1.a.example.org.",
      "ns1.a.example.org. IN A 192.0.2.1",
      "example.org. IN NS ns2.example.net.",
    ]);
  });
});

describe("the schema of records", () => {
  it.each(["@", "www", "_dmarc", "_sip._tcp", "*", "*.apps", "a-b.c"])(
    "takes the name %s",
    (name) => {
      expect(complaints(OwnerName, name)).toEqual([]);
    },
  );

  it.each(["", "www.", "WWW", "a..b", "-a", "a b", "a.*", "ü", "x\ny", "a;b"])(
    "refuses the name %j",
    (name) => {
      expect(complaints(OwnerName, name).join()).toContain("must be a lower-case name");
    },
  );

  it.each([
    ["an address that is none", { type: "A", address: "192.0.2" }, "address"],
    ["an IPv4 address as AAAA", { type: "AAAA", address: "192.0.2.1" }, "address"],
    ["a target with a trailing dot", { type: "CNAME", target: "a.b." }, "target"],
    ["a text of two lines", { type: "TXT", text: "a\nb" }, "text"],
    ["a text that is not ASCII", { type: "TXT", text: "Grüße" }, "text"],
    ["an MX without priority", { type: "MX", target: "a.b" }, "priority"],
    [
      "a port beyond the last",
      { type: "SRV", priority: 1, weight: 1, port: 65_536, target: "a.b" },
      "port",
    ],
    ["a tag that CAA has not", { type: "CAA", tag: "allow", value: "x" }, "tag"],
    ["seconds below the least", { type: "A", address: "192.0.2.1", ttlSeconds: 5 }, "ttlSeconds"],
    ["a week and more", { type: "A", address: "192.0.2.1", ttlSeconds: 604_801 }, "ttlSeconds"],
    ["a type of its own", { type: "SOA" }, "type"],
    ["a value of another type", { type: "A", address: "192.0.2.1", target: "a.b" }, "target"],
  ])("refuses %s", (_, record, path) => {
    expect(complaints(ZoneRecord, { name: "x", ...record }).join("\n")).toContain(path);
  });
});
