/** Names under which a service is reached: its own, its aliases', and that of what it publishes. */
import type { Peer } from "../base/flows.ts";
import { NodePort } from "../base/scalars.ts";
import type { ServiceSpec } from "../workload/types.ts";
import type { ComposeService } from "./compose.schema.ts";
import { aliasesOf } from "./networks.ts";
import { openPorts, portName } from "./ports.ts";
import { type FullPort, fullPort } from "./ports.schema.ts";
import type { Translated, Warning } from "./warning.ts";

/** What becomes of a port that Swarm would answer on every node. */
export type Publish =
  /** An address of the cloud's own. */
  | { readonly kind: "LoadBalancer" }
  /** A port of every node. */
  | { readonly kind: "NodePort" }
  /** An ingress controller leads to the service; the stack makes the rules. */
  | { readonly kind: "Ingress"; readonly controller: Peer }
  /** Nothing: it is reached inside the cluster only. */
  | { readonly kind: "Internal" };

/** Name of the Service through which a service's published ports are reached. */
export const edgeName = (name: string): string => `${name}-published`;

/** Ports that every node answers on. */
const ingressPorts = ({ ports = [] }: ComposeService): readonly (FullPort & { index: number })[] =>
  ports
    .map((port, index) => ({ ...fullPort(port), index }))
    .filter(({ mode }) => mode === "ingress");

/**
 * A Service for the name and for each alias, and one for what is published.
 *
 * That one is apart because its ports are others: `vote` is dialled at the container's port inside,
 * and at the published one from outside. Without an open port there is no address either: Kubernetes
 * knows no Service of an address and no port, so the name leads to the pods themselves.
 */
export function toServices(
  name: string,
  service: ComposeService,
  publish: Publish,
): Translated<ServiceSpec[]> {
  const ports = openPorts(service).map((port) => ({ name: portName(port) }));
  const roundRobin = service.deploy?.endpoint_mode === "dnsrr";
  const type = roundRobin || ports.length === 0 ? "Headless" : "ClusterIP";
  const inside = [name, ...aliasesOf(name, service)].map(
    (one) => ({ name: one, type, ports }) as const,
  );
  const edge = edgeService(name, service, publish);
  return {
    value: [...inside, ...(edge === undefined ? [] : [edge])],
    warnings: publishWarnings(service, publish),
  };
}

function edgeService(
  name: string,
  service: ComposeService,
  { kind }: Publish,
): ServiceSpec | undefined {
  const ports = ingressPorts(service);
  if (ports.length === 0 || kind === "Ingress" || kind === "Internal") {
    return undefined;
  }
  return {
    name: edgeName(name),
    type: kind,
    // Else the program sees a node's address instead of its client's, as behind Swarm's mesh.
    externalTrafficPolicy: "Local",
    ports: ports.map((port) => ({
      name: portName(port),
      port: port.published ?? port.target,
      ...(kind === "NodePort" && NodePort.safeParse(port.published).success
        ? { nodePort: Number(port.published) }
        : {}),
    })),
  };
}

function publishWarnings(service: ComposeService, { kind }: Publish): Warning[] {
  return ingressPorts(service).flatMap(({ published, index }) => {
    const path = ["ports", index];
    if (kind === "Internal") {
      return [{ path, message: "is published nowhere: it is reached inside the cluster only" }];
    }
    if (published === undefined) {
      return [];
    }
    if (kind === "NodePort" && !NodePort.safeParse(published).success) {
      const message = `is not ${published} at the nodes: the cluster chooses one from 30000 to 32767`;
      return [{ path, message }];
    }
    return kind === "Ingress"
      ? [{ path, message: `is not ${published}: it is reached at the ingress controller's ports` }]
      : [];
  });
}
