/**
 * Proves on a real Knot DNS, out of Debian's packages, that the zones we render are served as they
 * were meant, and that the puller takes good ones and keeps what is served when one is not.
 *
 * It proves nothing about cloud-init, systemd or the bucket: those are the machine's and verify's.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { KnownRecord } from "../../components/platform/zone-content.ts";
import { killGroup, until } from "../data/programs.ts";
import { Publication, publish, section, ZoneServer } from "../platform/zone-server.ts";

const host = (name: string, content: string): KnownRecord => ({
  ...{ host: name, type: "A", content, ttlSeconds: 300 },
});

const longText = "v=DKIM1; k=rsa; p=".padEnd(1_900, "AbC9+/");

const records = [
  { name: "@", type: "MX", priority: 10, target: "mail.example.org" },
  { name: "@", type: "TXT", text: 'v=spf1 "quoted" back\\slash; -all' },
  { name: "@", type: "CAA", tag: "issue", value: "letsencrypt.org" },
  { name: "mail", type: "A", address: "192.0.2.25" },
  { name: "mail", type: "AAAA", address: "2001:0db8:0:0::0025" },
  { name: "www", type: "CNAME", target: "mail.example.org", ttlSeconds: 3600 },
  { name: "*.apps", type: "CNAME", target: "mail.example.org" },
  {
    name: "_sip._tcp",
    type: "SRV",
    priority: 1,
    weight: 2,
    port: 5060,
    target: "mail.example.org",
  },
  { name: "_domainkey", type: "TXT", text: longText },
  { name: "other", type: "NS", target: "ns.example.net" },
];

const config = section({ zones: { "example.org": { records } } });
const hosts = [host("sd.example.org", "203.0.113.7"), host("ar.example.org", "203.0.113.8")];

let server: ZoneServer;
let publication: Publication;

beforeAll(async () => {
  server = await ZoneServer.open();
});
afterAll(() => server.clear());

beforeEach(async () => {
  publication = await Publication.open();
  publication.files = publish(config, hosts);
});
afterEach(() => publication.close());

/** Takes what is published, which must succeed. */
async function take(): Promise<string> {
  const { code, output } = await server.pull(publication.source);
  expect(code, output).toBe(0);
  return output;
}

describe("a rendered zone", () => {
  beforeAll(async () => {
    await server.rebuild();
    publication = await Publication.open();
    publication.files = publish(config, hosts);
    await take();
    await publication.close();
  });

  it("is answered over UDP, each type as it was meant", async () => {
    const { resolver } = server;
    expect(await resolver.resolve4("sd.example.org", { ttl: true })).toEqual([
      { address: "203.0.113.7", ttl: 300 },
    ]);
    expect(await resolver.resolve6("mail.example.org")).toEqual(["2001:db8::25"]);
    expect(await resolver.resolveCname("www.example.org")).toEqual(["mail.example.org"]);
    expect(await resolver.resolve4("x.apps.example.org")).toEqual(["192.0.2.25"]);
    expect(await resolver.resolveMx("example.org")).toMatchObject([
      { priority: 10, exchange: "mail.example.org" },
    ]);
    expect(await resolver.resolveTxt("example.org")).toEqual([
      ['v=spf1 "quoted" back\\slash; -all'],
    ]);
    expect(await resolver.resolveCaa("example.org")).toMatchObject([{ issue: "letsencrypt.org" }]);
    expect(await resolver.resolveSrv("_sip._tcp.example.org")).toMatchObject([
      { priority: 1, weight: 2, port: 5060, name: "mail.example.org" },
    ]);
    expect(await resolver.resolveNs("example.org")).toEqual(["ns1.example.org"]);
    expect(await resolver.resolve4("ns1.example.org")).toEqual(["192.0.2.1"]);
    expect(await resolver.resolveSoa("example.org")).toMatchObject({
      nsname: "ns1.example.org",
      hostmaster: "host\\.master.example.org",
      refresh: 3600,
      minttl: 300,
    });
    await expect(resolver.resolve4("nobody.example.org")).rejects.toThrow("ENOTFOUND");
  });

  it("is answered over TCP, also where an answer does not fit in a datagram", async () => {
    expect(await server.overTcp("ar.example.org", "A")).toBe("203.0.113.8");
    const [pieces = []] = await server.resolver.resolveTxt("_domainkey.example.org");
    expect(pieces.length).toBeGreaterThan(7);
    expect(pieces.join("")).toBe(longText);
  });

  it("stands in the server as it was written, line by line, and nothing beside", async () => {
    const file = publish(config, hosts).get("example.org.zone") ?? "";
    const comparable = (lines: readonly string[]) =>
      lines
        .filter((line) => line !== "" && !line.startsWith(";") && !line.includes(" SOA "))
        .sort();
    const written = comparable(file.split("\n"));
    expect(written.length).toBeGreaterThan(12);
    expect(comparable(await server.transfer("example.org"))).toEqual(written);
  });

  it("is nobody's resolver", async () => {
    await expect(server.resolver.resolve4("example.net")).rejects.toThrow("EREFUSED");
  });
});

describe("a change", () => {
  it("raises the serial, and harms no other record", async () => {
    const today = (): number => Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
    // Midnight may come between.
    const earliest = today();
    await server.rebuild();
    await take();
    const first = (await server.serial("example.org")) ?? 0;
    expect(Math.floor(first / 100)).toBeGreaterThanOrEqual(earliest);
    expect(Math.floor(first / 100)).toBeLessThanOrEqual(today() + 1);
    const before = await server.transfer("example.org");

    publication.files = publish(config, [
      host("sd.example.org", "203.0.113.99"),
      ...hosts.slice(1),
    ]);
    await take();
    const second = (await server.serial("example.org")) ?? 0;
    expect(second).toBeGreaterThan(first);
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.99"]);
    const same = (lines: readonly string[]) =>
      lines.filter((line) => !line.startsWith("sd.") && !line.includes(" SOA "));
    expect(same(await server.transfer("example.org"))).toEqual(same(before));

    // Back again is a change like any other: contents go back, serials never do.
    publication.files = publish(config, hosts);
    await take();
    expect(await server.serial("example.org")).toBeGreaterThan(second);
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.7"]);
  });

  it("that is none leaves file and serial alone", async () => {
    await take();
    const file = server.zoneFile("example.org");
    expect(await take()).toBe("");
    expect(server.zoneFile("example.org")).toBe(file);
  });

  it("of the list makes the server answer for a new zone, and takes none away", async () => {
    const two = section({
      zones: {
        "example.org": { records },
        "deep.example.org": { records: [{ name: "@", type: "A", address: "192.0.2.7" }] },
      },
    });
    publication.files = publish(two, hosts);
    await take();
    expect(await server.resolver.resolve4("deep.example.org")).toEqual(["192.0.2.7"]);
    expect(await server.transfer("example.org")).toContain(
      "deep.example.org. 300 IN NS ns1.example.org.",
    );

    publication.files = publish(config, hosts);
    expect(await take()).toContain("deep.example.org: no longer published");
    expect(await server.resolver.resolve4("deep.example.org")).toEqual(["192.0.2.7"]);
  });
});

describe("what is refused, with the old zone kept", () => {
  let serial: number | undefined;
  beforeEach(async () => {
    await server.rebuild();
    await take();
    serial = await server.serial("example.org");
    expect(serial).toBeDefined();
  });

  const changed = publish(config, [host("sd.example.org", "203.0.113.66"), ...hosts.slice(1)]);
  const zone = changed.get("example.org.zone") ?? "";

  const foreign = publish(
    section({
      nameServers: { "ns1.example.com": { address: "192.0.2.1" } },
      zones: { "example.com": {} },
    }),
  ).get("example.com.zone");

  it.each([
    ["half a file", zone.slice(0, zone.length / 2), "not whole"],
    ["a file without its last line", zone.replace(/;[^\n]*\n$/, ""), "not whole"],
    ["a file with a changed record", zone.replace("203.0.113.66", "203.0.113.13"), "not whole"],
    ["an empty file", "", "not whole"],
    ["a page of apology", "<html>try later</html>\n", "not whole"],
    ["another zone", foreign, "not this zone"],
    ["nothing at its place", undefined, "cannot be fetched"],
  ])("%s", async (_, text, says) => {
    publication.files = new Map(changed);
    if (text === undefined) {
      publication.files.delete("example.org.zone");
    } else {
      publication.files.set("example.org.zone", text);
    }
    const { code, output } = await server.pull(publication.source);
    expect(code).toBe(1);
    expect(output).toContain("REFUSED: example.org");
    expect(output).toContain(says);
    expect(await server.serial("example.org")).toBe(serial);
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.7"]);

    publication.files = changed;
    await take();
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.66"]);
  });

  it("a zone that the server's own checker finds at fault", async () => {
    const clash = { name: "mail", type: "CNAME", target: "elsewhere.example.net" };
    publication.files = publish(
      section({ zones: { "example.org": { records: [...records, clash] } } }),
      hosts,
    );
    const { code, output } = await server.pull(publication.source);
    expect(code).toBe(1);
    expect(output).toContain("the check says");
    expect(await server.serial("example.org")).toBe(serial);
    expect(await server.resolver.resolve4("mail.example.org")).toEqual(["192.0.2.25"]);
  });

  it("anything while nobody answers, or the list is damaged", async () => {
    publication.files = new Map([...changed, ["index", "example.org\n"]]);
    const damaged = await server.pull(publication.source);
    expect(damaged.code).toBe(1);
    expect(damaged.output).toContain("the list of zones is not whole");
    const { source } = publication;
    await publication.close();
    const silent = await server.pull(source);
    expect(silent.code).toBe(1);
    expect(silent.output).toContain("the list of zones cannot be fetched");
    expect(await server.serial("example.org")).toBe(serial);
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.7"]);
  });

  it("a zone that the server does not load: the file of before is put back", async () => {
    const file = server.zoneFile("example.org");
    publication.files = changed;
    const { code, output } = await server.pull(publication.source, { RELOAD: "false" });
    expect(code).toBe(1);
    expect(output).toContain("the server does not take it");
    expect(server.zoneFile("example.org")).toBe(file);
    await take();
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.66"]);
  });

  it("a new zone that the server could not be told of, until it can", async () => {
    const two = section({
      zones: {
        "example.org": { records },
        "example.net": { records: [{ name: "@", type: "A", address: "192.0.2.9" }] },
      },
    });
    publication.files = publish(two, hosts);
    const { code, output } = await server.pull(publication.source, { RECONFIGURE: "false" });
    expect(code).toBe(1);
    expect(output).toContain("REFUSED: example.net");
    expect(await server.serial("example.org")).toBe(serial);
    await take();
    expect(await server.resolver.resolve4("example.net")).toEqual(["192.0.2.9"]);
  });

  it("nothing that a run left half done when it was killed", async () => {
    publication.files = changed;
    // Everything is in place but the server was not told.
    const hangs = server.place.write("hangs.sh", "sleep 600\n");
    const half = server.start(publication.source, { RELOAD: `sh ${hangs}` });
    await until("the new file is in place", () =>
      server.zoneFile("example.org").includes("203.0.113.66"),
    );
    await killGroup(half.child);
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.7"]);
    await take();
    expect(await server.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.66"]);
    expect(await server.serial("example.org")).toBeGreaterThan(serial ?? 0);
  });

  it("one zone, while the others are taken", async () => {
    const two = section({
      zones: {
        "example.org": { records },
        "example.net": { records: [{ name: "@", type: "A", address: "192.0.2.9" }] },
      },
    });
    publication.files = publish(two, hosts);
    publication.files.set("example.org.zone", "");
    const { code, output } = await server.pull(publication.source);
    expect(code).toBe(1);
    expect(output).toContain("1 zones were refused");
    expect(await server.resolver.resolve4("example.net")).toEqual(["192.0.2.9"]);
  });

  it("a second run while one is at work", async () => {
    const lock = server.place.start([
      ...["flock", server.place.at("knot/fleet/.lock"), "sleep", "600"],
    ]);
    await until("the lock is held", async () => {
      const { code, output } = await server.pull(publication.source);
      return code === 1 && output.includes("another run is at work");
    });
    await killGroup(lock.child);
  });
});

describe("records that Fleet did not put there", () => {
  const byHand = "legacy.example.org. 300 IN A 192.0.2.80";
  const addByHand = () =>
    server.edit(
      "example.org",
      (text) =>
        `${text.replace(/(SOA \S+ \S+) (\d+)/, (_, start, serial) => `${start} ${Number(serial) + 1}`)}${byHand}\n`,
    );

  beforeEach(async () => {
    await server.rebuild();
    await take();
    await addByHand();
    expect(await server.resolver.resolve4("legacy.example.org")).toEqual(["192.0.2.80"]);
    publication.files = publish(config, [
      host("sd.example.org", "203.0.113.66"),
      ...hosts.slice(1),
    ]);
  });

  it("stop a publication that would lose them, which then says which", async () => {
    const { code, output } = await server.pull(publication.source);
    expect(code).toBe(1);
    expect(output).toContain("legacy.example.org. A 192.0.2.80");
    expect(output).toContain("are not Fleet's and would be lost");
    // Only that one: what Fleet itself published may go.
    expect(output).not.toContain("sd.example.org");
    expect(await server.resolver.resolve4("legacy.example.org")).toEqual(["192.0.2.80"]);
  });

  it("are no hindrance once they stand in the config", async () => {
    const legacy = { name: "legacy", type: "A", address: "192.0.2.80" };
    publication.files = publish(
      section({ zones: { "example.org": { records: [...records, legacy] } } }),
      hosts,
    );
    const serial = (await server.serial("example.org")) ?? 0;
    await take();
    expect(await server.resolver.resolve4("legacy.example.org")).toEqual(["192.0.2.80"]);
    expect(await server.serial("example.org")).toBeGreaterThan(serial);
  });

  it("go when the operator says so, once", async () => {
    const word = server.place.write("knot/fleet/example.org.replace", "");
    await take();
    await expect(server.resolver.resolve4("legacy.example.org")).rejects.toThrow("ENOTFOUND");
    await addByHand();
    publication.files = publish(config, hosts);
    const { code, output } = await server.pull(publication.source);
    expect(code, output).toBe(1);
    expect(output).toContain(word);
  });
});

describe("a server that copies the zone", () => {
  it("follows every change, also of a machine made anew whose clock is behind the serials", async () => {
    const high = section({
      nameServers: { "ns1.example.org": { address: "192.0.2.1" } },
      zones: { "example.org": { records, serialAbove: 4_100_000_000 } },
    });
    const primary = await ZoneServer.open(["127.0.0.2"]);
    let secondary: ZoneServer | undefined;
    try {
      const copy = await ZoneServer.copying(primary, "127.0.0.2", "example.org");
      secondary = copy;
      publication.files = publish(high, hosts);
      expect((await primary.pull(publication.source)).code).toBe(0);
      expect(await primary.serial("example.org")).toBe(4_100_000_001);
      await until(
        "the zone is copied",
        async () => (await copy.serial("example.org")) === 4_100_000_001,
      );

      // A new machine knows nothing, and a config that forgot the old serial does not tell it.
      await primary.rebuild();
      publication.files = publish(config, [
        host("sd.example.org", "203.0.113.44"),
        ...hosts.slice(1),
      ]);
      const { code, output } = await primary.pull(publication.source);
      expect(code, output).toBe(0);
      expect(await primary.serial("example.org")).toBe(4_100_000_002);
      await until(
        "the change is copied",
        async () => (await copy.serial("example.org")) === 4_100_000_002,
      );
      expect(await copy.resolver.resolve4("sd.example.org")).toEqual(["203.0.113.44"]);
    } finally {
      await secondary?.clear();
      await primary.clear();
    }
  });
});
