/** How the nodes mount an NFS server's files. Pure. */
import { nfsPorts } from "./ports.ts";

/**
 * Options of the mount. The server of the image speaks version 3 alone. Its ports are said, so that nobody asks for
 * them at a third one, and there are no locks, for which there would be a fourth.
 */
export const nfsMountOptions: readonly string[] = [
  "nfsvers=3",
  "proto=tcp",
  `port=${nfsPorts.nfs}`,
  "mountproto=tcp",
  `mountport=${nfsPorts.mountd}`,
  "nolock",
  // While the server restarts, whoever reads or writes waits, rather than being told of a fault.
  "hard",
];
