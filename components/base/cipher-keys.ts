/**
 * Keys of ciphers as environment files hold them: base64 of the bytes of an AES key, or of an RSA key's PEM.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";

/** Bytes of an AES-128 key, and of the block that its chain starts with. */
export const aesBytes = 16;

const minimumRsaBits = 2048;

/** The bytes of a base64 text in the standard alphabet, padded or not; undefined for any other text. */
export function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  const plain = (form: string): string => form.replace(/=+$/, "");
  // Node skips what is no base64 instead of complaining.
  return text !== "" && plain(bytes.toString("base64")) === plain(text) ? bytes : undefined;
}

/** Why a text is not base64 of 16 bytes, or undefined. Never repeats the text. */
export function aesFault(text: string): string | undefined {
  return base64Bytes(text)?.length === aesBytes
    ? undefined
    : `must be base64 of ${aesBytes} bytes, e.g. of openssl rand -base64 ${aesBytes}`;
}

const rsaShape =
  "must be base64 in one line of the PEM of an RSA private key without a password, e.g. of openssl genrsa 2048 | base64 -w0";

/** The key, or what is wrong with it. Never repeats the text. */
function readRsa(text: string): KeyObject | string {
  const pem = base64Bytes(text)?.toString("latin1");
  if (pem === undefined || !pem.includes("PRIVATE KEY-----")) {
    return rsaShape;
  }
  try {
    const key = createPrivateKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType !== "rsa") {
      return rsaShape;
    }
    return bits < minimumRsaBits
      ? `must be an RSA key of ${minimumRsaBits} or more bits: it has ${bits}`
      : key;
  } catch {
    // The parser's message may quote what it could not read.
    return rsaShape;
  }
}

/** Why a text is no base64 of an RSA private key's PEM, or undefined. Never repeats the text. */
export function rsaFault(text: string): string | undefined {
  const key = readRsa(text);
  return typeof key === "string" ? key : undefined;
}

const publicPem = (key: KeyObject): string =>
  key.export({ type: "spki", format: "pem" }).toString("latin1");

/**
 * The public half of an RSA key, as the private one is kept: base64 of its PEM (`BEGIN PUBLIC KEY`).
 *
 * @throws Error without the text when it holds no such key.
 */
export function rsaPublicHalf(text: string): string {
  const key = readRsa(text);
  if (typeof key === "string") {
    throw new Error(`the RSA key ${key}`);
  }
  return Buffer.from(publicPem(createPublicKey(key)), "latin1").toString("base64");
}

/**
 * Whether a text is base64 of a public key's PEM, in either of its forms, and the half of a private one.
 *
 * @param secret A right private key: {@link rsaFault}.
 */
export function isHalfOf(text: string, secret: string): boolean {
  try {
    const half = createPublicKey(base64Bytes(text)?.toString("latin1") ?? "");
    return Buffer.from(publicPem(half), "latin1").toString("base64") === rsaPublicHalf(secret);
  } catch {
    return false;
  }
}

/** Makes an RSA key. For commands only: it comes from chance. */
export function makeRsaKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: minimumRsaBits });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  return Buffer.from(pem).toString("base64");
}
