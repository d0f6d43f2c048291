/** Throw-away secrets of a sandbox: made once, kept until it is taken down. */
import * as z from "zod";

import { secretFault, type SecretKind } from "../components/base/secrets.ts";
import { fault } from "./fault.ts";
import { privateMode, readIfThere, writeWhole } from "./files.ts";
import type { SandboxPlace } from "./place.ts";

const Secrets = z.record(z.string(), z.string());

/** What a config needs of `fleet:secrets`. */
export interface SecretNeed {
  readonly name: string;
  readonly kind: SecretKind;
  /** Of a certificate: the public names that it must be for. */
  readonly hosts?: readonly string[];
}

/** The secrets kept in the sandbox's folder. */
export function readSecrets(place: Pick<SandboxPlace, "secrets">): ReadonlyMap<string, string> {
  const text = readIfThere(place.secrets);
  if (text === undefined) {
    return new Map();
  }
  try {
    return new Map(Object.entries(Secrets.parse(JSON.parse(text))));
  } catch {
    throw fault(`${place.secrets} is no map of secrets`, "remove it: new ones are made");
  }
}

/** Keeps the secrets, readable by the owner alone. */
export function writeSecrets(
  place: Pick<SandboxPlace, "secrets">,
  secrets: ReadonlyMap<string, string>,
): void {
  const text = JSON.stringify(Object.fromEntries(secrets), null, 2);
  writeWhole(place.secrets, `${text}\n`, privateMode);
}

/**
 * Every secret a config needs: those there are, and new ones for what is missing, of another kind or
 * for other hosts.
 *
 * @param generate Makes a value.
 * @returns All that is to be kept, unneeded ones included: a part switched off and on again keeps its
 *   identity.
 */
export function ensureSandboxSecrets(
  needs: readonly SecretNeed[],
  existing: ReadonlyMap<string, string>,
  generate: (kind: SecretKind, hosts?: readonly string[]) => string,
): ReadonlyMap<string, string> {
  const secrets = new Map(existing);
  for (const { name, kind, hosts } of needs) {
    const present = secrets.get(name);
    if (present === undefined || secretFault(kind, present, hosts) !== undefined) {
      secrets.set(name, generate(kind, hosts));
    }
  }
  return secrets;
}

/** Those of the kept secrets that a config needs. */
export function neededSecrets(
  needs: readonly SecretNeed[],
  kept: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const names = new Set(needs.map(({ name }) => name));
  return new Map(
    [...kept].filter(([name]) => names.has(name)).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
