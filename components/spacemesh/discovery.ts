// Not from its root: loading all of it takes a noticeable part of every run.
import { BucketObject } from "@pulumi/gcp/storage/bucketObject.js";
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { keptAs } from "../base/kept.ts";
import type { DataPolicy } from "../base/scalars.ts";
import { listUrl, type PublishedList } from "./discovery.schema.ts";
import { type DiscoveryEntry, networksFile } from "./discovery-entry.ts";

/** Inputs of a {@link Discovery}. */
export interface DiscoveryArgs {
  readonly published: PublishedList;
  /** The networks, newest first. */
  readonly entries: readonly DiscoveryEntry[];
  /** What happens to the list when it goes. */
  readonly data: DataPolicy;
}

/**
 * The list of networks: one object, written by this stack alone, so that the engine's lock is that of the
 * list. A network that comes or goes is uploaded over the old list: readers see one or the other, and never
 * nothing (facts/spacemesh.md 4.1; facts/clouds-gke-ingress-tls.md 2.3).
 */
export class Discovery extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Where it is read. */
  readonly url: string;

  /** @param opts `provider` is Google's. */
  constructor(
    name: string,
    { published, entries, data }: DiscoveryArgs,
    opts: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    super("fleet:spacemesh:Discovery", name, { ...published }, opts);
    this.url = listUrl(published);
    const object = new BucketObject(
      `${name}-list`,
      {
        bucket: published.bucket,
        name: published.object,
        content: networksFile(entries),
        // These two replace the object when they change, with a gap in which there is none.
        contentType: "application/json",
        cacheControl: "no-cache",
      },
      { parent: this, ...keptAs(data) },
    );
    this.ready = [object];
    this.registerOutputs({ url: this.url });
  }
}
