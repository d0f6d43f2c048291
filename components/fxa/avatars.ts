import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import { workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import type { Surroundings } from "../workload/surroundings.ts";
import { claimSpec } from "../workload/sources.ts";
import type { Avatars } from "./server-settings.schema.ts";

/** Name of the claim. */
const avatarsName = "fxa-avatars";

/** What {@link AvatarDisk} is given. */
export interface AvatarDiskArgs extends Pick<Surroundings, "namespace" | "data"> {
  readonly images: Extract<Avatars, { readonly kind: "local" }>;
}

/** The disk of users' pictures, which profile-server, worker and static server share. */
export class AvatarDisk extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];
  /** Name of the claim, for the pods that mount it. */
  readonly claim: pulumi.Output<string>;

  constructor({ images, namespace, data }: AvatarDiskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:fxa:AvatarDisk", avatarsName, { share: images.share }, opts);
    const { size, storageClass, share } = images;
    const claim = new PersistentVolumeClaim(
      avatarsName,
      {
        metadata: {
          name: avatarsName,
          namespace,
          labels: workloadLabels(avatarsName, "fxa"),
          // A class that waits for a consumer leaves it pending until there is a pod.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: claimSpec({
          name: "avatars",
          size,
          ...(storageClass === undefined ? {} : { storageClass }),
          accessMode: share === "many-nodes" ? "ReadWriteMany" : "ReadWriteOnce",
        }),
      },
      { parent: this, ...keptAs(data) },
    );
    this.claim = claim.metadata.name;
    this.ready = [claim];
    this.registerOutputs({ claim: this.claim });
  }
}
