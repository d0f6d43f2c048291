import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { memoryOf } from "../workload/memory.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import type { Backups } from "./backup.ts";
import { backupResources, type ScheduledBackup } from "./backup.schema.ts";
import { makeDialled } from "./dialled.ts";
import { mongoBackupScript, mongoRestoreScript } from "./mongo-backup.ts";
import { mongoConfig, mongoData, mongoShell, mongoUrl } from "./mongo-files.ts";
import type { BuiltinMongo, MongoConfig } from "./mongo.schema.ts";
import { mongoPort } from "./ports.ts";
import { preamble } from "./shell.ts";
import { type StoreNames, storeWorkload } from "./store.ts";
import type { StoreSurroundings } from "./surroundings.ts";

/** User of the official image, named `mongodb` there. */
export const mongoUser = 999;

/** What {@link Mongo} is given. */
export interface MongoArgs extends StoreSurroundings {
  readonly config: MongoConfig;
  readonly names?: StoreNames | undefined;
}

/**
 * A MongoDB server.
 *
 * `builtin` is one pod with a disk, without a login: only the network policies keep others out. Wait for its
 * `ready`: it is done when the server answers. `external` makes nothing.
 */
export class Mongo extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host name or address to dial. */
  readonly host: string;
  /** Port to dial. */
  readonly port: number;
  /** Backups of the built-in server, where they are on. */
  readonly backups: Backups | undefined;
  readonly #config: MongoConfig;
  readonly #password: pulumi.Output<string> | undefined;

  /** @param name Of the pod's controller and, by default, its Service, and the prefix of its backups. */
  constructor(name: string, args: MongoArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config } = args;
    super("fleet:data:Mongo", name, { kind: config.kind }, opts);
    this.#config = config;
    this.#password =
      config.kind === "external" && config.login !== undefined
        ? args.secrets.value(config.login.password)
        : undefined;
    const store = makeDialled<BuiltinMongo>(this, name, args, {
      port: mongoPort,
      server: (builtin) => serverArgs(name, args, builtin),
      backups: (builtin, plan, host) => backupsArgs(args, builtin, plan, host),
    });
    ({ host: this.host, port: this.port, ready: this.ready, backups: this.backups } = store);
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /** `mongodb://` address of a database: an output, secret where there is a password in it. */
  url(database: string): pulumi.Output<string> {
    const config = this.#config;
    const place = { host: this.host, port: this.port, database };
    if (config.kind === "builtin") {
      return pulumi.output(mongoUrl(place));
    }
    const { login, authSource, tls } = config;
    return login === undefined || this.#password === undefined
      ? pulumi.output(mongoUrl({ ...place, tls }))
      : this.#password.apply((password) =>
          mongoUrl({ ...place, tls, login: { user: login.user, password, authSource } }),
        );
  }
}

const answers = {
  kind: "exec",
  // The server's own shell is slow to start: twice a minute is enough.
  command: ["sh", "/etc/fleet/scripts/answers.sh"],
} as const;

/** Readiness asks the server itself; liveness only whether it takes connections, as a busy one must not be killed. */
const serverProbes = {
  startup: { check: answers, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 90 },
  readiness: { check: answers, periodSeconds: 30, timeoutSeconds: 10 },
  liveness: {
    check: { kind: "tcp", port: "mongo" },
    periodSeconds: 20,
    timeoutSeconds: 5,
    failureThreshold: 6,
  },
} as const;

/** Succeeds when the server on this machine answers a command. */
export const mongoAnswersScript = `${preamble}${mongoShell}
mongo_shell --port ${mongoPort} --eval 'if (db.adminCommand({ ping: 1 }).ok !== 1) { quit(1); }'
`;

/** The server's pod. */
function serverArgs(name: string, args: MongoArgs, config: BuiltinMongo): WorkloadArgs {
  const { image, resources } = config;
  const memory = memoryOf(resources);
  return storeWorkload(name, args, config, {
    container: {
      name,
      image,
      // The image's entry point would change its user, which is set already.
      command: ["mongod"],
      args: ["--config", "/etc/mongo/mongod.conf"],
      // The shell of the probes looks for files of its user there.
      env: { HOME: "/tmp" },
      ports: [{ name: "mongo", port: mongoPort }],
      probes: serverProbes,
      resources,
      mounts: [
        { volume: "config", path: "/etc/mongo" },
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: "data", path: mongoData },
        { volume: "tmp", path: "/tmp" },
      ],
    },
    ports: ["mongo"],
    security: { user: mongoUser },
    files: [
      {
        name: "config",
        files: { "mongod.conf": mongoConfig({ port: mongoPort, data: mongoData, memory }) },
      },
      { name: "scripts", files: { "answers.sh": mongoAnswersScript }, executable: true },
    ],
    scratch: [{ name: "tmp" }],
    // A clean stop writes everything out; what is cut short is repaired from the journal at the next start.
    terminationGraceSeconds: 120,
  });
}

/** The two scripts of a MongoDB's backups, with what they need. */
function backupsArgs(
  args: MongoArgs,
  { image }: BuiltinMongo,
  plan: ScheduledBackup,
  host: string,
) {
  const program = {
    env: { MONGO_HOST: host, MONGO_PORT: `${mongoPort}` },
    resources: backupResources.mongo,
    work: "64Mi",
  };
  return {
    surroundings: args,
    plan,
    image,
    user: mongoUser,
    backup: { ...program, script: mongoBackupScript },
    restore: { ...program, script: mongoRestoreScript },
  };
}
