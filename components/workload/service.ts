import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import type * as pulumi from "@pulumi/pulumi";

import { workloadLabel } from "../base/labels.ts";
import type { Metadata } from "./metadata.ts";
import type { ServiceSpec, WorkloadArgs } from "./types.ts";

/** Makes a Service before a Workload's pods. */
export function makeService(
  workload: string,
  service: ServiceSpec,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): Service {
  const name = service.name ?? workload;
  const type = service.type ?? "ClusterIP";
  const containerPorts = [args.container, ...(args.sidecars ?? [])].flatMap(
    ({ ports }) => ports ?? [],
  );
  const ports = service.ports.map((port, index) => {
    const isFirst = service.ports.findIndex((other) => other.name === port.name) === index;
    const target = containerPorts.find((candidate) => candidate.name === port.name);
    if (target === undefined) {
      throw new Error(`Service ${name}: no container of ${workload} has a port ${port.name}`);
    }
    const number = port.port ?? target.port;
    return {
      // Two may lead to one of the container's, and the API server takes no two of one name.
      name: isFirst ? port.name : `${port.name}-${number}`,
      port: number,
      targetPort: port.name,
      protocol: target.protocol ?? "TCP",
      ...(port.nodePort === undefined ? {} : { nodePort: port.nodePort }),
    };
  });
  return new Service(
    `${name}-service`,
    {
      metadata: {
        ...metadata,
        name,
        labels: { ...metadata.labels, ...args.labels },
        annotations: {
          ...service.annotations,
          // The Workload behind it is awaited; the provider's own wait would add ten seconds each.
          ...(type === "LoadBalancer" ? {} : { "pulumi.com/skipAwait": "true" }),
        },
      },
      spec: {
        type: type === "Headless" ? "ClusterIP" : type,
        ...(type === "Headless" ? { clusterIP: "None" } : {}),
        ...(service.clusterIp === undefined ? {} : { clusterIP: service.clusterIp }),
        selector: { [workloadLabel]: workload },
        ports,
        ...(service.externalTrafficPolicy === undefined
          ? {}
          : { externalTrafficPolicy: service.externalTrafficPolicy }),
        ...(service.publishNotReady === true ? { publishNotReadyAddresses: true } : {}),
      },
    },
    opts,
  );
}
