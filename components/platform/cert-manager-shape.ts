/** Calls of cert-manager's parts, and what they ask of the nodes. Pure. */
import { type Flow, type Peer, tcp } from "../base/flows.ts";
import type { Resources } from "../workload/workload.schema.ts";
import type { CapacityRequest } from "./capacity.ts";
import type { CertificatesConfig, ChartCertManager } from "./cert-manager.schema.ts";
import { controllerPeers } from "./controller-shape.ts";
import type { IngressConfig } from "./ingress.schema.ts";

/** Pods of the chart, by the label that tells Workloads apart. */
export const parts = {
  controller: "cert-manager",
  webhook: "webhook",
  injector: "cainjector",
} as const;

/** Job that asks whether certificates can be ordered. */
export const checkName = "cert-manager-check";

/** Port on which the webhook answers the API server. */
const webhookPort = 10_250;

/** What the parts ask of nodes. The chart says nothing of it. */
export const resources: Readonly<Record<keyof typeof parts | "check", Resources>> = {
  controller: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  webhook: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  injector: { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  check: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
};

/**
 * Calls of cert-manager's parts. It asks each host over HTTP before the authority does: a cluster that
 * knows its own balancer's address leads it to the controllers' pods.
 */
export function certManagerFlows({ namespace }: ChartCertManager, ingress: IngressConfig): Flow[] {
  const pod = (name: string): Peer => ({ kind: "workload", name, namespace });
  const api: Peer = { kind: "api-server" };
  return [
    ...[...Object.values(parts), checkName].map((name) => ({
      from: pod(name),
      to: api,
      ports: [],
    })),
    { from: api, to: pod(parts.webhook), ports: [tcp(webhookPort)] },
    { from: pod(parts.controller), to: { kind: "internet" }, ports: [tcp(80), tcp(443)] },
    ...controllerPeers(ingress).map(({ peer, ports }) => ({
      from: pod(parts.controller),
      to: peer,
      ports: ports.map(tcp),
    })),
  ];
}

/** What cert-manager asks of the nodes, for capacityFaults. */
export const certManagerRequests = ({ certManager }: CertificatesConfig): CapacityRequest[] =>
  certManager.kind === "preinstalled"
    ? []
    : (["controller", "webhook", "injector"] as const).map((part) => ({
        workload: parts[part],
        // A rolling update has one pod more for a while.
        replicas: 2,
        ...resources[part].requests,
        placement: { tolerations: [] },
      }));
