/** What the stack's public hosts will stand in DNS as. Pure. */
import { pagesOf } from "../../components/observability/shape.ts";
import type { HostUse } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { certificateFaults } from "../../components/platform/ingress.schema.ts";
import {
  plannedOnControllers,
  plannedOnSlot,
  recordFaults,
} from "../../components/platform/record-faults.ts";
import { slotPool } from "../../components/platform/slots.ts";
import { extraHosts } from "./extras-shape.ts";
import { dmsgServerHosts, serviceHosts } from "./hosts.ts";
import type { SkywireStack } from "./schema.ts";

/** Records of the stack's hosts that would clash, lead nowhere, or be refused, and hosts without a certificate. */
export function hostRecordFaults(stack: SkywireStack): PlatformFault[] {
  const throughControllers: HostUse[] = [
    ...serviceHosts(stack),
    ...[...extraHosts(stack), ...pagesOf(stack.observability)].map(({ path, host }) => ({
      path,
      host,
    })),
  ];
  const onSlots = dmsgServerHosts(stack).flatMap(({ slot, ...use }) =>
    plannedOnSlot(use, slotPool(stack.cluster, slot)),
  );
  return [
    ...recordFaults(
      [...plannedOnControllers(throughControllers, stack.ingress, stack.cluster), ...onSlots],
      stack.dns,
    ),
    ...certificateFaults(throughControllers, stack.ingress),
  ];
}
