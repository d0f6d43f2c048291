/** What watches a stack and keeps its logs: its pages, and what it reads of the nodes. */
import type { Exception } from "./exception.ts";
import { fxa, networks, skywire } from "./stacks.ts";

export const observabilityExceptions: readonly Exception[] = [
  {
    rule: "pod-security",
    stacks: ["prod", "spacemesh-devnet", "spacemesh-testnet"],
    resources: ["DaemonSet node-exporter"],
    only: /volume (root|proc|sys) is/,
    reason: "it reads how the node does, and writes nothing: all three are mounted to be read",
  },
  {
    rule: "pod-security",
    stacks: ["prod"],
    resources: ["DaemonSet filebeat"],
    only: /volume (container-logs|pod-logs|data) is|user 0|run as root/,
    reason:
      "the lines of all pods lie on the node and belong to root; how far each was read is kept beside",
  },
  {
    rule: "pod-security",
    stacks: ["voting", "pushtech-production"],
    resources: ["DaemonSet log-shipper"],
    only: /volume (container-logs|pod-logs|data) is|user 0|run as root/,
    reason:
      "the lines of all pods lie on the node and belong to root; how far each was read is kept beside",
  },
  {
    rule: "namespace-enforces",
    stacks: ["prod", "spacemesh-devnet", "spacemesh-testnet"],
    resources: ["Namespace metrics"],
    only: /privileged/,
    reason:
      "the node exporter mounts folders of its node; every other pod there is held to restricted by pod-security",
  },
  {
    rule: "namespace-enforces",
    stacks: ["prod", "voting", ...networks, "pushtech-production"],
    resources: ["Namespace log-shipper"],
    only: /privileged/,
    reason: "logs are folders of the node; nothing else stands in that namespace",
  },
  {
    rule: "public-exposure",
    stacks: [...skywire, "pushtech-production", ...fxa],
    resources: ["Ingress grafana-ingress"],
    reason: "Grafana has its users log in",
  },
  {
    rule: "outside-allowed",
    stacks: [...skywire, "spacemesh-devnet", "spacemesh-testnet", "pushtech-production", ...fxa],
    resources: ["Deployment grafana"],
    only: /GF_SERVER_ROOT_URL/,
    reason: "its own public address, which it writes into links",
  },
  {
    rule: "outside-allowed",
    stacks: ["prod"],
    resources: ["Deployment kibana"],
    only: /kibana\.yml https:\/\/kibana\.skycoin\.com/,
    reason: "its own public address, which it writes into links",
  },
  {
    rule: "pod-security",
    stacks: networks,
    resources: ["DaemonSet filebeat"],
    reason:
      "the lines of all pods lie on the node and belong to root; how far each was read is kept beside",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: ["Ingress kibana-ingress"],
    reason: "Kibana has its users log in",
  },
  {
    rule: "public-exposure",
    stacks: ["spacemesh-devnet", "spacemesh-testnet"],
    resources: ["Ingress grafana-ingress", "Ingress prometheus-ingress"],
    reason: "Grafana and Prometheus have their users log in",
  },
  {
    rule: "outside-allowed",
    stacks: networks,
    resources: ["Deployment kibana"],
    only: /kibana\.yml https:\/\/kibana-\w+\.spacemesh\.io/,
    reason: "its own public address, which it writes into links",
  },
];
