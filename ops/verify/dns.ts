/** Names: that each record says in the world what the stack says, and that name servers know their zones. */
import { lookup, Resolver } from "node:dns/promises";

import type { ZoneRecord } from "../records.ts";
import { type Address, type Finding, type Network } from "./probe.ts";
import { probeTcp } from "./tcp.ts";

/** Records of one name and type, which are one answer. */
export interface RecordSet {
  readonly host: string;
  readonly type: string;
  readonly contents: readonly string[];
  /** IPv4 addresses of a name that the stack gives no IPv6 address. */
  readonly ipv4Only?: boolean;
  /** A proxy stands before what they lead to: the world is told its addresses. */
  readonly proxied?: boolean;
}

/** Records by name and type, in the order of the stack. */
export function recordSets(records: readonly ZoneRecord[]): readonly RecordSet[] {
  const ipv6 = new Set(records.flatMap(({ host, type }) => (type === "AAAA" ? [host] : [])));
  return [...Map.groupBy(records, ({ host, type }) => `${host} ${type}`).values()].flatMap(
    (set) => {
      const [first] = set;
      return first === undefined
        ? []
        : [
            {
              host: first.host,
              type: first.type,
              contents: [...new Set(set.map(({ content }) => content))].sort(),
              ipv4Only: first.type === "A" && !ipv6.has(first.host),
              proxied: set.some(({ proxied }) => proxied),
            },
          ];
    },
  );
}

/** Asks for a name and compares. */
export async function probeRecords(set: RecordSet, network: Network): Promise<Finding> {
  const { host, type, contents, ipv4Only = false } = set;
  if (set.proxied === true) {
    return probeProxied(set, network);
  }
  let found: readonly string[] | undefined;
  let strays: readonly string[];
  try {
    const resolver = resolverOf(network, network.nameServers);
    found = await answersOf(resolver, host, type);
    strays = ipv4Only ? await ipv6Of(resolver, host) : [];
  } catch (error) {
    return lookUpFault(error);
  }
  if (found === undefined) {
    return { result: "unsure", detail: `records of type ${type} are not looked at` };
  }
  const missing = contents.filter((content) => !found.includes(content));
  const more = [...found.filter((content) => !contents.includes(content)), ...strays];
  return missing.length === 0 && more.length === 0
    ? { result: "ok", detail: found.join(", ") }
    : {
        result: "fault",
        detail: [
          ...(missing.length === 0 ? [] : [`does not lead to ${missing.join(", ")}`]),
          ...(more.length === 0
            ? []
            : [`leads to ${more.join(", ")}, which the stack does not say`]),
        ].join("; "),
      };
}

/** What a proxy stands before has the proxy's addresses, whatever the record's type; whose own they are nobody can tell. */
async function probeProxied({ host, contents }: RecordSet, network: Network): Promise<Finding> {
  try {
    const found = await resolverOf(network, network.nameServers).resolve4(host);
    const open = found.filter((address) => contents.includes(address));
    return open.length === 0
      ? { result: "ok", detail: `by a proxy: ${found.join(", ")}` }
      : {
          result: "fault",
          detail: `leads to ${open.join(", ")} itself: the proxy that the stack says does not stand before it`,
        };
  } catch (error) {
    return lookUpFault(error);
  }
}

/**
 * IPv6 addresses of a name. A record left over from before takes every visitor who has IPv6, and nobody
 * with IPv4 alone sees it. Those of DNS64 (RFC 6052 2.1) are made up by a resolver on the way.
 */
async function ipv6Of(resolver: Resolver, host: string): Promise<readonly string[]> {
  const found = await resolver.resolve6(host).catch((): string[] => []);
  return found.filter((address) => !address.startsWith("64:ff9b::"));
}

function resolverOf({ timeoutMilliseconds }: Network, servers?: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMilliseconds / 2), tries: 2 });
  if (servers !== undefined) {
    resolver.setServers(servers);
  }
  return resolver;
}

async function answersOf(
  resolver: Resolver,
  host: string,
  type: string,
): Promise<readonly string[] | undefined> {
  switch (type) {
    case "A":
      return resolver.resolve4(host);
    case "AAAA":
      return resolver.resolve6(host);
    case "CNAME":
      return lowered(await resolver.resolveCname(host));
    case "NS":
      return lowered(await resolver.resolveNs(host));
    case "TXT":
      // A record longer than 255 characters comes in pieces.
      return (await resolver.resolveTxt(host)).map((pieces) => `"${pieces.join("")}"`);
    case "MX":
      return (await resolver.resolveMx(host)).map(
        ({ priority, exchange }) => `${priority} ${exchange.toLowerCase()}`,
      );
    default:
      return undefined;
  }
}

const lowered = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());

/** What resolvers call it when there is nothing, and when nobody tells. */
function lookUpFault(error: unknown): Finding {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  switch (code) {
    case "ENOTFOUND":
      return { result: "fault", detail: "the name does not exist" };
    case "ENODATA":
      return { result: "fault", detail: "the name has no record of this type" };
    case "ETIMEOUT":
      return { result: "fault", detail: "the name server does not answer" };
    case "EREFUSED":
      return { result: "fault", detail: "the name server refuses: it does not have the zone" };
    case "ESERVFAIL":
      return { result: "fault", detail: "the name server has a fault of its own (SERVFAIL)" };
    default:
      return { result: "fault", detail: `the name server answers ${code}` };
  }
}

/**
 * Asks one name server for the zone that it must have: `dns://server/zone`. It must take TCP, too, by which
 * resolvers ask again where an answer is long, or was cut short against floods (RFC 7766).
 */
export async function probeNameServer(
  { host, port = 0, path }: Address,
  network: Network,
): Promise<Finding> {
  const zone = path.replace(/^\//, "").replace(/\?.*$/, "");
  try {
    const to = network.at(host, port);
    const { address, family } = await lookup(to.host);
    const server = family === 6 ? `[${address}]:${to.port}` : `${address}:${to.port}`;
    const { serial } = await resolverOf(network, [server]).resolveSoa(zone);
    const tcp = await probeTcp({ scheme: "tcp", host, port, path: "" }, network);
    return tcp.result === "ok"
      ? { result: "ok", detail: `has ${zone}, serial ${serial}` }
      : { result: "fault", detail: `has ${zone}, serial ${serial}, but over TCP: ${tcp.detail}` };
  } catch (error) {
    return lookUpFault(error);
  }
}
