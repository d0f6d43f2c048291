/** Pyroscope's config, and that of what asks for profiles. Pure. */

import { yamlText } from "../../base/yaml.ts";
import { pyroscopePort, type ScrapeTarget, scraperPort } from "./shape.ts";

/** Folders of Pyroscope's pod. */
export const pyroscopeFolders = { config: "/etc/pyroscope", data: "/data" } as const;

/**
 * `config.yaml` of Pyroscope 2: blocks and their index on one disk, everything in one process.
 *
 * @param retention E.g. `7d`: what is older goes.
 */
export const pyroscopeFile = (retention: string): string =>
  yamlText({
    target: "all",
    architecture_storage: "v2",
    server: { http_listen_port: pyroscopePort },
    storage: { backend: "filesystem", filesystem: { dir: `${pyroscopeFolders.data}/blocks` } },
    metastore: {
      data_dir: `${pyroscopeFolders.data}/metastore`,
      raft: { dir: `${pyroscopeFolders.data}/raft` },
    },
    limits: { retention_period: retention },
    // It is profiled where the list says so, and tells nobody outside that it runs.
    self_profiling: { disable_push: true },
    analytics: { reporting_enabled: false },
  });

/** Arguments of Pyroscope. */
export const pyroscopeArguments: readonly string[] = [
  `-config.file=${pyroscopeFolders.config}/config.yaml`,
];

/** Folders of the scraper's pod. */
export const scraperFolders = { config: "/etc/alloy", data: "/tmp/alloy" } as const;

/** Arguments of the scraper: Grafana's Alloy. */
export const scraperArguments: readonly string[] = [
  "run",
  `${scraperFolders.config}/config.alloy`,
  `--storage.path=${scraperFolders.data}`,
  `--server.http.listen-addr=0.0.0.0:${scraperPort}`,
  "--disable-reporting",
];

const text = (value: string): string => JSON.stringify(value);

/** Which pods are asked, and on which port: discovery makes a target of each port of a pod. */
const chosen = (targets: readonly ScrapeTarget[]): string =>
  targets.map(({ name, namespace, port }) => `${namespace};${name};${port}`).join("|");

const workloadLabel = "__meta_kubernetes_pod_label_app_kubernetes_io_name";

/** Kinds of profiles, and whether they are asked for: waiting and locks are off in most programs. */
const kinds: Readonly<Record<string, boolean>> = {
  process_cpu: true,
  memory: true,
  goroutine: true,
  mutex: false,
  block: false,
};

/**
 * `config.alloy`: finds the pods of the workloads, and hands their profiles to Pyroscope.
 *
 * @param url Pyroscope's, inside the cluster.
 */
export function scraperFile(targets: readonly ScrapeTarget[], url: string): string {
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))].sort().map(text);
  const labels = [
    ["service_name", workloadLabel],
    ["namespace", "__meta_kubernetes_namespace"],
    ["pod", "__meta_kubernetes_pod_name"],
  ] as const;
  return `discovery.kubernetes "pods" {
  role = "pod"

  namespaces {
    names = [${namespaces.join(", ")}]
  }
}

discovery.relabel "profiled" {
  targets = discovery.kubernetes.pods.targets

  rule {
    action        = "keep"
    source_labels = ["__meta_kubernetes_namespace", ${text(workloadLabel)}, "__meta_kubernetes_pod_container_port_number"]
    separator     = ";"
    regex         = ${text(chosen(targets))}
  }

  rule {
    action        = "drop"
    source_labels = ["__meta_kubernetes_pod_phase"]
    regex         = "Pending|Succeeded|Failed"
  }
${labels
  .map(
    ([label, source]) => `
  rule {
    source_labels = [${text(source)}]
    target_label  = ${text(label)}
  }
`,
  )
  .join("")}}

pyroscope.scrape "profiled" {
  targets    = discovery.relabel.profiled.output
  forward_to = [pyroscope.write.own.receiver]

  profiling_config {
${Object.entries(kinds)
  .map(([kind, on]) => `    profile.${kind} {\n      enabled = ${on}\n    }\n`)
  .join("\n")}  }
}

pyroscope.write "own" {
  endpoint {
    url = ${text(url)}
  }
}
`;
}
