/** What follows from a stack's Filebeat: its calls, and what it asks of the nodes. Pure. */
import { type Flow, type Peer, tcp } from "../../base/flows.ts";
import type { CapacityRequest } from "../../platform/capacity.ts";
import type { Toleration } from "../../workload/workload.schema.ts";
import type { StoreEnd } from "../elk/access.ts";
import type { FilebeatConfig } from "./filebeat.schema.ts";

/** Name of the DaemonSet. */
export const filebeatName = "filebeat";

/** Filebeat as an end of flows. */
const filebeatPeer = ({ namespace }: Pick<FilebeatConfig, "namespace">): Peer => ({
  kind: "workload",
  name: filebeatName,
  namespace,
});

/** Every call of Filebeat. Nobody calls it. */
export function filebeatFlows(config: FilebeatConfig, store: StoreEnd): Flow[] {
  const from = filebeatPeer(config);
  return [
    // Which pods run on its node, and what they are called.
    { from, to: { kind: "api-server" }, ports: [] },
    { from, to: store.peer, ports: [tcp(store.port)] },
  ];
}

/** What Filebeat asks of the nodes: a pod on each of them. */
export const filebeatRequest = (
  { resources, placement }: FilebeatConfig,
  nodes: { readonly count: number; readonly tolerations: readonly Toleration[] },
): CapacityRequest => ({
  workload: filebeatName,
  ...resources.requests,
  replicas: nodes.count,
  onEachNode: true,
  placement: {
    podAntiAffinity: "required",
    spread: "none",
    ...placement,
    tolerations: [...nodes.tolerations, ...(placement?.tolerations ?? [])],
  },
});
