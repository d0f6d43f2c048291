/** Ports of a service: `expose` and `ports`. */
import type { ContainerPort } from "../workload/types.ts";
import type { ComposeService } from "./compose.schema.ts";
import { type FullPort, fullPort } from "./ports.schema.ts";
import type { ComposeFault } from "./warning.ts";

/** Ports of a service that others on its networks dial: what it exposes and what it publishes. */
export function openPorts({ expose = [], ports = [] }: ComposeService): readonly FullPort[] {
  const all = [...expose, ...ports].map(fullPort);
  const first = new Map(all.map((port) => [keyOf(port), port] as const).reverse());
  return all.filter((port) => first.get(keyOf(port)) === port);
}

const keyOf = ({ target, protocol }: FullPort): string => `${target}/${protocol}`;

/** Name of a port, by which Services mean it. */
export const portName = ({ target, protocol }: FullPort): string => `${protocol}-${target}`;

const transport = ({ protocol }: FullPort) => (protocol === "udp" ? "UDP" : "TCP");

/** Ports of the container; those in host mode are the node's too. */
export function toContainerPorts(service: ComposeService): ContainerPort[] {
  const onNode = (service.ports ?? []).map(fullPort).filter(({ mode }) => mode === "host");
  return openPorts(service).map((port) => {
    const hostPort = onNode.find((one) => keyOf(one) === keyOf(port))?.published;
    return {
      name: portName(port),
      port: port.target,
      protocol: transport(port),
      ...(hostPort === undefined ? {} : { hostPort }),
    };
  });
}

/** A port of the node has to be known, and the pod has to be let. */
export function hostPortFaults(
  { ports = [] }: ComposeService,
  exception: string | undefined,
): ComposeFault[] {
  return ports.flatMap((port, index) => {
    const { mode, published } = fullPort(port);
    if (mode === "ingress") {
      return [];
    }
    const missing =
      published === undefined
        ? [{ path: ["ports", index], message: "must say published: Kubernetes chooses no port" }]
        : [];
    const refused =
      exception === undefined
        ? [
            {
              path: ["ports", index],
              message:
                "must have mode: ingress: Pod Security restricted refuses ports of the node, and the stack names no exception",
            },
          ]
        : [];
    return [...missing, ...refused];
  });
}

/** How a service is reached, as the Docker provider takes it. */
export function toEndpointSpec(service: ComposeService) {
  const ports = (service.ports ?? []).map(fullPort);
  return {
    mode: service.deploy?.endpoint_mode ?? "vip",
    ...(ports.length === 0
      ? {}
      : {
          ports: ports.map(({ target, published, protocol, mode }) => ({
            targetPort: target,
            ...(published === undefined ? {} : { publishedPort: published }),
            protocol,
            publishMode: mode,
          })),
        }),
  };
}
