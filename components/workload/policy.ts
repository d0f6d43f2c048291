/** Pure builder of network policies from flows. */
import type * as k8s from "@pulumi/kubernetes";

import { type Flow, type Peer, privateRanges, type WorkloadFlows } from "../base/flows.ts";
import { groupLabel, workloadLabel } from "../base/labels.ts";

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
type PolicyPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;

/** Ports on which control planes answer: 443 before, 6443 after the Service's translation. */
const apiServerPorts = [443, 6443];

const podLabels = ({ kind, name }: { kind: "workload" | "group"; name: string }) => ({
  [kind === "group" ? groupLabel : workloadLabel]: name,
});

/**
 * The pods and addresses of an end. Undefined: all, nodes among them. A range would not do for nodes: to Cilium, which is
 * GKE's Dataplane V2 and LKE Enterprise's network, no ipBlock is a node, not even 0.0.0.0/0 (cilium/cilium#12277, #46571).
 * Nor would it for the API server: of a cluster that somebody runs by himself it answers on a node, and at Google its
 * calls to webhooks come from pods, the Konnectivity agents (docs.cilium.io, Layer 3 Policies; tigera/operator#5212).
 */
function policyPeers(peer: Peer): PolicyPeer[] | undefined {
  switch (peer.kind) {
    case "workload":
    case "group":
      return [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
          podSelector: { matchLabels: podLabels(peer) },
        },
      ];
    case "internet":
      return [{ ipBlock: { cidr: "0.0.0.0/0", except: [...privateRanges] } }];
    case "addresses":
      return peer.ranges.map((cidr) => ({ ipBlock: { cidr } }));
    case "api-server":
    case "nodes":
      return undefined;
  }
}

const ends = <Word extends "from" | "to">(
  word: Word,
  peers: PolicyPeer[] | undefined,
): Partial<Record<Word, PolicyPeer[]>> =>
  peers === undefined ? {} : ({ [word]: peers } as Record<Word, PolicyPeer[]>);

/** Whose addresses nothing narrows. */
const isAnywhere = ({ kind }: Peer): boolean => kind === "nodes" || kind === "api-server";

/** @throws Error where neither ends nor ports are narrowed: this would let in, or out, all. */
function policyPorts(flow: Flow): { ports?: { port: number; protocol: string }[] } {
  if (flow.to.kind === "api-server") {
    return { ports: apiServerPorts.map((port) => ({ port, protocol: "TCP" })) };
  }
  if (flow.ports.length === 0 && [flow.from, flow.to].some(isAnywhere)) {
    throw new Error(
      "a flow to or from nodes or the API server must say its ports, e.g. those of the kubelets",
    );
  }
  return flow.ports.length === 0
    ? {}
    : { ports: flow.ports.map(({ port, protocol }) => ({ port, protocol })) };
}

const systemPods = (app: string): PolicyPeer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
  podSelector: { matchLabels: { "k8s-app": app } },
});

/**
 * Names are looked up in the cluster's own name server, by UDP and, for long answers, TCP.
 *
 * Where each node has a cache of it, that answers in its place: as pods, or at an address of the node's own
 * that no label selects. GKE has the cache by default from 1.34.1 on, and a policy that knows the name server
 * alone leaves pods without names there (docs.cloud.google.com, NodeLocal DNSCache; kubernetes/kubernetes#98758).
 * With Cloud DNS it is the metadata server, at the port of names alone.
 */
const nameLookups = {
  to: [
    systemPods("kube-dns"),
    systemPods("node-local-dns"),
    { ipBlock: { cidr: "169.254.20.10/32" } },
    { ipBlock: { cidr: "169.254.169.254/32" } },
  ],
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};

/**
 * What the pods of one workload may do, or those of a group: the flows that name it, name look-ups,
 * nothing else.
 *
 * Kubelets reach their own pods whatever a policy says, so probes need no flow.
 */
export function networkPolicySpec(
  name: string,
  flows: WorkloadFlows,
  kind: "workload" | "group" = "workload",
): PolicySpec {
  return {
    podSelector: { matchLabels: podLabels({ kind, name }) },
    policyTypes: ["Ingress", "Egress"],
    ingress: flows.callers.map((flow) => ({
      ...ends("from", policyPeers(flow.from)),
      ...policyPorts(flow),
    })),
    egress: [
      nameLookups,
      ...flows.calls.map((flow) => ({ ...ends("to", policyPeers(flow.to)), ...policyPorts(flow) })),
    ],
  };
}
