/** Which ports of which nodes are open, from what the stack publishes there. Pure. */
import type { ClusterConfig } from "./cluster.schema.ts";
import type { PlatformFault } from "./fault.ts";
import type { OpenPort } from "./linode.schema.ts";
import { clusterSlots } from "./slots.ts";

/** A port that the world dials on the node of a slot. */
export interface PublishedPort {
  readonly slot: number;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
}

/** A rule as Linode takes it: one text of ports, ranges in CIDR form. */
export interface FirewallRule {
  readonly label: string;
  readonly protocol: "TCP" | "UDP" | "ICMP" | "IPENCAP";
  readonly ports?: string;
  readonly ipv4s: readonly string[];
  readonly ipv6s?: readonly string[];
}

/** A firewall and the nodes behind it. */
export interface FirewallPlan {
  /** `nodes`, or the slot's name. */
  readonly name: string;
  /** Undefined: every node whose slot has no firewall of its own. */
  readonly slot: number | undefined;
  readonly rules: readonly FirewallRule[];
}

/**
 * Limits of Linode's firewalls: rules of both directions together, pieces of `ports` in a rule
 * (facts/clouds-linode-cloudflare-docker.md 3.3).
 */
const firewallLimits = { rules: 25, pieces: 15 } as const;

const everywhere = "0.0.0.0/0";
/** The nodes' own addresses inside a region, and where NodeBalancers' connections come from. */
const nodes = "192.168.128.0/17";
const balancers = "192.168.255.0/24";

/**
 * What a cluster on Linode needs of its nodes: kubelets and kube-proxy's check (10250, 10256), Calico's
 * BGP, Typha and IP-in-IP (179, 5473, IPENCAP), DNS (53), WireGuard (51820), and every NodePort from the
 * balancers. Without the last each LoadBalancer Service is dead, and nothing says why.
 *
 * Source: facts/clouds-linode-cloudflare-docker.md 1.6.
 */
export const clusterRules: readonly FirewallRule[] = [
  { label: "icmp", protocol: "ICMP", ipv4s: [everywhere], ipv6s: ["::/0"] },
  { label: "cluster-tcp", protocol: "TCP", ports: "53,179,5473,10250,10256", ipv4s: [nodes] },
  { label: "cluster-udp", protocol: "UDP", ports: "53,51820", ipv4s: [nodes] },
  { label: "cluster-ipencap", protocol: "IPENCAP", ipv4s: [nodes] },
  { label: "balancers-tcp", protocol: "TCP", ports: "30000-32767", ipv4s: [balancers] },
  { label: "balancers-udp", protocol: "UDP", ports: "30000-32767", ipv4s: [balancers] },
];

/** Ports as the pieces of a rule: neighbours as a range. */
export function portPieces(ports: readonly number[]): string[] {
  const sorted = [...new Set(ports)].sort((left, right) => left - right);
  const runs: [first: number, last: number][] = [];
  for (const port of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === port - 1) {
      run[1] = port;
    } else {
      runs.push([port, port]);
    }
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

/** Rules that open ports to everybody, as many as their pieces need. */
function publicRules(protocol: "TCP" | "UDP", ports: readonly number[]): FirewallRule[] {
  const pieces = portPieces(ports);
  const count = Math.ceil(pieces.length / firewallLimits.pieces);
  return Array.from({ length: count }, (_, index) => ({
    label: `public-${protocol.toLowerCase()}${index === 0 ? "" : `-${index + 1}`}`,
    protocol,
    ports: pieces
      .slice(index * firewallLimits.pieces, (index + 1) * firewallLimits.pieces)
      .join(","),
    ipv4s: [everywhere],
  }));
}

const openRules = (open: readonly OpenPort[]): FirewallRule[] =>
  open.map(({ label, protocol, ports, from }) => ({
    label: `open-${label}`,
    protocol,
    ports,
    ipv4s: from,
  }));

/**
 * One firewall for the nodes on which nothing is published, and one for each slot on which something is.
 *
 * @param published What the stack publishes; slots that no pool has are told elsewhere.
 */
export function firewallPlans(
  cluster: ClusterConfig,
  published: readonly PublishedPort[],
): FirewallPlan[] {
  const { linode } = cluster;
  if (linode?.firewalls !== "made") {
    return [];
  }
  const rules = [...clusterRules, ...openRules(linode.alsoOpen)];
  const slots = clusterSlots(cluster).flatMap(({ slot }) => {
    const own = published.filter((one) => one.slot === slot);
    const of = (protocol: "TCP" | "UDP") =>
      publicRules(
        protocol,
        own.filter((one) => one.protocol === protocol).map(({ port }) => port),
      );
    return own.length === 0
      ? []
      : [{ name: `slot-${slot}`, slot, rules: [...rules, ...of("TCP"), ...of("UDP")] }];
  });
  return [{ name: "nodes", slot: undefined, rules }, ...slots];
}

/** More rules than a firewall takes. Live, the API refuses them after everything else has been made. */
export function firewallFaults(plans: readonly FirewallPlan[]): PlatformFault[] {
  // All have what is opened everywhere: one fault for all, told of the fullest.
  const [fullest] = [...plans].sort((left, right) => right.rules.length - left.rules.length);
  return fullest === undefined || fullest.rules.length <= firewallLimits.rules
    ? []
    : [
        {
          path: ["cluster", "linode", "alsoOpen"],
          message: `firewall ${fullest.name} would have ${fullest.rules.length} rules, and Linode takes ${firewallLimits.rules}: put ports with the same "from" into one entry`,
        },
      ];
}
