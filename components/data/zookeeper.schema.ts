/** A ZooKeeper server: in the cluster, or somewhere else. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { Placement, Resources } from "../workload/workload.schema.ts";
import { outsideStore } from "./outside.schema.ts";
import { zookeeperPort } from "./ports.ts";
import { Disk } from "./storage.schema.ts";

/** One pod with a disk of its own, from the official image. */
export const BuiltinZookeeper = z.strictObject({
  kind: z.literal("builtin"),
  /** Official image, of the 3.4 series: its user is number 1000. */
  image: ImageReference.default("docker.io/library/zookeeper:3.4.11"),
  storage: Disk.prefault({ size: "1Gi" }),
  resources: Resources.default({
    requests: { cpu: "10m", memory: "100Mi" },
    limits: { memory: "200Mi" },
  }),
  placement: Placement.optional(),
  /** Connections from one address: several programs of a pod share one. The server's own 60 do not do. */
  maxClientConnections: z
    .int("must be a whole number of connections, e.g. 600")
    .min(1, "must be at least 1")
    .max(10_000, "must be at most 10000")
    .default(600),
});
/** {@inheritDoc BuiltinZookeeper} */
export type BuiltinZookeeper = z.infer<typeof BuiltinZookeeper>;

/** A server that is run by somebody else. */
export const ExternalZookeeper = z.strictObject({
  ...outsideStore(zookeeperPort),
});
/** {@inheritDoc ExternalZookeeper} */
export type ExternalZookeeper = z.infer<typeof ExternalZookeeper>;

/** Where ZooKeeper is. */
export const ZookeeperConfig = z.discriminatedUnion("kind", [BuiltinZookeeper, ExternalZookeeper], {
  error: "must say kind: builtin or external",
});
/** {@inheritDoc ZookeeperConfig} */
export type ZookeeperConfig = z.infer<typeof ZookeeperConfig>;
