// Not from its root: loading all of it takes a noticeable part of every run.
import { BucketObject } from "@pulumi/gcp/storage/bucketObject.js";
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import { type PublishedConfig, publishedObject, publishedUrl } from "./published.schema.ts";

/** Inputs of a {@link NetworkConfigObject}. */
export interface NetworkConfigObjectArgs {
  /** Name of the network. */
  readonly network: string;
  readonly config: PublishedConfig;
  /** Text of the node's config. */
  readonly content: pulumi.Input<string>;
  /** What happens to it when the network goes. */
  readonly data: DataPolicy;
  /** What must be ready before: who reads the config dials them. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The config that home smeshers join the network with, in a bucket that is there already.
 *
 * Changed content is uploaded over the old one, so that readers see one or the other and never nothing.
 * Its type and how long it may be kept by readers replace it when they change, and so do not
 * (facts/clouds-gke-ingress-tls.md 2.3).
 */
export class NetworkConfigObject extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Where it is read. */
  readonly url: string;

  /** @param opts `provider` is Google's. */
  constructor(
    name: string,
    args: NetworkConfigObjectArgs,
    opts: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    const { network, config } = args;
    const url = publishedUrl(network, config);
    super("fleet:spacemesh:NetworkConfigObject", name, { url }, opts);
    this.url = url;
    const object = new BucketObject(
      `${name}-object`,
      {
        bucket: config.bucket,
        name: publishedObject(network, config),
        content: args.content,
        contentType: "application/json",
        // Read again each time: a network's bootnodes may change.
        cacheControl: "no-cache",
      },
      {
        parent: this,
        dependsOn: [...args.after],
        // The network may live on without what was deployed here, and another one may join it by this
        // (facts/spacemesh.md 3.6). It can be made again, so that nothing protects it.
        retainOnDelete: args.data !== "delete",
      },
    );
    this.ready = [object];
    this.registerOutputs({ url });
  }
}
