/** Who can be reached from where. */
import * as z from "zod";

import { readIngress, readService } from "../graph/kinds.ts";
import { allContainers, describePods, worldOf } from "../graph/objects.ts";
import { undenied } from "../graph/policies.ts";
import { isBare, objectOf, podsOf } from "../kubernetes.ts";
import { type Resource, unknownText } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";
import { textsOf } from "../texts.ts";

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

const Addresses = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

/** Google's names for whoever asks: cloud.google.com/iam/docs/principals-overview. */
const anybody = ["allUsers", "allAuthenticatedUsers"];

/** Lists of rights by one word, at Google's storage: cloud.google.com/storage/docs/access-control/lists, predefined ACLs. */
const openList = /^(public|authenticatedRead)/;

/** Of these those to whom something of Google's gives its rights: alone, in a list, or in a policy that is written in JSON. */
function everybody(properties: Resource["properties"]): string[] {
  const named = textsOf(properties).flatMap(({ text }) => text.match(/\ball\w*Users\b/g) ?? []);
  const open = [properties["predefinedAcl"], properties["defaultAcl"]].some(
    (acl) => typeof acl === "string" && openList.test(acl),
  );
  return [...anybody.filter((who) => named.includes(who)), ...(open ? ["whoever asks"] : [])];
}

/**
 * Kinds by which something is reached from outside, in place of an Ingress or beside it: of the Gateway API, of Traefik and
 * of F5's controller.
 */
const doors =
  /^(gateway\.networking\.k8s\.io\/\w+ (Gateway|\w+Route)|traefik\.(io|containo\.us)\/\w+ IngressRoute(TCP|UDP)?|k8s\.nginx\.org\/\w+ (VirtualServer(Route)?|TransportServer))$/;

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
    if (resource.type.startsWith("gcp:")) {
      return everybody(resource.properties).map((who) => `gives its rights to ${who}`);
    }
    const object = objectOf(resource);
    if (object?.kind === "Ingress") {
      const { rules } = readIngress(object).spec;
      return [`answers ${rules.map(({ host }) => host).join(", ")} to whoever asks`];
    }
    if (object !== undefined && doors.test(`${object.apiVersion} ${object.kind}`)) {
      return [`is a ${object.kind}, which answers to whoever asks`];
    }
    if (object?.kind === "Service") {
      const { externalIPs, type } = readService(object).spec;
      const own = Addresses.parse(externalIPs);
      return [
        ...(["LoadBalancer", "NodePort", unknownText].includes(type)
          ? [`is a ${type}, which can be reached from outside the cluster`]
          : []),
        ...(own.length > 0 ? [`answers at ${own.join(", ")}, wherever a node has that`] : []),
      ];
    }
    return podsOf(resource).flatMap(({ spec }) => [
      ...(spec.hostNetwork === true ? ["stands in its node's own network"] : []),
      // Those of init containers, too: Cilium opens them as it opens all others (its pkg/loadbalancer/reflectors/k8s.go).
      ...allContainers(spec).flatMap(({ ports = [] }) =>
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
    const { rules, tls = [] } = readIngress(object).spec;
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

const GoogleFirewall = z.looseObject({
  direction: z.string().default("INGRESS"),
  disabled: z.boolean().default(false),
  allows: z
    .array(z.looseObject({ protocol: z.string(), ports: z.array(z.string()).optional() }))
    .default([]),
  sourceRanges: z.array(z.string()).default([]),
  sourceTags: z.array(z.string()).default([]),
  sourceServiceAccounts: z.array(z.string()).default([]),
  targetTags: z.array(z.string()).default([]),
  targetServiceAccounts: z.array(z.string()).default([]),
});

/** Whether a range is as good as everywhere: none so large was ever given to anybody, fc00::/7 being everybody's own. */
const isAnywhere = (range: string): boolean => /^[\d.]+\/[0-7]$|:\/[0-6]$/.test(range);

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
    switch (type) {
      case "linode:index/firewall:Firewall":
        return linodeFaults(LinodeFirewall.parse(properties));
      case "gcp:compute/firewall:Firewall":
        return googleFaults(GoogleFirewall.parse(properties));
      default:
        return [];
    }
  },
};

function linodeFaults({ inboundPolicy, inbounds }: z.infer<typeof LinodeFirewall>): string[] {
  return [
    ...(inboundPolicy === "DROP" ? [] : [`lets in whatever no rule names (${inboundPolicy})`]),
    ...inbounds
      .filter(
        ({ action, protocol, ipv4s, ipv6s }) =>
          action === "ACCEPT" &&
          (protocol === "TCP" || protocol === "UDP") &&
          [...ipv4s, ...ipv6s].some(isAnywhere),
      )
      .flatMap(({ label, ports }) => openFaults(`the rule ${label}`, ports)),
  ];
}

/** Protocols in which something answers at a port, by name and by number. */
const withPorts = ["tcp", "udp", "sctp", "all", "6", "17", "132"];

/** A rule of a network that is shut to the world by itself. */
function googleFaults({
  allows,
  direction,
  sourceRanges,
  sourceTags,
  sourceServiceAccounts,
  targetTags,
  targetServiceAccounts,
  disabled,
}: z.infer<typeof GoogleFirewall>): string[] {
  if (disabled || direction !== "INGRESS" || allows.length === 0) {
    return [];
  }
  // Of a rule that names no source Google makes one for all: compute's API, firewalls, `sourceRanges`.
  const sources = [...sourceRanges, ...sourceTags, ...sourceServiceAccounts];
  const isPublic = sources.length === 0 || sourceRanges.some(isAnywhere);
  return [
    ...(targetTags.length + targetServiceAccounts.length > 0
      ? []
      : ["opens every machine of the network, also those of others: it names no target"]),
    ...(isPublic
      ? allows
          .filter(({ protocol }) => withPorts.includes(protocol.toLowerCase()))
          .flatMap(({ protocol, ports }) => openFaults(protocol, ports?.join(",")))
      : []),
  ];
}

function openFaults(what: string, ports = ""): string[] {
  // A list of none narrows nothing.
  return ports === ""
    ? [`${what} opens every port to anybody`]
    : innerPorts
        .filter((port) => includesPort(ports, port))
        .map((port) => `${what} opens port ${port} to anybody`);
}

/** Whether a list like `80,443,30000-32767` has a port. */
function includesPort(ports: string, port: number): boolean {
  return ports.split(",").some((range) => {
    const [first = "", last = first] = range.split("-");
    return Number(first) <= port && port <= Number(last);
  });
}
