/**
 * What network plug-ins make of a policy where they differ: of nodes, which have addresses to one and none to another.
 *
 * To Cilium nodes, and pods on a node's own network, are entities and no addresses: «CIDR rules do not apply to traffic
 * where both sides of the connection are either managed by Cilium or use an IP belonging to a node in the cluster». So no
 * ipBlock is a node, not even 0.0.0.0/0, unless `policy-cidr-match-mode: nodes` is set, which no cloud of ours does; nothing
 * but a rule without peers is one (docs.cilium.io, Layer 3 Policies; cilium/cilium#12277, #46571). To Calico a node is the
 * address that its packets bear: its own or, over an overlay, its tunnel's, from the pods' own range (projectcalico/calico#1987).
 *
 * Both let a pod's own node reach it whatever a policy says, so that probes need no rule: of Cilium that is
 * `allow-localhost`, `always` on Kubernetes.
 */
import type { ClusterConfig } from "../../components/platform/cluster.schema.ts";

/** What enforces policies. */
export type Plugin = "Calico" | "Cilium";

/** What of a cluster's network policies are judged by. */
export interface Network {
  /** Plug-ins that the stack may meet: each has to let through what is needed. */
  readonly plugins: readonly Plugin[];
  /** Whether the API server may answer on a node. That of a cloud is outside: an address, to Cilium as well. */
  readonly apiServerOnNodes: boolean;
  /**
   * Whether nodes may have a cache of the name server that answers as a pod of its own, `node-local-dns`: Google's have
   * from Kubernetes 1.34.1 on (docs.cloud.google.com, NodeLocal DNSCache).
   */
  readonly nameCaches: boolean;
}

/** The network of a cluster of which nothing is known: what it lets through, every one does. */
export const anyNetwork: Network = {
  plugins: ["Calico", "Cilium"],
  apiServerOnNodes: true,
  nameCaches: true,
};

/**
 * The network of a stack's cluster. Google's are made with Dataplane V2 (components/platform/gke.ts), which is Cilium;
 * Linode's are Calico's, those of LKE Enterprise Cilium's; behind a kubeconfig may be anything.
 */
export function networkOf(cluster: Pick<ClusterConfig, "kind"> | undefined): Network {
  switch (cluster?.kind) {
    case "gke":
      return { plugins: ["Cilium"], apiServerOnNodes: false, nameCaches: true };
    case "lke":
      return { ...anyNetwork, apiServerOnNodes: false, nameCaches: false };
    case "kubeconfig":
    case undefined:
      return anyNetwork;
  }
}
