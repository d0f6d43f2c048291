/** What a stack file says about the keyed HTTP services. */
import * as z from "zod";

import { Bytes, DnsLabel } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { exactlyOne, programFields, scalableFields } from "./options.schema.ts";

const severalReplicas = z
  .int("must be a whole number of pods, e.g. 2")
  .min(1, "must be at least 1: one of the pods carries the key")
  .max(100, "must be at most 100");

/** dmsg-discovery: pods share one Redis, one of them carries the key (facts/skywire.md 4.11). */
export const DmsgDiscoveryConfig = z.strictObject({
  ...scalableFields,
  replicas: severalReplicas.default(1),
  key: reference("key-pair").prefault("dmsg-discovery"),
});

/** service-discovery: pods share Postgres and Redis, one of them carries the key (4.1). */
export const ServiceDiscoveryConfig = z.strictObject({
  ...scalableFields,
  replicas: severalReplicas.default(1),
  key: reference("key-pair").prefault("service-discovery"),
});

/** transport-discovery (4.5). */
export const TransportDiscoveryConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("its one key may be live in one process only"),
  key: reference("key-pair").prefault("transport-discovery"),
});

/** route-finder (4.6). Its database is the transport-discovery's and has no field of its own. */
export const RouteFinderConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("its one key may be live in one process only"),
  key: reference("key-pair").prefault("route-finder"),
});

/** uptime-tracker (4.7). */
export const UptimeTrackerConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("it filters double reports in its memory and owns one disk"),
  key: reference("key-pair").prefault("uptime-tracker"),
  /** Disk of the daily files, the only copy of the history and the evidence of rewards. */
  dailyData: z
    .strictObject({
      size: Bytes.default("10Gi"),
      /** Default: the cluster's. */
      storageClass: DnsLabel.optional(),
      /** Days that stay in Postgres before they are moved to files. */
      cutoffDays: z.int("must be whole days, e.g. 7").min(1).max(365).default(7),
    })
    .prefault({}),
});
