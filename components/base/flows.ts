/**
 * Flows: who calls whom, on which port. A stack declares them once; each Workload's network policy
 * is cut from the same table on both ends, so that a caller and its callee cannot disagree.
 */

/** One end of a flow. */
export type Peer =
  /** The pods of a workload, in a namespace of the stack. */
  | { readonly kind: "workload"; readonly name: string; readonly namespace: string }
  /** The pods of all workloads of a group, in a namespace of the stack. */
  | { readonly kind: "group"; readonly name: string; readonly namespace: string }
  /** Every address that is not private: clients on the internet, or servers there. */
  | { readonly kind: "internet" }
  /** Ranges outside the cluster, private ones too: a managed store in the cloud's own network. */
  | { readonly kind: "addresses"; readonly ranges: readonly string[] }
  /** The cluster's API server. Its address is the cluster's affair, a node's perhaps, so only the port is narrowed. */
  | { readonly kind: "api-server" }
  /**
   * The nodes themselves: their kubelets, and what calls from a node's own network. No address means a node
   * everywhere, so only the ports are narrowed, and there must be some: pods are let in by them, too.
   */
  | { readonly kind: "nodes" };

/** A port as the pod that listens sees it (not the Service's, which policies never see). */
export interface FlowPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** A call that is allowed. Everything else is denied. */
export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  /** Empty: every port. Needed only where the port is chosen at run time; never of `nodes`. */
  readonly ports: readonly FlowPort[];
}

/** What one workload may do: the part of the table that names it. */
export interface WorkloadFlows {
  /** Flows that arrive. */
  readonly callers: readonly Flow[];
  /** Flows that leave. */
  readonly calls: readonly Flow[];
}

/**
 * Private and link-local ranges, left out of `internet`: some network plug-ins match an ipBlock
 * against pod addresses too, and 169.254.169.254 hands out cloud credentials.
 */
export const privateRanges: readonly string[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
];

type Named = Extract<Peer, { readonly name: string }>;

function flowsNaming(table: readonly Flow[], { kind, name, namespace }: Named): WorkloadFlows {
  const isIt = (peer: Peer): boolean =>
    peer.kind === kind && peer.name === name && peer.namespace === namespace;
  return {
    callers: table.filter(({ to }) => isIt(to)),
    calls: table.filter(({ from }) => isIt(from)),
  };
}

/** The part of a flow table that concerns one workload. */
export const flowsOf = (table: readonly Flow[], name: string, namespace: string): WorkloadFlows =>
  flowsNaming(table, { kind: "workload", name, namespace });

/** The part of a flow table that concerns the workloads of a group. */
export const groupFlows = (
  table: readonly Flow[],
  name: string,
  namespace: string,
): WorkloadFlows => flowsNaming(table, { kind: "group", name, namespace });

/** A TCP port of a flow. */
export const tcp = (port: number): FlowPort => ({ port, protocol: "TCP" });

/** A UDP port of a flow. */
export const udp = (port: number): FlowPort => ({ port, protocol: "UDP" });

/** Port on which every kubelet answers, with TLS and only to whom the API server vouches for. */
export const kubeletPort = 10_250;
