/**
 * Proves on a real BIND, with a config and a zone of an operator's own, that the puller takes a zone
 * over without losing what stood in it: how an existing name server comes to be fed by Fleet.
 */
import { readFileSync } from "node:fs";
import { Resolver } from "node:dns/promises";

import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { externalSettings } from "../../components/platform/name-server-files.ts";
import { pullerEnvironment, pullerScript } from "../../components/platform/zone-puller.ts";
import {
  type Finished,
  freePorts,
  killGroup,
  Place,
  type Running,
  until,
} from "../data/programs.ts";
import { Publication, publish, section } from "../platform/zone-server.ts";

const programs = ["named", "named-checkzone", "rndc", "dig", "curl", "flock"];

/** As people write zones: relative names, an origin, comments, a serial that is a date. */
const operatorsZone = `$TTL 1h
$ORIGIN example.org.
@ IN SOA ns1 hostmaster (
    2026010199 ; serial
    1h 15m 2w 5m )
  IN NS ns1
  IN MX 10 Mail
ns1 IN A 192.0.2.1
mail IN A 192.0.2.25
  IN TXT "a text  with two spaces" ; and a comment
www 60 IN CNAME mail
`;

/** One whose names below `ip` are about to become a zone of their own on the same server. */
const upperZone = `$TTL 1h
$ORIGIN example.com.
@ IN SOA ns1.example.org. hostmaster.example.org. 7 1h 15m 2w 5m
  IN NS ns1.example.org.
mail IN A 192.0.2.25
ship IN A 192.0.2.26
ip IN A 203.0.113.7
old.ip IN A 192.0.2.77
`;

const known = [
  { name: "@", type: "MX", priority: 10, target: "mail.example.org" },
  { name: "mail", type: "A", address: "192.0.2.25" },
  { name: "mail", type: "TXT", text: "a text  with two spaces" },
];
const www = { name: "www", type: "CNAME", target: "mail.example.org" };
const zoneOf = (records: readonly object[]) =>
  publish(section({ zones: { "example.org": { records } } }), [
    { host: "sd.example.org", type: "A", content: "203.0.113.7", ttlSeconds: 300 },
  ]);

let place: Place;
let running: Running;
let publication: Publication;
let port = 0;
let resolver: Resolver;

beforeAll(async () => {
  const [dns = 0, control = 0] = await freePorts(2);
  port = dns;
  place = new Place(programs);
  for (const folder of ["zones", "fleet"]) {
    await place.makeFolder(folder);
  }
  place.write("zones/example.org.zone", operatorsZone);
  place.write("example.com.zone", upperZone);
  const key = 'key "rndc-key" { algorithm hmac-sha256; secret "c2VjcmV0IG9mIGEgdGVzdA=="; };\n';
  place.write(
    "rndc.conf",
    `${key}options { default-key "rndc-key"; default-server 127.0.0.1; default-port ${control}; };\n`,
  );
  place.write(
    "named.conf",
    `${key}options {
      directory "${place.folder}"; pid-file "${place.at("named.pid")}"; session-keyfile "${place.at("session.key")}";
      listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no;
    };
    controls { inet 127.0.0.1 port ${control} allow { 127.0.0.1; } keys { "rndc-key"; }; };
    zone "example.org" { type primary; file "zones/example.org.zone"; };
    zone "sd.example.net" { type primary; file "zones/sd.example.net.zone"; };
    zone "example.com" { type primary; file "example.com.zone"; };
    zone "ip.example.com" { type primary; file "zones/ip.example.com.zone"; };\n`,
  );
  running = place.start(["named", "-g", "-n", "1", "-c", place.at("named.conf")]);
  resolver = new Resolver({ timeout: 20_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  await until("BIND runs", async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`BIND did not start:\n${running.said()}`);
    }
    return await resolver.resolveSoa("example.org").then(
      () => true,
      () => false,
    );
  });
  publication = await Publication.open();
});

afterAll(async () => {
  await publication.close();
  await killGroup(running.child);
  await place.clear();
});

const pull = (): Promise<Finished> => {
  const text = pullerEnvironment(externalSettings("bind9", publication.source, []))
    .replaceAll("/var/lib/bind", place.folder)
    .replace('"rndc reload"', `"rndc -c ${place.at("rndc.conf")} reload"`);
  const env = Object.fromEntries(
    [...text.matchAll(/^(\w+)="(.*)"$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  const script = place.write("pull.sh", pullerScript);
  return place.run(["sh", script], { ...env, PORT: `${port}` });
};

const file = () => readFileSync(place.at("zones/example.org.zone"), "utf8");

beforeEach(() => {
  publication.files = zoneOf(known);
});

it("is not taken over while a record of its operator would be lost", async () => {
  const { code, output } = await pull();
  expect(code).toBe(1);
  expect(output).toContain("www.example.org. CNAME mail.example.org.");
  // What the config has, too, is no loss, however it was written there.
  expect(output).not.toMatch(/MX|TXT|ns1/);
  expect(file()).toBe(operatorsZone);
  expect((await resolver.resolveSoa("example.org")).serial).toBe(2_026_010_199);
});

it("is taken over whole once they are in the config, above the serial it had", async () => {
  publication.files = zoneOf([...known, www]);
  const { code, output } = await pull();
  expect(code, output).toBe(0);
  expect((await resolver.resolveSoa("example.org")).serial).toBeGreaterThan(2_026_010_199);
  expect(await resolver.resolve4("sd.example.org")).toEqual(["203.0.113.7"]);
  expect(await resolver.resolveCname("www.example.org")).toEqual(["mail.example.org"]);
  expect((await pull()).output).toBe("");
});

it.each([
  ["two aliases of one name", { ...www, target: "elsewhere.example.net" }],
  [
    "an address at a name that no host may have",
    { name: "no_host", type: "A", address: "192.0.2.26" },
  ],
])("keeps what it has when BIND's own check refuses the next one: %s", async (_, record) => {
  publication.files = zoneOf([...known, www, record]);
  const before = file();
  const { code, output } = await pull();
  expect(code).toBe(1);
  expect(output).toContain("the check says");
  expect(file()).toBe(before);
  expect(await resolver.resolveCname("www.example.org")).toEqual(["mail.example.org"]);
});

it("gets a zone that it was only told of, once that is published", async () => {
  await expect(resolver.resolve4("sd.example.net")).rejects.toThrow("ESERVFAIL");
  publication.files = publish(section({ zones: { "sd.example.net": {} } }), [
    { host: "sd.example.net", type: "A", content: "203.0.113.7", ttlSeconds: 300 },
  ]);
  const { code, output } = await pull();
  expect(code, output).toBe(0);
  expect(await resolver.resolve4("sd.example.net")).toEqual(["203.0.113.7"]);
});

it("gets a zone for names of one that it answers for, once none of them would be lost", async () => {
  const hosts = [
    { host: "ip.example.com", type: "A", content: "203.0.113.7", ttlSeconds: 300 } as const,
  ];
  const part = (records: readonly object[]) =>
    publish(section({ zones: { "ip.example.com": { records } } }), hosts);
  publication.files = part([]);
  const refused = await pull();
  expect(refused.code).toBe(1);
  expect(refused.output).toContain("REFUSED: ip.example.com: these records are not Fleet's");
  expect(refused.output).toContain("old.ip.example.com. A 192.0.2.77");
  expect(refused.output).not.toMatch(/ip\.example\.com\. A 203|mail|ship/);

  const old = { name: "old", type: "A", address: "192.0.2.77" };
  publication.files = part([old]);
  const { code, output } = await pull();
  expect(code, output).toBe(0);
  expect(await resolver.resolve4("old.ip.example.com")).toEqual(["192.0.2.77"]);
  expect(await resolver.resolve4("ship.example.com")).toEqual(["192.0.2.26"]);
  // From now on the zone is Fleet's, and what still lies above is hidden.
  publication.files = part([]);
  expect((await pull()).code).toBe(0);
  await expect(resolver.resolve4("old.ip.example.com")).rejects.toThrow("ENOTFOUND");
});
