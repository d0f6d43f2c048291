/** The records of a stack's hosts, with whoever keeps its zones. */
import type { DataPolicy } from "../components/base/scalars.ts";
import type { ClusterConfig } from "../components/platform/cluster.schema.ts";
import type { DnsConfig } from "../components/platform/dns.schema.ts";
import { DnsRecords } from "../components/platform/dns.ts";
import { createDns } from "../components/platform/dns-keepers.ts";
import { hostRecords, type HostTargets, slotKey } from "../components/platform/dns-records.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";
import { clusterSlots } from "../components/platform/slots.ts";
import type { Ground } from "./ground.ts";

/** Hosts that lead to the controllers which serve them. */
export const onControllers = (
  { controllers }: Pick<Ground, "controllers">,
  hosts: readonly Omit<HostTargets, "targets">[],
): HostTargets[] =>
  hosts.map(({ host, proxied }) => ({
    host,
    targets: controllers.targets(host),
    ...(proxied === undefined ? {} : { proxied }),
  }));

/** Sections that records follow from. */
interface RecordSections {
  readonly dns: DnsConfig;
  readonly data: DataPolicy;
  readonly cluster: ClusterConfig;
  readonly ingress: Pick<IngressConfig, "controllers">;
}

/** Makes the records. */
export const makeRecords = (
  { dns, data, cluster, ingress }: RecordSections,
  hosts: readonly HostTargets[],
): DnsRecords =>
  new DnsRecords("records", {
    dns: createDns("dns", dns, data),
    records: hostRecords(hosts, dns.ttlSeconds, [
      ...clusterSlots(cluster).map(({ slot }) => slotKey(slot)),
      ...Object.keys(ingress.controllers),
    ]),
  });
