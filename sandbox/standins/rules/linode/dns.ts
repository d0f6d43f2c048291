/** Linode domains and records: facts/clouds-linode-cloudflare-docker.md 3.4 and 6. */
import { isIPv4, isIPv6 } from "node:net";
import {
  given,
  list,
  matching,
  number,
  oneOf,
  refuseUnless,
  text,
  unless,
  within,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import type { Properties } from "../../values.ts";
import { asText } from "../../values.ts";
import type { CloudObject, World } from "../../world.ts";
import { domainType, recordType } from "./types.ts";

const recordTypes = ["A", "AAAA", "NS", "MX", "CNAME", "TXT", "SRV", "PTR", "CAA"];

/** Times to live that Linode knows, in seconds: any other is silently rounded up. */
const timesToLive = [
  0, 30, 120, 300, 3600, 7200, 14400, 28800, 57600, 86400, 172800, 345600, 604800, 1209600, 2419200,
];

/** The time to live that Linode makes of a wish, in seconds. */
export function roundedTtl(seconds: number): number {
  return timesToLive.find((known) => known >= seconds) ?? 2419200;
}

/** A DNS zone. */
export const domain: Rule = {
  replaces: ["type"],
  sets: ["tags", "masterIps", "axfrIps"],
  check: (inputs) => [
    ...oneOf(inputs, "type", ["master", "slave"]),
    ...unless(
      text(inputs, "type") !== "master" || given(inputs, "soaEmail"),
      "soaEmail",
      "is required for a domain of type master",
    ),
    ...unless(
      text(inputs, "type") !== "slave" || given(inputs, "masterIps"),
      "masterIps",
      "is required for a domain of type slave",
    ),
  ],
  create: ({ seed, inputs }, world) => {
    const name = text(inputs, "domain");
    const taken = world.all(domainType).some((known) => text(known.inputs, "domain") === name);
    refuseUnless(!taken, `[400] [domain] DNS zone ${name} already exists: import it, or delete it`);
    return { id: world.decimalId(seed) };
  },
  remove: (self, world) => {
    for (const record of recordsOf(world, self.id)) world.remove(record);
    return "gone";
  },
  outputs: ({ inputs }) => ({
    status: text(inputs, "status", "active"),
    group: text(inputs, "group"),
    tags: [...list(inputs, "tags")],
    ttlSec: roundedTtl(number(inputs, "ttlSec", 0)),
  }),
};

/** A record of a zone. */
export const domainRecord: Rule = {
  replaces: ["domainId", "recordType"],
  unseen: (olds, news) =>
    isSameTarget(text(olds, "target"), text(news, "target")) ? ["target"] : [],
  check: (inputs) => {
    const type = text(inputs, "recordType");
    return [
      ...oneOf(inputs, "recordType", recordTypes),
      ...within(inputs, "priority", 0, 255),
      ...within(inputs, "weight", 0, 65_535),
      ...within(inputs, "port", 0, 65_535),
      ...unless(
        type !== "SRV" || !given(inputs, "name"),
        "name",
        "must not be set for SRV: Linode builds it from service and protocol",
      ),
      ...["service", "protocol"].flatMap((part) =>
        unless(type !== "SRV" || given(inputs, part), part, "is required for SRV"),
      ),
      ...unless(type === "" || type === "CAA" || !given(inputs, "tag"), "tag", "is for CAA only"),
      ...matching(
        inputs,
        "name",
        /[^.]$|^$/,
        "must not end with a dot: it is relative to the zone",
      ),
    ];
  },
  create: ({ seed, inputs }, world) => {
    world.need(domainType, inputs["domainId"] ?? null);
    refuseTarget(inputs);
    return { id: world.decimalId(seed) };
  },
  update: ({ self, inputs }) => {
    refuseTarget(inputs);
    return self.facts;
  },
  outputs: ({ inputs }) => ({
    name: recordName(inputs),
    priority: number(inputs, "priority", 0),
    ttlSec: roundedTtl(number(inputs, "ttlSec", 0)),
    port: number(inputs, "port", 0),
    weight: number(inputs, "weight", 0),
  }),
};

/** The records of a zone. */
export function recordsOf(world: World, domainId: string): CloudObject[] {
  return world.all(recordType).filter((record) => asText(record.inputs["domainId"]) === domainId);
}

/** The name Linode gives a record: the wish, or for SRV `_service._protocol`. */
export function recordName(inputs: Properties): string {
  if (text(inputs, "recordType") !== "SRV") return text(inputs, "name");
  const [service, protocol] = ["service", "protocol"].map((part) =>
    text(inputs, part).replace(/^_?/, "_"),
  );
  return `${service ?? ""}.${protocol ?? ""}`;
}

/** The provider takes a new target without a dot that is part of the present one for no change. */
function isSameTarget(before: string, after: string): boolean {
  return after !== "" && !after.includes(".") && before.includes(after);
}

function refuseTarget(inputs: Properties): void {
  const target = text(inputs, "target");
  const type = text(inputs, "recordType");
  const fits =
    target === "[remote_addr]" ||
    (type === "A" ? isIPv4(target) : type === "AAAA" ? isIPv6(target) : target !== "");
  const wanted = { A: "an IPv4 address", AAAA: "an IPv6 address" }[type] ?? "a host name or text";
  refuseUnless(fits, `[400] [target] ${type} needs ${wanted}, got '${target}'`);
}
