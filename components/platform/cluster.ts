import { Provider, type ProviderArgs } from "@pulumi/kubernetes/provider.js";
// Not from their roots: loading all of them takes a noticeable part of every run.
import { Provider as GoogleProvider } from "@pulumi/gcp/provider.js";
import { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";

import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import { type ClusterConfig, googleOf, nameOfCluster, type NodesThere } from "./cluster.schema.ts";
import { Gke } from "./gke.ts";
import { slotAddresses, type SlotAddresses } from "./slot-addresses.ts";
import { Lke } from "./lke.ts";

/** What is said of a cluster beside its config. */
export interface ClusterTerms {
  /** What happens to the cluster at Linode when it goes: default protect. */
  readonly data?: DataPolicy;
  /**
   * A preview asks the cluster nothing, and so tells what the program wants, whatever there is: of an object that
   * exists under a name of its own the API server would refuse what cannot be changed, and the preview would end.
   */
  readonly isUnread?: boolean | undefined;
  /**
   * Which of the nodes there are, of a cluster that is made at Google: default all. `none` of a parked network,
   * `one` of one that is only watched. Addresses, disks and the cluster itself stay.
   */
  readonly there?: NodesThere;
  /**
   * What must run no more before the machines go, where they go: {@link NodesThere} `none`. Nothing in the
   * cluster waits for its pools then. Default: nothing.
   */
  readonly ended?: Promise<readonly pulumi.Resource[]> | undefined;
  /**
   * Nodes of slots, of a cluster that is made, go one after the other: another machine type, or at Google a new version,
   * exchanges each of them, and pools that are updated together are exchanged together, with all that is dialled by an
   * address of theirs. Default true; it takes longer to make them.
   */
  readonly slotsInTurn?: boolean | undefined;
}

/**
 * A kubeconfig that is not known yet.
 *
 * @throws RunError in an update, which would go nowhere.
 */
function notKnown(): pulumi.Output<string> {
  if (!pulumi.runtime.isDryRun()) {
    throw new pulumi.RunError("FLEET_UNREAD_CLUSTER is for previews of make adopt: unset it");
  }
  return pulumi.output(unknown as unknown as string);
}

/** The cluster of a stack: the one provider through which its objects are made. */
export class Cluster extends pulumi.ComponentResource {
  /** Hand it to every top-level component: `{ provider: cluster.provider }`. */
  readonly provider: Provider;
  /** For what the stack has at Linode round its cluster. Its token comes from LINODE_TOKEN. */
  readonly linode: LinodeProvider | undefined;
  /** For what the stack has at Google round its cluster. It logs in as whoever runs the program. */
  readonly google: GoogleProvider | undefined;
  /** Where the node of each slot is dialled. */
  readonly slotAddresses: SlotAddresses;
  /** What happens to what the stack has there when it goes. */
  readonly data: DataPolicy;

  constructor(
    name: string,
    config: ClusterConfig & ClusterTerms,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { data = "protect", isUnread = false } = config;
    const cluster = nameOfCluster(config);
    super("fleet:platform:Cluster", name, { kind: config.kind, context: cluster }, opts);
    this.data = data;
    const parent = { parent: this };
    this.linode =
      config.linode === undefined ? undefined : new LinodeProvider(`${name}-linode`, {}, parent);
    const google = googleOf(config);
    this.google =
      google === undefined
        ? undefined
        : new GoogleProvider(
            `${name}-google`,
            { project: google.project, region: google.region },
            parent,
          );
    const { addresses, reserved } = slotAddresses(name, config, data, {
      ...parent,
      ...withProvider(this.google),
    });
    this.slotAddresses = addresses;
    const made = this.#make(name, { ...config, data }, reserved);
    this.provider = new Provider(
      `${name}-provider`,
      { ...made.terms, ...(isUnread ? { kubeconfig: notKnown() } : {}) },
      // Every object waits for its provider, and so for nodes; of a parked network the nodes wait for them.
      { ...parent, dependsOn: [...made.ready] },
    );
    this.registerOutputs({ provider: this.provider });
  }

  /** Makes the cluster, where the program does, and tells how it is reached. */
  #make(
    name: string,
    config: ClusterConfig & ClusterTerms & { readonly data: DataPolicy },
    addresses: readonly pulumi.Resource[],
  ): Awaitable & { readonly terms: ProviderArgs } {
    if (config.kind === "kubeconfig") {
      return { terms: kubeconfigProvider(config.context), ready: [] };
    }
    const parent = { parent: this };
    const { slotsInTurn = true, there = "all", ended } = config;
    const made =
      config.kind === "lke"
        ? new Lke(
            `${name}-lke`,
            { ...config, slotsInTurn },
            { ...parent, ...withProvider(this.linode) },
          )
        : new Gke(
            `${name}-gke`,
            { ...config, there, ended, slotsInTurn, addresses },
            { ...parent, ...withProvider(this.google) },
          );
    const { kubeconfig, identifier, ready } = made;
    return { terms: { ...providerTerms, kubeconfig, clusterIdentifier: identifier }, ready };
  }
}

const withProvider = (
  provider: pulumi.ProviderResource | undefined,
): pulumi.ComponentResourceOptions => (provider === undefined ? {} : { provider });

/**
 * Everything that the SDK would otherwise take from the shell: a PULUMI_K8S_… variable that is set on
 * one machine alone must not change what a run does.
 */
const providerTerms = {
  enableServerSideApply: true,
  // Changed content makes a new ConfigMap or Secret: that is how pods notice it.
  enableConfigMapMutable: false,
  enableSecretMutable: false,
  // An object that exists already, or whose field somebody else owns, is a fault to look at.
  enablePatchForce: false,
  upsertExistingObjects: false,
  // A cluster out of reach fails the run. Otherwise a wrong VPN would empty the state.
  deleteUnreachable: false,
  skipUpdateUnreachable: false,
  suppressDeprecationWarnings: false,
} as const satisfies ProviderArgs;

/** Arguments of the provider for a context of the operator's kubeconfig. */
function kubeconfigProvider(context: string): ProviderArgs {
  return {
    ...providerTerms,
    context,
    // What identifies the cluster: a moved or renewed kubeconfig then replaces nothing.
    clusterIdentifier: context,
    // Empty, not absent: the SDK fills an absent one with the value of KUBECONFIG, a path of this
    // machine, and writes it to state. The plugin reads an empty one as "the usual places".
    kubeconfig: "",
  };
}
