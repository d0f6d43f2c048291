import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { SecretReference } from "../base/secrets.ts";
import { memoryOf } from "../workload/memory.ts";
import type { Container, SecretFileSet, WorkloadArgs } from "../workload/types.ts";
import { type BackupProgram, type Backups, setFolder } from "./backup.ts";
import { backupResources, type ScheduledBackup } from "./backup.schema.ts";
import { makeDialled } from "./dialled.ts";
import { postgresPort } from "./ports.ts";
import { passwordFile, postgresBackupScript, postgresRestoreScript } from "./postgres-backup.ts";
import {
  authenticationOf,
  databaseList,
  podPaths,
  postgresFiles,
  type PostgresSettings,
  prepareScript,
} from "./postgres-files.ts";
import type { DisklessBuiltinPostgres, DisklessPostgresConfig } from "./postgres.schema.ts";
import { type StoreNames, storeWorkload } from "./store.ts";
import type { StoreSurroundings } from "./surroundings.ts";

/** User of the official image's Debian flavour, named `postgres` there. */
const postgresUser = 999;

/** What {@link Postgres} is given. */
export interface PostgresArgs extends StoreSurroundings {
  readonly config: DisklessPostgresConfig;
  readonly names?: StoreNames | undefined;
}

/** How a program logs in to a database. */
export interface DatabaseLogin {
  readonly user: string;
  readonly database: string;
  readonly password: pulumi.Output<string>;
}

/**
 * A Postgres server with its databases.
 *
 * `builtin` is one pod with a disk, prepared before each start, so that a program that finds it
 * listening finds its database: the services leave at once when they do not (facts/skywire.md 5).
 * Wait for its `ready`: it is done when the pod is ready. `external` makes nothing.
 *
 * The built-in server's superuser has no password and no way in from the network:
 * `kubectl exec -it <name>-0 -- psql` is.
 */
export class Postgres extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host name or address to dial. */
  readonly host: string;
  /** Port to dial. */
  readonly port: number;
  /** Backups of the built-in server, where they are on. */
  readonly backups: Backups | undefined;
  readonly #logins: ReadonlyMap<string, DatabaseLogin>;

  /** @param name Of the pod's controller and, by default, its Service, and the prefix of its backups. */
  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, secrets } = args;
    super("fleet:data:Postgres", name, { kind: config.kind }, opts);
    this.#logins = loginsOf(config, (password) => secrets.value(password));
    const passwords = passwordsOf(this.#logins);
    const store = makeDialled<DisklessBuiltinPostgres>(this, name, args, {
      port: postgresPort,
      server: (builtin) => serverArgs(name, args, builtin, passwords),
      backups: (builtin, plan, host) => backupsArgs(args, builtin, plan, host, passwords),
    });
    ({ host: this.host, port: this.port, ready: this.ready, backups: this.backups } = store);
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /**
   * How to log in to a database.
   *
   * @param name Key of the database in the config.
   * @throws Error when the config lists no such database.
   */
  login(name: string): DatabaseLogin {
    const login = this.#logins.get(name);
    if (login === undefined) {
      const known = [...this.#logins.keys()].join(", ");
      throw new Error(`Postgres has no database ${name}: its config lists ${known}`);
    }
    return login;
  }
}

type Passwords = ReadonlyMap<string, pulumi.Output<string>>;

function loginsOf(
  config: DisklessPostgresConfig,
  value: (password: SecretReference<"password">) => pulumi.Output<string>,
): ReadonlyMap<string, DatabaseLogin> {
  const logins =
    config.kind === "builtin"
      ? Object.entries(config.databases).map(
          ([name, { password }]) =>
            [name, { user: name, database: name, password: value(password) }] as const,
        )
      : Object.entries(config.databases).map(
          ([name, { user, database, password }]) =>
            [name, { user, database: database ?? name, password: value(password) }] as const,
        );
  return new Map(logins);
}

const passwordsOf = (logins: ReadonlyMap<string, DatabaseLogin>): Passwords =>
  new Map([...logins].map(([name, { password }]) => [name, password]));

function settingsOf(config: DisklessBuiltinPostgres): PostgresSettings {
  return {
    paths: podPaths,
    port: postgresPort,
    maxConnections: config.maxConnections,
    memory: memoryOf(config.resources),
    databases: Object.keys(config.databases),
    extensions: Object.fromEntries(
      Object.entries(config.databases).map(([name, { extensions = [] }]) => [name, extensions]),
    ),
    authentication: authenticationOf(config.image),
    superuser: "postgres",
  };
}

/** The server's pod: one container that prepares the data, then the server itself. */
function serverArgs(
  name: string,
  args: PostgresArgs,
  config: DisklessBuiltinPostgres,
  passwords: Passwords,
): WorkloadArgs {
  const settings = settingsOf(config);
  const { image, resources } = config;
  const passwordFiles: SecretFileSet = {
    name: "passwords",
    files: Object.fromEntries(passwords),
  };
  const mounts = [
    { volume: "config", path: podPaths.config },
    { volume: "data", path: "/var/lib/postgresql/data" },
    { volume: "memory", path: "/dev/shm" },
  ];
  const prepare: Container = {
    name: "prepare",
    image,
    command: ["sh", "/etc/fleet/scripts/prepare.sh"],
    resources,
    mounts: [
      ...mounts,
      { volume: "scripts", path: "/etc/fleet/scripts" },
      { volume: "passwords", path: podPaths.passwords },
      { volume: "preparation", path: podPaths.preparation },
    ],
  };
  const server: Container = {
    name,
    image,
    // The image's entry point would only do what has been done.
    command: ["postgres"],
    args: ["-c", `config_file=${podPaths.config}/postgresql.conf`],
    env: { PGDATA: podPaths.data },
    ports: [{ name: "postgres", port: postgresPort }],
    probes: serverProbes,
    resources,
    mounts: [...mounts, { volume: "sockets", path: podPaths.sockets }],
  };
  return storeWorkload(name, args, config, {
    initContainers: [prepare],
    container: server,
    ports: ["postgres"],
    security: { user: postgresUser },
    files: [
      { name: "config", files: postgresFiles(settings) },
      { name: "scripts", files: { "prepare.sh": prepareScript(settings) }, executable: true },
    ],
    secretFiles: [passwordFiles],
    scratch: [
      { name: "sockets" },
      { name: "preparation" },
      // Parallel queries share memory here; a container's own 64 MiB make them fail.
      { name: "memory", memory: true, sizeLimit: "256Mi" },
    ],
    // A clean stop writes everything out; what is cut short is repaired at the next start.
    terminationGraceSeconds: 120,
  });
}

const answers = {
  kind: "exec",
  command: ["pg_isready", "--host=127.0.0.1", `--port=${postgresPort}`, "--timeout=3"],
} as const;

/**
 * Repairs after a crash happen before, in the preparation, which no probe cuts short. Of a server that crashes alone
 * its pod stays, and nothing prepares it: it has the ten minutes of its start for them.
 */
const serverProbes = {
  startup: { check: answers, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
  readiness: { check: answers, periodSeconds: 10, timeoutSeconds: 5 },
  liveness: { check: answers, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
} as const;

/** The two scripts of a Postgres' backups, with what they need. */
function backupsArgs(
  args: PostgresArgs,
  { image, databases }: DisklessBuiltinPostgres,
  plan: ScheduledBackup,
  host: string,
  passwords: Passwords,
) {
  const file = pulumi
    .secret(pulumi.all(Object.fromEntries(passwords)))
    .apply((known) => passwordFile(known));
  const program: Omit<BackupProgram, "script"> = {
    env: {
      PGHOST: host,
      PGPORT: `${postgresPort}`,
      DATABASES: `${setFolder("config")}/databases`,
      PASSWORD_FILE: `${setFolder("passwords")}/pgpass`,
    },
    files: [{ name: "config", files: { databases: databaseList(Object.keys(databases)) } }],
    secretFiles: [{ name: "passwords", files: { pgpass: file } }],
    resources: backupResources.postgres,
    work: "64Mi",
  };
  return {
    surroundings: args,
    plan,
    image,
    user: postgresUser,
    backup: { ...program, script: postgresBackupScript },
    restore: { ...program, script: postgresRestoreScript },
  };
}
