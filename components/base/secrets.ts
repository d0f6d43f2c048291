/**
 * Secrets: the stack file's flat map `fleet:secrets`, and the references other config makes to it.
 *
 * A reference names an entry and says what kind it must be. It holds no value, so it may travel
 * through component arguments, which the engine writes to state. The value is fetched from a
 * `SecretStore` (secret-store.ts) where it is used.
 *
 * Schemas stand on this file, and commands on schemas: it must not load the SDK, which takes half a second.
 */
import { randomBytes } from "node:crypto";

import * as z from "zod";

import { makeCertificates, makeTlsPair } from "./certificate-maker.ts";
import { certificatesFault } from "./certificates.ts";
import { aesBytes, aesFault, makeRsaKey, rsaFault } from "./cipher-keys.ts";
import { htpasswdFault, makeHtpasswd } from "./htpasswd.ts";
import { generateSecretKey, secretKeyFault } from "./keys.ts";
import { peerKeyFault, peerKeyOf } from "./peer-key.ts";
import { clientSecretFault, sharedSecretFault } from "./shared-secret.ts";
import { tlsPairFault } from "./tls-certificate.ts";
import {
  googleKeyFault,
  makeGoogleKey,
  makeVapidKeys,
  makeWebKey,
  vapidFault,
  webKeyFault,
} from "./web-keys.ts";

/** What an entry of the map can be. */
export type SecretKind =
  | "key-pair"
  | "password"
  | "token"
  | "docker-login"
  | "certificates"
  | "url"
  /** What the keys of many members are derived from. */
  | "seed"
  /** Identity of a libp2p peer: the text of its key file. */
  | "p2p-key"
  /** Certificate and key by which public hosts are known. */
  | "tls-pair"
  /** What two servers of a deployment know each other by: none that programs are published with. */
  | "shared-secret"
  /** What an OAuth client proves itself by: 32 bytes in hex. */
  | "client-secret"
  /** Private RSA key as a JSON Web Key. */
  | "web-key"
  /** Both halves of the key by which push services know a sender. */
  | "vapid-keys"
  /** Key file of a service account at Google. */
  | "google-key"
  /** Who logs in by HTTP's basic authentication. */
  | "login-user"
  /** What that user says. It is never part of an address, and so may hold any character but spaces. */
  | "login-password"
  /** What a web server signs its cookies with. */
  | "cookie-secret"
  /** What goes into each password's hash beside the password: another one, and nobody can log in. */
  | "pepper"
  /** AES-128 key in base64. */
  | "cipher-key"
  /** Block that AES starts its chain with, in base64. */
  | "cipher-start"
  /** RSA private key: base64 of its PEM. The public half is derived from it. */
  | "rsa-key"
  /** What somebody else's service gives its customers: key, token, or the customer's name there. */
  | "vendor-key"
  /** Names and hashed passwords of people who log in at a controller. */
  | "htpasswd";

/** What is said of a malformed name. What stands there is not repeated: it may be the secret itself. */
export const secretNameRule = "must be the name of an entry of fleet:secrets, e.g. dmsg-server-1";

/** Name of an entry of `fleet:secrets`. */
export const SecretName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, secretNameRule);

/** A place in the config that needs an entry of `fleet:secrets`. */
export class SecretReference<Kind extends SecretKind = SecretKind> {
  readonly kind: Kind;
  readonly name: string;
  /** Of a certificate: the public names that it must be for. Others have none, in state neither. */
  declare readonly hosts?: readonly string[];

  constructor(kind: Kind, name: string, hosts?: readonly string[]) {
    this.kind = kind;
    this.name = name;
    if (hosts !== undefined) {
      this.hosts = hosts;
    }
  }
}

/** Schema of a reference: the stack file says the entry's name, the program gets the reference. */
export function reference<Kind extends SecretKind>(kind: Kind) {
  return SecretName.transform((name) => new SecretReference(kind, name));
}

const passwordShape = /^[A-Za-z0-9_.~-]{16,128}$/;

/** Printable ASCII without spaces: header, variable and shell agree on what that is. */
const oneWord = (value: string, least: number, most: number): boolean =>
  /^[!-~]+$/.test(value) && value.length >= least && value.length <= most;

/** Whether a text is an address whose very knowledge lets in: a webhook's, above all. */
const isAddress = (value: string): boolean =>
  /^https:\/\/\S{4,2000}$/.test(value) && URL.canParse(value);

/**
 * Why an entry's value is not of the kind asked for, or undefined. Never repeats the value.
 *
 * @param hosts Of a certificate: the public names that it must be for.
 */
export function secretFault(
  kind: SecretKind,
  value: string,
  hosts: readonly string[] = [],
): string | undefined {
  switch (kind) {
    case "key-pair":
      return secretKeyFault(value);
    case "password":
      // The shape keeps it safe inside URLs, shell words and Redis' config file without quoting.
      return passwordShape.test(value)
        ? undefined
        : "must be a password of 16 to 128 letters, digits, dashes, dots, underscores or tildes";
    case "token":
      return /^\S{8,4096}$/.test(value)
        ? undefined
        : "must be a token: one word of 8 or more characters";
    case "docker-login":
      return /^[^\s:]+:\S+$/.test(value) ? undefined : "must be a registry login: user:token";
    case "certificates":
      return certificatesFault(value);
    case "url":
      return isAddress(value)
        ? undefined
        : "must be an https URL of one word, e.g. that of a webhook";
    case "seed":
      return /^[0-9a-f]{64}$/.test(value)
        ? undefined
        : "must be a secret that keys are derived from: 64 lower-case hex digits, e.g. of openssl rand -hex 32";
    case "p2p-key":
      return peerKeyFault(value);
    case "tls-pair":
      return tlsPairFault(value, hosts);
    case "shared-secret":
      return sharedSecretFault(value);
    case "client-secret":
      return clientSecretFault(value);
    case "web-key":
      return webKeyFault(value);
    case "vapid-keys":
      return vapidFault(value);
    case "google-key":
      return googleKeyFault(value);
    case "login-user":
      // Basic authentication ends the name at its first colon.
      return /^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}$/.test(value)
        ? undefined
        : "must be a user's name: up to 64 letters, digits, dashes, dots, underscores, @ or +";
    case "login-password":
      return oneWord(value, 8, 256)
        ? undefined
        : "must be a user's password: 8 to 256 characters of ASCII without spaces";
    case "cookie-secret":
    case "pepper":
      return oneWord(value, 32, 1024)
        ? undefined
        : "must be 32 to 1024 characters of ASCII without spaces, e.g. of openssl rand -hex 64";
    case "cipher-key":
    case "cipher-start":
      return aesFault(value);
    case "rsa-key":
      return rsaFault(value);
    case "vendor-key":
      return oneWord(value, 2, 4096)
        ? undefined
        : "must be what the service gave its customer: one word of ASCII";
    case "htpasswd":
      return htpasswdFault(value);
  }
}

/** The two halves of a registry login: `user:token`, whose token may hold colons of its own. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** Takes the value of a `docker-login` apart. */
export function readLogin(login: string): RegistryLogin {
  const colon = login.indexOf(":");
  return { username: login.slice(0, colon), password: login.slice(colon + 1) };
}

/**
 * Makes a value for an entry, for stacks whose keys may be generated (test and the sandbox).
 *
 * For commands only: a resource that called it would change at every run.
 *
 * @param hosts Of a certificate: the public names that it is for.
 */
export function generateSecret(kind: SecretKind, hosts: readonly string[] = []): string {
  switch (kind) {
    case "key-pair":
      return generateSecretKey();
    case "password":
      return randomBytes(24).toString("base64url");
    case "token":
      return randomBytes(32).toString("hex");
    case "docker-login":
      return `sandbox:${randomBytes(16).toString("hex")}`;
    case "certificates":
      return makeCertificates();
    case "url":
      return `https://sandbox.invalid/${randomBytes(16).toString("hex")}`;
    case "seed":
      return randomBytes(32).toString("hex");
    case "p2p-key":
      return peerKeyOf(randomBytes(32)).file;
    case "tls-pair":
      return makeTlsPair(hosts);
    case "shared-secret":
    case "client-secret":
      return randomBytes(32).toString("hex");
    case "web-key":
      return makeWebKey();
    case "vapid-keys":
      return makeVapidKeys();
    case "google-key":
      return makeGoogleKey();
    case "login-user":
      return `user-${randomBytes(4).toString("hex")}`;
    case "login-password":
      return randomBytes(24).toString("base64url");
    case "cookie-secret":
    case "pepper":
      return randomBytes(64).toString("hex");
    case "cipher-key":
    case "cipher-start":
      return randomBytes(aesBytes).toString("base64");
    case "rsa-key":
      return makeRsaKey();
    case "vendor-key":
      return `sandbox-${randomBytes(16).toString("hex")}`;
    case "htpasswd":
      return makeHtpasswd();
  }
}
