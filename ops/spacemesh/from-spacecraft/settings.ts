/**
 * Every setting of the tool of old: its key, its kind, its default (facts/spacemesh.md 1.2). What has become of
 * each is in stack-sections.ts; what has no counterpart says so here.
 */

/** What a setting's value is. */
export type SettingKind =
  | "text"
  /** A whole number. */
  | "whole"
  | "switch"
  /** CPUs as Kubernetes writes them. */
  | "cpu"
  /** Whole gibibytes, without a unit. */
  | "gib"
  /** Path of a file. */
  | "file"
  /** A value that nobody may see. */
  | "secret";

/** One setting. */
export interface Setting {
  readonly kind: SettingKind;
  readonly default: string;
  /** Why nothing is made of it. */
  readonly dropped?: string;
}

const byType = "follows from gcp-machine-type here";

/** Key → setting. Keys that only ever stood in files are among them. */
export const settings = {
  "network-name": { kind: "text", default: "mininet" },
  "gcp-project": { kind: "text", default: "" },
  "gcp-location": { kind: "text", default: "" },
  "gcp-zone": { kind: "text", default: "" },
  "gcp-machine-type": { kind: "text", default: "e2-standard-16" },
  "gcp-machine-cpu": { kind: "whole", default: "16", dropped: byType },
  "gcp-machine-memory": { kind: "whole", default: "64", dropped: byType },
  "accelerator-type": { kind: "text", default: "" },
  "accelerator-count": { kind: "whole", default: "0" },
  "image-type": { kind: "text", default: "", dropped: "the tool of old used it nowhere" },
  "use-vpc": { kind: "switch", default: "false" },
  vpc: { kind: "text", default: "spacecraft" },
  miners: { kind: "whole", default: "10" },
  poets: { kind: "whole", default: "1" },
  "bootnode-amount": { kind: "whole", default: "6" },
  bootstrap: { kind: "switch", default: "true" },
  "go-sm-config": { kind: "file", default: "./artifacts/mininet/miner/config.json" },
  "miner-go-sm-config": { kind: "file", default: "" },
  "genesis-delay": { kind: "whole", default: "10" },
  "init-phase-shift": { kind: "whole", default: "0" },
  "poet-gateway-amount": { kind: "whole", default: "4" },
  "max-concurrent-deployments": { kind: "whole", default: "100" },
  "miner-cpu": { kind: "cpu", default: "1" },
  "miner-ram": { kind: "gib", default: "2" },
  "miner-disk-size": { kind: "gib", default: "10" },
  "poet-cpu": { kind: "cpu", default: "1" },
  "poet-ram": { kind: "gib", default: "2" },
  "poet-disk-size": { kind: "gib", default: "10" },
  "go-sm-image": { kind: "text", default: "spacemeshos/go-spacemesh-dev:38056f5" },
  "poet-image": { kind: "text", default: "spacemeshos/poet:develop" },
  "sw-image": { kind: "text", default: "spacemeshos/spacemesh-watch:latest" },
  "miner-number": {
    ...{ kind: "text", default: "" },
    dropped: "a miner comes and goes by its number in fleet:miners.numbers",
  },
  "restart-wait-time": { kind: "whole", default: "2" },
  "enable-json-api": { kind: "switch", default: "true" },
  "enable-go-debug": { kind: "switch", default: "false" },
  "deploy-pyroscope": { kind: "switch", default: "false" },
  "pyroscope-image": {
    ...{ kind: "text", default: "" },
    dropped: "Pyroscope is another program since: fleet:observability.profiles.image has its image",
  },
  "pyroscope-cpu": { kind: "cpu", default: "1" },
  "pyroscope-memory": { kind: "gib", default: "2" },
  metrics: { kind: "switch", default: "false" },
  "prometheus-cpu": { kind: "cpu", default: "1" },
  "prometheus-memory": { kind: "gib", default: "1" },
  "push-gateway-url": {
    ...{ kind: "text", default: "" },
    dropped: "miners push to the network's own gateway",
  },
  "es-replicas": { kind: "whole", default: "1" },
  "es-master-nodes": {
    ...{ kind: "whole", default: "1" },
    dropped: "Elasticsearch finds its masters by itself",
  },
  "es-cpu": { kind: "cpu", default: "1" },
  "es-memory": { kind: "gib", default: "2" },
  "es-heap-memory": { kind: "gib", default: "1" },
  "es-disk-size": { kind: "gib", default: "10" },
  "es-cert": { kind: "file", default: "", dropped: "each network has certificates of its own" },
  "kibana-cpu": { kind: "cpu", default: "1" },
  "kibana-memory": { kind: "gib", default: "2" },
  "kibana-saved-objects": {
    ...{ kind: "file", default: "" },
    dropped: "the searches of the stack come with it; import others by hand in Kibana",
  },
  "logs-expiry": { kind: "whole", default: "1" },
  "enable-slack-alerts": { kind: "switch", default: "false" },
  "slack-token": { kind: "secret", default: "" },
  "slack-channel-id": { kind: "text", default: "" },
  "cloudflare-api-token": { kind: "secret", default: "" },
  "tls-crt": { kind: "file", default: "./artifacts/ws/tls.crt" },
  "tls-key": { kind: "file", default: "./artifacts/ws/tls.key" },
  "dash-version": { kind: "text", default: "v0.0.2" },
  "explorer-version": { kind: "text", default: "v0.0.10" },
  "smapp-version": { kind: "text", default: "0.2.1" },
  private: {
    ...{ kind: "switch", default: "false" },
    dropped: "a network is listed where a discovery stack names it (fleet:networks there)",
  },
  "keep-logs-metrics": {
    ...{ kind: "switch", default: "false" },
    dropped: "fleet:only: observability takes the network away and keeps logs and metrics",
  },
  "chaos-mesh": { kind: "switch", default: "false", dropped: "Chaos Mesh is not deployed here" },
  "chaos-mesh-version": {
    ...{ kind: "text", default: "" },
    dropped: "Chaos Mesh is not deployed here",
  },
  "go-sm-release-version": { kind: "text", default: "" },
  "github-token": { kind: "secret", default: "" },
  host: {
    kind: "text",
    default: "",
    dropped: "make rewards takes ENDPOINT=, or finds a miner itself",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** Key of a setting. */
export type SettingKey = keyof typeof settings;

/** Whether a text is one. */
export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(settings, key);

/** Keys that mean another one: the tool's own struct read the certificate under another name than its flag had. */
export const otherNames: Readonly<Record<string, SettingKey>> = { "tls-cert": "tls-crt" };
