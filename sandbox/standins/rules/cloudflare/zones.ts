/** Cloudflare zones, their settings and origin certificates: facts/clouds-linode-cloudflare-docker.md 4.3, 4.4. */
import { digest } from "../../values.ts";
import type { Properties, Value } from "../../values.ts";
import type { CloudObject, World } from "../../world.ts";
import { hexId, recordTypes, settingType, zoneType } from "./types.ts";
import {
  bag,
  epoch,
  flag,
  given,
  list,
  number,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";

/** A zone. Destroying it deletes it, records and all. */
export const zone: Rule = {
  replaces: ["name", "account"],
  check: (inputs) =>
    unless(
      given(bag(inputs, "account"), "id") || !given(inputs, "account"),
      "account.id",
      "is required",
    ),
  create: ({ seed, inputs }, world) => {
    const name = text(inputs, "name");
    const taken = world.all(zoneType).some((known) => text(known.inputs, "name") === name);
    refuseUnless(!taken, `[1061] ${name} already exists: import it, or look it up with getZone`);
    return { id: hexId(seed) };
  },
  remove: (self, world) => {
    for (const record of recordTypes.flatMap((type) => world.all(type))) {
      if (text(record.inputs, "zoneId") === self.id) world.remove(record);
    }
    for (const setting of settingsOf(world, self.id)) world.remove(setting);
    return "gone";
  },
  outputs: ({ id, urn, inputs }) => {
    const [first, second] = [id.slice(0, 1), id.slice(1, 2)];
    return {
      nameServers: [`ns${first}.cloudflare.example`, `ns${second}x.cloudflare.example`],
      // A zone made by a program waits for its delegation; one that was there before is in use.
      status: urn === "" ? "active" : "pending",
      type: text(inputs, "type", "full"),
      paused: flag(inputs, "paused", false),
      plan: { id: "free", name: "Free Website", legacyId: "free" },
      owner: { id: text(bag(inputs, "account"), "id"), name: "sandbox", type: "organization" },
      vanityNameServers: [...list(inputs, "vanityNameServers")],
      developmentMode: 0,
      createdOn: epoch,
      modifiedOn: epoch,
      activatedOn: urn === "" ? epoch : "",
      verificationKey: digest(`${id}/verification`).slice(0, 18),
    };
  },
};

const onOff = ["on", "off"];

/** Settings whose values are known; any other id is taken as it is, if it is spelt as the API spells ids. */
const settingValues: Readonly<Record<string, readonly string[]>> = {
  always_online: onOff,
  always_use_https: onOff,
  automatic_https_rewrites: onOff,
  brotli: onOff,
  early_hints: onOff,
  http2: onOff,
  http3: onOff,
  ip_geolocation: onOff,
  ipv6: onOff,
  min_tls_version: ["1.0", "1.1", "1.2", "1.3"],
  opportunistic_encryption: onOff,
  origin_max_http_version: ["1", "2"],
  rocket_loader: onOff,
  security_level: ["off", "essentially_off", "low", "medium", "high", "under_attack"],
  ssl: ["off", "flexible", "full", "strict"],
  tls_1_3: ["on", "off", "zrt"],
  tls_client_auth: onOff,
  websockets: onOff,
};

/** One setting of a zone. Destroying it does nothing: the last value stays. */
export const zoneSetting: Rule = {
  replaces: ["settingId", "zoneId"],
  create: ({ inputs }, world) => {
    world.need(zoneType, inputs["zoneId"] ?? null);
    refuseSetting(inputs);
    return { id: text(inputs, "settingId"), scope: text(inputs, "zoneId") };
  },
  update: ({ self, inputs }) => {
    refuseSetting(inputs);
    return self.facts;
  },
  remove: () => "stays",
  outputs: ({ inputs }) => ({
    editable: true,
    enabled: flag(inputs, "enabled", false),
    modifiedOn: epoch,
    timeRemaining: 0,
  }),
};

/** A certificate of Cloudflare's Origin CA. */
export const originCaCertificate: Rule = {
  replaces: { allBut: [] },
  sets: ["hostnames"],
  check: (inputs) =>
    oneOf(inputs, "requestType", ["origin-rsa", "origin-ecc", "keyless-certificate"]),
  create: ({ seed, inputs }) => {
    refuseUnless(
      text(inputs, "csr").includes("BEGIN CERTIFICATE REQUEST"),
      "[1010] csr is no certificate request in PEM form",
    );
    return { id: String(BigInt(`0x${digest(seed).slice(0, 38)}`)) };
  },
  outputs: ({ id, inputs }) => ({
    certificate: `-----BEGIN CERTIFICATE-----\n${Buffer.from(`sandbox ${id}`).toString("base64")}\n-----END CERTIFICATE-----\n`,
    expiresOn: "2041-01-01T00:00:00Z",
    requestedValidity: number(inputs, "requestedValidity", 5475),
  }),
};

/** Settings of a zone that were ever set. */
export function settingsOf(world: World, zoneId: string): CloudObject[] {
  return world.all(settingType).filter((setting) => text(setting.inputs, "zoneId") === zoneId);
}

function refuseSetting(inputs: Properties): void {
  const id = text(inputs, "settingId");
  refuseUnless(
    /^[a-z0-9_]+$/.test(id),
    `[1007] unknown zone setting ${id}: the API spells ids in snake case, as min_tls_version`,
  );
  const known = settingValues[id];
  const value: Value = inputs["value"] ?? null;
  refuseUnless(
    known === undefined || (typeof value === "string" && known.includes(value)),
    `[1007] Invalid value for zone setting ${id}: must be one of ${known?.map((word) => `"${word}"`).join(", ") ?? ""}`,
  );
}
