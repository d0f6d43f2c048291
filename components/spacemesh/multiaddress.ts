/** Addresses of peers, as libp2p writes them: `/ip4/192.0.2.1/tcp/5002/p2p/12D3KooW…`. */
import * as z from "zod";

/** Address of a peer: where it is dialled, and who must answer. */
export interface PeerAddress {
  /** IPv4 address or DNS name of the node. */
  readonly host: string;
  readonly port: number;
  readonly peerId: string;
}

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** A peer's address. A name is resolved by whoever dials, so that it may follow its node. */
export function multiaddress({ host, port, peerId }: PeerAddress): string {
  const protocol = ipv4.test(host) ? "ip4" : "dns4";
  return `/${protocol}/${host}/tcp/${port}/p2p/${peerId}`;
}

/** Address that a node listens on. */
export const listenAddress = (port: number): string => `/ip4/0.0.0.0/tcp/${port}`;

const shape =
  /^\/(?:ip4\/(?<ip>\d{1,3}(?:\.\d{1,3}){3})|(?:dns4|dns)\/(?<name>[a-z0-9]([-a-z0-9.]*[a-z0-9])?))\/tcp\/(?<port>\d{1,5})\/p2p\/(?<id>12D3KooW[1-9A-HJ-NP-Za-km-z]{44}|Qm[1-9A-HJ-NP-Za-km-z]{44})$/;

/** Takes a peer's address apart; undefined where the text is none. */
export function readMultiaddress(text: string): PeerAddress | undefined {
  const groups = shape.exec(text)?.groups;
  const host = groups?.["ip"] ?? groups?.["name"];
  const port = Number(groups?.["port"]);
  const isFaulty =
    groups?.["ip"] !== undefined && groups["ip"].split(".").some((part) => Number(part) > 255);
  const peerId = groups?.["id"];
  return host === undefined || peerId === undefined || isFaulty || port < 1 || port > 65_535
    ? undefined
    : { host, port, peerId };
}

/** Address of a peer of another network, as a stack file has it. */
export const Multiaddress = z
  .string()
  .refine(
    (text) => readMultiaddress(text) !== undefined,
    "must be a peer's address, e.g. /ip4/192.0.2.1/tcp/5002/p2p/12D3KooW…",
  );
