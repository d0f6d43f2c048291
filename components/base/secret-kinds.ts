/**
 * What an entry of `fleet:secrets` can be: of each kind, what its value must look like, and how one is made where
 * keys may be generated.
 */
import { randomBytes } from "node:crypto";

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

/** A kind of entry. */
export interface KindOfSecret {
  /**
   * Why a value is not of the kind, or undefined. Never repeats the value.
   *
   * @param hosts Of a certificate: the public names that it must be for.
   */
  readonly fault: (value: string, hosts: readonly string[]) => string | undefined;
  /** Makes a value; of a certificate, for those public names. */
  readonly make: (hosts: readonly string[]) => string;
}

/** Printable ASCII without spaces: header, variable and shell agree on what that is. */
const oneWord = (value: string, least: number, most: number): boolean =>
  /^[!-~]+$/.test(value) && value.length >= least && value.length <= most;

/** Whether a text is an address whose very knowledge lets in: a webhook's, above all. */
const isAddress = (value: string): boolean =>
  /^https:\/\/\S{4,2000}$/.test(value) && URL.canParse(value);

/** A check that has one thing to say. */
const unless =
  (isRight: (value: string) => boolean, fault: string) =>
  (value: string): string | undefined =>
    isRight(value) ? undefined : fault;

const shaped = (shape: RegExp, fault: string) => unless((value) => shape.test(value), fault);

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** Text that signs or is hashed along, which nobody types. */
const longWord: KindOfSecret = {
  fault: unless(
    (value) => oneWord(value, 32, 1024),
    "must be 32 to 1024 characters of ASCII without spaces, e.g. of openssl rand -hex 64",
  ),
  make: () => hex(64),
};

/** 16 bytes in base64. */
const aesWord: KindOfSecret = {
  fault: aesFault,
  make: () => randomBytes(aesBytes).toString("base64"),
};

/** Every kind by its name. */
export const secretKinds = {
  "key-pair": { fault: secretKeyFault, make: generateSecretKey },
  password: {
    // The shape keeps it safe inside URLs, shell words and Redis' config file without quoting.
    fault: shaped(
      /^[A-Za-z0-9_.~-]{16,128}$/,
      "must be a password of 16 to 128 letters, digits, dashes, dots, underscores or tildes",
    ),
    make: () => randomBytes(24).toString("base64url"),
  },
  token: {
    fault: shaped(/^\S{8,4096}$/, "must be a token: one word of 8 or more characters"),
    make: () => hex(32),
  },
  "docker-login": {
    fault: shaped(/^[^\s:]+:\S+$/, "must be a registry login: user:token"),
    make: () => `sandbox:${hex(16)}`,
  },
  certificates: { fault: certificatesFault, make: makeCertificates },
  url: {
    fault: unless(isAddress, "must be an https URL of one word, e.g. that of a webhook"),
    make: () => `https://sandbox.invalid/${hex(16)}`,
  },
  /** What the keys of many members are derived from. */
  seed: {
    fault: shaped(
      /^[0-9a-f]{64}$/,
      "must be a secret that keys are derived from: 64 lower-case hex digits, e.g. of openssl rand -hex 32",
    ),
    make: () => hex(32),
  },
  /** Identity of a libp2p peer: the text of its key file. */
  "p2p-key": { fault: peerKeyFault, make: () => peerKeyOf(randomBytes(32)).file },
  /** Certificate and key by which public hosts are known. */
  "tls-pair": { fault: tlsPairFault, make: makeTlsPair },
  /** What two servers of a deployment know each other by: none that programs are published with. */
  "shared-secret": { fault: sharedSecretFault, make: () => hex(32) },
  /** What an OAuth client proves itself by: 32 bytes in hex. */
  "client-secret": { fault: clientSecretFault, make: () => hex(32) },
  /** Private RSA key as a JSON Web Key. */
  "web-key": { fault: webKeyFault, make: makeWebKey },
  /** Both halves of the key by which push services know a sender. */
  "vapid-keys": { fault: vapidFault, make: makeVapidKeys },
  /** Key file of a service account at Google. */
  "google-key": { fault: googleKeyFault, make: makeGoogleKey },
  /** Who logs in by HTTP's basic authentication, which ends the name at its first colon. */
  "login-user": {
    fault: shaped(
      /^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}$/,
      "must be a user's name: up to 64 letters, digits, dashes, dots, underscores, @ or +",
    ),
    make: () => `user-${hex(4)}`,
  },
  /** What that user says. It is never part of an address, and so may hold any character but spaces. */
  "login-password": {
    fault: unless(
      (value) => oneWord(value, 8, 256),
      "must be a user's password: 8 to 256 characters of ASCII without spaces",
    ),
    make: () => randomBytes(24).toString("base64url"),
  },
  /** What a web server signs its cookies with. */
  "cookie-secret": longWord,
  /** What goes into each password's hash beside the password: another one, and nobody can log in. */
  pepper: longWord,
  /** AES-128 key in base64. */
  "cipher-key": aesWord,
  /** Block that AES starts its chain with, in base64. */
  "cipher-start": aesWord,
  /** RSA private key: base64 of its PEM. The public half is derived from it. */
  "rsa-key": { fault: rsaFault, make: makeRsaKey },
  /** What somebody else's service gives its customers: key, token, or the customer's name there. */
  "vendor-key": {
    fault: unless(
      (value) => oneWord(value, 2, 4096),
      "must be what the service gave its customer: one word of ASCII",
    ),
    make: () => `sandbox-${hex(16)}`,
  },
  /** Names and hashed passwords of people who log in at a controller. */
  htpasswd: { fault: htpasswdFault, make: makeHtpasswd },
} satisfies Readonly<Record<string, KindOfSecret>>;

/** What an entry of the map can be. */
export type SecretKind = keyof typeof secretKinds;
