/** What a network asks of the nodes of its cluster. Pure. */
import type { CapacityRequest } from "../platform/capacity.ts";
import { poetGroup, watchName } from "./flows.ts";
import { memberPlacement } from "./member-placement.ts";
import type { Member } from "./members.ts";
import type { NetworkSections } from "./network-rules.ts";
import type { WatchConfig } from "./watch.schema.ts";

/** A workload with its place in the stack file. */
export interface NetworkRequest {
  readonly path: readonly string[];
  readonly request: CapacityRequest;
}

/**
 * Requests of the pinned members one by one, of miners and PoETs together: they are alike, and none is
 * ever beside its successor.
 */
export function networkRequests(
  { miners, poets }: Pick<NetworkSections, "miners" | "poets">,
  members: readonly Member[],
  watch: WatchConfig | undefined,
): NetworkRequest[] {
  const path = ["miners"];
  const pinned = members.filter(({ slot }) => slot !== undefined);
  const others = members.length - pinned.length;
  const anywhere = memberPlacement(undefined);
  return [
    ...pinned.map(({ name, slot, peerPort }) => ({
      path,
      request: {
        workload: name,
        replicas: 1,
        ...miners.resources.requests,
        placement: memberPlacement(slot),
        disks: 1,
        hostPorts: [{ port: peerPort, protocol: "TCP" as const }],
      },
    })),
    ...(others === 0
      ? []
      : [
          {
            path,
            request: {
              workload: "miner",
              replicas: others,
              ...miners.resources.requests,
              placement: anywhere,
              disks: 1,
            },
          },
        ]),
    {
      path: ["poets"],
      request: {
        workload: poetGroup,
        replicas: poets.count,
        ...poets.resources.requests,
        placement: anywhere,
        disks: 1,
      },
    },
    ...(watch === undefined
      ? []
      : [
          {
            path: ["watch"],
            request: {
              workload: watchName,
              replicas: 1,
              ...watch.resources.requests,
              placement: {},
            },
          },
        ]),
  ];
}
