/** Who may do what in Elasticsearch. Pure. */
import type { KibanaConfig } from "./elk.schema.ts";
import type { StoreUser } from "./names.ts";

/** A role in Elasticsearch's words. */
export interface Role {
  /** Rights in the cluster. */
  readonly cluster: readonly string[];
  readonly indices: readonly {
    readonly names: readonly string[];
    readonly privileges: readonly string[];
  }[];
}

const adds = ["create_doc", "auto_configure"];

/** Rights in the families' streams. Counts and settings of indices are `monitor` (README of elasticsearch_exporter). */
const privileges: Readonly<Record<StoreUser, readonly string[]>> = {
  filebeat: adds,
  vector: adds,
  grafana: ["read", "view_index_metadata"],
  prometheus: ["monitor"],
};

/**
 * Rights of the programs that call. A shipper adds lines, and with them the fields they bring; it reads
 * and deletes nothing. Each asks first which version it talks to (`monitor`).
 *
 * @param streams Names of the data streams.
 */
export function roleOf(user: StoreUser, streams: readonly string[]): Role {
  return { cluster: ["monitor"], indices: [{ names: [...streams], privileges: privileges[user] }] };
}

/** Name of such a role: its own, beside those that Elasticsearch brings along. */
export const roleName = (user: StoreUser): string => `fleet-${user}`;

/** A user as the set-up makes it. */
export interface UserPlan {
  readonly name: string;
  readonly roles: readonly string[];
  /** File that holds the password. */
  readonly password: string;
}

/** Users of programs. */
export const programUsers = (users: readonly StoreUser[]): UserPlan[] =>
  users.map((name) => ({ name, roles: [roleName(name)], password: name }));

/** Users of people, with the roles of that name which Elasticsearch brings along. */
export const peopleUsers = (kibana: KibanaConfig | undefined): UserPlan[] =>
  Object.entries(kibana?.users ?? {}).map(([name, { role }], index) => ({
    name,
    roles: [role],
    // By number: a program's file must not be a person's.
    password: `person-${index}`,
  }));
