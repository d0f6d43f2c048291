/** Sections of a stack file as its author writes them, parsed by their own schemas. */
import type * as z from "zod";

import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { IngressConfig } from "../../components/platform/ingress.schema.ts";

/** Two nodes alike, and a slot with a reserved address. */
export const clusterInput = {
  kind: "kubeconfig",
  context: "demo-test",
  pools: {
    general: { nodes: 2, cpu: "2", memory: "4Gi" },
    edge: {
      slots: { "0": { address: { kind: "reserved", ip: "203.0.113.7", assignedBy: "operator" } } },
      cpu: "2",
      memory: "4Gi",
    },
  },
} as const;

/** The cluster with some sections exchanged. */
export const cluster = (pools: Record<string, unknown> = {}): ClusterConfig =>
  ClusterConfig.parse({ ...clusterInput, pools: { ...clusterInput.pools, ...pools } });

/** One Traefik on a slot's own ports. */
export const ingressInput = {
  controllers: { traefik: { kind: "traefik", exposure: { kind: "host-ports", slot: 0 } } },
  default: "traefik",
  tls: { kind: "cert-manager", clusterIssuer: "letsencrypt" },
} as const;

/** The ingress section with the parts given. */
export const ingress = (change: Record<string, unknown> = {}): IngressConfig =>
  IngressConfig.parse({ ...ingressInput, ...change });

/** What a schema says about a value: `path: message`, or nothing when it is right. */
export function complaints(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}
