import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import { workloadLabels } from "../base/labels.ts";
import { serviceAccount } from "../workload/account.ts";
import type { Metadata } from "../workload/metadata.ts";
import { podTemplate, type PodSources } from "../workload/pod.ts";
import { networkPolicySpec } from "../workload/policy.ts";
import { podSources } from "../workload/sources.ts";
import type { Claim, FileSet, SecretFileSet, WorkloadArgs } from "../workload/types.ts";
import type { Resources } from "../workload/workload.schema.ts";
import type { ScheduledBackup } from "./backup.schema.ts";
import { backupName, restoreName } from "./flows.ts";
import { claimOf } from "./storage.ts";
import type { StoreSurroundings } from "./surroundings.ts";

/** A script with what it needs to run. Its files lie in folders named after their sets. */
export interface BackupProgram {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv?: Readonly<Record<string, pulumi.Output<string>>>;
  readonly fieldEnv?: Readonly<Record<string, string>>;
  readonly files?: readonly FileSet[];
  readonly secretFiles?: readonly SecretFileSet[];
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

/** The disk of all backups of a store, and where it is seen. */
const disk = "data";
const folder = "/backups";

/** A day that no year has: the schedule of what only an operator starts. */
const never = "0 0 31 2 *";

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
export class Backups extends pulumi.ComponentResource {
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
    const { schedule, keep, storage } = args.plan;
    super("fleet:data:Backups", `${store}-backups`, { schedule, keep }, opts);
    this.backupName = cronJobName(backupName(store));
    this.restoreName = cronJobName(restoreName(store));

    const claim = claimOf(disk, storage);
    const made = this.#cronJob(this.backupName, args, args.backup, {
      claim,
      env: { KEEP: `${keep}` },
      cron: { schedule, suspend: false, backoffLimit: 2 },
    });
    const claimName = made.claims[disk];
    if (claimName === undefined) {
      throw new Error(`${this.backupName}: the disk of the backups was not made`);
    }
    this.#cronJob(this.restoreName, args, args.restore, {
      claim,
      claimName,
      env: { BACKUP: "latest" },
      // An operator looks at a restore that failed: another try on half a state is his to make.
      cron: { schedule: never, suspend: true, backoffLimit: 0 },
    });
    this.claimName = pulumi.output(claimName);
    this.registerOutputs({
      backupName: this.backupName,
      restoreName: this.restoreName,
      claimName: this.claimName,
    });
  }

  #cronJob(name: string, args: BackupsArgs, program: BackupProgram, part: Part): PodSources {
    const { surroundings } = args;
    const parent = { parent: this };
    const labels = workloadLabels(name, surroundings.system);
    const metadata: Metadata = { name, namespace: surroundings.namespace, labels };
    const pod = podArgs(name, args, program, part);
    const account = serviceAccount(name, pod, metadata, parent);
    // The disk is made once, by the first of the two.
    const own = part.claimName === undefined ? pod : { ...pod, claims: [] };
    const made = podSources(name, own, metadata, parent);
    const sources =
      part.claimName === undefined ? made : { ...made, claims: { [disk]: part.claimName } };
    if (surroundings.networkPolicy) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-policy`,
        { metadata, spec: networkPolicySpec(name, pod.flows) },
        parent,
      );
    }
    new k8s.batch.v1.CronJob(
      name,
      { metadata, spec: cronJobSpec(part.cron, podTemplate(name, pod, sources)) },
      { parent: this, dependsOn: account },
    );
    return sources;
  }
}

interface Cron {
  readonly schedule: string;
  readonly suspend: boolean;
  readonly backoffLimit: number;
}

/** What the two CronJobs differ in. */
interface Part {
  readonly claim: Claim;
  /** Claim that is there already. */
  readonly claimName?: pulumi.Input<string>;
  readonly env: Readonly<Record<string, string>>;
  readonly cron: Cron;
}

/** A Job adds eleven characters to the name of its CronJob, and is a label of its pods. */
function cronJobName(name: string): string {
  if (name.length > 52) {
    throw new Error(
      `CronJob ${name}: must have at most 52 characters, so shorten the store's name`,
    );
  }
  return name;
}

/** Spec of a CronJob whose runs never overlap. */
function cronJobSpec(
  { schedule, suspend, backoffLimit }: Cron,
  template: ReturnType<typeof podTemplate>,
): k8s.types.input.batch.v1.CronJobSpec {
  return {
    schedule,
    timeZone: "Etc/UTC",
    suspend,
    concurrencyPolicy: "Forbid",
    // A run missed while the control plane was away is made up for within the hour.
    startingDeadlineSeconds: 3_600,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        backoffLimit,
        // A run that hangs would hold up all later ones without a word.
        activeDeadlineSeconds: 6 * 3_600,
        ttlSecondsAfterFinished: 7 * 24 * 3_600,
        template,
      },
    },
  };
}

/** The pod of one script, in a Workload's words. */
function podArgs(
  name: string,
  { surroundings, image, user }: BackupsArgs,
  program: BackupProgram,
  { claim, env }: Part,
): WorkloadArgs {
  const files: FileSet[] = [
    { name: "scripts", files: { "run.sh": program.script }, executable: true },
    ...(program.files ?? []),
  ];
  const secretFiles = program.secretFiles ?? [];
  return {
    kind: "Job",
    system: surroundings.system,
    namespace: surroundings.namespace,
    security: { user },
    flows: flowsOf(surroundings.flows, name, surroundings.namespaceName),
    files,
    secretFiles,
    scratch: [{ name: "work", sizeLimit: program.work }],
    claims: [claim],
    data: surroundings.data,
    ...(surroundings.pullSecrets === undefined ? {} : { pullSecrets: surroundings.pullSecrets }),
    container: {
      name,
      image,
      command: ["sh", `${setFolder("scripts")}/run.sh`],
      env: { BACKUPS: folder, WORK: "/work", ...program.env, ...env },
      ...(program.secretEnv === undefined ? {} : { secretEnv: program.secretEnv }),
      ...(program.fieldEnv === undefined ? {} : { fieldEnv: program.fieldEnv }),
      resources: program.resources,
      mounts: [
        ...[...files, ...secretFiles].map((set) => ({
          volume: set.name,
          path: setFolder(set.name),
        })),
        { volume: "work", path: "/work" },
        { volume: disk, path: folder },
      ],
    },
  };
}
