/**
 * What a stack file says about PushTech's stores. With nothing said they are those of facts/pushtech.md 3.3 and 4,
 * each with a disk and, where something would be lost, with backups.
 */
import * as z from "zod";

import { ImageReference } from "../../components/base/images.ts";
import { DnsLabel } from "../../components/base/scalars.ts";
import { BackupPlan } from "../../components/data/backup.schema.ts";
import { KafkaConfig } from "../../components/data/kafka.schema.ts";
import { BuiltinMongo, ExternalMongo } from "../../components/data/mongo.schema.ts";
import { BuiltinPostgres, ExternalPostgres } from "../../components/data/postgres.schema.ts";
import { OpenBuiltinRedis, openRedis } from "../../components/data/redis.schema.ts";
import { NfsFiles, RwxFiles } from "../../components/data/shared-files.schema.ts";
import { Disk } from "../../components/data/storage.schema.ts";
import { ZookeeperConfig } from "../../components/data/zookeeper.schema.ts";
import { Resources } from "../../components/workload/workload.schema.ts";
import { kafkaTopic } from "../../components/pushtech/stores.ts";

const kinds = { error: "must say kind: builtin or external" };

/** What a store asks for, and may have of memory. A limit of CPU would only slow it down. */
const asks = (cpu: string, memory: string, limit: string) =>
  Resources.default({ requests: { cpu, memory }, limits: { memory: limit } });

/** Backups on a disk that fits a store of 1 GiB. */
const nightly = { kind: "scheduled", storage: { size: "5Gi" } } as const;

/** A Postgres with one database, whose extension its programs could not make themselves. */
const postgres = (database: string, password: string, resources: ReturnType<typeof asks>) =>
  z
    .discriminatedUnion(
      "kind",
      [
        BuiltinPostgres.extend({
          /** Of the series that the programs were written for. */
          image: ImageReference.default("docker.io/library/postgres:9.6.6"),
          storage: Disk.prefault({ size: "1Gi" }),
          resources,
          databases: BuiltinPostgres.shape.databases.prefault({
            [database]: { password, extensions: ["hstore"] },
          }),
          backup: BackupPlan.unwrap().prefault(nightly),
        }),
        ExternalPostgres,
      ],
      kinds,
    )
    .prefault({ kind: "builtin" });

/** A Redis of the series that the programs were written for, which asks nobody for a password. */
const redis = (backup: Exclude<z.input<typeof BackupPlan>, undefined>) =>
  openRedis(
    OpenBuiltinRedis.extend({
      image: ImageReference.default("docker.io/library/redis:4.0.6"),
      storage: Disk.prefault({ size: "1Gi" }),
      resources: asks("20m", "25Mi", "75Mi"),
      backup: BackupPlan.unwrap().prefault(backup),
    }),
  ).prefault({ kind: "builtin" });

/** Offers and searches. The original's 600 MiB and 400m of CPU were too little (facts/pushtech.md 9). */
const Mongo = z
  .discriminatedUnion(
    "kind",
    [
      BuiltinMongo.extend({
        storage: Disk.prefault({ size: "6Gi" }),
        backup: BackupPlan.unwrap().prefault({ kind: "scheduled", storage: { size: "20Gi" } }),
      }),
      ExternalMongo,
    ],
    kinds,
  )
  .prefault({ kind: "builtin" });

/** `fleet:stores`. Databases go by the names under which programs dial them. */
export const PushtechStores = z
  .strictObject({
    mongo: Mongo,
    postgres: z
      .strictObject({
        "website-db": postgres("webs", "website-db", asks("30m", "150Mi", "350Mi")),
        "imgserver-db": postgres("imgserver", "imgserver-db", asks("20m", "80Mi", "200Mi")),
        "notifserver-db": postgres("notserver", "notifserver-db", asks("30m", "100Mi", "250Mi")),
      })
      .prefault({}),
    redis: z
      .strictObject({
        "notifserver-redis": redis(nightly),
        "offerserver-redis": redis(nightly),
        "consumers-nodejs-redis": redis(nightly),
        // Its program deletes every queue when it starts: nothing of a backup would be left.
        "consumers-ruby-redis": redis({ kind: "none" }),
      })
      .prefault({}),
    zookeeper: ZookeeperConfig.prefault({ kind: "builtin" }),
    kafka: KafkaConfig.prefault({ kind: "builtin", topics: { [kafkaTopic]: {} } }),
    /** The images that users upload: one folder that all pods of the imageserver share. */
    imageStore: z
      .discriminatedUnion("kind", [NfsFiles, RwxFiles], { error: "must say kind: nfs or rwx" })
      .prefault({ kind: "nfs" }),
    /** Backs the images up: has a shell, coreutils, flock, tar and gzip. */
    toolsImage: ImageReference.default("docker.io/library/debian:12.12-slim"),
    /** Namespace of the NFS server alone: its pod may do what no other may. */
    imageNamespace: DnsLabel.default("pushtech-images"),
  })
  .prefault({});
/** {@inheritDoc PushtechStores} */
export type PushtechStores = z.infer<typeof PushtechStores>;
