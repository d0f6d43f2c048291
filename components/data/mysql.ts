import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { SecretReference } from "../base/secrets.ts";
import { memoryOf } from "../workload/memory.ts";
import type { Storage } from "../workload/storage.schema.ts";
import type { Container, Probes, WorkloadArgs } from "../workload/types.ts";
import type { Placement, Resources } from "../workload/workload.schema.ts";
import { type Backups, setFolder } from "./backup.ts";
import { type BackupPlan, backupResources, type ScheduledBackup } from "./backup.schema.ts";
import { makeDialled } from "./dialled.ts";
import { mysqlBackupScript, mysqlOptions, mysqlRestoreScript } from "./mysql-backup.ts";
import {
  mysqlAnswers,
  mysqlConfig,
  mysqlInit,
  mysqlPaths,
  mysqlPrepared,
  mysqlPrepareScript,
} from "./mysql-files.ts";
import { mysqlPort } from "./ports.ts";
import { type StoreNames, storeWorkload } from "./store.ts";
import type { StoreSurroundings } from "./surroundings.ts";

/** One account with databases of its own, on one pod with a disk. */
export interface BuiltinMysql {
  readonly kind: "builtin";
  /** Official image of series 8: its user is number 999. */
  readonly image: string;
  readonly storage: Storage;
  readonly resources: Resources;
  readonly placement?: Placement | undefined;
  readonly user: string;
  readonly password: SecretReference;
  readonly rootPassword: SecretReference;
  /** What each is for → its name. */
  readonly databases: Readonly<Record<string, string>>;
  readonly backup: BackupPlan;
}

/** Where a MySQL is. Logins, and what of them programs are told, are the system's affair. */
export type MysqlConfig =
  | BuiltinMysql
  | { readonly kind: "external"; readonly host: string; readonly port: number };

/** What {@link Mysql} is given. */
export interface MysqlArgs extends StoreSurroundings {
  readonly config: MysqlConfig;
  readonly names?: StoreNames | undefined;
}

/** User of the official image, named `mysql` there. */
const mysqlUser = 999;

/**
 * A MySQL server with the account and databases of a system.
 *
 * `builtin` is one pod with a disk, for trials. Account and databases are there before it takes connections, and
 * passwords are what the stack says from each start on; its root comes in by the socket alone:
 * `kubectl exec -it <name>-0 -- mysql -uroot -p`. `external` makes nothing.
 */
export class Mysql extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host name or address to dial. */
  readonly host: string;
  /** Port to dial. */
  readonly port: number;
  /** Backups of the built-in server, where they are on. */
  readonly backups: Backups | undefined;

  /** @param name Of the pod's controller and, by default, its Service, and the prefix of its backups. */
  constructor(name: string, args: MysqlArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:data:Mysql", name, { kind: args.config.kind }, opts);
    const store = makeDialled<BuiltinMysql>(this, name, args, {
      port: mysqlPort,
      server: (builtin) => serverArgs(name, args, builtin),
      backups: (builtin, plan, host) => backupsArgs(args, builtin, plan, host),
    });
    ({ host: this.host, port: this.port, ready: this.ready, backups: this.backups } = store);
    this.registerOutputs({ host: this.host, port: this.port });
  }
}

/** Repairs after a crash are part of the start. */
function serverProbes(databases: readonly string[]): Probes {
  const answers = { kind: "exec", command: mysqlAnswers(mysqlPort) } as const;
  const prepared = { kind: "exec", command: mysqlPrepared(mysqlPort, databases) } as const;
  return {
    startup: { check: prepared, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 240 },
    readiness: { check: answers, periodSeconds: 10, timeoutSeconds: 5 },
    liveness: { check: answers, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
  };
}

const databasesOf = ({ databases }: BuiltinMysql): string[] => Object.values(databases);

function initOf({ secrets }: MysqlArgs, config: BuiltinMysql): pulumi.Output<string> {
  return pulumi
    .all([secrets.value(config.password), secrets.value(config.rootPassword)])
    .apply(([password, rootPassword]) =>
      mysqlInit({ user: config.user, password, rootPassword, databases: databasesOf(config) }),
    );
}

/** How a client logs in as the account of all programs. */
const optionsOf = ({ secrets }: MysqlArgs, { user, password }: BuiltinMysql) =>
  secrets.value(password).apply((plain) => mysqlOptions(user, plain));

/** The server's pod: one container that makes the data folder, then the server itself. */
function serverArgs(name: string, args: MysqlArgs, config: BuiltinMysql): WorkloadArgs {
  const { image, resources } = config;
  const memory = memoryOf(resources);
  const mounts = [
    { volume: "config", path: mysqlPaths.config },
    { volume: "data", path: mysqlPaths.disk },
    { volume: "sockets", path: mysqlPaths.sockets },
    { volume: "tmp", path: "/tmp" },
  ];
  const prepare: Container = {
    name: "prepare",
    image,
    command: ["sh", `${mysqlPaths.scripts}/prepare.sh`],
    resources,
    mounts: [...mounts, { volume: "scripts", path: mysqlPaths.scripts }],
  };
  return storeWorkload(name, args, config, {
    initContainers: [prepare],
    container: {
      name,
      image,
      // The image's entry point would only do what has been done.
      command: ["mysqld"],
      args: [
        `--defaults-file=${mysqlPaths.config}/my.cnf`,
        `--init-file=${mysqlPaths.init}/init.sql`,
      ],
      ports: [{ name: "mysql", port: mysqlPort }],
      probes: serverProbes(databasesOf(config)),
      resources,
      mounts: [...mounts, { volume: "init", path: mysqlPaths.init }],
    },
    ports: ["mysql"],
    security: { user: mysqlUser },
    files: [
      { name: "config", files: { "my.cnf": mysqlConfig({ port: mysqlPort, memory }) } },
      { name: "scripts", files: { "prepare.sh": mysqlPrepareScript }, executable: true },
    ],
    secretFiles: [
      {
        name: "init",
        files: { "init.sql": initOf(args, config), "client.cnf": optionsOf(args, config) },
      },
    ],
    scratch: [{ name: "sockets" }, { name: "tmp", sizeLimit: "1Gi" }],
    // A clean stop writes everything out; what is cut short is repaired at the next start.
    terminationGraceSeconds: 120,
  });
}

/** The two scripts of a MySQL's backups, with what they need. */
function backupsArgs(args: MysqlArgs, config: BuiltinMysql, plan: ScheduledBackup, host: string) {
  const { image } = config;
  const program = {
    env: {
      HOME: "/work",
      MYSQL_HOST: host,
      MYSQL_PORT: `${mysqlPort}`,
      DATABASES: `${setFolder("config")}/databases`,
      OPTIONS_FILE: `${setFolder("options")}/client.cnf`,
    },
    files: [
      {
        name: "config",
        files: {
          databases: databasesOf(config)
            .map((database) => `${database}\n`)
            .join(""),
        },
      },
    ],
    secretFiles: [{ name: "options", files: { "client.cnf": optionsOf(args, config) } }],
    resources: backupResources.mysql,
  };
  return {
    surroundings: args,
    plan,
    image,
    user: mysqlUser,
    backup: { ...program, script: mysqlBackupScript, work: "64Mi" },
    // A dump is unpacked there.
    restore: { ...program, script: mysqlRestoreScript, work: config.storage.size },
  };
}
