/** Public hosts of a deployment under its root domain (facts/fxa.md 7). Pure. */
import * as z from "zod";

import { Hostname } from "../base/scalars.ts";

/** What each public host is for. */
export const publicNames = [
  "accounts",
  "api",
  "oauth",
  "profile",
  "images",
  "graphql",
  "subscriptions",
  "token",
  "sync",
  "eventbroker",
  "123done",
  "321done",
  "fortress",
] as const;
/** {@inheritDoc publicNames} */
export type PublicName = (typeof publicNames)[number];

/** Host of each. */
export type HostTable = Readonly<Record<PublicName, string>>;

/** Those that stand below `accounts`, as the programs' own defaults have it: api.accounts.<root>. */
const belowAccounts: readonly PublicName[] = ["api", "oauth", "profile", "images", "graphql"];

const overrides = Object.fromEntries(
  publicNames.map((name) => [name, Hostname.optional()]),
) as Readonly<Record<PublicName, z.ZodOptional<typeof Hostname>>>;

/** `fleet:hosts` of a stack file. */
export const HostsConfig = z
  .strictObject({
    /**
     * `nested` is api.accounts.<root>, as the programs' defaults are; `flat` is api-accounts.<root>, which one
     * wildcard certificate covers.
     */
    names: z.enum(["nested", "flat"]).default("nested"),
    /** Hosts that are called otherwise. */
    ...overrides,
  })
  .prefault({});
/** {@inheritDoc HostsConfig} */
export type HostsConfig = z.infer<typeof HostsConfig>;

/** Host of one name as it follows from the domain alone. */
function derivedHost(name: PublicName, domain: string, names: HostsConfig["names"]): string {
  const first = !belowAccounts.includes(name)
    ? name
    : names === "nested"
      ? `${name}.accounts`
      : `${name}-accounts`;
  return `${first}.${domain}`;
}

/** Every public host. */
export const hostTable = (domain: string, { names, ...own }: HostsConfig): HostTable =>
  Object.fromEntries(
    publicNames.map((name) => [name, own[name] ?? derivedHost(name, domain, names)]),
  ) as unknown as HostTable;

/** Place in the file that makes a host what it is. */
export const hostPath = (name: PublicName, hosts: HostsConfig): readonly string[] =>
  hosts[name] === undefined ? ["domain"] : ["hosts", name];
