/** What must hold of the disk of users' pictures, where there is one. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import type { FxaContext } from "./context.ts";
import type { Program } from "./roles.ts";

type Rule = (context: FxaContext) => PlatformFault[];

const sharers = [
  "profile-server",
  "profile-server-worker",
  "profile-server-static",
] as const satisfies readonly Program[];

/** A disk that many nodes are to write, of whatever class the cluster has: the clouds' own let one node do so. */
const diskClassFaults: Rule = ({ config: { servers } }) => {
  const { images } = servers["profile-server"].settings;
  return images.kind === "local" &&
    images.share === "many-nodes" &&
    images.storageClass === undefined
    ? [
        {
          path: ["servers", "profile-server", "settings", "images", "storageClass"],
          message:
            "must name a class with ReadWriteMany, e.g. of NFS: the clouds' default disks are one node's, and pods on others would never start",
        },
      ]
    : [];
};

/** One disk for three programs, of a class by which one node alone may mount it: anywhere else a pod never starts. */
const sharedDiskFaults: Rule = ({ config: { servers }, runs }) => {
  const { images } = servers["profile-server"].settings;
  if (images.kind !== "local" || images.share !== "one-node") {
    return [];
  }
  const wanted = servers["profile-server"].placement.nodeSelector["kubernetes.io/hostname"];
  return sharers
    .filter((program) => runs(program))
    .filter((program) => {
      const node = servers[program].placement.nodeSelector["kubernetes.io/hostname"];
      return node === undefined || node !== wanted;
    })
    .map((program) => ({
      path: ["servers", program, "placement", "nodeSelector"],
      message:
        "must name the one node of the pictures' disk, the same for profile-server, its worker and its static server: kubernetes.io/hostname: <node>",
    }));
};

/** Disks that no pod could mount. */
export const diskFaults = (context: FxaContext): PlatformFault[] =>
  [diskClassFaults, sharedDiskFaults].flatMap((rule) => rule(context));
