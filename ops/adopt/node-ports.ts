/**
 * Ports of the nodes that the stack's Services want: each is one Service's in the whole cluster. Pure.
 *
 * The API server counts numbers alone: UDP 30178 is refused where another Service has TCP 30178, and so is the port by which
 * balancers look whether a node has a pod (k8s.io/kubernetes, pkg/registry/core/service/storage/alloc.go; kubernetes#91404).
 */
import * as z from "zod";

import { describe, type LiveObject, type WantedObject } from "./kubernetes.ts";

const Ports = z.looseObject({
  spec: z.looseObject({
    healthCheckNodePort: z.number().optional(),
    ports: z
      .array(
        z.looseObject({ nodePort: z.number().optional(), protocol: z.string().default("TCP") }),
      )
      .default([]),
  }),
});

interface NodePort {
  readonly port: number;
  /** What a person finds it by. */
  readonly called: string;
}

/** The port of looks at a Service's health; nought is none, as for the API server. */
function healthPortOf(service: unknown): NodePort[] {
  const { healthCheckNodePort: port = 0 } = Ports.safeParse(service).data?.spec ?? {};
  return port === 0 ? [] : [{ port, called: `${port} of looks at its health` }];
}

const portsOf = (service: unknown): readonly NodePort[] =>
  (Ports.safeParse(service).data?.spec.ports ?? []).flatMap(({ nodePort, protocol }) =>
    nodePort === undefined ? [] : [{ port: nodePort, called: `${nodePort}/${protocol}` }],
  );

/** Why a Service cannot have its ports: undefined where nobody else has one of them. */
export function portFault(
  { planned, kind, namespace, name }: WantedObject,
  objects: readonly LiveObject[],
): string | undefined {
  if (kind !== "Service") {
    return undefined;
  }
  const services = objects.filter((live) => live.kind === "Service");
  const isOwn = ({ metadata }: LiveObject): boolean =>
    metadata.name === name && metadata.namespace === namespace;
  // The one that a Service has stays (components/platform/balancer-ports.ts): another is asked for of a new one alone.
  const keepsHealth = services.some((live) => isOwn(live) && healthPortOf(live).length > 0);
  const wanted = [...portsOf(planned.inputs), ...(keepsHealth ? [] : healthPortOf(planned.inputs))];
  const [taken] = services
    .filter((live) => !isOwn(live))
    .flatMap((live) => {
      const held = new Set([...portsOf(live), ...healthPortOf(live)].map(({ port }) => port));
      return wanted.filter(({ port }) => held.has(port)).map(({ called }) => ({ called, live }));
    });
  if (taken === undefined) {
    return undefined;
  }
  const { metadata } = taken.live;
  const who = describe({ kind: "Service", namespace: metadata.namespace, name: metadata.name });
  return `its node port ${taken.called} is ${who}'s: the update would be refused half-way. Delete that one or give it another port first`;
}
