/** What kwokctl is told: options, what the control plane does differently from kwok's defaults, stages. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

import type { Ports } from "./state.ts";

/** Room for every Service a stack may have: kwok's default holds 254 addresses. */
const serviceRange = "10.96.0.0/12";

/**
 * Of each there is one, which needs no lead over others: one that could not renew it for ten seconds (`--leader-elect-renew-deadline`),
 * on a machine that is busy, would end for that, and nothing would be placed or started any more.
 */
const alone = { key: "leader-elect", value: "false" };

/** Programs of the control plane, by the name kwokctl gives them. */
export const components = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok-controller",
] as const;

/**
 * The file for `kwokctl --config`.
 *
 * @param containerLog Path of the file that {@link containerLogText} begins.
 *
 * Scheduler, controller-manager and admission stay as in a cloud. Only the attaching of disks is left
 * out: nothing here would ever answer it.
 */
export function kwokConfig(
  ports: Ports,
  containerLog: string,
  stages: readonly string[] = stageTexts(),
): string {
  const configuration = {
    apiVersion: "config.kwok.x-k8s.io/v1alpha1",
    kind: "KwokctlConfiguration",
    options: {
      // kwok's default is every interface of the machine.
      bindAddress: "127.0.0.1",
      kubeApiserverPort: ports.apiServer,
      etcdPort: ports.etcd,
      etcdPeerPort: ports.etcdPeer,
      kubeControllerManagerPort: ports.controllerManager,
      kubeSchedulerPort: ports.scheduler,
      kwokControllerPort: ports.kwok,
    },
    componentsPatches: [
      {
        name: "etcd",
        // Waiting for the disk guards against a power cut: after one, a sandbox is made anew.
        extraArgs: [{ key: "unsafe-no-fsync", value: "true" }],
      },
      {
        name: "kube-apiserver",
        extraArgs: [
          { key: "service-cluster-ip-range", value: serviceRange },
          // stages/kubelets.yaml gives every node one of this kind, and it leads to kwok.
          { key: "kubelet-preferred-address-types", value: "InternalDNS" },
        ],
      },
      {
        name: "kube-controller-manager",
        extraArgs: [
          { key: "service-cluster-ip-range", value: serviceRange },
          { key: "controllers", value: "*,-persistentvolume-attach-detach-controller" },
          // kwok's 25 s would leave a node that comes back tainted for as long.
          { key: "node-monitor-period", value: "2s", override: true },
          alone,
        ],
      },
      { name: "kube-scheduler", extraArgs: [alone] },
    ],
  };
  return [stringify(configuration), stringify(logsOf(containerLog)), ...stages].join("---\n");
}

/** What `kubectl logs` reads, of whatever pod and container. */
function logsOf(containerLog: string) {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "ClusterLogs",
    metadata: { name: "containers" },
    spec: { logs: [{ logsFile: containerLog, previousLogsFile: containerLog, follow: true }] },
  };
}

/** The one log of all containers, in the form that container runtimes write. */
export function containerLogText(path: string, now: Date): string {
  return [
    "A sandbox runs no containers: this stands in the log of every one.",
    `What is appended to ${path} in this form comes to whoever follows a log.`,
  ]
    .map((line) => `${now.toISOString()} stdout F ${line}\n`)
    .join("");
}

/** The stages of `stages/`: how nodes, pods, addresses and disks come to life. */
export function stageTexts(): readonly string[] {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "stages");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8"));
}
