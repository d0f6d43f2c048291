/** Ingress controllers: they are what is reached from outside. */
import type { Exception } from "./exception.ts";
import { fxa, networks, pushtech } from "./stacks.ts";

export const ingressExceptions: readonly Exception[] = [
  {
    rule: "pod-security",
    stacks: ["test", "voting"],
    resources: ["Deployment traefik"],
    only: /binds port (80|443) of the node/,
    reason: "the cluster has no load balancer: the controller answers on its node's own ports",
  },
  {
    rule: "pod-security",
    stacks: ["prod"],
    resources: ["Deployment edge"],
    only: /binds port (80|443) of the node/,
    reason:
      "the address-resolver's name leads to one node for UDP and HTTP alike (facts/skywire.md 4.2)",
  },
  {
    rule: "namespace-enforces",
    stacks: ["voting"],
    resources: ["Namespace ingress"],
    only: /privileged/,
    reason: "the controller's node ports, in a namespace with nothing else in it",
  },
  {
    rule: "rbac-cluster-power",
    stacks: ["test", "voting"],
    resources: ["ClusterRole traefik-cluster-role"],
    only: /reads the Secrets/,
    reason: "an ingress controller reads the certificates of the Ingresses of every namespace",
  },
  {
    rule: "rbac-cluster-power",
    stacks: ["prod"],
    resources: [
      "ClusterRole edge-cluster-role",
      "ClusterRole traefik-cluster-role",
      "ClusterRole nginx-cluster-role",
    ],
    only: /reads the Secrets/,
    reason: "an ingress controller reads the certificates of the Ingresses of every namespace",
  },
  {
    rule: "public-exposure",
    stacks: ["test", "voting"],
    resources: ["Deployment traefik"],
    reason: "the ingress controller: what it lets in is what the Ingresses name",
  },
  {
    rule: "public-exposure",
    stacks: ["prod"],
    resources: ["Service traefik-balancer", "Service nginx-balancer", "Deployment edge"],
    reason: "the ingress controllers: what they let in is what the Ingresses name",
  },
  {
    rule: "rbac-cluster-power",
    stacks: [...networks, ...pushtech, ...fxa],
    resources: ["ClusterRole nginx-cluster-role"],
    only: /reads the Secrets/,
    reason: "an ingress controller reads the certificates of the Ingresses of every namespace",
  },
  {
    rule: "public-exposure",
    stacks: [...networks, ...pushtech, ...fxa],
    resources: ["Service nginx-balancer"],
    reason: "the ingress controller: what it lets in is what the Ingresses name",
  },
];
