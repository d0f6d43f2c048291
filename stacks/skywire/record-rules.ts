/** What the stack's public hosts will stand in DNS as. Pure. */
import { pagesOf } from "../../components/observability/shape.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { certificateFaults } from "../../components/platform/ingress.schema.ts";
import {
  plannedOnControllers,
  plannedOnSlot,
  recordFaults,
} from "../../components/platform/record-faults.ts";
import { slotPool } from "../../components/platform/slots.ts";
import { publicServices } from "../../components/skywire/hosts.ts";
import { extraHosts } from "./extras-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf, hostsOf } from "./shape.ts";

/** Records of the stack's hosts that would clash, lead nowhere, or be refused, and hosts without a certificate. */
export function hostRecordFaults(stack: SkywireStack): PlatformFault[] {
  const hosts = hostsOf(stack);
  const throughControllers = [
    ...publicServices.map((service) => ({
      path: Object.hasOwn(stack.hosts, service) ? ["hosts", service] : ["domain"],
      host: hosts[service],
    })),
    ...[...extraHosts(stack), ...pagesOf(stack.observability)].map(({ path, host }) => ({
      path,
      host,
    })),
  ];
  const onSlots = dmsgServersOf(stack)
    // An address needs no record.
    .filter(({ host }) => !/^[\d.]+$/.test(host))
    .flatMap(({ name, host, slot }) =>
      plannedOnSlot(
        { path: ["services", "dmsg-servers", "members", name, "host"], host },
        slotPool(stack.cluster, slot),
      ),
    );
  return [
    ...recordFaults(
      [...plannedOnControllers(throughControllers, stack.ingress, stack.cluster), ...onSlots],
      stack.dns,
    ),
    ...certificateFaults(throughControllers, stack.ingress),
  ];
}
