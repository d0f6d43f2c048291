/** Pure builder of a container's probes. */
import type * as k8s from "@pulumi/kubernetes";

import type { Container, ContainerPort, NoProbes, Probe, Probes } from "./types.ts";

type KubernetesContainer = k8s.types.input.core.v1.Container;

/** The probes of a container, or nothing where it says why there are none. */
export const probesOf = (probes: Probes | NoProbes | undefined): Probes =>
  probes === undefined || "none" in probes ? {} : probes;

function kubernetesProbe(
  probe: Probe,
  ports: readonly ContainerPort[],
): k8s.types.input.core.v1.Probe {
  const { check, ...times } = probe;
  switch (check.kind) {
    case "http":
      return { ...times, httpGet: { path: check.path, port: check.port } };
    case "tcp":
      return { ...times, tcpSocket: { port: check.port } };
    case "exec":
      return { ...times, exec: { command: [...check.command] } };
    case "grpc": {
      // The one check that takes no port by its name.
      const port = ports.find(({ name }) => name === check.port)?.port;
      if (port === undefined) {
        throw new Error(`a grpc probe names port ${check.port}, which the container does not have`);
      }
      return {
        ...times,
        grpc: { port, ...(check.service === undefined ? {} : { service: check.service }) },
      };
    }
  }
}

/** The probes of a container, as fields of it. */
export function probeFields(container: Container): Partial<KubernetesContainer> {
  const { readiness, liveness, startup } = probesOf(container.probes);
  const ports = container.ports ?? [];
  return {
    ...(readiness === undefined ? {} : { readinessProbe: kubernetesProbe(readiness, ports) }),
    ...(liveness === undefined ? {} : { livenessProbe: kubernetesProbe(liveness, ports) }),
    ...(startup === undefined ? {} : { startupProbe: kubernetesProbe(startup, ports) }),
  };
}
