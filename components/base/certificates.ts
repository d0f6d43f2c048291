/**
 * Certificates of a cluster's members, as one entry of `fleet:secrets` holds them: PEM blocks of one
 * certificate with its key, which every member shows, and of the authorities that are trusted.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";

import { pemBlocks } from "./pem.ts";

/** The parts of such an entry, each PEM. */
export interface CertificateBundle {
  /** Every authority that is trusted: two while one takes the other's place. */
  readonly authorities: string;
  /** What the members show. */
  readonly certificate: string;
  /** Its key, PKCS#8 without a password. */
  readonly key: string;
  /** When the first of them ends, e.g. `Dec 31 23:59:59 2049 GMT`. */
  readonly until: string;
}

const shape =
  "must be PEM: a certificate, its key without a password, and the certificate of each authority";

/** The parts, or what is wrong with them. Never repeats the text. */
function read(text: string): CertificateBundle | string {
  const blocks = pemBlocks(text);
  const [key, ...moreKeys] = blocks.filter(({ label }) => label !== "CERTIFICATE");
  try {
    const all = blocks
      .filter(({ label }) => label === "CERTIFICATE")
      .map(({ text: pem }) => ({ pem, parsed: new X509Certificate(pem) }));
    const authorities = all.filter(({ parsed }) => parsed.ca);
    const [own, ...others] = all.filter(({ parsed }) => !parsed.ca);
    if (key === undefined || own === undefined || authorities.length === 0) {
      return shape;
    }
    if (moreKeys.length > 0 || others.length > 0) {
      return "must hold one certificate with one key beside the authorities, not several";
    }
    if (!own.parsed.checkPrivateKey(createPrivateKey(key.text))) {
      return "must hold the key of its own certificate: the two do not belong together";
    }
    if (!authorities.some(({ parsed }) => own.parsed.verify(parsed.publicKey))) {
      return "must hold the authority that signed its certificate";
    }
    const ends = [own, ...authorities]
      .map(({ parsed }) => parsed.validTo)
      .sort((a, b) => Date.parse(a) - Date.parse(b));
    return {
      authorities: authorities.map(({ pem }) => pem).join(""),
      certificate: own.pem,
      key: key.text,
      until: ends[0] ?? "",
    };
  } catch {
    // The parser's message may quote what it could not read.
    return shape;
  }
}

/** Why a text is no such entry, or undefined. Its end is not looked at: no run may depend on the day. */
export function certificatesFault(text: string): string | undefined {
  const parts = read(text);
  return typeof parts === "string" ? parts : undefined;
}

/**
 * Takes an entry apart.
 *
 * @throws Error when it is none; without its text.
 */
export function readCertificates(text: string): CertificateBundle {
  const parts = read(text);
  if (typeof parts === "string") {
    throw new Error(`certificates ${parts}`);
  }
  return parts;
}
