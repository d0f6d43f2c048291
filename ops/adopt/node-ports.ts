/** Ports of the nodes that the stack's Services want: each is one Service's in the whole cluster. Pure. */
import * as z from "zod";

import { describe, type LiveObject, type WantedObject } from "./kubernetes.ts";

const Ports = z.looseObject({
  spec: z.looseObject({
    ports: z
      .array(
        z.looseObject({ nodePort: z.number().optional(), protocol: z.string().default("TCP") }),
      )
      .default([]),
  }),
});

const portsOf = (service: unknown): readonly string[] =>
  (Ports.safeParse(service).data?.spec.ports ?? []).flatMap(({ nodePort, protocol }) =>
    nodePort === undefined ? [] : [`${nodePort}/${protocol}`],
  );

/** Why a Service cannot have its ports: undefined where nobody else has one of them. */
export function portFault(
  { planned, kind, namespace, name }: WantedObject,
  objects: readonly LiveObject[],
): string | undefined {
  const wanted = kind === "Service" ? portsOf(planned.inputs) : [];
  const holder = objects.find(
    (live) =>
      live.kind === "Service" &&
      (live.metadata.name !== name || live.metadata.namespace !== namespace) &&
      portsOf(live).some((port) => wanted.includes(port)),
  );
  if (holder === undefined) {
    return undefined;
  }
  const port = portsOf(holder).find((one) => wanted.includes(one)) ?? "";
  const { metadata } = holder;
  const who = describe({ kind: "Service", namespace: metadata.namespace, name: metadata.name });
  return `its node port ${port} is ${who}'s: the update would be refused half-way. Delete that one or give it another port first`;
}
