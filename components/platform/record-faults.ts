/** Faults of the records that a stack's hosts will have, whoever keeps the zones. Pure. */
import type { ClusterConfig } from "./cluster.schema.ts";
import { recordTypeOf } from "./controller-shape.ts";
import { type DnsConfig, type HostUse, proxiedFaults } from "./dns.schema.ts";
import { aliasFaults, type PlannedHost, slotTarget } from "./dns-records.ts";
import type { PlatformFault } from "./fault.ts";
import { classOf, type IngressConfig } from "./ingress.schema.ts";
import { isMadeAddress } from "./pool.schema.ts";
import { type SlotPlace, slotPool } from "./slots.ts";
import { ownZoneFaults } from "./zone-faults.ts";

/**
 * A host that leads to a slot, with its record; none where the slot has no address that stays, or none that the
 * file names: whose that fault is says so at its own place.
 */
export function plannedOnSlot(use: HostUse, place: SlotPlace | undefined): PlannedHost[] {
  if (place === undefined || place.address.kind === "ephemeral" || isMadeAddress(place.address)) {
    return [];
  }
  const { type, content } = slotTarget(place);
  const target = place.address.kind === "dns" ? place.address.name : undefined;
  // The slot's own name is kept by whoever makes it follow the node.
  return content === use.host
    ? []
    : [{ ...use, type, ...(target === undefined ? {} : { target }) }];
}

/** Hosts that go through the stack's controllers, with the kind of record that will lead to each. */
export function plannedOnControllers(
  uses: readonly HostUse[],
  ingress: IngressConfig,
  cluster: ClusterConfig,
): PlannedHost[] {
  return uses.flatMap((use) => {
    const exposure = ingress.controllers[classOf(ingress, use.host)]?.exposure;
    if (exposure?.kind === "host-ports") {
      return plannedOnSlot(use, slotPool(cluster, exposure.slot));
    }
    const type = recordTypeOf(ingress, cluster, use.host);
    return type === undefined ? [] : [{ ...use, type }];
  });
}

/** Records that no name server takes, or that nobody could use. */
export const recordFaults = (hosts: readonly PlannedHost[], dns: DnsConfig): PlatformFault[] => [
  ...aliasFaults(hosts, dns),
  ...proxiedFaults(hosts, dns),
  ...(dns.kind === "name-server" ? ownZoneFaults(dns, hosts) : []),
];
