/**
 * `fleet:observability`: what watches a system. Shared by all systems, and apart from what it
 * watches: nothing here waits for the system or belongs to it.
 */
import * as z from "zod";

import { DataPolicy } from "../base/scalars.ts";
import { LogsConfig } from "./logs/logs.schema.ts";
import { MetricsConfig } from "./metrics/metrics.schema.ts";
import { ProfilesConfig } from "./profiles/profiles.schema.ts";

/** Each part runs where its section stands, and nowhere else. */
export const ObservabilityConfig = z
  .strictObject({
    /** What happens to its disks and namespaces when they go from the file. Default: the stack's `data`. */
    data: DataPolicy.optional(),
    /** Prometheus and Grafana, with what else measures and warns. */
    metrics: MetricsConfig.optional(),
    /** Elasticsearch and Kibana, or none of them, and what reads logs on every node. */
    logs: LogsConfig.optional(),
    /** Pyroscope, and whom it profiles. */
    profiles: ProfilesConfig.optional(),
  })
  .prefault({});
/**
 * `fleet:only`: the one section that is deployed. Taken away is the system alone, for its logs and metrics to be
 * read after it (facts/spacemesh.md, `keep-logs-metrics`).
 */
export const Only = z.literal("observability", "must be observability, or not be there");
/** {@inheritDoc ObservabilityConfig} */
export type ObservabilityConfig = z.infer<typeof ObservabilityConfig>;
