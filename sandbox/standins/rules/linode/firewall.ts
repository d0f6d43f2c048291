/** Linode cloud firewalls: facts/clouds-linode-cloudflare-docker.md 3.3. */
import { isIPv4, isIPv6 } from "node:net";
import type { Fault } from "../../check.ts";
import { asText, isList, isUnknown } from "../../values.ts";
import type { Properties, Value } from "../../values.ts";
import type { CloudObject, World } from "../../world.ts";
import {
  bags,
  epoch,
  flag,
  given,
  list,
  matching,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import { isNodeMachine } from "./machines.ts";
import { firewallType, deviceType, balancerType, instanceType } from "./types.ts";

/** Limits of the product: rules of both directions together, addresses of a rule, pieces of `ports`. */
const limits = { rules: 25, addresses: 255, portPieces: 15 };

/** Labels of firewalls and of their rules. */
const labelPattern = /^[A-Za-z0-9](?:[A-Za-z0-9]|[-_.](?![-_.])){1,30}[A-Za-z0-9]$/;
const labelReason =
  "must be 3 to 32 letters, digits, '-', '_' or '.', with a letter or digit at both ends";

/** A firewall and its rules. */
export const firewall: Rule = {
  replaces: [],
  sets: ["tags", "linodes", "nodebalancers", "inbounds.*.ipv4s", "inbounds.*.ipv6s"],
  check: (inputs) => [
    ...matching(inputs, "label", labelPattern, labelReason),
    ...oneOf(inputs, "inboundPolicy", ["ACCEPT", "DROP"]),
    ...oneOf(inputs, "outboundPolicy", ["ACCEPT", "DROP"]),
    ...["inbounds", "outbounds"].flatMap((side) =>
      bags(inputs, side).flatMap((rule, index) => ruleFaults(rule, `${side}[${index}]`)),
    ),
  ],
  create: ({ seed, inputs }, world) => {
    refuseRules(inputs);
    refuseLabel(world, text(inputs, "label"), "");
    refuseEntities(world, inputs, "");
    return { id: world.decimalId(seed) };
  },
  update: ({ self, inputs }, world) => {
    refuseRules(inputs);
    refuseLabel(world, text(inputs, "label"), self.id);
    refuseEntities(world, inputs, self.id);
    return self.facts;
  },
  remove: (self, world) => {
    for (const device of devicesOf(world, self.id)) world.remove(device);
    return "gone";
  },
  outputs: (self, world) => {
    const attached = (kind: string): Value[] => {
      const own = list(self.inputs, kind === "linode" ? "linodes" : "nodebalancers");
      const devices = devicesOf(world, self.id).filter(
        (device) => entityType(device.inputs) === kind,
      );
      return [...new Set([...own, ...devices.map((device) => device.inputs["entityId"] ?? null)])];
    };
    const [linodes, nodebalancers] = [attached("linode"), attached("nodebalancer")];
    const device = (type: string) => (entityId: Value) => ({
      id: Number(entityId),
      entityId,
      type,
      label: `${type}${asText(entityId)}`,
      url: `/v4/${type}/instances/${asText(entityId)}`,
    });
    return {
      disabled: flag(self.inputs, "disabled", false),
      status: flag(self.inputs, "disabled", false) ? "disabled" : "enabled",
      linodes,
      nodebalancers,
      devices: [...linodes.map(device("linode")), ...nodebalancers.map(device("nodebalancer"))],
      tags: [...list(self.inputs, "tags")],
      created: epoch,
      updated: epoch,
    };
  },
};

/** A firewall attached to a machine or a balancer. */
export const firewallDevice: Rule = {
  replaces: ["firewallId", "entityId", "entityType"],
  check: (inputs) => oneOf(inputs, "entityType", ["linode", "nodebalancer"]),
  create: ({ seed, inputs }, world) => {
    world.need(firewallType, inputs["firewallId"] ?? null);
    refuseEntity(
      world,
      entityType(inputs),
      inputs["entityId"] ?? null,
      asText(inputs["firewallId"]),
    );
    return { id: world.decimalId(seed) };
  },
  outputs: ({ inputs }) => ({ entityType: entityType(inputs), created: epoch, updated: epoch }),
};

function entityType(inputs: Properties): string {
  return text(inputs, "entityType", "linode");
}

function devicesOf(world: World, firewallId: string): CloudObject[] {
  return world
    .all(deviceType)
    .filter((device) => asText(device.inputs["firewallId"]) === firewallId);
}

function ruleFaults(rule: Properties, path: string): Fault[] {
  const at = (faults: Fault[]): Fault[] =>
    faults.map((fault) => ({ ...fault, path: `${path}.${fault.path}` }));
  const portless = ["ICMP", "IPENCAP"].includes(text(rule, "protocol"));
  return at([
    ...matching(rule, "label", labelPattern, labelReason),
    ...oneOf(rule, "action", ["ACCEPT", "DROP"]),
    ...oneOf(rule, "protocol", ["TCP", "UDP", "ICMP", "IPENCAP"]),
    ...unless(!portless || !given(rule, "ports"), "ports", "must be left out for ICMP and IPENCAP"),
    ...matching(
      rule,
      "ports",
      /^\d+(-\d+)?(, ?\d+(-\d+)?)*$/,
      'must be one text of ports and ranges, as "80-90, 443"',
    ),
    ...addressFaults(rule, "ipv4s", isIPv4, "192.0.2.0/24"),
    ...addressFaults(rule, "ipv6s", isIPv6, "2001:db8::/32"),
  ]);
}

function addressFaults(
  rule: Properties,
  name: string,
  isAddress: (text: string) => boolean,
  example: string,
): Fault[] {
  const addresses = rule[name];
  if (!isList(addresses)) return [];
  if (addresses.length === 0) {
    return [{ path: name, reason: "must not be an empty list: leave it out" }];
  }
  return addresses.flatMap((address, index) => {
    if (typeof address !== "string" || isUnknown(address)) return [];
    const [host = "", bits] = address.split("/");
    const fits = isAddress(host) && bits !== undefined && /^\d{1,3}$/.test(bits);
    return unless(fits, `${name}[${index}]`, `must be in CIDR form, as ${example}`);
  });
}

function refuseRules(inputs: Properties): void {
  const rules = [...bags(inputs, "inbounds"), ...bags(inputs, "outbounds")];
  refuseUnless(
    rules.length <= limits.rules,
    `[400] [rules] ${rules.length} rules: a firewall takes ${limits.rules}, both directions together`,
  );
  for (const rule of rules) {
    const name = text(rule, "label");
    const addresses = list(rule, "ipv4s").length + list(rule, "ipv6s").length;
    refuseUnless(
      addresses <= limits.addresses,
      `[400] [rules] ${name}: ${addresses} addresses, at most ${limits.addresses}`,
    );
    const pieces = text(rule, "ports").split(",").length;
    refuseUnless(
      pieces <= limits.portPieces,
      `[400] [rules] ${name}: ${pieces} pieces of ports, at most ${limits.portPieces}`,
    );
  }
}

function refuseLabel(world: World, label: string, self: string): void {
  const taken = world
    .all(firewallType)
    .some((known) => known.id !== self && text(known.inputs, "label") === label);
  refuseUnless(!taken, `[400] [label] Label must be unique: there is a firewall ${label}`);
}

function refuseEntities(world: World, inputs: Properties, self: string): void {
  if (flag(inputs, "disabled", false)) return;
  for (const id of list(inputs, "linodes")) refuseEntity(world, "linode", id, self);
  for (const id of list(inputs, "nodebalancers")) refuseEntity(world, "nodebalancer", id, self);
}

/** The thing must be there, and one enabled firewall is all it takes. */
function refuseEntity(world: World, kind: string, id: Value, self: string): void {
  const machine = kind === "linode";
  if (!machine || !isNodeMachine(id)) world.need(machine ? instanceType : balancerType, id);
  const guards = world.all(firewallType).filter((known) => {
    if (known.id === self || flag(known.inputs, "disabled", false)) return false;
    const own = list(known.inputs, machine ? "linodes" : "nodebalancers");
    const devices = devicesOf(world, known.id).filter(
      (device) => entityType(device.inputs) === kind,
    );
    return [...own, ...devices.map((device) => device.inputs["entityId"])].includes(id);
  });
  const [guard] = guards;
  refuseUnless(
    guard === undefined,
    `[400] ${kind} ${asText(id)} already has the firewall ${guard?.id ?? ""}: one is all it takes`,
  );
}
