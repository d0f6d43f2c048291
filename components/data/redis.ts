import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { flowsOf } from "../base/flows.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { Backups, setFolder } from "./backup.ts";
import { backupResources, type ScheduledBackup } from "./backup.schema.ts";
import { redisPort, redisRestorePort } from "./flows.ts";
import { redisBackupScript, redisRestoreScript } from "./redis-backup.ts";
import { redisConfig, redisRestoreConfig } from "./redis-files.ts";
import type { BuiltinRedis, RedisConfig } from "./redis.schema.ts";
import { claimOf } from "./storage.ts";
import type { StoreSurroundings } from "./surroundings.ts";

/** User of the official image's Debian flavour. */
const redisUser = 999;

/** What {@link Redis} is given. */
export interface RedisArgs extends StoreSurroundings {
  readonly config: RedisConfig;
}

/**
 * A Redis server.
 *
 * `builtin` is one pod with a disk and a log of every write. Depend on the component: it is done when
 * the pod is ready. `external` makes nothing.
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
  /** Password to log in with. */
  readonly password: pulumi.Output<string>;
  /** Backups of the built-in server, where they are on. */
  readonly backups: Backups | undefined;

  /** @param name Of the pod's controller, its Service, and the prefix of its backups. */
  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, namespaceName } = args;
    super("fleet:data:Redis", name, { kind: config.kind }, opts);
    this.password = args.secrets.value(config.password);
    if (config.kind === "external") {
      this.host = config.host;
      this.port = config.port;
      this.backups = undefined;
      this.ready = [];
    } else {
      this.host = `${name}.${namespaceName}.svc`;
      this.port = redisPort;
      const workload = makeWorkload(name, serverArgs(name, args, config, this.password), {
        parent: this,
      });
      this.ready = workload.ready;
      this.backups =
        config.backup.kind === "none"
          ? undefined
          : new Backups(name, backupsArgs(args, config, config.backup, this), {
              parent: this,
            });
    }
    this.url = `redis://${this.host}:${this.port}`;
    this.registerOutputs({ host: this.host, port: this.port, url: this.url });
  }
}

const memoryOf = ({ resources }: BuiltinRedis): string =>
  resources.limits.memory ?? resources.requests.memory;

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

/** The server's pod. */
function serverArgs(
  name: string,
  args: RedisArgs,
  config: BuiltinRedis,
  password: pulumi.Output<string>,
): WorkloadArgs {
  const { image, resources, placement, storage } = config;
  const memory = memoryOf(config);
  const file = password.apply((plain) =>
    redisConfig({ port: redisPort, data: "/data", memory, password: plain }),
  );
  return {
    kind: "StatefulSet",
    system: args.system,
    namespace: args.namespace,
    container: {
      name,
      image,
      command: ["redis-server"],
      args: ["/etc/redis/redis.conf"],
      // redis-cli, of the probes and of operators, logs in with this one.
      secretEnv: { REDISCLI_AUTH: password },
      ports: [{ name: "redis", port: redisPort }],
      probes: serverProbes,
      resources,
      mounts: [
        { volume: "config", path: "/etc/redis" },
        { volume: "data", path: "/data" },
      ],
    },
    security: { user: redisUser },
    flows: flowsOf(args.flows, name, args.namespaceName),
    networkPolicy: args.networkPolicy,
    pullPolicy: args.pullPolicy,
    data: args.data,
    ...(placement === undefined ? {} : { placement }),
    ...(args.pullSecrets === undefined ? {} : { pullSecrets: args.pullSecrets }),
    secretFiles: [{ name: "config", files: { "redis.conf": file } }],
    claims: [claimOf("data", storage)],
    services: [{ ports: [{ name: "redis" }] }],
    terminationGraceSeconds: 60,
  };
}

/** The two scripts of a Redis' backups, with what they need. */
function backupsArgs(
  args: RedisArgs,
  config: BuiltinRedis,
  plan: ScheduledBackup,
  { host, password }: Redis,
) {
  const secretEnv = { REDISCLI_AUTH: password };
  const env = { REDIS_HOST: host, REDIS_PORT: `${redisPort}` };
  const file = password.apply((plain) =>
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
      secretEnv,
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
      secretEnv,
      // The address at which the store finds this pod.
      fieldEnv: { RESTORE_HOST: "status.podIP" },
      ports: { restore: redisRestorePort },
      secretFiles: [{ name: "config", files: { "restore.conf": file } }],
      // It holds the same data as the store.
      resources: config.resources,
      work: memoryOf(config),
    },
  };
}
