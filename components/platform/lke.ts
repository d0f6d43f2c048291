import { LkeCluster } from "@pulumi/linode/lkeCluster.js";
import { LkeNodePool } from "@pulumi/linode/lkeNodePool.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { LkeCluster as LkeConfig } from "./cluster.schema.ts";
import { baseTaint, lkePools } from "./lke-pools.ts";

/**
 * Tag of the pools that are resources of their own. The cluster deletes every pool that it did not
 * declare and that has none of its `externalPoolTags` (facts/clouds-linode-cloudflare-docker.md 1.1).
 */
const poolTag = "fleet";

/**
 * Linode's Kubernetes with its pools.
 *
 * All of it is protected as the stack's data: a pool of another size is a new one, and goes beside the old one into the
 * file until what lived there has moved; then it says `data: delete`, and goes.
 */
export class Lke extends pulumi.ComponentResource implements Awaitable {
  /** The pools: Linode reports a cluster done with no ready node, but waits for a pool's (1.2, 1.3). */
  readonly ready: readonly pulumi.Resource[];

  /** Text of the kubeconfig, marked secret: its token is the cluster's administrator. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The same as long as the cluster is: a renewed kubeconfig replaces nothing. */
  readonly identifier: pulumi.Output<string>;

  constructor(
    name: string,
    config: LkeConfig & { readonly data: DataPolicy },
    opts: pulumi.ComponentResourceOptions,
  ) {
    const { label, version, linode, base } = config;
    super("fleet:platform:Lke", name, { label, version, region: linode.region }, opts);
    const cluster = new LkeCluster(
      `${name}-cluster`,
      {
        label,
        region: linode.region,
        k8sVersion: version,
        tags: [poolTag],
        externalPoolTags: [poolTag],
        controlPlane: { highAvailability: config.highAvailability },
        pools: [{ type: base.type, count: 1, taints: [baseTaint] }],
      },
      { parent: this, ...keptAs(config.data) },
    );
    const clusterId = cluster.id.apply(Number);
    this.ready = lkePools(config.pools).map(
      (pool) =>
        new LkeNodePool(
          `${name}-${pool.name}`,
          {
            clusterId,
            type: pool.type,
            nodeCount: pool.count,
            labels: pool.labels,
            taints: pool.taints.map(({ key, value, effect }) => ({ key, value, effect })),
            tags: [poolTag],
          },
          { parent: this, ...keptAs(pool.data ?? config.data) },
        ),
    );
    this.kubeconfig = pulumi.secret(cluster.kubeconfig).apply(decode);
    this.identifier = cluster.id.apply((id) => `lke${id}`);
    this.registerOutputs({ identifier: this.identifier });
  }
}

const decode = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");
