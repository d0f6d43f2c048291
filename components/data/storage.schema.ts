/** Words that all stores share in a stack file. */
import * as z from "zod";

import { Hostname, Ipv4 } from "../base/scalars.ts";
import { Storage } from "../workload/storage.schema.ts";

/**
 * A disk, or the word that there is none: `none` keeps the data in the pod's own folder, and it goes with the pod.
 * For environments that may start from nothing; the rules of a stack say which.
 */
export const Disk = z.union([z.literal("none"), Storage], {
  error: "must be a disk (size, storageClass, data) or none",
});
/** {@inheritDoc Disk} */
export type Disk = z.infer<typeof Disk>;

/**
 * Host of a store outside the cluster.
 *
 * A URL is refused: the services put `redis://` before whatever does not start with exactly that, so
 * that `rediss://` turns into a host that does not exist (facts/skywire.md 2.2).
 */
export const StoreHost = z.union([Ipv4, Hostname], {
  message:
    "must be a bare host name or IPv4 address, e.g. 192.168.133.7: no scheme, as TLS (rediss://) does not work with the services",
});
