/** Identities of the stack: read once, compared with the published ones before anything is made. */
import type { KeyPair } from "../../components/base/secret-store.ts";
import {
  describeMismatches,
  dmsgServerIdentity,
  type Identities,
  identityMismatches,
} from "../../components/skywire/identities.ts";
import type { StackContext } from "../context.ts";
import type { LiveFault } from "../live-faults.ts";
import { daemonsOf } from "./daemon-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf } from "./shape.ts";

/** Services with one key each. */
const keyedServices = [
  "dmsg-discovery",
  "transport-discovery",
  "address-resolver",
  "route-finder",
  "uptime-tracker",
  "service-discovery",
  "network-monitor",
] as const;

/** A service with one key. */
export type KeyedService = (typeof keyedServices)[number];

/** Every key pair of the stack. */
export interface StackKeys {
  readonly services: Readonly<Record<KeyedService, KeyPair>>;
  readonly dmsgServers: ReadonlyMap<string, KeyPair>;
  readonly setupNodes: ReadonlyMap<string, KeyPair>;
  readonly daemons: ReadonlyMap<string, KeyPair>;
}

/** Reads the key pairs behind the config's references. */
export function readKeys(stack: SkywireStack, context: StackContext): StackKeys {
  const { secrets } = context;
  const { services } = stack;
  const servers = dmsgServersOf(stack);
  return {
    services: Object.fromEntries(
      keyedServices.map((service) => [service, secrets.keyPair(services[service].key)]),
    ) as Record<KeyedService, KeyPair>,
    dmsgServers: new Map(servers.map(({ name, key }) => [name, secrets.keyPair(key)])),
    setupNodes: new Map(
      Object.entries(services["setup-nodes"]).map(([name, { key }]) => [
        name,
        secrets.keyPair(key),
      ]),
    ),
    daemons: new Map(daemonsOf(stack).map(({ name, key }) => [name, secrets.keyPair(key)])),
  };
}

/** The key of a member. */
export function keyOf(keys: ReadonlyMap<string, KeyPair>, name: string): KeyPair {
  const key = keys.get(name);
  if (key === undefined) {
    throw new Error(`no key was read for ${name}`);
  }
  return key;
}

/** Public keys by identity, as the outside world knows them. */
export function publicIdentities(stack: SkywireStack, keys: StackKeys): Identities {
  const servers = dmsgServersOf(stack).map(
    ({ name, nodePort }) =>
      [dmsgServerIdentity(nodePort), keyOf(keys.dmsgServers, name).publicKey] as const,
  );
  const services = keyedServices.map(
    (service) => [service, keys.services[service].publicKey] as const,
  );
  // No daemon's key is published.
  const others = [...keys.setupNodes, ...keys.daemons].map(
    ([name, { publicKey }]) => [name, publicKey] as const,
  );
  return Object.fromEntries([...services, ...servers, ...others]);
}

/**
 * The same by the names under which they are published: of setup-nodes the first one's key is, whatever the file
 * calls it. A member that merely has a published name is none of those.
 */
function comparedIdentities(stack: SkywireStack, keys: StackKeys): Identities {
  const [first] = Object.keys(stack.services["setup-nodes"]);
  const own = new Set([...keys.setupNodes.keys(), ...keys.daemons.keys()]);
  const others = Object.entries(publicIdentities(stack, keys)).filter(([name]) => !own.has(name));
  return {
    ...Object.fromEntries(others),
    ...(first === undefined ? {} : { "setup-node": keyOf(keys.setupNodes, first).publicKey }),
  };
}

/**
 * Compares the stack's keys with those that visors have built in.
 *
 * The sandbox's keys are thrown away, so that a difference there is worth a warning only; live it
 * means that every visor in the world looks for somebody else.
 */
export function identityFault(stack: SkywireStack, keys: StackKeys): LiveFault | undefined {
  if (stack.identities === "own") {
    return undefined;
  }
  const mismatches = identityMismatches(stack.environment, comparedIdentities(stack, keys));
  if (mismatches.length === 0) {
    return undefined;
  }
  const names = mismatches.map(({ identity }) => identity).join(", ");
  return {
    live: describeMismatches(mismatches),
    sandbox: `throw-away keys instead of the published ones: ${names}`,
  };
}
