/** NodeBalancers: facts/clouds-linode-cloudflare-docker.md 2.1. */
import { asText, digest } from "../../values.ts";
import type { CloudObject, World } from "../../world.ts";
import {
  epoch,
  flag,
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
import { firewallType, balancerType, configType, backendType } from "./types.ts";

/** A balancer. */
export const nodeBalancer: Rule = {
  replaces: ["region", "firewallId"],
  sets: ["tags"],
  check: (inputs) => [
    ...unless(
      given(inputs, "region"),
      "region",
      "must be given: left out, Linode silently puts the balancer into us-east",
    ),
    ...matching(
      inputs,
      "label",
      /^[A-Za-z0-9_-]{3,32}$/,
      "must be 3 to 32 letters, digits, '-' or '_'",
    ),
    ...within(inputs, "clientConnThrottle", 0, 20),
    ...within(inputs, "clientUdpSessThrottle", 0, 20),
  ],
  create: ({ seed, inputs }, world) => {
    const label = text(inputs, "label");
    const taken = world.all(balancerType).some((known) => text(known.inputs, "label") === label);
    refuseUnless(
      label === "" || !taken,
      `[400] [label] Label must be unique among your NodeBalancers: there is one ${label}`,
    );
    if (given(inputs, "firewallId")) world.need(firewallType, inputs["firewallId"] ?? null);
    return { id: world.decimalId(seed), facts: { ipv4: world.address("linode", seed) } };
  },
  remove: (self, world) => {
    for (const port of partsOf(world, configType, self.id)) world.remove(port);
    for (const backend of partsOf(world, backendType, self.id)) world.remove(backend);
    return "gone";
  },
  outputs: ({ id, inputs, facts }) => {
    const ipv4 = String(facts["ipv4"]);
    const region = text(inputs, "region");
    return {
      ipv4,
      ipv6: `2001:db8:1:${digest(id)
        .slice(0, 4)
        .replace(/^0+(?=.)/, "")}::1`,
      hostname: `${ipv4.replaceAll(".", "-")}.ip.${region}.nodebalancer.linode.com`,
      label: text(inputs, "label", `nodebalancer${id}`),
      clientConnThrottle: number(inputs, "clientConnThrottle", 0),
      clientUdpSessThrottle: number(inputs, "clientUdpSessThrottle", 0),
      tags: [...list(inputs, "tags")],
      firewalls: [],
      transfers: [{ in: 0, out: 0, total: 0 }],
      created: epoch,
      updated: epoch,
    };
  },
};

/** A port of a balancer. */
export const nodeBalancerConfig: Rule = {
  replaces: ["nodebalancerId"],
  check: (inputs) => {
    const protocol = text(inputs, "protocol", "http");
    return [
      ...oneOf(inputs, "protocol", ["http", "https", "tcp"]),
      ...oneOf(inputs, "proxyProtocol", ["none", "v1", "v2"]),
      ...oneOf(inputs, "algorithm", ["roundrobin", "leastconn", "source"]),
      ...oneOf(inputs, "stickiness", ["none", "table", "http_cookie"]),
      ...oneOf(inputs, "check", ["none", "connection", "http", "http_body"]),
      ...within(inputs, "port", 1, 65_535),
      ...unless(
        protocol === "tcp" || text(inputs, "proxyProtocol", "none") === "none",
        "proxyProtocol",
        "needs protocol tcp (the default is http)",
      ),
      ...["sslCert", "sslKey"].flatMap((part) =>
        unless(protocol !== "https" || given(inputs, part), part, "is required for https"),
      ),
    ];
  },
  create: ({ seed, inputs }, world) => {
    const balancer = world.need(balancerType, inputs["nodebalancerId"] ?? null);
    const port = number(inputs, "port", 80);
    const taken = partsOf(world, configType, balancer.id).some(
      (known) => number(known.inputs, "port", 80) === port,
    );
    refuseUnless(!taken, `[400] [port] port ${port} is already configured on this NodeBalancer`);
    return { id: world.decimalId(seed) };
  },
  remove: (self, world) => {
    for (const backend of world.all(backendType)) {
      if (asText(backend.inputs["configId"]) === self.id) world.remove(backend);
    }
    return "gone";
  },
  outputs: ({ id, inputs }, world) => {
    const backends = world
      .all(backendType)
      .filter((backend) => asText(backend.inputs["configId"]) === id).length;
    return {
      port: number(inputs, "port", 80),
      protocol: text(inputs, "protocol", "http"),
      proxyProtocol: text(inputs, "proxyProtocol", "none"),
      algorithm: text(inputs, "algorithm", "roundrobin"),
      stickiness: text(inputs, "stickiness", "none"),
      check: text(inputs, "check", "none"),
      checkInterval: number(inputs, "checkInterval", 5),
      checkTimeout: number(inputs, "checkTimeout", 3),
      checkAttempts: number(inputs, "checkAttempts", 2),
      checkPassive: flag(inputs, "checkPassive", true),
      checkPath: text(inputs, "checkPath"),
      checkBody: text(inputs, "checkBody"),
      cipherSuite: text(inputs, "cipherSuite", "recommended"),
      udpCheckPort: number(inputs, "udpCheckPort", 80),
      nodeStatuses: [{ up: backends, down: 0, statusUp: backends, statusDown: 0 }],
    };
  },
};

/** A backend of a port. */
export const nodeBalancerNode: Rule = {
  replaces: ["nodebalancerId", "configId"],
  check: (inputs) => [
    ...matching(
      inputs,
      "address",
      /^192\.168\.\d{1,3}\.\d{1,3}:\d{1,5}$/,
      "must be a private address of the region and a port, as 192.168.128.7:80",
    ),
    ...oneOf(inputs, "mode", ["accept", "reject", "drain", "backup"]),
    ...within(inputs, "weight", 1, 255),
  ],
  create: ({ seed, inputs }, world) => {
    world.need(balancerType, inputs["nodebalancerId"] ?? null);
    world.need(configType, inputs["configId"] ?? null);
    return { id: world.decimalId(seed) };
  },
  outputs: ({ inputs }) => ({
    mode: text(inputs, "mode", "accept"),
    weight: number(inputs, "weight", 100),
    status: "UP",
  }),
};

function partsOf(world: World, type: string, balancerId: string): CloudObject[] {
  return world.all(type).filter((part) => asText(part.inputs["nodebalancerId"]) === balancerId);
}
