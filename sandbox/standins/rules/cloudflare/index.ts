/** Cloudflare's behaviour: facts/clouds-linode-cloudflare-docker.md 4 and 6. */
import { Refusal } from "../../world.ts";
import type { CloudObject, World } from "../../world.ts";
import type { Properties } from "../../values.ts";
import { bag, given, refuseUnless, text, unless } from "../rule.ts";
import type { Answer, Rulebook } from "../rule.ts";
import { dnsRecord, fullName, recordsOf } from "./dns.ts";
import { zoneType } from "./types.ts";
import { originCaCertificate, settingsOf, zone, zoneSetting } from "./zones.ts";

const getZone: Answer = ({ args, world }) => {
  refuseUnless(
    given(args, "zoneId") !== given(args, "filter"),
    "exactly one of zoneId and filter must be given",
  );
  if (given(args, "zoneId"))
    return describeZone(world.need(zoneType, args["zoneId"] ?? null), world);
  const filter = bag(args, "filter");
  return describeZone(
    single(zonesLike(filter, world), `zone named '${text(filter, "name")}'`),
    world,
  );
};

const getDnsRecord: Answer = ({ args, world }) => {
  const owner = world.need(zoneType, args["zoneId"] ?? null);
  const filter = bag(args, "filter");
  const name = filter["name"];
  const wanted = typeof name === "string" ? name : text(bag(filter, "name"), "exact");
  const records = recordsOf(world, owner.id).filter((record) => {
    if (given(args, "dnsRecordId")) return record.id === text(args, "dnsRecordId");
    const rightName = wanted === "" || fullName(record.inputs, owner) === wanted;
    return rightName && [text(record.inputs, "type"), ""].includes(text(filter, "type"));
  });
  const record = single(records, `record in ${text(owner.inputs, "name")}`);
  return {
    ...record.inputs,
    ...dnsRecord.outputs(record, world),
    id: record.id,
    dnsRecordId: record.id,
  };
};

const getZoneSetting: Answer = ({ args, world }) => {
  const id = text(args, "settingId");
  const owner = world.need(zoneType, args["zoneId"] ?? null);
  const setting = settingsOf(world, owner.id).find((known) => known.id === id);
  if (setting === undefined) {
    throw new Refusal(
      `setting ${id} was never set in this sandbox: its live default is not known here`,
    );
  }
  return { id, settingId: id, zoneId: owner.id, value: setting.inputs["value"] ?? null };
};

/** The rules of Cloudflare. */
export const cloudflare: Rulebook = {
  credentials: { apiToken: "CLOUDFLARE_API_TOKEN" },
  config: (config) => {
    const ways = ["apiToken", "apiKey", "apiUserServiceKey"].filter((name) => given(config, name));
    return [
      ...unless(
        ways.length === 1,
        "apiToken",
        "exactly one of apiToken, apiKey (with email) and apiUserServiceKey must be given",
      ),
      ...unless(
        !ways.includes("apiKey") || given(config, "email"),
        "email",
        "is required with apiKey",
      ),
    ];
  },
  functions: {
    "cloudflare:index/getDnsRecord:getDnsRecord": getDnsRecord,
    "cloudflare:index/getZone:getZone": getZone,
    "cloudflare:index/getZoneSetting:getZoneSetting": getZoneSetting,
    "cloudflare:index/getZones:getZones": ({ args, world }) => ({
      match: text(args, "match", "all"),
      results: zonesLike(args, world).map((found) => describeZone(found, world)),
    }),
  },
  resources: {
    "cloudflare:index/dnsRecord:DnsRecord": dnsRecord,
    "cloudflare:index/originCaCertificate:OriginCaCertificate": originCaCertificate,
    "cloudflare:index/record:Record": dnsRecord,
    "cloudflare:index/zone:Zone": zone,
    "cloudflare:index/zoneSetting:ZoneSetting": zoneSetting,
  },
};

function zonesLike(filter: Properties, world: World): CloudObject[] {
  const account = text(bag(filter, "account"), "id");
  return world
    .all(zoneType)
    .filter((known) => ["", text(known.inputs, "name")].includes(text(filter, "name")))
    .filter((known) => ["", text(bag(known.inputs, "account"), "id")].includes(account));
}

function single(found: readonly CloudObject[], what: string): CloudObject {
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new Refusal(`a filter must match exactly one: ${found.length} match for ${what}`);
}

function describeZone(found: CloudObject, world: World): Properties {
  return { ...found.inputs, ...zone.outputs(found, world), id: found.id, zoneId: found.id };
}
