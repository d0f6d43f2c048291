/**
 * Certificate and key by which a server is known to the world, as one entry of `fleet:secrets` holds them:
 * PEM blocks of the certificate, of those that stand between it and an authority, and of its key.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";

import { pemBlocks } from "./pem.ts";

/** The parts of such an entry. */
export interface TlsPair {
  /** PEM: the certificate first, then those between. */
  readonly certificate: string;
  /** PEM, without a password. */
  readonly key: string;
  /** Names it is for, e.g. `*.spacemesh.io`. */
  readonly names: readonly string[];
  /** When the certificate ends, e.g. `Dec 31 23:59:59 2049 GMT`. */
  readonly until: string;
}

const shape =
  "must be PEM: a certificate, those between it and its authority, and its key without a password";

const namesOf = ({ subjectAltName = "" }: X509Certificate): string[] =>
  subjectAltName
    .split(", ")
    .filter((name) => name.startsWith("DNS:"))
    .map((name) => name.slice("DNS:".length).toLowerCase());

/** The parts, or what is wrong with them. Never repeats the text. */
function read(text: string): TlsPair | string {
  try {
    const blocks = pemBlocks(text);
    // Parameters of a curve, which may stand before a key, are none.
    const [key, ...moreKeys] = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
    const all = blocks
      .filter(({ label }) => label === "CERTIFICATE")
      .map(({ text: pem }) => ({ pem, parsed: new X509Certificate(pem) }));
    if (key === undefined || all.length === 0) {
      return shape;
    }
    if (moreKeys.length > 0) {
      return "must hold one key, not several";
    }
    const secret = createPrivateKey(key.text);
    const own = all.find(({ parsed }) => parsed.checkPrivateKey(secret));
    if (own === undefined) {
      return "must hold the key of its own certificate: the two do not belong together";
    }
    // Servers show them in the order of the file, and clients expect the server's own first.
    const between = all.filter((one) => one !== own);
    return {
      certificate: [own, ...between].map(({ pem }) => pem).join(""),
      key: key.text,
      names: namesOf(own.parsed),
      until: own.parsed.validTo,
    };
  } catch {
    // The parser's message may quote what it could not read.
    return shape;
  }
}

/** Whether a certificate for these names serves a host, or is for the same wildcard. */
export function isCovered(host: string, names: readonly string[]): boolean {
  // One star, for one label (RFC 6125, 6.4.3).
  const wildcard = host.replace(/^[^.]+/, "*");
  return names.includes(host) || names.includes(wildcard);
}

/**
 * Why a text is no such entry, or undefined. Its end is not looked at: no run may depend on the day.
 *
 * @param names What the certificate must be for.
 */
export function tlsPairFault(text: string, names: readonly string[]): string | undefined {
  const pair = read(text);
  if (typeof pair === "string") {
    return pair;
  }
  const others = names.filter((name) => !isCovered(name, pair.names));
  return others.length === 0
    ? undefined
    : `must hold a certificate for ${others.join(", ")}: it is for ${pair.names.join(", ") || "no name at all"}`;
}

/**
 * Takes an entry apart.
 *
 * @throws Error when it is none; without its text.
 */
export function readTlsPair(text: string): TlsPair {
  const pair = read(text);
  if (typeof pair === "string") {
    throw new Error(`the certificate ${pair}`);
  }
  return pair;
}
