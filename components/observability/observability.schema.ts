/**
 * `fleet:observability`: what watches a system. Shared by all systems, and apart from what it
 * watches: nothing here waits for the system or belongs to it.
 */
import * as z from "zod";

import { MetricsConfig } from "./metrics/metrics.schema.ts";
import { ProfilesConfig } from "./profiles/profiles.schema.ts";

/** Each part runs where its section stands, and nowhere else. */
export const ObservabilityConfig = z
  .strictObject({
    /** Prometheus and Grafana, with what else measures and warns. */
    metrics: MetricsConfig.optional(),
    /** Pyroscope, and whom it profiles. */
    profiles: ProfilesConfig.optional(),
  })
  .prefault({});
/** {@inheritDoc ObservabilityConfig} */
export type ObservabilityConfig = z.infer<typeof ObservabilityConfig>;
