/** Files that many pods read and write at once. */
import * as z from "zod";

import { Ipv4 } from "../base/scalars.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { BackupPlan } from "./backup.schema.ts";
import { Storage } from "../workload/storage.schema.ts";

/** What an NFS server writes beside its disk: its list of exports, and its logs, for which most of it is. */
export const nfsRoom = { sizeLimit: "256Mi" } as const;

/** An NFS server of our own: one pod with a disk, whose folder the nodes mount. */
export const NfsFiles = z.strictObject({
  kind: z.literal("nfs"),
  storage: Storage.prefault({}),
  resources: Resources.default({
    requests: { cpu: "20m", memory: "200Mi" },
    limits: { memory: "400Mi" },
  }),
  placement: Placement.optional(),
  /**
   * Address of its Service, of the cluster's own range: nodes do not know the cluster's names. Default: the one
   * that the cluster gives it, which a Service that is made anew does not get back.
   */
  clusterIp: Ipv4.optional(),
  backup: BackupPlan,
});
/** {@inheritDoc NfsFiles} */
export type NfsFiles = z.infer<typeof NfsFiles>;

/** A disk of a class that many nodes may mount at once. */
export const RwxFiles = z.strictObject({
  kind: z.literal("rwx"),
  storage: Storage.refine(({ storageClass }) => storageClass !== undefined, {
    path: ["storageClass"],
    message:
      "must name a class that many nodes may mount at once (ReadWriteMany): a cluster's default one hardly ever can",
  }),
  backup: BackupPlan,
});
/** {@inheritDoc RwxFiles} */
export type RwxFiles = z.infer<typeof RwxFiles>;

/** Where shared files are. */
export const SharedFilesConfig = z.discriminatedUnion("kind", [NfsFiles, RwxFiles], {
  error: "must say kind: nfs or rwx",
});
/** {@inheritDoc SharedFilesConfig} */
export type SharedFilesConfig = z.infer<typeof SharedFilesConfig>;
