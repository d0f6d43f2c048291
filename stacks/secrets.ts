/** Which entries of `fleet:secrets` a config needs, and what is wrong with those it has. */
import { publicKeyOfSeed } from "../components/base/ed25519.ts";
import { derivePublicKey } from "../components/base/keys.ts";
import { peerIdOf, readPeerKey } from "../components/base/peer-key.ts";
import { isPlaceholder, placeholderFault } from "../components/base/placeholders.ts";
import {
  secretFault,
  type SecretKind,
  SecretName,
  SecretReference,
} from "../components/base/secrets.ts";
import { type Fault, quote, writePath } from "./faults.ts";

/** A place in the config that needs a secret. */
export interface RequiredSecret {
  /** Where the config names it. */
  readonly path: string;
  readonly name: string;
  readonly kind: SecretKind;
  /** Of a certificate: the public names that it must be for. */
  readonly hosts?: readonly string[];
}

/** Every reference in a parsed config, in the order of the file. */
export function requiredSecrets(config: unknown): readonly RequiredSecret[] {
  const found: RequiredSecret[] = [];
  const path: PropertyKey[] = [];
  const walk = (value: unknown): void => {
    if (isReference(value)) {
      const { name, kind, hosts } = value;
      found.push({
        path: writePath(inFile(path)),
        ...{ name, kind },
        ...(hosts === undefined ? {} : { hosts }),
      });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
        path.push(Array.isArray(value) ? Number(key) : key);
        walk(item);
        path.pop();
      }
    }
  };
  walk(config);
  return found;
}

const isReference = (value: unknown): value is SecretReference => value instanceof SecretReference;

/** Path of the schema → path of the stack file: sections stand in the project's namespace. */
export function inFile(path: readonly PropertyKey[]): readonly PropertyKey[] {
  const [section, ...rest] = path;
  return section === undefined ? ["config"] : [`fleet:${String(section)}`, ...rest];
}

/**
 * Faults of the secrets themselves. No text holds a value.
 *
 * @param required What the config refers to.
 * @param entries The map `fleet:secrets` as the engine decrypted it.
 * @param refusesPlaceholders Whether this is production.
 */
export function secretFaults(
  required: readonly RequiredSecret[],
  entries: Readonly<Record<string, unknown>>,
  stack: string,
  refusesPlaceholders = false,
): readonly Fault[] {
  return [
    ...entryFaults(entries),
    ...required.flatMap((need) => referenceFault(need, entries, stack) ?? []),
    ...(refusesPlaceholders ? placeholderFaults(required, entries, stack) : []),
    ...sharedKeys(required, entries),
    ...copiedSecrets(required, entries, stack),
  ];
}

/** Whether a config says that it is production's: there, placeholders are refused. */
export const isProduction = (config: unknown): boolean =>
  typeof config === "object" &&
  config !== null &&
  "environment" in config &&
  config.environment === "production";

/** Values that start every program and keep nobody out. */
function placeholderFaults(
  required: readonly RequiredSecret[],
  entries: Readonly<Record<string, unknown>>,
  stack: string,
): Fault[] {
  return required.flatMap(({ path, name, kind, hosts }) => {
    const value = Object.hasOwn(entries, name) ? entries[name] : undefined;
    return typeof value === "string" &&
      secretFault(kind, value, hosts) === undefined &&
      isPlaceholder(kind, value)
      ? [
          {
            path: writePath(["fleet:secrets", name]),
            expected: `${placeholderFault} (its value is not shown; ${path} refers to it)`,
            mend: setCommand(stack, name),
          },
        ]
      : [];
  });
}

const setCommand = (stack: string, name: string): string =>
  `pulumi config set --stack ${stack} --secret --path 'fleet:secrets.${name}'`;

function entryFaults(entries: Readonly<Record<string, unknown>>): Fault[] {
  return Object.entries(entries).flatMap(([name, value]) => {
    if (!SecretName.safeParse(name).success) {
      // A map turned round has its values for names.
      const path = quote(name) === undefined ? ["fleet:secrets"] : ["fleet:secrets", name];
      const expected = "must be named by lower-case letters, digits and dashes";
      return [{ path: writePath(path), expected }];
    }
    const path = writePath(["fleet:secrets", name]);
    return typeof value === "string"
      ? []
      : [{ path, expected: "must be one secret text, not a structure or a bare number" }];
  });
}

function referenceFault(
  { path, name, kind, hosts }: RequiredSecret,
  entries: Readonly<Record<string, unknown>>,
  stack: string,
): Fault | undefined {
  if (!Object.hasOwn(entries, name)) {
    return {
      path,
      expected: `names ${name}, a ${kind}, which fleet:secrets does not have`,
      mend: `make keys STACK=${stack} TARGET=live lists what is missing and makes or imports it`,
    };
  }
  const value = entries[name];
  const fault = typeof value === "string" ? secretFault(kind, value, hosts) : undefined;
  return fault === undefined
    ? undefined
    : {
        path: writePath(["fleet:secrets", name]),
        expected: `${fault} (its value is not shown; ${path} refers to it)`,
        mend: setCommand(stack, name),
      };
}

/** Who a secret makes a program. */
interface Identity {
  /** The secret itself, in one way of writing: identities are one where these are. */
  readonly key: string;
  /** What may be told of it. */
  readonly publicHalf: () => string;
}

/** An identity that is right; undefined for a faulty one, and for what is none. */
function identityOf({ kind }: RequiredSecret, value: unknown): Identity | undefined {
  const isIdentity = kind === "key-pair" || kind === "p2p-key";
  if (!isIdentity || typeof value !== "string" || secretFault(kind, value) !== undefined) {
    return undefined;
  }
  if (kind === "key-pair") {
    return { key: value, publicHalf: () => `public key ${derivePublicKey(value)}` };
  }
  const seed = readPeerKey(value);
  return {
    key: `peer ${seed.toString("hex")}`,
    publicHalf: () => `peer ${peerIdOf(publicKeyOfSeed(seed))}`,
  };
}

/**
 * One identity stands in one place. Two processes with one key knock each other off the network in
 * turns (facts/skywire.md 2.5), and nothing in Kubernetes would show it.
 */
function sharedKeys(
  required: readonly RequiredSecret[],
  entries: Readonly<Record<string, unknown>>,
): Fault[] {
  const owners = new Map<string, string>();
  return required.flatMap((need) => {
    const { path, name } = need;
    const identity = identityOf(need, entries[name]);
    if (identity === undefined) {
      return [];
    }
    const owner = owners.get(identity.key);
    if (owner === undefined) {
      owners.set(identity.key, path);
      return [];
    }
    // Only now: to derive them all is a fifth of what checking production takes.
    const half = identity.publicHalf();
    return [{ path, expected: `must have a key of its own: ${half} is that of ${owner} too` }];
  });
}

/**
 * One value under two names: whoever learns it by the one has the other, and it cannot be rotated alone. What two
 * servers are to know alike is one entry.
 */
function copiedSecrets(
  required: readonly RequiredSecret[],
  entries: Readonly<Record<string, unknown>>,
  stack: string,
): Fault[] {
  const owners = new Map<string, string>();
  return required.flatMap(({ path, name, kind }) => {
    const value = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (
      (kind !== "shared-secret" && kind !== "client-secret") ||
      typeof value !== "string" ||
      secretFault(kind, value) !== undefined
    ) {
      return [];
    }
    const owner = owners.get(value) ?? name;
    owners.set(value, owner);
    return owner === name
      ? []
      : [
          {
            path: writePath(["fleet:secrets", name]),
            expected: `must have a value of its own: it is that of ${owner} (its value is not shown; ${path} refers to it)`,
            mend: setCommand(stack, name),
          },
        ];
  });
}
