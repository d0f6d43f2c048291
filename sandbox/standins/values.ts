/**
 * Property values as they come over the provider protocol: plain JSON, in which a few objects and one
 * string stand for what JSON has no word for — secrets, assets, values not known before the update.
 */
import { createHash } from "node:crypto";

/** A property value as it came over the wire. */
export type Value = null | boolean | number | string | readonly Value[] | Properties;

/** A bag of properties. */
export interface Properties {
  readonly [key: string]: Value;
}

/** What a preview sends for a value that only the update will know. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignatures = ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"];

/** Whether a value is a bag of properties (a secret and an asset are bags too). */
export function isBag(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is not known before the update. */
export function isUnknown(value: Value | undefined): boolean {
  return value === unknownValue;
}

/** Whether a value is marked secret, at its top. */
export function isSecret(value: Value | undefined): value is Properties {
  return isBag(value) && value[signatureKey] === secretSignature;
}

/** Whether a value is an asset or an archive. */
export function isAsset(value: Value | undefined): boolean {
  const signature = isBag(value) ? value[signatureKey] : undefined;
  return typeof signature === "string" && assetSignatures.includes(signature);
}

/** The hash that the engine computed of an asset's content; undefined for what is none. */
export function assetHash(value: Value | undefined): string | undefined {
  const hash = isBag(value) && isAsset(value) ? value["hash"] : undefined;
  return typeof hash === "string" ? hash : undefined;
}

/** Marks a value as secret. */
export function secret(value: Value): Properties {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** The value with every secret mark inside it taken off. */
export function plain(value: Value): Value {
  if (isSecret(value)) return plain(value["value"] ?? null);
  if (isList(value)) return value.map(plain);
  return isBag(value) ? mapBag(value, plain) : value;
}

/** A bag of properties with every secret mark taken off. */
export function plainBag(properties: Properties): Properties {
  return mapBag(properties, plain);
}

/** The bag with one function applied to each of its values. */
export function mapBag(bag: Properties, apply: (value: Value) => Value): Properties {
  return Object.fromEntries(Object.entries(bag).map(([key, value]) => [key, apply(value)]));
}

/** Whether a value holds, anywhere, something not known before the update. */
export function holdsUnknown(value: Value): boolean {
  if (isUnknown(value)) return true;
  if (isList(value)) return value.some(holdsUnknown);
  return isBag(value) && Object.values(value).some(holdsUnknown);
}

/** Whether a value holds a secret, anywhere. */
export function holdsSecret(value: Value): boolean {
  if (isSecret(value)) return true;
  if (isList(value)) return value.some(holdsSecret);
  return isBag(value) && Object.values(value).some(holdsSecret);
}

/** What the state file keeps of a secret: enough to see that it changed, nothing to learn it from. */
const hashKey = "secretSha256";

/** The value with every secret replaced by its hash: the only form in which inputs reach the disk. */
export function concealed(value: Value): Value {
  if (isSecret(value)) return { [hashKey]: digest(canonical(plain(value))) };
  if (isList(value)) return value.map(concealed);
  return isBag(value) ? mapBag(value, concealed) : value;
}

/**
 * The stored value with its secrets filled in again from the values the engine still holds. A secret that
 * was changed behind the engine's back comes back as its hash, so that a refresh shows a change.
 */
export function revealed(stored: Value, held: Value | undefined): Value {
  if (isBag(stored) && typeof stored[hashKey] === "string") {
    const kept = held !== undefined && stored[hashKey] === digest(canonical(plain(held)));
    return secret(kept ? plain(held) : `changed outside Pulumi (sha256 ${stored[hashKey]})`);
  }
  const inner = isSecret(held) ? held["value"] : held;
  if (isList(stored)) {
    return stored.map((value, index) => revealed(value, isList(inner) ? inner[index] : undefined));
  }
  if (!isBag(stored)) return stored;
  return Object.fromEntries(
    Object.entries(stored).map(([key, value]) => [
      key,
      revealed(value, isBag(inner) ? inner[key] : undefined),
    ]),
  );
}

/** The value as text in which equal values are equal texts, whatever the order of their keys. */
export function canonical(value: Value): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isBag(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}

/** A scalar as text, whether an id came as a number or as a text; JSON for all else. */
export function asText(value: Value | undefined): string {
  return typeof value === "string" ? value : canonical(value ?? null);
}

/** The bag without some of its keys. */
export function without(bag: Properties, ...names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => !names.includes(name)));
}

/** SHA-256 of a text, in hexadecimal digits. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
