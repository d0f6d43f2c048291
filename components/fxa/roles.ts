/**
 * The programs of Firefox Accounts by name.
 *
 * All but two come from one image, whose launcher reads the variable `server` (facts/fxa.md 2). The union holds
 * every value that the seed lists, and every role that its pods show.
 */

/** What the one image can be, and fxa-mail-service, which by the seed comes from it, too. */
export const serverRoles = [
  "auth-db-mysql",
  "auth-server",
  "content-server",
  "customs-server",
  "graphql-api",
  "profile-server",
  "profile-server-worker",
  "profile-server-static",
  "payments-server",
  "payments-server-worker",
  "payments-server-static",
  "event-broker",
  "mail-service",
  "browserid-verifier",
  "fortress",
  "123done",
  "321done",
  "debug",
] as const;
/** {@inheritDoc serverRoles} */
export type ServerRole = (typeof serverRoles)[number];

/** Every program with an environment of its own: the roles but debug, which has its target's, and mozilla-sync. */
export const programs = [
  ...serverRoles.filter((role): role is Exclude<ServerRole, "debug"> => role !== "debug"),
  "mozilla-sync",
] as const;
/** {@inheritDoc programs} */
export type Program = (typeof programs)[number];

/** Relying parties that show how to log in. */
export const demos = ["123done", "321done", "fortress"] as const;
/** {@inheritDoc demos} */
export type Demo = (typeof demos)[number];

/** What keeps data for the programs. */
export const stores = ["mysql", "redis-master", "memcached"] as const;
/** {@inheritDoc stores} */
export type Store = (typeof stores)[number];

/** The Jobs that bring databases up to date. */
export const patcherName = "fxa-auth-db-mysql-patch";
