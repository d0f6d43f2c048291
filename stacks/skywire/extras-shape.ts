/** What follows from a stack's extras: their hosts, namespaces and calls. Pure. */
import { type Flow, type FlowPort, type Peer, tcp, udp } from "../../components/base/flows.ts";
import { postgresEnd, postgresFlows } from "../../components/data/flows.ts";
import { entryFlows } from "../../components/platform/controller-shape.ts";
import { coturnStunServers } from "../../components/skywire/coturn.schema.ts";
import { ipServiceHost } from "../../components/skywire/hosts.ts";
import { authPorts, geoipPort, stunPorts, whitelistPorts } from "../../components/skywire/ports.ts";
import { publishedStunServers } from "../../components/skywire/stun.schema.ts";
import type { SkywireExtras } from "./extras.schema.ts";
import type { SkywireStack } from "./schema.ts";

/** Name of an extra. */
export type Extra = Exclude<keyof SkywireExtras, "metrics">;

/** Names of workloads that stand in flows. */
export const extraNames = {
  geoip: "geoip",
  auth: "auth",
  whitelist: "whitelist",
  postgres: "whitelist-postgres",
} as const;

/** A public host of an extra. */
export interface ExtraHost {
  readonly name: "geoip" | "auth" | "whitelist";
  readonly host: string;
  /** Its place in the config. */
  readonly path: readonly string[];
  /** Path that answers 200 while all is well, where there is one. */
  readonly check?: string;
}

/** The public hosts of the extras that the stack has. */
export function extraHosts({ extras }: Pick<SkywireStack, "extras">): ExtraHost[] {
  const { geoip, whitelist } = extras;
  return [
    ...(geoip === undefined
      ? []
      : [{ name: "geoip", host: ipServiceHost, path: ["extras", "geoip"], check: "/" } as const]),
    ...(whitelist === undefined
      ? []
      : (["auth", "whitelist"] as const).map((name) => ({
          name,
          host: whitelist[name].host,
          path: ["extras", "whitelist", name, "host"],
        }))),
  ];
}

/** Namespaces of the extras that the stack has. */
export const extraNamespaces = ({
  extras,
}: Pick<SkywireStack, "extras">): (readonly [extra: Extra, namespace: string])[] =>
  Object.entries(extras).flatMap(([extra, config]) =>
    config === undefined ? [] : [[extra as Extra, config.namespace] as const],
  );

/** STUN servers that visors are told: the stack's own, where it has such. */
export const stunServersOf = ({
  extras,
  stunServers,
}: Pick<SkywireStack, "extras" | "stunServers">): readonly string[] =>
  stunServers ??
  (extras.coturn === undefined ? publishedStunServers : coturnStunServers(extras.coturn));

const workload = (name: string, namespace: string): Peer => ({ kind: "workload", name, namespace });

const internet: Peer = { kind: "internet" };

const coturnListening = stunPorts.flatMap((port) => [udp(port), tcp(port)]);

/** The IP service as an end of flows, where it runs in the stack. */
export const ipServicePeer = ({ extras }: Pick<SkywireStack, "extras">): Peer | undefined =>
  extras.geoip && workload(extraNames.geoip, extras.geoip.namespace);

/** Ports that coturn holds on the nodes of its slots, past every balancer: what a firewall must let in. */
export const coturnNodePorts = ({
  extras: { coturn },
}: Pick<SkywireStack, "extras">): { readonly slot: number; readonly ports: FlowPort[] }[] =>
  Object.values(coturn?.members ?? {}).map(({ slot }) => ({
    slot,
    ports: coturnListening,
  }));

/** Calls to what stands behind a public host. */
const hostFlows = (stack: SkywireStack, name: ExtraHost["name"], to: Peer, port: number): Flow[] =>
  extraHosts(stack)
    .filter((one) => one.name === name)
    .flatMap(({ host }) => entryFlows(stack.ingress, host, to, port));

function geoipFlows(stack: SkywireStack): Flow[] {
  const service = ipServicePeer(stack);
  return service === undefined
    ? []
    : [
        ...hostFlows(stack, "geoip", service, geoipPort),
        // The database, from MaxMind.
        { from: service, to: internet, ports: [tcp(443)] },
      ];
}

function botFlows({ extras: { utilities } }: SkywireStack): Flow[] {
  return Object.keys(utilities?.bots ?? {}).map((name) => ({
    from: workload(name, utilities?.namespace ?? ""),
    to: internet,
    // Telegram, and whatever it tells of.
    ports: [tcp(443)],
  }));
}

/** Port of a URL. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

function whitelistFlows(stack: SkywireStack): Flow[] {
  const config = stack.extras.whitelist;
  if (config === undefined) {
    return [];
  }
  const { namespace, postgres, whitelist } = config;
  const auth = workload(extraNames.auth, namespace);
  const miners = workload(extraNames.whitelist, namespace);
  const store = postgresEnd(extraNames.postgres, postgres, namespace);
  const outside = [...new Set([443, portOf(whitelist.uptimeService)])].map(tcp);
  return [
    ...hostFlows(stack, "auth", auth, authPorts.http),
    ...hostFlows(stack, "whitelist", miners, whitelistPorts.http),
    // Their RPC asks nobody who calls: each is called by the other alone (facts/skywire.md 4.16).
    { from: auth, to: miners, ports: [tcp(whitelistPorts.rpc)] },
    { from: miners, to: auth, ports: [tcp(authPorts.rpc)] },
    ...[auth, miners].map((from) => ({ from, to: store.peer, ports: [tcp(store.port)] })),
    // Mails; and pictures, orders and uptimes.
    { from: auth, to: internet, ports: [tcp(443)] },
    { from: miners, to: internet, ports: outside },
    ...postgresFlows(extraNames.postgres, postgres, namespace),
  ];
}

/** Said for whoever applies policies to the node's network, too: most plug-ins do not. */
function coturnFlows({ extras: { coturn } }: SkywireStack): Flow[] {
  return Object.keys(coturn?.members ?? {}).flatMap((name) => {
    const member = workload(name, coturn?.namespace ?? "");
    return [
      { from: internet, to: member, ports: coturnListening },
      // Peers are on whatever port they have.
      { from: member, to: internet, ports: [] },
    ];
  });
}

/** Calls of the extras. */
export const extraFlows = (stack: SkywireStack): Flow[] => [
  ...geoipFlows(stack),
  ...botFlows(stack),
  ...whitelistFlows(stack),
  ...coturnFlows(stack),
];
