import { PersistentVolume } from "@pulumi/kubernetes/core/v1/persistentVolume.js";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";

import { keptAs } from "../base/kept.ts";
import { workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import type { ProgramImage } from "../workload/surroundings.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { FilesBackup } from "./files-backup.ts";
import { nfsPorts } from "./ports.ts";
import { nfsMountOptions } from "./shared-files-plan.ts";
import {
  type NfsFiles,
  nfsRoom,
  type RwxFiles,
  type SharedFilesConfig,
} from "./shared-files.schema.ts";
import { type StoreNames, storeWorkload } from "./store.ts";
import type { StoreSurroundings } from "./surroundings.ts";

/** What an NFS server is made of, where there is one. */
export interface NfsServer {
  /** A namespace whose Pod Security level is `privileged`: nothing else should live in it. */
  readonly namespace: pulumi.Input<string>;
  /** The same name as plain text. */
  readonly namespaceName: string;
  /** Serves the folders that its arguments name, by NFS version 3, and has bash; its pull secrets are of that namespace. */
  readonly image: ProgramImage;
  /** Program of the image that serves. */
  readonly program: string;
  readonly names?: StoreNames;
}

/** What {@link SharedFiles} is given; surroundings are those of the pods that use the files. */
export interface SharedFilesArgs extends StoreSurroundings {
  readonly config: SharedFilesConfig;
  readonly server: NfsServer;
  /** Folder that the server exports: where its disk is mounted in its own pod. */
  readonly folder: string;
  /** Name of the claim that pods mount. */
  readonly claimName: string;
  /** User that the files belong to, and number of its group. */
  readonly user: number;
  /** Image of the backups: with a shell, coreutils, flock, tar and gzip. */
  readonly backupImage: string;
}

/** Why the server's pod breaks Pod Security, said on the pod itself. */
const nfsException =
  "it drives the NFS server of the node's kernel, through a file system that only a privileged container may mount";

/**
 * Files that many pods read and write at once, as a claim that they mount.
 *
 * `nfs` is a server of our own: the only privileged pod, in a namespace of its own. The nodes mount its files into the
 * pods that use them, which so need no rights. Nodes know no names of the cluster, so that they are told the address of
 * the server's Service: should that Service be made anew, with another address, volume and claim are replaced, for
 * which the pods that use them must be parked first. `rwx` is a disk of a class that many nodes may mount.
 */
export class SharedFiles extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Name of the claim that pods mount. */
  readonly claimName: pulumi.Output<string>;

  /** @param name Of the server's controller and, by default, its Service, and the prefix of the backups. */
  constructor(name: string, args: SharedFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config } = args;
    super("fleet:data:SharedFiles", name, { kind: config.kind }, opts);
    const made =
      config.kind === "nfs" ? this.#serve(name, args, config) : this.#claim(name, args, config);
    this.claimName = made.claim.metadata.name;
    this.ready = made.ready;
    if (config.backup.kind === "scheduled") {
      const { user, backupImage: image } = args;
      const backups = {
        surroundings: args,
        plan: config.backup,
        image,
        user,
        claim: this.claimName,
      };
      new FilesBackup(name, backups, { parent: this });
    }
    this.registerOutputs({ claimName: this.claimName });
  }

  #serve(name: string, args: SharedFilesArgs, config: NfsFiles): Made {
    const parent = { parent: this };
    const { ready, services } = makeWorkload(name, serverArgs(name, args, config), parent);
    const address = services[0]?.spec.clusterIP;
    if (address === undefined) {
      throw new Error(`${name}: the Service of the NFS server was not made`);
    }
    const volumeName = `${args.namespaceName}-${args.claimName}`;
    // What a volume is cannot change, and both have fixed names.
    const kept = { ...parent, ...keptAs(args.data), deleteBeforeReplace: true };
    const volume = new PersistentVolume(
      `${name}-volume`,
      {
        metadata: { name: volumeName, labels: workloadLabels(name, args.system) },
        spec: {
          capacity: { storage: toldSize },
          accessModes: ["ReadWriteMany"],
          persistentVolumeReclaimPolicy: "Retain",
          storageClassName: "",
          mountOptions: [...nfsMountOptions],
          nfs: { server: address.apply(given), path: args.folder },
          // Nobody else's claim may take it.
          claimRef: { namespace: args.namespaceName, name: args.claimName },
        },
      },
      kept,
    );
    const claim = new PersistentVolumeClaim(
      `${name}-claim`,
      {
        metadata: {
          name: args.claimName,
          namespace: args.namespace,
          labels: workloadLabels(name, args.system),
        },
        spec: {
          accessModes: ["ReadWriteMany"],
          storageClassName: "",
          volumeName: volume.metadata.name,
          resources: { requests: { storage: toldSize } },
        },
      },
      kept,
    );
    return { claim, ready: [...ready, claim] };
  }

  #claim(name: string, args: SharedFilesArgs, { storage }: RwxFiles): Made {
    const claim = new PersistentVolumeClaim(
      `${name}-claim`,
      {
        metadata: {
          name: args.claimName,
          namespace: args.namespace,
          labels: workloadLabels(name, args.system),
          // A class that waits for a consumer leaves it pending until there is a pod.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          accessModes: ["ReadWriteMany"],
          ...(storage.storageClass === undefined ? {} : { storageClassName: storage.storageClass }),
          resources: { requests: { storage: storage.size } },
        },
      },
      { parent: this, ...keptAs(storage.data ?? args.data) },
    );
    return { claim, ready: [claim] };
  }
}

/**
 * What volume and claim say of their size, which nobody holds anyone to: the room is that of the server's disk. Were it
 * that disk's, no larger one could be had: the API server refuses to enlarge the claim of a volume that no class has made
 * ("only dynamically provisioned pvc can be resized", kubernetes/kubernetes#49727).
 */
const toldSize = "1Gi";

/** The address that the cluster gave a Service. A preview of one that is not made yet has none. */
function given(address: string | undefined): pulumi.Output<string> {
  if (address !== undefined && address !== "") {
    return pulumi.output(address);
  }
  if (!pulumi.runtime.isDryRun()) {
    throw new Error("the cluster gave the Service of the NFS server no address");
  }
  return pulumi.output(unknown as unknown as string);
}

interface Made extends Awaitable {
  readonly claim: PersistentVolumeClaim;
}

const listens = { kind: "tcp", port: "nfs" } as const;

/**
 * Runs $0 with few open files. The image's rpcbind and its like have a table with room for every file that they might
 * open, or close each of them one by one: where a node lets containers open a thousand million, they are out of memory
 * before they serve (libtirpc before 1.3; kubernetes/kubernetes#123362, whose server is of the same script).
 */
const withFewFiles = 'ulimit -n 65536; exec "$0" "$@"';

/** The server's pod. */
function serverArgs(name: string, args: SharedFilesArgs, config: NfsFiles): WorkloadArgs {
  const { server, folder } = args;
  const { image } = server;
  const around = {
    ...args,
    namespace: server.namespace,
    namespaceName: server.namespaceName,
    names: server.names,
    pullSecrets: image.pullSecrets,
  };
  return storeWorkload(name, around, config, {
    container: {
      name,
      image: image.reference,
      ...(image.digest === undefined ? {} : { digest: image.digest }),
      command: ["bash", "-c", withFewFiles, server.program, folder],
      ports: [
        { name: "nfs", port: nfsPorts.nfs },
        { name: "mountd", port: nfsPorts.mountd },
      ],
      probes: {
        startup: { check: listens, periodSeconds: 5, failureThreshold: 60 },
        readiness: { check: listens },
        liveness: { check: listens, periodSeconds: 20, failureThreshold: 6 },
      },
      resources: config.resources,
      mounts: [{ volume: "data", path: folder }],
    },
    ports: ["nfs", "mountd"],
    ...(config.clusterIp === undefined ? {} : { clusterIp: config.clusterIp }),
    security: {
      user: 0,
      // Who writes is not root: the disk is its group's, also what root wrote there in older days.
      volumeGroup: args.user,
      privileged: true,
      // It writes its list of exports where every NFS server does.
      writableRoot: nfsRoom,
      exception: nfsException,
    },
  });
}
