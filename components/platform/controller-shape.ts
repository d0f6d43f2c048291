/** What follows from the section of the ingress controllers, before one is made. Pure, and without the engine's SDK. */
import { type Flow, type Peer, tcp } from "../base/flows.ts";
import type { CapacityRequest } from "./capacity.ts";
import type { ClusterConfig } from "./cluster.schema.ts";
import { type RecordType, slotTarget } from "./dns-records.ts";
import type { ControllerKind } from "./ingress-controller.ts";
import { classOf, type ControllerConfig, type IngressConfig } from "./ingress.schema.ts";
import { nginxPorts } from "./nginx-ports.ts";
import { slotPool, type SlotUse } from "./slots.ts";
import { traefikPorts } from "./traefik-arguments.ts";

/** Ports of a controller's pods. */
function portsOf({ kind }: ControllerConfig): ControllerKind["ports"] {
  switch (kind) {
    case "traefik":
      return traefikPorts;
    case "nginx":
      return nginxPorts;
  }
}

/** The controllers as ends of flows, with the pods' own ports. */
export function controllerPeers(
  config: IngressConfig,
): { readonly name: string; readonly peer: Peer; readonly ports: readonly number[] }[] {
  return Object.entries(config.controllers).map(([name, controller]) => {
    const { web, websecure } = portsOf(controller);
    return {
      name,
      peer: { kind: "workload", name, namespace: config.namespace },
      ports: [web, websecure],
    };
  });
}

/** Calls to what stands behind a public host, of the controller that serves it. */
export const entryFlows = (config: IngressConfig, host: string, to: Peer, port: number): Flow[] =>
  Object.hasOwn(config.controllers, classOf(config, host))
    ? [
        {
          from: { kind: "workload", name: classOf(config, host), namespace: config.namespace },
          to,
          ports: [tcp(port)],
        },
      ]
    : [];

/** Where the controllers' metrics are read. */
export const controllerMetrics = (
  config: IngressConfig,
): { readonly peer: Peer; readonly port: number }[] =>
  Object.entries(config.controllers).map(([name, controller]) => ({
    peer: { kind: "workload", name, namespace: config.namespace },
    port: portsOf(controller).metrics,
  }));

/**
 * Slots that controllers answer on, for slotFaults.
 *
 * @param path Place of the section in the config, e.g. `["ingress"]`.
 */
export function controllerSlots(
  config: IngressConfig,
  path: readonly (string | number)[],
): SlotUse[] {
  return Object.entries(config.controllers).flatMap(([name, { exposure }]) =>
    exposure.kind === "host-ports"
      ? [
          {
            path: [...path, "controllers", name, "exposure", "slot"],
            slot: exposure.slot,
            publishes: true,
          },
        ]
      : [],
  );
}

/** What the controllers ask of the nodes, for capacityFaults. */
export function controllerRequests(config: IngressConfig): CapacityRequest[] {
  return Object.entries(config.controllers).map(([workload, controller]) => {
    const { exposure, resources, tolerations } = controller;
    const onNode = exposure.kind === "host-ports";
    return {
      workload,
      // A rolling update has one pod more for a while.
      replicas: onNode ? 1 : exposure.replicas + 1,
      ...resources.requests,
      placement: onNode ? { slot: exposure.slot, tolerations } : { tolerations },
      ...(onNode
        ? { hostPorts: [80, 443].map((port) => ({ port, protocol: "TCP" as const })) }
        : {}),
    };
  });
}

/**
 * Kind of the record that will lead to a host, for aliasFaults.
 *
 * @returns undefined where no record can: slotFaults tells why.
 */
export function recordTypeOf(
  config: IngressConfig,
  cluster: ClusterConfig,
  host: string,
): RecordType | undefined {
  const exposure = config.controllers[classOf(config, host)]?.exposure;
  if (exposure?.kind !== "host-ports") {
    return exposure === undefined ? undefined : "A";
  }
  const place = slotPool(cluster, exposure.slot);
  return place === undefined || place.address.kind === "ephemeral"
    ? undefined
    : slotTarget(place).type;
}
