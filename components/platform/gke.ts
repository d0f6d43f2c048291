import { Cluster } from "@pulumi/gcp/container/cluster.js";
import { NodePool } from "@pulumi/gcp/container/nodePool.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { NodesThere } from "./cluster.schema.ts";
import type { GkeCluster as GkeConfig } from "./gke.schema.ts";
import { gibibytes, gkePools, type GkePoolPlan, googleEffects } from "./gke-pools.ts";
import { isZone } from "./google.schema.ts";

/** What a {@link Gke} needs beside its config. */
export type GkeArgs = GkeConfig & {
  readonly data: DataPolicy;
  /** Which of its nodes there are. */
  readonly there: NodesThere;
  /** What must run no more before the machines go; see {@link ClusterTerms}. */
  readonly ended: Promise<readonly pulumi.Resource[]> | undefined;
  /** Nodes of slots are made, changed and taken away one after the other; see {@link ClusterTerms}. */
  readonly slotsInTurn: boolean;
  /** Addresses that machines of its slots will hold: they are made before, and given back after the machines. */
  readonly addresses: readonly pulumi.Resource[];
};

/**
 * Google's Kubernetes with its pools.
 *
 * All of it is protected as the stack's data, twice over: the provider's own switch (`deletionProtection`)
 * goes off with `data: delete`, and must have gone off in an earlier update than the one that deletes.
 */
export class Gke extends pulumi.ComponentResource implements Awaitable {
  /**
   * The pools: what is made in the cluster waits for its nodes, and goes before them. None where the pools
   * wait for what ends in the cluster: machines that go first take running pods with them.
   */
  readonly ready: readonly pulumi.Resource[];

  /** Text of the kubeconfig. No secret: whoever uses it logs in by the plugin. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The same as long as the cluster is. */
  readonly identifier: pulumi.Output<string>;

  constructor(name: string, args: GkeArgs, opts: pulumi.ComponentResourceOptions) {
    const { project, location, version } = args;
    super("fleet:platform:Gke", name, { cluster: args.name, project, location, version }, opts);
    const cluster = new Cluster(`${name}-cluster`, clusterInputs(args), {
      parent: this,
      ...keptAs(args.data),
      ignoreChanges: [
        // Each pool says its own zone. Said here, another one would be every pool's, at once (container/v1,
        // ClusterUpdate.desiredLocations).
        "nodeLocations",
        // It speaks of the cluster's own pool alone, which is gone as soon as the cluster is there: read back it
        // is another pool's or nobody's, and the difference would be another cluster
        // (hashicorp/terraform-provider-google#17511).
        ...(args.nodeAccount === undefined ? [] : ["nodeConfig"]),
      ],
    });
    const lastSlot: pulumi.Resource[] = [];
    const pools = gkePools(args, args.there).map((plan) => {
      const turn = plan.slot === undefined ? [] : [...lastSlot];
      const pool = new NodePool(
        `${name}-${plan.name}`,
        { ...poolInputs(args, plan), cluster: cluster.name },
        {
          parent: this,
          ...keptAs(plan.pool.data ?? args.data),
          dependsOn: before(plan, args, turn),
          customTimeouts: patienceOf(plan),
          // Google would move it in place: all machines at once, and away from the disks, which lie in one zone
          // (facts/clouds-gke-ingress-tls.md 1.2, 1.9). Another zone is another pool, and refused while this one is
          // protected. Its name is free only when it is gone.
          replaceOnChanges: ["nodeLocations"],
          deleteBeforeReplace: true,
          // It is of the pool's beginning alone: another one would be another pool.
          ...("nodes" in plan.size ? {} : { ignoreChanges: ["initialNodeCount"] }),
        },
      );
      if (plan.slot !== undefined && args.slotsInTurn) {
        lastSlot.splice(0, 1, pool);
      }
      return pool;
    });
    this.ready = args.ended === undefined ? pools : [];
    this.kubeconfig = pulumi
      .all([cluster.endpoint, cluster.masterAuth.clusterCaCertificate])
      .apply(([endpoint, authority]) => gkeKubeconfig(args.name, endpoint, authority));
    this.identifier = cluster.id;
    this.registerOutputs({ identifier: this.identifier });
  }
}

/**
 * Minutes that a node's exchange may take. Google waits for as long as an hour for pods that no budget lets go, and
 * then ends them; the rest is a machine's start (facts/clouds-gke-ingress-tls.md 1.8).
 */
const exchangeMinutes = 75;

/**
 * How long a pool may take to change or to go: node by node, and twice as many as there are at least where Google
 * chooses their number. The provider's own 30 minutes end before the first node of a network whose budget lets no
 * pod go: the update would fail, while Google goes on.
 */
function patienceOf({ size }: GkePoolPlan): pulumi.CustomTimeouts {
  const nodes = "nodes" in size ? size.nodes : 2 * size.least;
  const time = `${exchangeMinutes * Math.max(1, nodes)}m`;
  return { update: time, delete: time };
}

/** What a pool comes after. @param turn Pool of the slot before it, where they go in turn. */
const before = (
  { slot }: GkePoolPlan,
  { addresses, ended }: GkeArgs,
  turn: readonly pulumi.Resource[],
): pulumi.Input<pulumi.Resource[]> => {
  const held = slot === undefined ? [] : [...addresses, ...turn];
  return ended === undefined ? [...held] : ended.then((resources) => [...held, ...resources]);
};

/** The cluster, whose own pool is taken away as soon as it is there: all others are resources of their own. */
function clusterInputs(args: GkeArgs): ConstructorParameters<typeof Cluster>[1] {
  const { name, project, location, zone, version, channel, network, subnetwork, data } = args;
  return {
    name,
    project,
    location,
    // The cluster's own zone is an error here.
    ...(isZone(location) ? {} : { nodeLocations: [zone] }),
    ...(version === undefined ? {} : { minMasterVersion: version }),
    releaseChannel: { channel: channel === "none" ? "UNSPECIFIED" : channel.toUpperCase() },
    network,
    ...(subnetwork === undefined ? {} : { subnetwork }),
    networkingMode: "VPC_NATIVE",
    ipAllocationPolicy: {},
    // Network policies hold: without it they are accepted, and do nothing.
    datapathProvider: "ADVANCED_DATAPATH",
    // Pods log in at Google as themselves, and not as the machine they run on.
    workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
    initialNodeCount: 1,
    removeDefaultNodePool: true,
    ...(args.nodeAccount === undefined ? {} : { nodeConfig: { serviceAccount: args.nodeAccount } }),
    deletionProtection: data !== "delete",
  };
}

/** Everything of a pool but its cluster. */
function poolInputs(
  { project, location, zone, version, channel, repair, nodeAccount }: GkeArgs,
  { name, pool, slot, size, labels, taints, tags }: GkePoolPlan,
): Omit<ConstructorParameters<typeof NodePool>[1], "cluster"> {
  const { type, pods, disk, accelerator } = pool;
  const isUpgraded = channel !== "none";
  return {
    name,
    project,
    location,
    nodeLocations: [zone],
    ...("nodes" in size
      ? { nodeCount: size.nodes }
      : {
          // Google keeps to the least number only when it takes nodes away: a pool that begins with none has none
          // until pods find no room (hashicorp/terraform-provider-google#8270, #11594; its expandNodePool).
          initialNodeCount: size.least,
          autoscaling: { minNodeCount: size.least, maxNodeCount: size.most },
        }),
    maxPodsPerNode: pods,
    management: { autoRepair: repair, autoUpgrade: isUpgraded },
    ...(version === undefined || isUpgraded ? {} : { version }),
    // A slot has one address: a second machine beside the first would wait for it.
    ...(slot === undefined ? {} : { upgradeSettings: { maxSurge: 0, maxUnavailable: 1 } }),
    nodeConfig: {
      machineType: type,
      diskSizeGb: gibibytes(disk.size),
      diskType: disk.type,
      labels,
      taints: taints.map(({ key, value, effect }) => ({
        key,
        value,
        effect: googleEffects[effect],
      })),
      tags: [...tags],
      // What a node may do is its account's affair.
      oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
      ...(nodeAccount === undefined ? {} : { serviceAccount: nodeAccount }),
      workloadMetadataConfig: { mode: "GKE_METADATA" },
      ...(accelerator === undefined ? {} : { guestAccelerators: [accelerator] }),
    },
  };
}

/** Program that asks for a token whenever one is needed: none is kept. */
const loginPlugin = "gke-gcloud-auth-plugin";

/**
 * A kubeconfig that logs in as whoever runs the program, by Google's plugin on that machine.
 *
 * @param endpoint Address of the control plane. @param authority Its certificate authority, in base64.
 */
export function gkeKubeconfig(name: string, endpoint: string, authority: string): string {
  const user = {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: loginPlugin,
      // As the Google provider does. Without it the plugin asks gcloud, whose log-in is another one and which a pipeline lacks.
      args: ["--use_application_default_credentials"],
      provideClusterInfo: true,
      interactiveMode: "Never",
      installHint: `install ${loginPlugin} (gcloud components install ${loginPlugin})`,
    },
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: { server: `https://${endpoint}`, "certificate-authority-data": authority },
      },
    ],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
