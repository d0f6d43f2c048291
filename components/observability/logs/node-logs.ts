/** What a shipper needs of the node that it runs on: shared by Filebeat and Vector. */
import type { ApiRule, HostPath, Mount } from "../../workload/types.ts";

/** Names of the files of each container, which are links into the other folder. */
export const containerLogs = "/var/log/containers";

/** Where the kubelet and the container runtime write. */
export const podLogs = "/var/log/pods";

/** The node's folders with logs. */
export const logFolders: readonly HostPath[] = [
  { name: "container-logs", path: containerLogs, type: "Directory" },
  { name: "pod-logs", path: podLogs, type: "Directory" },
];

/** The same in the container, where links hold as on the node. Nothing there is written to. */
export const logMounts: readonly Mount[] = logFolders.map(({ name, path }) => ({
  volume: name,
  path,
  readOnly: true,
}));

/** What is asked of the API server: which pods run here, and what they are called. */
export const logRules: readonly ApiRule[] = [
  {
    apiGroups: [""],
    resources: ["namespaces", "nodes", "pods"],
    verbs: ["get", "list", "watch"],
  },
];

/** Why a shipper is more than Pod Security `restricted` allows. */
export const logException =
  "reads the logs of the node's containers, which are root's, and remembers on the node how far";
