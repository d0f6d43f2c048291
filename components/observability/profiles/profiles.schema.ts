/** `fleet:observability.profiles`: whose time and memory is looked into, line by line of their code. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { DnsLabel, Port } from "../../base/scalars.ts";
import { Storage } from "../../workload/storage.schema.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";
import { Retention } from "../metrics/words.ts";

/** A workload that is profiled: every pod of it. */
const Profiled = z.discriminatedUnion(
  "kind",
  [
    /** It dials Pyroscope itself, by a client that is built into it. */
    z.strictObject({ kind: z.literal("push"), namespace: DnsLabel }),
    /** It answers on the paths of Go's pprof, and is asked. */
    z.strictObject({
      kind: z.literal("scrape"),
      namespace: DnsLabel,
      /** Port of its pods on which `/debug/pprof` answers. */
      port: Port,
    }),
  ],
  { error: "must say kind: push, or scrape" },
);
/** {@inheritDoc Profiled} */
export type Profiled = z.infer<typeof Profiled>;

/** Reads those that are asked. Runs where there is such a one. */
const ScraperConfig = z
  .strictObject({
    image: ImageReference.default("docker.io/grafana/alloy:v1.12.2"),
    resources: Resources.prefault({
      requests: { cpu: "50m", memory: "128Mi" },
      limits: { memory: "512Mi" },
    }),
    placement: Placement.optional(),
  })
  .prefault({});

/** Pyroscope: one pod with a disk. */
export const ProfilesConfig = z.strictObject({
  namespace: DnsLabel.default("profiles"),
  image: ImageReference.default("docker.io/grafana/pyroscope:2.2.1"),
  resources: Resources.prefault({
    requests: { cpu: "250m", memory: "512Mi" },
    limits: { memory: "2Gi" },
  }),
  placement: Placement.optional(),
  storage: Storage.prefault({ size: "20Gi" }),
  /** When profiles are deleted. */
  retention: Retention.default("7d"),
  /** Name → workload that is profiled, beside those that the system says are. One there must be. */
  workloads: z.record(DnsLabel, Profiled).default({}),
  scraper: ScraperConfig,
});
/** {@inheritDoc ProfilesConfig} */
export type ProfilesConfig = z.infer<typeof ProfilesConfig>;
