/**
 * Config file of a coturn, and the check of its health. Pure.
 *
 * The words are those of coturn 4.6 to 4.17. A word that a version does not know it warns of and
 * leaves out: `rfc5780` is the default of 4.6 and must be said since 4.7.
 */
import { privateRanges } from "../base/flows.ts";
import type { ContainerPort } from "../workload/types.ts";
import { stunPorts } from "./ports.ts";

const [listening, alternate] = stunPorts;

/** The ports it listens on, on the node itself. */
export const coturnPorts: readonly Required<ContainerPort>[] = [
  { name: "stun-udp", port: listening, protocol: "UDP", hostPort: listening },
  { name: "stun-tcp", port: listening, protocol: "TCP", hostPort: listening },
  { name: "stun-alt-udp", port: alternate, protocol: "UDP", hostPort: alternate },
  { name: "stun-alt-tcp", port: alternate, protocol: "TCP", hostPort: alternate },
];

/** What a coturn is told. */
export interface CoturnSettings {
  /** Public addresses of its machine: it listens and relays on each. */
  readonly addresses: readonly string[];
  readonly ports: { readonly listening: number; readonly alternate: number };
  readonly relayPorts: { readonly first: number; readonly last: number };
  readonly realm: string;
  /** User → password, in the clear: build the file inside an `Output` marked secret. */
  readonly users: Readonly<Record<string, string>>;
  /** Answer from another address and port on request (RFC 5780). */
  readonly natTest: boolean;
  /** Folder it may write to. */
  readonly state: string;
}

/** First and last address of a range in CIDR form, as coturn writes ranges. */
export function addressSpan(cidr: string): string {
  const [network = "", length = "32"] = cidr.split("/");
  const first = network.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const last = first + 2 ** (32 - Number(length)) - 1;
  const dotted = (address: number): string =>
    [3, 2, 1, 0].map((place) => Math.floor(address / 256 ** place) % 256).join(".");
  return `${dotted(first)}-${dotted(last)}`;
}

/**
 * `turnserver.conf`.
 *
 * A relay in the node's network could reach what no visitor may: pods, Services, the cloud's metadata.
 * So no private range is ever a peer, and nothing is relayed over TCP, by which a kubelet is spoken to.
 * A client's own peer on the same server stays possible.
 */
export function coturnFile(settings: CoturnSettings): string {
  const { addresses, ports, relayPorts, realm, users, natTest, state } = settings;
  const lines = [
    // First: whatever it says before it knows where to goes to a file that it cannot write.
    "log-file=stdout",
    "simple-log",
    ...addresses.map((address) => `listening-ip=${address}`),
    ...addresses.map((address) => `relay-ip=${address}`),
    `listening-port=${ports.listening}`,
    `alt-listening-port=${ports.alternate}`,
    `min-port=${relayPorts.first}`,
    `max-port=${relayPorts.last}`,
    // Amplifies what a forged sender asks for, so that it is on only where it is wanted.
    natTest ? "rfc5780" : "no-rfc5780",
    "fingerprint",
    "lt-cred-mech",
    `realm=${realm}`,
    ...Object.entries(users).map(([user, password]) => `user=${user}:${password}`),
    "stale-nonce=600",
    "no-tcp-relay",
    "no-multicast-peers",
    ...["0.0.0.0/8", ...privateRanges].map((range) => `denied-peer-ip=${addressSpan(range)}`),
    // No visor speaks TLS to it.
    "no-tls",
    `userdb=${state}/turndb`,
    `pidfile=${state}/turnserver.pid`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Seconds that one address may take to answer {@link coturnCheck}. */
const answerSeconds = 3;

/**
 * A check of a coturn from inside its pod, by the client that comes with the image. It asks by STUN, as
 * visors do: a check over TCP would go to the node's first address, which may be a private one.
 *
 * @param wanted `all`: every address answers. `any`: the process lives, even while its machine has lost
 * one of its addresses; to restart it would take the others along.
 */
export const coturnCheck = (
  addresses: readonly string[],
  port: number,
  wanted: "all" | "any",
): string[] => [
  "sh",
  "-c",
  addresses
    // Without an answer the client waits for ever.
    .map((address) => `timeout ${answerSeconds} turnutils_stunclient -p ${port} ${address}`)
    .join(wanted === "all" ? " && " : " || "),
];

/** Seconds that {@link coturnCheck} takes at most, with one to spare. */
export const coturnCheckSeconds = (addresses: readonly string[]): number =>
  answerSeconds * addresses.length + 1;
