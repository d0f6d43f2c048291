/** Cloudflare's rules: facts/clouds-linode-cloudflare-docker.md 4 and 6. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { unknownValue } from "../../sandbox/standins/values.ts";
import type { Properties } from "../../sandbox/standins/values.ts";
import { Box, subject, removeBoxes } from "./box.ts";

afterAll(removeBoxes);

const recordType = "cloudflare:index/dnsRecord:DnsRecord";
const settingType = "cloudflare:index/zoneSetting:ZoneSetting";
const zoneType = "cloudflare:index/zone:Zone";
const account = { id: "a".repeat(32) };

let box: Box;
let zoneId: string;

beforeEach(async () => {
  box = await Box.open("cloudflare");
  zoneId = (await box.make(zoneType, "zone", { name: "example.com", account })).id;
});

function record(inputs: Properties): Properties {
  return { zoneId, name: "www.example.com", type: "A", ttl: 1, content: "192.0.2.1", ...inputs };
}

describe("a record", () => {
  it("cannot be proxied with a time to live: found at create, never at a preview", async () => {
    const inputs = record({ proxied: true, ttl: 300 });
    expect(await box.faults(recordType, inputs)).toEqual([]);
    await box.standIn.create(subject(recordType, "r"), inputs, true);
    await expect(box.make(recordType, "r", inputs)).rejects.toThrow("ttl must be set to 1");
  });

  it.each<[string, Properties, string]>([
    ["no time to live", { ttl: null }, "ttl"],
    ["a time to live of ten seconds", { ttl: 10 }, "ttl"],
    ["content and data", { data: { target: "a" } }, "content"],
    ["neither content nor data", { content: null }, "content"],
    ["a trailing dot", { name: "www.example.com." }, "name"],
    ["a type that does not exist", { type: "AXFR" }, "type"],
    ["the old name of content", { value: "192.0.2.1" }, "value"],
  ])("with %s is refused before anything is made", async (_, inputs, path) => {
    const found = await box.faults(recordType, record(inputs));
    expect(found.map((fault) => fault.split(" ")[0])).toEqual([path]);
  });

  it.each<[string, Properties, string]>([
    ["a host name as an A record's content", { content: "www.example.net" }, "9005"],
    ["a proxied TXT", { type: "TXT", content: "a", proxied: true }, "cannot be proxied"],
    ["an MX without priority", { type: "MX", content: "mail.example.com" }, "priority"],
    ["an SRV written as content", { type: "SRV", content: "a" }, "data"],
    ["a comment of two lines", { comment: "a\nb" }, "newline"],
    ["30 seconds outside Enterprise", { ttl: 30 }, "60"],
    ["a zone that is not there", { zoneId: "f".repeat(32) }, "no Zone"],
  ])("%s is refused by the API", async (_, inputs, message) => {
    await expect(box.make(recordType, "r", record(inputs))).rejects.toThrow(message);
  });

  it("is never adopted: an identical one stands in the way, another content is round robin", async () => {
    await box.make(recordType, "one", record({}));
    await expect(box.make(recordType, "two", record({ name: "www" }))).rejects.toThrow("81058");
    await box.make(recordType, "three", record({ content: "192.0.2.2" }));
  });

  it("and a CNAME of one name exclude each other, both ways", async () => {
    const cname = record({ type: "CNAME", content: "a.example.net" });
    await box.make(recordType, "host", record({}));
    await expect(box.make(recordType, "alias", cname)).rejects.toThrow("81053");
    const other = { name: "alias.example.com" };
    await box.make(recordType, "other", { ...cname, ...other });
    await expect(box.make(recordType, "late", record(other))).rejects.toThrow("81054");
  });

  it("comes back under its full name, whatever was written, and that is no change", async () => {
    for (const [written, full] of [
      ["@", "example.com"],
      ["api", "api.example.com"],
      ["deep.api.example.com", "deep.api.example.com"],
    ] as const) {
      const made = await box.make(recordType, written, record({ name: written }));
      expect(made.properties["name"]).toBe(full);
      expect(made.id).toMatch(/^[0-9a-f]{32}$/);
      const read = await box.standIn.read(subject(recordType, written), made.id, made.checked);
      expect(read?.properties["name"]).toBe(full);
      const again = await box.standIn.diff(
        subject(recordType, written),
        read?.inputs ?? {},
        made.checked,
      );
      expect(again.changes).toEqual([]);
    }
  });

  it("is imported by zone and record id", async () => {
    const made = await box.make(recordType, "one", record({}));
    const read = await box.standIn.read(subject(recordType, "new"), `${zoneId}/${made.id}`, {});
    expect(read?.id).toBe(made.id);
    expect(read?.inputs).toEqual(record({}));
  });

  it.each<[Properties, string[]]>([
    [{ type: "AAAA", content: "2001:db8::1" }, ["type"]],
    [{ zoneId: "b".repeat(32) }, ["zoneId"]],
    [{ content: "192.0.2.9", ttl: 300, name: "b.example.com", comment: "c" }, []],
    [{ content: unknownValue }, []],
  ])("changed by %j replaces %j", async (change, replaces) => {
    const difference = await box.diff(recordType, record({}), record(change));
    expect(difference.replaces).toEqual(replaces);
    expect(difference.deleteBeforeReplace).toBe(false);
  });

  it("sees no change in the case of a CNAME's content, nor in an empty list of tags", async () => {
    const cname = record({ type: "CNAME", content: "A.example.net" });
    const lower = { ...cname, content: "a.example.net", tags: [] };
    expect((await box.diff(recordType, cname, lower)).changes).toEqual([]);
  });
});

describe("a zone's setting", () => {
  it("is spelt in snake case: the SDK's own table is wrong, and only the API says so", async () => {
    const setting = { zoneId, settingId: "minTlsVersion", value: "1.2" };
    expect(await box.faults(settingType, setting)).toEqual([]);
    await expect(box.make(settingType, "s", setting)).rejects.toThrow("snake case");
    const made = await box.make(settingType, "s", { ...setting, settingId: "min_tls_version" });
    expect(made.id).toBe("min_tls_version");
  });

  it("is a word and not a boolean", async () => {
    const setting = { zoneId, settingId: "always_use_https", value: true };
    await expect(box.make(settingType, "s", setting)).rejects.toThrow('"on", "off"');
  });

  it("stays as it is when it is destroyed", async () => {
    const made = await box.make(settingType, "s", { zoneId, settingId: "ssl", value: "strict" });
    await box.standIn.delete(subject(settingType, "s"), made.id);
    const args = { zoneId, settingId: "ssl" };
    expect(await box.ask("cloudflare:index/getZoneSetting:getZoneSetting", args)).toMatchObject({
      value: "strict",
    });
  });

  it("of one zone is not another zone's, though both have the same id", async () => {
    const other = (await box.make(zoneType, "other", { name: "example.net", account })).id;
    const make = (name: string, zone: string, value: string) =>
      box.make(settingType, name, { zoneId: zone, settingId: "ssl", value });
    const first = await make("first", zoneId, "strict");
    await make("second", other, "full");
    const read = await box.standIn.read(subject(settingType, "first"), first.id, first.checked);
    expect(read?.inputs["value"]).toBe("strict");
  });
});

describe("look-ups", () => {
  it("of a zone by name need exactly one match", async () => {
    const getZone = (args: Properties) => box.ask("cloudflare:index/getZone:getZone", args);
    expect(await getZone({ filter: { name: "example.com" } })).toMatchObject({
      zoneId,
      name: "example.com",
    });
    expect(await getZone({ zoneId })).toMatchObject({ id: zoneId });
    await expect(getZone({ filter: { name: "example.org" } })).rejects.toThrow("0 match");
    await expect(getZone({ zoneId, filter: { name: "example.com" } })).rejects.toThrow(
      "exactly one of",
    );
  });

  it("of a record find it by its full name", async () => {
    const made = await box.make(recordType, "one", record({ name: "www" }));
    const answer = await box.ask("cloudflare:index/getDnsRecord:getDnsRecord", {
      zoneId,
      filter: { name: { exact: "www.example.com" } },
    });
    expect(answer).toMatchObject({ id: made.id, content: "192.0.2.1", proxiable: true });
  });
});

it("one way to sign in, and no more", () => {
  const faults = (config: Properties) => box.standIn.checkConfig(config).map(({ path }) => path);
  expect(faults({})).toEqual(["apiToken"]);
  expect(faults({ apiToken: "a", apiKey: "b", email: "c" })).toEqual(["apiToken"]);
  expect(faults({ apiKey: "b" })).toEqual(["email"]);
  expect(faults({ apiToken: unknownValue })).toEqual([]);
});
