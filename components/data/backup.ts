import * as pulumi from "@pulumi/pulumi";

import type { JobArgs } from "../workload/cron-job.ts";
import type { FileSet, SecretFileSet } from "../workload/types.ts";
import type { Resources } from "../workload/workload.schema.ts";
import {
  type BackupJobs,
  type BackupOperation,
  backupVolume,
  makeBackupJobs,
} from "./backup-jobs.ts";
import type { ScheduledBackup } from "./backup.schema.ts";
import { type StoreSurroundings, storeSurrounded } from "./surroundings.ts";

/** A script with what it needs to run. Its files lie in folders named after their sets. */
export interface BackupProgram {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv?: Readonly<Record<string, pulumi.Output<string>>>;
  readonly fieldEnv?: Readonly<Record<string, string>>;
  readonly files?: readonly FileSet[];
  readonly secretFiles?: readonly SecretFileSet[];
  /** Ports on which the script itself listens, by name. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly resources: Resources;
  /** Size of the scratch folder. */
  readonly work: string;
}

/** What {@link Backups} is given. */
export interface BackupsArgs {
  readonly surroundings: StoreSurroundings;
  readonly plan: ScheduledBackup;
  /** Image of the store: it holds the programs that dump and restore, in the server's version. */
  readonly image: string;
  /** User of the image's processes. */
  readonly user: number;
  readonly backup: BackupProgram;
  readonly restore: BackupProgram;
}

/** Folder of a program's file set in its container. */
export const setFolder = (set: string): string => `/etc/fleet/${set}`;

/**
 * Backups of one store: a CronJob that makes them, a disk of their own that holds them, and a
 * suspended CronJob as the pattern of Jobs that restore.
 *
 * For `docs/`, with a store named `postgres` in the namespace `skywire`:
 *
 *     kubectl -n skywire create job backup-now --from=cronjob/postgres-backup
 *     kubectl -n skywire create job restore-1 --from=cronjob/postgres-restore
 *
 * restores the newest backup. Another one, or one database alone, is chosen on the way:
 *
 *     kubectl -n skywire create job restore-1 --from=cronjob/postgres-restore --dry-run=client -o yaml |
 *       kubectl set env --local -f - -o yaml BACKUP=20261121T031700Z DATABASE=ut |
 *       kubectl create -f -
 *
 * `BACKUP=list` prints the names of those there are to the Job's log and does nothing else.
 *
 * The disk is in the same cluster as the store: copying backups elsewhere is not done here.
 */
export class Backups extends pulumi.ComponentResource implements BackupJobs {
  /** Name of the CronJob that makes backups. */
  readonly backupName: string;
  /** Name of the CronJob that Jobs are made from to restore. */
  readonly restoreName: string;
  /** Name of the disk's claim. */
  readonly claimName: pulumi.Output<string>;

  /**
   * @param store Name of the store, whose CronJobs are called `<store>-backup` and `<store>-restore`.
   * @throws Error when the store's name makes a CronJob's longer than Kubernetes allows.
   */
  constructor(store: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { schedule, keep } = args.plan;
    super("fleet:data:Backups", `${store}-backups`, { schedule, keep }, opts);
    const made = makeBackupJobs(this, store, args.plan, (operation) => podArgs(operation, args));
    ({
      backupName: this.backupName,
      restoreName: this.restoreName,
      claimName: this.claimName,
    } = made);
    this.registerOutputs({
      backupName: this.backupName,
      restoreName: this.restoreName,
      claimName: this.claimName,
    });
  }
}

/** The pod of one script, in a Workload's words. */
function podArgs(operation: BackupOperation, args: BackupsArgs): JobArgs {
  const { surroundings, image, user } = args;
  const { kind, name, env, claims, givenClaims } = operation;
  const program = args[kind];
  const files: FileSet[] = [
    { name: "scripts", files: { "run.sh": program.script }, executable: true },
    ...(program.files ?? []),
  ];
  const secretFiles = program.secretFiles ?? [];
  return {
    kind: "Job",
    ...storeSurrounded(name, surroundings),
    security: { user },
    files,
    secretFiles,
    scratch: [{ name: "work", sizeLimit: program.work }],
    claims,
    givenClaims,
    data: surroundings.data,
    container: {
      name,
      image,
      command: ["sh", `${setFolder("scripts")}/run.sh`],
      env: { BACKUPS: "/backups", WORK: "/work", ...program.env, ...env },
      ...(program.secretEnv === undefined ? {} : { secretEnv: program.secretEnv }),
      ...(program.fieldEnv === undefined ? {} : { fieldEnv: program.fieldEnv }),
      ...(program.ports === undefined
        ? {}
        : { ports: Object.entries(program.ports).map(([name, port]) => ({ name, port })) }),
      resources: program.resources,
      mounts: [
        ...[...files, ...secretFiles].map((set) => ({
          volume: set.name,
          path: setFolder(set.name),
        })),
        { volume: "work", path: "/work" },
        { volume: backupVolume, path: "/backups" },
      ],
    },
  };
}
