import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ClusterConfig } from "./cluster.schema.ts";

/** The cluster of a stack: the one provider through which its objects are made. */
export class Cluster extends pulumi.ComponentResource {
  /** Hand it to every top-level component: `{ provider: cluster.provider }`. */
  readonly provider: k8s.Provider;

  constructor(name: string, config: ClusterConfig, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:platform:Cluster", name, { kind: config.kind, context: config.context }, opts);
    this.provider = new k8s.Provider(`${name}-provider`, kubeconfigProvider(config.context), {
      parent: this,
    });
    this.registerOutputs({ provider: this.provider });
  }
}

/**
 * Arguments of the provider for a context of the operator's kubeconfig.
 *
 * Everything the SDK would otherwise take from the shell is said here: a PULUMI_K8S_… variable that
 * is set on one machine alone must not change what a run does.
 */
export function kubeconfigProvider(context: string): k8s.ProviderArgs {
  return {
    context,
    // What identifies the cluster: a moved or renewed kubeconfig then replaces nothing.
    clusterIdentifier: context,
    // Empty, not absent: the SDK fills an absent one with the value of KUBECONFIG, a path of this
    // machine, and writes it to state. The plugin reads an empty one as "the usual places".
    kubeconfig: "",
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
  };
}
