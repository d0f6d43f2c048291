/**
 * The keys of PushTech's environment file, each an entry of `fleet:secrets` of its own: `PUSHTECH_API_USER` is
 * `pushtech-api-user`. Source: facts/pushtech.md 5, with the three keys that its template lacks (ONESIGNAL_*).
 *
 * None has a default: the programs fall back to weak values of their own where one is unset, and a container whose
 * key the Secret lacks never starts.
 */
import * as z from "zod";

import { type SecretKind, SecretReference } from "../base/secrets.ts";

/** Key of the environment file → what its value must be. */
export const environmentKinds = {
  PUSHTECH_API_USER: "login-user",
  PUSHTECH_API_PASSWORD: "login-password",
  KAFIDX_USER: "login-user",
  KAFIDX_PASSWORD: "login-password",
  NOTIFICATION_API_USER: "login-user",
  NOTIFICATION_API_PASSWORD: "login-password",
  OFFERSERVER_API_USER: "login-user",
  OFFERSERVER_API_PASSWORD: "login-password",
  CONSUMER_API_USER: "login-user",
  CONSUMER_API_PASSWORD: "login-password",
  IMAGESERVER_API_USER: "login-user",
  IMAGESERVER_API_PASSWORD: "login-password",
  CONSUMERS_RUBY_COOKIE_SECRET: "cookie-secret",
  IMAGESERVER_COOKIE_SECRET: "cookie-secret",
  KAFIDX_COOKIE_SECRET: "cookie-secret",
  NOTIFICATION_SERVER_COOKIE_SECRET: "cookie-secret",
  OFFERSERVER_COOKIE_SECRET: "cookie-secret",
  STORAGE_COOKIE_SECRET: "cookie-secret",
  TRACKER_COOKIE_SECRET: "cookie-secret",
  WEBSITE_COOKIE_SECRET: "cookie-secret",
  WEBSITE_PASSWORD_PEPPER: "pepper",
  WEBSITE_CRED_KEY_BASE64: "cipher-key",
  WEBSITE_CRED_IV_BASE64: "cipher-start",
  WEBSITE_RSA_PRIVATE_KEY_BASE64: "rsa-key",
  GOOGLE_API_KEY: "vendor-key",
  MANDRILL_API_KEY: "vendor-key",
  SENDBIRD_API_TOKEN: "vendor-key",
  SENDBIRD_API_ID: "vendor-key",
  LIBRATO_TOKEN: "vendor-key",
  LIBRATO_USER: "vendor-key",
  ONESIGNAL_API_KEY: "vendor-key",
  ONESIGNAL_APP_ID: "vendor-key",
  ONESIGNAL_USER_AUTH_KEY: "vendor-key",
} as const satisfies Readonly<Record<string, SecretKind>>;

/** A key of the environment file whose value is a secret. */
export type EnvironmentKey = keyof typeof environmentKinds;

/**
 * The key whose value is not kept: it is the public half of `WEBSITE_RSA_PRIVATE_KEY_BASE64`, and derived from it
 * (`SecretStore.rsaPublicKey`), so that the two cannot differ.
 */
export const derivedKey = "WEBSITE_RSA_PUBLIC_KEY_BASE64";

/** The key that {@link derivedKey} is the half of. */
export const derivedFrom: EnvironmentKey = "WEBSITE_RSA_PRIVATE_KEY_BASE64";

/** Ports of the servers, which the environment file names and this program fixes: no secret. */
export const environmentPorts = {
  WEBSITE_PORT: 5123,
  OFFERSERVER_PORT: 5000,
  STORAGE_PORT: 5011,
  TRACKER_PORT: 5222,
  KAFIDX_PORT: 5031,
  NOTIFICATION_SERVER_PORT: 5041,
  CONSUMERS_RUBY_PORT: 5051,
  IMAGE_SERVER_PORT: 5061,
} as const;

/** Keys of old files that no manifest reads. */
export const unusedKeys: readonly string[] = [
  "IMAGE_NAMESPACE",
  "GOOGLE_CLIENT_ID",
  "GOOGLE_CLIENT_SECRET",
];

/** Entry of `fleet:secrets` that holds a key's value. */
export const entryOfKey = (key: string): string => key.toLowerCase().replaceAll("_", "-");

/** Key of the environment file → the reference to its entry. */
export type EnvironmentSecrets = {
  readonly [Key in EnvironmentKey]: SecretReference<(typeof environmentKinds)[Key]>;
};

/** References to all entries, in the order of the table. */
export function environmentSecrets(): EnvironmentSecrets {
  const references = Object.entries(environmentKinds).map(
    ([key, kind]) => [key, new SecretReference(kind, entryOfKey(key))] as const,
  );
  // The table's own keys and kinds, which entries() forgets.
  return Object.fromEntries(references) as unknown as EnvironmentSecrets;
}

/** Section of a stack file without anything to say: what it gives are the references that all need. */
export const EnvironmentSecretsSection = z
  .strictObject({})
  .prefault({})
  .transform(() => environmentSecrets())
  .describe(
    "the keys of the environment file, each an entry of fleet:secrets: PUSHTECH_API_USER is pushtech-api-user. There is nothing to say here",
  );
