/** Spacemesh's own programs. */
import type { Exception } from "./exception.ts";
import { networks } from "./stacks.ts";

export const spacemeshExceptions: readonly Exception[] = [
  {
    rule: "namespace-enforces",
    stacks: networks,
    resources: ["Namespace spacemesh"],
    only: /privileged/,
    reason:
      "bootnodes take a port of their node, so that the address they tell is the one that answers; every pod there is held to restricted by pod-security but for what is named",
  },
  {
    rule: "pod-security",
    stacks: networks,
    resources: ["Deployment miner-*", "Deployment poet-*"],
    only: /user 0|may run as root/,
    reason:
      "nodes and PoETs keep their data below /root, and their images name no user (facts/spacemesh.md 2.1, 2.4); every capability is dropped",
  },
  {
    rule: "pod-security",
    stacks: networks,
    resources: ["Deployment miner-*"],
    only: /binds port \d+ of the node/,
    reason:
      "bootstrap node and bootnodes: peers find each other only where the port that is told is the one that listens (facts/spacemesh.md 2.2)",
  },
  {
    rule: "probes",
    stacks: networks,
    resources: ["Deployment miner-*", "Deployment poet-*"],
    only: /no liveness probe/,
    reason:
      "a container is kept when its program ends, with log and data: nothing may restart it (facts/spacemesh.md 2.1)",
  },
  {
    rule: "probes",
    stacks: networks,
    resources: ["DaemonSet address-keeper-*"],
    reason:
      "kubeip answers nobody; what waits for its work waits for the node's mark to go (fleet/no-probes)",
  },
  {
    rule: "rbac-cluster-power",
    stacks: networks,
    resources: ["ClusterRole address-keeper-cluster-role"],
    only: /changes nodes/,
    reason: "it takes the mark off a slot's node once the slot's address is there",
  },
  {
    rule: "evictions-possible",
    stacks: networks,
    resources: ["PodDisruptionBudget network"],
    reason:
      "the network's one budget: a miner that is moved loses its proof of space in time, and its kept container its log (facts/spacemesh.md 2.3)",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: ["Deployment miner-*"],
    only: /binds TCP \d+ of its node/,
    reason:
      "bootstrap node and bootnodes are how anybody joins; both ends prove who they are with their keys",
  },
  {
    rule: "public-exposure",
    stacks: ["spacemesh-mini", "spacemesh-testnet"],
    resources: ["Service miner-*-service"],
    only: /NodePort/,
    reason:
      "the members' APIs on ports of the nodes, as the original had them, without debug and smesher: fleet:miners.publicApis",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: ["Service poet-1-public-service"],
    only: /LoadBalancer/,
    reason:
      "home smeshers have their work proved by the first PoET, which the published config names",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: [
      "Ingress api-ingress",
      "Ingress api-json-ingress",
      "Ingress dash-api-ingress",
      "Ingress explorer-api-ingress",
    ],
    reason:
      "what the network has agreed on is everybody's to read; which APIs of the node are served is fleet:webServices.publicApi.apis",
  },
  {
    rule: "probes",
    stacks: ["spacemesh-devnet"],
    resources: ["Deployment spacemesh-watch"],
    reason:
      "it listens nowhere and writes no file: it only asks, and tells Slack (fleet/no-probes)",
  },
  {
    rule: "probes",
    stacks: networks,
    resources: ["Deployment spacemesh-explorer-collector"],
    only: /container collector has no liveness probe/,
    reason:
      "it listens nowhere and its image has nothing to ask it by; it ends by itself when its node or its database goes, and is started anew (facts/spacemesh.md 2.11)",
  },
  {
    rule: "budgets-feasible",
    stacks: networks,
    resources: ["PodDisruptionBudget network"],
    reason:
      "no miner is ever evicted, by intent (facts/spacemesh.md 2.3): to drain a node, its miners are stopped first",
  },
];
