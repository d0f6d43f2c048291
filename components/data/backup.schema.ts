/** When a store is backed up, and how much of it is kept. */
import * as z from "zod";

import { Cron } from "../base/scalars.ts";
import { Storage } from "../workload/storage.schema.ts";

/** What the pod of a backup asks for, by what it backs up. */
export const backupResources = {
  postgres: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  redis: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  mongo: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  mysql: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
  files: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
} as const;

/** Backups by the clock, into a disk of their own. */
export const ScheduledBackup = z.strictObject({
  kind: z.literal("scheduled"),
  /** Five-field cron expression, in UTC. */
  schedule: Cron.default("17 3 * * *"),
  /** How many complete backups stay; the oldest goes after a new one has succeeded, more than that before. */
  keep: z
    .int("must be a whole number of backups, e.g. 14")
    .min(1, "must keep at least one backup")
    .max(1_000, "must be at most 1000")
    .default(14),
  /** Disk of the backups. It must hold `keep` + 1 of them. */
  storage: Storage.prefault({}),
});
/** {@inheritDoc ScheduledBackup} */
export type ScheduledBackup = z.infer<typeof ScheduledBackup>;

/** What is done about backups. Saying nothing means one each night; doing without must be said. */
export const BackupPlan = z
  .discriminatedUnion("kind", [ScheduledBackup, z.strictObject({ kind: z.literal("none") })], {
    error: "must say kind: scheduled or none",
  })
  .prefault({ kind: "scheduled" });
/** {@inheritDoc BackupPlan} */
export type BackupPlan = z.infer<typeof BackupPlan>;
