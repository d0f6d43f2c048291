/** Cloudflare records: facts/clouds-linode-cloudflare-docker.md 4.1 and 6. */
import { isIPv4, isIPv6 } from "node:net";
import { canonical } from "../../values.ts";
import type { Properties } from "../../values.ts";
import type { CloudObject, World } from "../../world.ts";
import {
  bag,
  epoch,
  flag,
  given,
  list,
  matching,
  number,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import { hexId, recordTypes, zoneType } from "./types.ts";

/** Types whose traffic Cloudflare can proxy. */
const proxiable = ["A", "AAAA", "CNAME"];

/** Types that are written with `data` and not with `content`. */
const structured = [
  "CAA",
  "CERT",
  "DNSKEY",
  "DS",
  "HTTPS",
  "LOC",
  "NAPTR",
  "SMIMEA",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "URI",
];

/** A record. */
export const dnsRecord: Rule = {
  replaces: ["zoneId", "type"],
  sets: ["tags"],
  // Content of a CNAME is compared without regard to case; an empty list of tags is the same as none.
  unseen: (olds, news) => [
    ...(text(olds, "type") === "CNAME" &&
    text(olds, "content").toLowerCase() === text(news, "content").toLowerCase()
      ? ["content"]
      : []),
    ...(list(olds, "tags").length + list(news, "tags").length === 0 ? ["tags"] : []),
  ],
  check: (inputs) => [
    ...unless(
      given(inputs, "content") !== given(inputs, "data"),
      "content",
      "exactly one of content and data must be given",
    ),
    ...ttlFaults(inputs),
    ...matching(
      inputs,
      "name",
      /[^.]$/,
      "must not end with a dot: write the full name, as www.example.com",
    ),
  ],
  create: (draft, world) => {
    const { inputs } = draft;
    // The provider's own refusal, made at create and never at a preview.
    refuseUnless(
      !flag(inputs, "proxied", false) || number(inputs, "ttl", 1) === 1,
      `ttl must be set to 1 when proxied is true (it is ${number(inputs, "ttl", 1)})`,
    );
    const zone = world.need(zoneType, inputs["zoneId"] ?? null);
    refuseForm(inputs);
    refuseCollision(world, zone, inputs, "");
    return { id: hexId(draft.seed), facts: { made: 1 } };
  },
  update: ({ self, inputs }, world) => {
    const zone = world.need(zoneType, inputs["zoneId"] ?? null);
    refuseUnless(
      !flag(inputs, "proxied", false) || number(inputs, "ttl", 1) === 1,
      "[9004] ttl must be automatic (1) for a proxied record",
    );
    refuseForm(inputs);
    refuseCollision(world, zone, inputs, self.id);
    return { ...self.facts, made: Number(self.facts["made"]) + 1 };
  },
  outputs: (self, world) => {
    const { inputs, facts } = self;
    const zone = world.find(zoneType, inputs["zoneId"] ?? null);
    return {
      name: fullName(inputs, zone),
      content: text(inputs, "content", canonical(bag(inputs, "data"))),
      proxiable: proxiable.includes(text(inputs, "type")),
      proxied: flag(inputs, "proxied", false),
      settings: {
        ipv4Only: false,
        ipv6Only: false,
        flattenCname: false,
        ...bag(inputs, "settings"),
      },
      tags: [...list(inputs, "tags")],
      meta: "{}",
      createdOn: epoch,
      modifiedOn: epoch.replace(
        "00:00:00",
        `00:00:${String(Number(facts["made"]) % 60).padStart(2, "0")}`,
      ),
      commentModifiedOn: epoch,
      tagsModifiedOn: epoch,
    };
  },
};

/** The full name of a record, as the API answers it whatever was written. */
export function fullName(inputs: Properties, zone: CloudObject | undefined): string {
  const name = text(inputs, "name");
  const apex = text(zone?.inputs ?? {}, "name");
  if (apex === "" || name === apex || name.endsWith(`.${apex}`)) return name;
  return name === "@" || name === "" ? apex : `${name}.${apex}`;
}

/** The records of a zone, under both type tokens. */
export function recordsOf(world: World, zoneId: string): CloudObject[] {
  return recordTypes
    .flatMap((type) => world.all(type))
    .filter((record) => text(record.inputs, "zoneId") === zoneId);
}

function ttlFaults(inputs: Properties): { path: string; reason: string }[] {
  const ttl = inputs["ttl"];
  const fits = typeof ttl !== "number" || ttl === 1 || (ttl >= 30 && ttl <= 86_400);
  return unless(fits, "ttl", "must be 1 (automatic) or 60 to 86400 seconds (30 on Enterprise)");
}

/** What the API refuses of a single record. */
function refuseForm(inputs: Properties): void {
  const [type, content] = [text(inputs, "type"), text(inputs, "content")];
  const ttl = number(inputs, "ttl", 1);
  refuseUnless(
    ttl === 1 || ttl >= 60,
    "[9021] TTL must be between 60 and 86400 seconds, or 1 for automatic",
  );
  refuseUnless(
    !flag(inputs, "proxied", false) || proxiable.includes(type),
    `[9004] this record type cannot be proxied: ${type}`,
  );
  refuseUnless(
    type !== "A" || isIPv4(content),
    `[9005] Content for A record must be a valid IPv4 address, got '${content}'`,
  );
  refuseUnless(
    type !== "AAAA" || isIPv6(content),
    `[9006] Content for AAAA record must be a valid IPv6 address, got '${content}'`,
  );
  refuseUnless(
    !["MX", "URI"].includes(type) || given(inputs, "priority"),
    `[9100] ${type} needs a top-level priority`,
  );
  refuseUnless(
    !structured.includes(type) || given(inputs, "data"),
    `[9101] ${type} is written with data, not with content`,
  );
  refuseUnless(!text(inputs, "comment").includes("\n"), "[9313] a comment must not hold a newline");
}

/** Create never adopts: what is there already stands in the way. */
function refuseCollision(world: World, zone: CloudObject, inputs: Properties, self: string): void {
  const name = fullName(inputs, zone).toLowerCase();
  const type = text(inputs, "type");
  const others = recordsOf(world, zone.id).filter(
    (record) => record.id !== self && fullName(record.inputs, zone).toLowerCase() === name,
  );
  const identical = others.some(
    (record) => text(record.inputs, "type") === type && body(record.inputs) === body(inputs),
  );
  refuseUnless(
    !identical,
    `[81058] An identical record already exists: ${type} ${name}; import it`,
  );
  const hostTypes = ["A", "AAAA", "CNAME"];
  const kinds = others.map((record) => text(record.inputs, "type"));
  refuseUnless(
    type !== "CNAME" || !kinds.some((kind) => hostTypes.includes(kind)),
    `[81053] An A, AAAA, or CNAME record with that host already exists: ${name}`,
  );
  refuseUnless(
    !hostTypes.includes(type) || !kinds.includes("CNAME"),
    `[81054] A CNAME record with that host already exists: ${name}`,
  );
}

function body(inputs: Properties): string {
  return text(inputs, "content", canonical(bag(inputs, "data"))).toLowerCase();
}
