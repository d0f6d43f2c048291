/**
 * The engine's passphrase encryption, done here so that a sandbox's config is written in one go.
 *
 * A salt line is `v1:<8 bytes>:<the word pulumi, encrypted>`, an encrypted value `v1:<nonce>:<text and
 * tag>`, all base64; AES-256-GCM under PBKDF2-HMAC-SHA256 with a million rounds.
 * Source: pulumi sdk/go/common/resource/config/crypt.go and pkg/secrets/passphrase/manager.go; the tests
 * hold it against the engine.
 */
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

import { SandboxError } from "./fault.ts";

const rounds = 1_000_000;
const saltBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
/** What the engine encrypts to tell a right passphrase from a wrong one. */
const checkWord = "pulumi";

/** Key of a passphrase, with the salt line that a config file carries. */
export interface PassphraseKey {
  /** `encryptionsalt` of the config file. */
  readonly saltLine: string;
  readonly key: Buffer;
}

/**
 * Key of a passphrase.
 *
 * @param saltLine That of an existing config. Default: a new one.
 * @throws SandboxError for a wrong passphrase or a malformed line.
 */
export async function passphraseKey(passphrase: string, saltLine?: string): Promise<PassphraseKey> {
  if (saltLine === undefined) {
    const salt = randomBytes(saltBytes);
    const key = await derive(passphrase, salt);
    return { saltLine: `v1:${salt.toString("base64")}:${encrypt(key, checkWord)}`, key };
  }
  const [version, salt, ...check] = saltLine.split(":");
  if (version !== "v1" || salt === undefined || check.length !== 3) {
    throw new SandboxError("the encryption salt is not one: v1:<salt>:v1:<nonce>:<text>");
  }
  const key = await derive(passphrase, Buffer.from(salt, "base64"));
  if (decrypt(key, check.join(":")) !== checkWord) {
    throw new SandboxError("the passphrase is not the one of this encryption salt");
  }
  return { saltLine, key };
}

/** A text as a `secure:` value. Each call gives another one: the nonce is random. */
export function encrypt(key: Buffer, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

/**
 * The text of a `secure:` value.
 *
 * @throws SandboxError for another key or a malformed value.
 */
export function decrypt(key: Buffer, value: string): string {
  const [version, nonce, text] = value.split(":");
  if (version !== "v1" || nonce === undefined || text === undefined) {
    throw new SandboxError("an encrypted value must be v1:<nonce>:<text>");
  }
  const sealed = Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([
      decipher.update(sealed.subarray(0, -tagBytes)),
      decipher.final(),
    ]).toString("utf8");
  } catch {
    throw new SandboxError("the value was encrypted with another key");
  }
}

function derive(passphrase: string, salt: Buffer): Promise<Buffer> {
  return promisify(pbkdf2)(passphrase, salt, rounds, 32, "sha256");
}
