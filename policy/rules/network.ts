/** Who can be reached from where. */
import * as z from "zod";

import { Ingress, Service } from "../graph/kinds.ts";
import { describePods, worldOf } from "../graph/objects.ts";
import { undenied } from "../graph/policies.ts";
import { isBare, objectOf, podsOf } from "../kubernetes.ts";
import { unknownText } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";

/** Pods to and from which everything is allowed that no policy speaks of. */
export const everyPodPoliced: StackRule = {
  kind: "stack",
  name: "every-pod-policed",
  level: "mandatory",
  protects:
    "a pod that no network policy selects may call, and be called by, every other pod of the cluster and the internet",
  check: ({ resources }) => {
    const objects = resources.flatMap((resource) => objectOf(resource) ?? []);
    const world = worldOf(objects.filter((object) => !isBare(object)));
    return resources.flatMap((resource) =>
      podsOf(resource)
        .flatMap((pods) =>
          // Policies do not hold in a node's own network: that is pod-security's to tell.
          pods.spec.hostNetwork === true
            ? []
            : undenied(world, pods).map(
                (direction) => `${describePods(pods)} has no policy for its ${direction}`,
              ),
        )
        .map((message) => ({ urn: resource.urn, message })),
    );
  },
};

/**
 * Everything that the internet can reach. Whether a caller is asked who they are cannot be read off
 * an object: each is a finding, and its named exception says who asks, or why anyone may come in.
 */
export const publicExposure: ResourceRule = {
  kind: "resource",
  name: "public-exposure",
  level: "mandatory",
  protects:
    "nothing becomes public by the way: what can be reached from outside is named, with who asks its callers who they are, or why nobody has to",
  check: (resource) => {
    if (resource.type.startsWith("linode:index/objectStorage")) {
      const acl = resource.properties["acl"] ?? "private";
      return acl === "private" ? [] : [`is ${typeof acl === "string" ? acl : "of no known kind"}`];
    }
    const object = objectOf(resource);
    if (object?.kind === "Ingress") {
      const { rules } = Ingress.parse(object).spec;
      return [`answers ${rules.map(({ host }) => host).join(", ")} to whoever asks`];
    }
    if (object?.kind === "Service") {
      const { type } = Service.parse(object).spec;
      return ["LoadBalancer", "NodePort", unknownText].includes(type)
        ? [`is a ${type}, which can be reached from outside the cluster`]
        : [];
    }
    return podsOf(resource).flatMap(({ spec }) => [
      ...(spec.hostNetwork === true ? ["stands in its node's own network"] : []),
      ...spec.containers.flatMap(({ ports = [] }) =>
        ports
          .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
          .map(({ hostPort, protocol }) => `binds ${protocol} ${hostPort ?? 0} of its node`),
      ),
    ]);
  },
};

/** An Ingress that answers in plain text only. */
export const ingressTls: ResourceRule = {
  kind: "resource",
  name: "ingress-tls",
  level: "mandatory",
  protects: "what goes through an Ingress without TLS can be read and changed on its way",
  check: (resource) => {
    const object = objectOf(resource);
    if (object?.kind !== "Ingress") {
      return [];
    }
    const { rules, tls = [] } = Ingress.parse(object).spec;
    const covered = new Set(tls.flatMap(({ hosts }) => hosts));
    return rules
      .filter(({ host }) => !covered.has(host))
      .map(({ host }) => `has no certificate for ${host}`);
  },
};

const Rule = z.looseObject({
  action: z.string(),
  protocol: z.string(),
  label: z.string().default(""),
  ports: z.string().optional(),
  ipv4s: z.array(z.string()).default([]),
  ipv6s: z.array(z.string()).default([]),
});

const LinodeFirewall = z.looseObject({
  inboundPolicy: z.string(),
  inbounds: z.array(Rule).default([]),
});

const anywhere = ["0.0.0.0/0", "::/0"];

/** Ports by which nodes and the cluster itself are run. */
const innerPorts = [22, 2379, 2380, 6443, 10250, 10255, 10256];

/** A firewall that lets in what it does not name, or lets anybody at the nodes themselves. */
export const firewallsClosed: ResourceRule = {
  kind: "resource",
  name: "firewalls-closed",
  level: "mandatory",
  protects:
    "a machine's own doors (SSH, kubelet, API server, etcd) and whatever nobody thought of stay shut to the internet",
  check: ({ type, properties }) => {
    if (type !== "linode:index/firewall:Firewall") {
      return [];
    }
    const { inboundPolicy, inbounds } = LinodeFirewall.parse(properties);
    return [
      ...(inboundPolicy === "DROP" ? [] : [`lets in whatever no rule names (${inboundPolicy})`]),
      ...inbounds
        .filter(
          ({ action, protocol, ipv4s, ipv6s }) =>
            action === "ACCEPT" &&
            (protocol === "TCP" || protocol === "UDP") &&
            [...ipv4s, ...ipv6s].some((block) => anywhere.includes(block)),
        )
        .flatMap(({ label, ports }) => {
          const open = innerPorts.filter((port) => includesPort(ports, port));
          return ports === undefined
            ? [`the rule ${label} opens every port to anybody`]
            : open.map((port) => `the rule ${label} opens port ${port} to anybody`);
        }),
    ];
  },
};

/** Whether a list like `80,443,30000-32767` has a port; without a list all ports are meant. */
function includesPort(ports: string | undefined, port: number): boolean {
  return (ports ?? "1-65535").split(",").some((range) => {
    const [first = "", last = first] = range.trim().split("-");
    return Number(first) <= port && port <= Number(last);
  });
}
