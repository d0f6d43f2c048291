/**
 * Secrets: the stack file's flat map `fleet:secrets`, and the references other config makes to it.
 *
 * A reference names an entry and says what kind it must be. It holds no value, so it may travel
 * through component arguments, which the engine writes to state. The value is fetched from a
 * `SecretStore` (secret-store.ts) where it is used.
 *
 * Schemas stand on this file, and commands on schemas: it must not load the SDK, which takes half a second.
 */
import * as z from "zod";

import { type KindOfSecret, type SecretKind, secretKinds } from "./secret-kinds.ts";

export type { SecretKind } from "./secret-kinds.ts";

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

/**
 * Why an entry's value is not of the kind asked for, or undefined. Never repeats the value.
 *
 * @param hosts Of a certificate: the public names that it must be for.
 */
export const secretFault = (
  kind: SecretKind,
  value: string,
  hosts: readonly string[] = [],
): string | undefined => ruleOf(kind).fault(value, hosts);

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
export const generateSecret = (kind: SecretKind, hosts: readonly string[] = []): string =>
  ruleOf(kind).make(hosts);

const ruleOf = (kind: SecretKind): KindOfSecret => secretKinds[kind];
