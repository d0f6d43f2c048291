/** What a stack needs of secrets, and what it has. Pure; no text holds a value. */
import { readCertificates } from "../../components/base/certificates.ts";
import { derivePublicKey } from "../../components/base/keys.ts";
import { secretFault, type SecretKind } from "../../components/base/secrets.ts";
import { readTlsPair } from "../../components/base/tls-certificate.ts";
import type { RequiredSecret } from "../../stacks/secrets.ts";

/** One secret of a stack. */
export interface KeyRow {
  readonly name: string;
  readonly kind: SecretKind;
  /** Of a certificate: the public names that it must be for. */
  readonly hosts?: readonly string[];
  /** Where the config names it. */
  readonly paths: readonly string[];
  readonly state: "present" | "missing" | "malformed";
  /** Of a key pair that is there. */
  readonly publicKey?: string;
  /** Of certificates that are there: when the first of them ends. */
  readonly until?: string;
  /** Why it is malformed. */
  readonly fault?: string;
}

/** Values by name, as they were decrypted. */
export type SecretValues = Readonly<Record<string, unknown>>;

/** Every secret the config refers to, in the order of the file. */
export function keyRows(
  required: readonly RequiredSecret[],
  values: SecretValues,
): readonly KeyRow[] {
  const needs = new Map<string, { readonly need: RequiredSecret; readonly paths: string[] }>();
  for (const need of required) {
    const id = `${need.kind} ${need.name}`;
    const known = needs.get(id);
    if (known === undefined) {
      needs.set(id, { need, paths: [need.path] });
    } else {
      known.paths.push(need.path);
    }
  }
  return [...needs.values()].map(({ need, paths }) => ({
    name: need.name,
    kind: need.kind,
    ...(need.hosts === undefined ? {} : { hosts: need.hosts }),
    paths,
    ...stateOf(need, Object.hasOwn(values, need.name) ? values[need.name] : undefined),
  }));
}

function stateOf(
  { kind, hosts }: Pick<RequiredSecret, "kind" | "hosts">,
  value: unknown,
): Pick<KeyRow, "state" | "publicKey" | "until" | "fault"> {
  if (value === undefined) {
    return { state: "missing" };
  }
  if (typeof value !== "string") {
    return { state: "malformed", fault: "must be one text, not a structure or a bare number" };
  }
  const fault = secretFault(kind, value, hosts);
  if (fault !== undefined) {
    return { state: "malformed", fault };
  }
  switch (kind) {
    case "key-pair":
      return { state: "present", publicKey: derivePublicKey(value) };
    case "certificates":
      return { state: "present", until: readCertificates(value).until };
    case "tls-pair":
      return { state: "present", until: readTlsPair(value).until };
    default:
      return { state: "present" };
  }
}

/** Entries that nothing in the config refers to. */
export function unusedEntries(
  required: readonly RequiredSecret[],
  values: SecretValues,
): readonly string[] {
  const used = new Set(required.map(({ name }) => name));
  return Object.keys(values).filter((name) => !used.has(name));
}
