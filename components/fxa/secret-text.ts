/**
 * Texts that hold secrets, as data: which entries of `fleet:secrets` stand in them, and how. No value is in here,
 * so that environments and files are computed, compared and tested without one.
 */
import { createHash } from "node:crypto";

import type { SecretReference } from "../base/secrets.ts";
import { publicWebKey } from "../base/web-keys.ts";

/** How an entry stands in a text. */
export type Rendering =
  /** As it is. */
  | "value"
  /** As a text of JSON, with its quotes. */
  | "json"
  /** SHA-256 of the bytes that it is the hex of, in hex again: what the auth-server keeps of a client's secret. */
  | "sha256-of-hex"
  /** Its SHA-256 in base64, 44 letters: what Rocket calls a secret key. */
  | "sha256-base64"
  /** The public half of a JSON Web Key. */
  | "public-web-key";

/** An entry in a text. */
export interface SecretPart {
  readonly secret: SecretReference;
  readonly as: Rendering;
}

/** A text: plain parts and entries, one after the other. */
export type SecretText = readonly (string | SecretPart)[];

/** An entry in a text. */
export const part = (secret: SecretReference, as: Rendering = "value"): SecretPart => ({
  secret,
  as,
});

/** The text that is an entry and nothing else. */
export const whole = (secret: SecretReference): SecretText => [part(secret)];

/** Whether a text holds an entry. */
export const isSecret = (text: SecretText): boolean => text.some((one) => typeof one !== "string");

/** Names of the entries in a text. */
export const entriesOf = (text: SecretText): string[] =>
  text.flatMap((one) => (typeof one === "string" ? [] : [one.secret.name]));

function rendered(value: string, as: Rendering): string {
  switch (as) {
    case "value":
      return value;
    case "json":
      return JSON.stringify(value);
    case "sha256-of-hex":
      return createHash("sha256").update(Buffer.from(value, "hex")).digest("hex");
    case "sha256-base64":
      return createHash("sha256").update(value).digest("base64");
    case "public-web-key":
      return publicWebKey(value);
  }
}

/**
 * The text with its values. For where they are known: inside an `apply` of the secrets' outputs, and in tests.
 *
 * @throws Error of a public half of what is no key; without the value.
 */
export const fillText = (text: SecretText, valueOf: (secret: SecretReference) => string): string =>
  text
    .map((one) => (typeof one === "string" ? one : rendered(valueOf(one.secret), one.as)))
    .join("");
