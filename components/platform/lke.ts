import { LkeCluster } from "@pulumi/linode/lkeCluster.js";
import { LkeNodePool } from "@pulumi/linode/lkeNodePool.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { LkeCluster as LkeConfig } from "./cluster.schema.ts";
import { baseTaint, type LkePool, lkePools } from "./lke-pools.ts";

/**
 * Tag of the pools that are resources of their own. The cluster deletes every pool that it did not
 * declare and that has none of its `externalPoolTags` (facts/clouds-linode-cloudflare-docker.md 1.1).
 */
const poolTag = "fleet";

/** What an {@link Lke} needs beside its config. */
export type LkeArgs = LkeConfig & {
  readonly data: DataPolicy;
  /** Nodes of slots are made, exchanged and taken away one after the other; see {@link ClusterTerms}. */
  readonly slotsInTurn: boolean;
};

/**
 * Linode's Kubernetes with its pools.
 *
 * All of it is protected as the stack's data: a pool of another size is a new one, and goes beside the old one into the
 * file until what lived there has moved; then it says `data: delete`, and goes. No second one can have a slot of the
 * first: see {@link turnOf}.
 */
export class Lke extends pulumi.ComponentResource implements Awaitable {
  /** The pools: Linode reports a cluster done with no ready node, but waits for a pool's (1.2, 1.3). */
  readonly ready: readonly pulumi.Resource[];

  /** Text of the kubeconfig, marked secret: its token is the cluster's administrator. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The same as long as the cluster is: a renewed kubeconfig replaces nothing. */
  readonly identifier: pulumi.Output<string>;

  constructor(name: string, config: LkeArgs, opts: pulumi.ComponentResourceOptions) {
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
    let lastSlot: pulumi.Resource | undefined;
    this.ready = lkePools(config.pools).map((plan) => {
      const turn = config.slotsInTurn ? lastSlot : undefined;
      const pool = new LkeNodePool(
        `${name}-${plan.name}`,
        { clusterId, ...poolInputs(plan) },
        { parent: this, ...keptAs(plan.data ?? config.data), ...turnOf(plan, turn) },
      );
      if (plan.slot !== undefined) {
        lastSlot = pool;
      }
      return pool;
    });
    this.kubeconfig = pulumi.secret(cluster.kubeconfig).apply(decode);
    this.identifier = cluster.id.apply((id) => `lke${id}`);
    this.registerOutputs({ identifier: this.identifier });
  }
}

/**
 * How a slot's pool is exchanged for one of another machine type: it goes, its successor comes, and then it is the next
 * slot's turn. Otherwise the engine made all of them beside those of before and took all of those away at its end: what
 * lives on a slot was away together with what lives on all others, until pods and addresses had moved.
 *
 * @param last Pool of the slot before it, where they go in turn.
 */
const turnOf = (
  { slot }: LkePool,
  last: pulumi.Resource | undefined,
): pulumi.CustomResourceOptions =>
  slot === undefined
    ? {}
    : { deleteBeforeReplace: true, ...(last === undefined ? {} : { dependsOn: last }) };

/** Everything of a pool but its cluster. */
const poolInputs = ({ type, count, labels, taints }: LkePool) => ({
  type,
  nodeCount: count,
  labels,
  taints: taints.map(({ key, value, effect }) => ({ key, value, effect })),
  tags: [poolTag],
});

const decode = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");
