import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { memoryOf } from "../workload/memory.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { type Backups, setFolder } from "./backup.ts";
import { backupResources, type ScheduledBackup } from "./backup.schema.ts";
import { makeDialled } from "./dialled.ts";
import { redisPort, redisRestorePort } from "./ports.ts";
import { redisBackupScript, redisRestoreScript } from "./redis-backup.ts";
import { redisConfig, redisRestoreConfig, redisStartScript } from "./redis-files.ts";
import type { OpenBuiltinRedis, OpenRedisConfig } from "./redis.schema.ts";
import { type StoreNames, storeWorkload } from "./store.ts";
import type { StoreSurroundings } from "./surroundings.ts";

/** User of the official image's Debian flavour. */
const redisUser = 999;

/** What {@link Redis} is given. */
export interface RedisArgs extends StoreSurroundings {
  readonly config: OpenRedisConfig;
  readonly names?: StoreNames | undefined;
  /** What keeps its pod. Default: a StatefulSet. */
  readonly controller?: "Deployment" | "StatefulSet" | undefined;
}

/**
 * A Redis server.
 *
 * `builtin` is one pod with a disk and a log of every write. Wait for its `ready`: it is done when the pod is
 * ready. `external` makes nothing.
 */
export class Redis extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host name or address to dial. */
  readonly host: string;
  /** Port to dial. */
  readonly port: number;
  /** `redis://host:port`, without the password: the services take that from REDIS_PASSWORD only. */
  readonly url: string;
  /** Backups of the built-in server, where they are on. */
  readonly backups: Backups | undefined;
  readonly #password: pulumi.Output<string> | undefined;

  /** @param name Of the pod's controller and, by default, its Service, and the prefix of its backups. */
  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config } = args;
    super("fleet:data:Redis", name, { kind: config.kind }, opts);
    const password =
      config.password === undefined ? undefined : args.secrets.value(config.password);
    this.#password = password;
    const store = makeDialled<OpenBuiltinRedis>(this, name, args, {
      port: redisPort,
      server: (builtin) => serverArgs(name, args, builtin, password),
      backups: (builtin, plan, host) => backupsArgs(args, builtin, plan, host, password),
    });
    ({ host: this.host, port: this.port, ready: this.ready, backups: this.backups } = store);
    this.url = `redis://${this.host}:${this.port}`;
    this.registerOutputs({ host: this.host, port: this.port, url: this.url });
  }

  /**
   * Password to log in with.
   *
   * @throws Error when the server asks for none.
   */
  get password(): pulumi.Output<string> {
    if (this.#password === undefined) {
      throw new Error(`Redis ${this.host} has no password: its config names none`);
    }
    return this.#password;
  }
}

type Password = pulumi.Output<string> | undefined;

/** redis-cli, of the probes, of backups and of operators, logs in with this one. */
const loginEnv = (
  password: Password,
): { readonly secretEnv?: Record<string, pulumi.Output<string>> } =>
  password === undefined ? {} : { secretEnv: { REDISCLI_AUTH: password } };

/** Text of a file that a password may stand in: secret only where one does. */
const fileWith = (
  password: Password,
  text: (password: string | undefined) => string,
): pulumi.Output<string> =>
  password === undefined ? pulumi.output(text(undefined)) : password.apply(text);

const ask = "redis-cli -h 127.0.0.1 ping";

/** A server that still reads its log answers, but not PONG: it is alive and not ready. */
const serverProbes = {
  startup: {
    check: { kind: "exec", command: ["sh", "-c", `test "$(${ask})" = PONG`] },
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 120,
  },
  readiness: {
    check: { kind: "exec", command: ["sh", "-c", `test "$(${ask})" = PONG`] },
    periodSeconds: 10,
    timeoutSeconds: 5,
  },
  liveness: {
    check: { kind: "exec", command: ["sh", "-c", ask] },
    periodSeconds: 20,
    timeoutSeconds: 5,
    failureThreshold: 6,
  },
} as const;

/** Folder of the data, the official image's own. */
const data = "/data";

/** The server's pod. */
function serverArgs(
  name: string,
  args: RedisArgs,
  config: OpenBuiltinRedis,
  password: Password,
): WorkloadArgs {
  const memory = memoryOf(config.resources);
  const file = fileWith(password, (plain) =>
    redisConfig({ port: redisPort, data, memory, password: plain }),
  );
  return storeWorkload(name, args, config, {
    container: {
      name,
      image: config.image,
      command: ["sh", "/etc/fleet/scripts/start.sh"],
      args: ["/etc/redis/redis.conf"],
      ...loginEnv(password),
      ports: [{ name: "redis", port: redisPort }],
      probes: serverProbes,
      resources: config.resources,
      mounts: [
        { volume: "config", path: "/etc/redis" },
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: "data", path: data },
      ],
    },
    ports: ["redis"],
    controller: args.controller,
    security: { user: redisUser },
    files: [{ name: "scripts", files: { "start.sh": redisStartScript }, executable: true }],
    secretFiles: [{ name: "config", files: { "redis.conf": file } }],
    terminationGraceSeconds: 60,
  });
}

/** The two scripts of a Redis' backups, with what they need. */
function backupsArgs(
  args: RedisArgs,
  config: OpenBuiltinRedis,
  plan: ScheduledBackup,
  host: string,
  password: Password,
) {
  const env = { REDIS_HOST: host, REDIS_PORT: `${redisPort}` };
  const file = fileWith(password, (plain) =>
    redisRestoreConfig({ port: redisRestorePort, password: plain }),
  );
  return {
    surroundings: args,
    plan,
    image: config.image,
    user: redisUser,
    backup: {
      script: redisBackupScript,
      env,
      ...loginEnv(password),
      resources: backupResources.redis,
      work: "64Mi",
    },
    restore: {
      script: redisRestoreScript,
      env: {
        ...env,
        RESTORE_CONFIG: `${setFolder("config")}/restore.conf`,
        RESTORE_PORT: `${redisRestorePort}`,
        PATIENCE: "900",
      },
      ...loginEnv(password),
      // The address at which the store finds this pod.
      fieldEnv: { RESTORE_HOST: "status.podIP" },
      ports: { restore: redisRestorePort },
      secretFiles: [{ name: "config", files: { "restore.conf": file } }],
      // It holds the same data as the store.
      resources: config.resources,
      work: memoryOf(config.resources),
    },
  };
}
