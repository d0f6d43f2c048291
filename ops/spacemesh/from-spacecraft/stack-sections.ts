/**
 * The tool of old's settings in the words of a stack file: which section each becomes. Pure.
 *
 * The sections are what the three networks of this repository have; their schemas judge them afterwards.
 */
import {
  nodeProfiles,
  type NodeVersion,
  nodeVersions,
} from "../../../components/spacemesh/node-profiles.ts";
import { isAtLeast } from "../../tools.ts";
import type { Settings } from "./read.ts";

/** A section of a stack file. */
export interface Section {
  readonly key: string;
  readonly value: unknown;
  /** What is said before it. */
  readonly comment?: string;
}

/** Files that settings name, read. */
export interface NamedFiles {
  /** `go-sm-config`; undefined where it was not given. */
  readonly template: unknown;
  /** `miner-go-sm-config`, the other network's config; undefined where this one has a bootstrap node. */
  readonly parent: unknown;
}

/** Machine type of the nodes of bootstrap node and bootnodes: the first that holds one and what runs on every node. */
export const slotTypes = [
  "e2-standard-2",
  "e2-standard-4",
  "e2-standard-8",
  "e2-standard-16",
  "e2-standard-32",
] as const;

/**
 * Layers and number of the network that the tool brought up by itself (facts/spacemesh.md 1.3), in the words of
 * a version of the node: later ones know a network by a text.
 */
function mininetConfig(version: NodeVersion, network: string): unknown {
  const { hasNetworkId, layerDuration } = nodeProfiles[version];
  return {
    ...(hasNetworkId
      ? { p2p: { "network-id": 205 } }
      : { genesis: { "genesis-extra-data": network } }),
    main: {
      [layerDuration.key]: layerDuration.unit === "seconds" ? 200 : "200s",
      "layers-per-epoch": 6,
    },
  };
}

const domain = "spacemesh.io";

/** Miners beyond which the node ports of gRPC would reach into those of JSON. */
const mostOnNodePorts = 999;

/** All sections. */
export function stackSections(
  settings: Settings,
  files: NamedFiles,
  slotType: (typeof slotTypes)[number],
): readonly Section[] {
  return [
    {
      key: "pulumi:disable-default-providers",
      value: ["*"],
      comment: "No resource may fall back on whatever cluster the shell points at.",
    },
    { key: "fleet:system", value: "spacemesh" },
    networkSection(settings, files),
    imagesSection(settings),
    minersSection(settings),
    poetsSection(settings),
    ...webServicesSection(settings),
    ...watchSection(settings),
    { key: "fleet:domain", value: domain },
    ...releaseSection(settings),
    clusterSection(settings, slotType),
    dnsSection(settings),
    {
      key: "fleet:ingress",
      value: {
        controllers: {
          nginx: {
            kind: "nginx",
            exposure: { kind: "load-balancer" },
            ...{ readTimeoutSeconds: 600, answerTimeoutSeconds: 600 },
          },
        },
        default: "nginx",
        tls: { kind: "certificate", secret: "tls", hosts: [`*.${domain}`] },
      },
    },
    observabilitySection(settings),
    {
      key: "fleet:data",
      value: "protect",
      comment: "Nothing that holds data can be deleted before this says so.",
    },
  ];
}

function networkSection(settings: Settings, { parent, template }: NamedFiles): Section {
  const node = { version: nodeVersionOf(settings.text("go-sm-image")) };
  const common = { name: settings.text("network-name"), phase: "new", secret: "network" };
  if (!settings.isOn("bootstrap")) {
    const bootnodes = (parent as { p2p?: { bootnodes?: unknown } } | undefined)?.p2p?.bootnodes;
    const value = { ...common, node, bootstrap: false, extends: { bootnodes, config: parent } };
    return {
      key: "fleet:network",
      value,
      comment: "It joins another network, and its genesis is that one's.",
    };
  }
  return {
    key: "fleet:network",
    value: {
      ...common,
      genesis: { delayMinutes: settings.whole("genesis-delay") },
      node: {
        ...node,
        ...(template === undefined
          ? { config: mininetConfig(node.version, common.name) }
          : { template }),
      },
    },
    comment:
      "make genesis writes the time, once; phase: running says later that the network stands.",
  };
}

/** The profile of an image: by its tag where that is a version, else the one of the tool's own time. */
export function nodeVersionOf(image: string): NodeVersion {
  const tag = /:v?(\d+\.\d+(?:\.\d+)?)/.exec(image)?.[1];
  return (
    (tag === undefined
      ? undefined
      : nodeVersions.findLast((version) => isAtLeast(tag, version.slice(1)))) ?? nodeVersions[0]
  );
}

function imagesSection(settings: Settings): Section {
  return {
    key: "fleet:images",
    value: {
      node: { image: wholeImage(settings.text("go-sm-image")) },
      poet: { image: wholeImage(settings.text("poet-image")) },
    },
  };
}

/** With its registry, which Docker has a default for and nobody else. */
export function wholeImage(image: string): string {
  const [first = "", second] = image.split("/");
  const hasRegistry = second !== undefined && (/[.:]/.test(first) || first === "localhost");
  const full = hasRegistry ? image : `docker.io/${second === undefined ? "library/" : ""}${image}`;
  // Docker's default, too; a moving one, which make images pins.
  return /:[^/]+$/.test(full) ? full : `${full}:latest`;
}

function minersSection(settings: Settings): Section {
  const pinned = settings.whole("bootnode-amount") + (settings.isOn("bootstrap") ? 1 : 0);
  const count = Math.max(settings.whole("miners"), pinned);
  return {
    key: "fleet:miners",
    value: {
      numbers: [`1-${count}`],
      bootnodes: settings.whole("bootnode-amount"),
      resources: alike(settings, "miner-cpu", "miner-ram"),
      disk: { size: gib(settings, "miner-disk-size") },
      jsonApi: settings.isOn("enable-json-api"),
      goDebug: settings.isOn("enable-go-debug"),
      ports: { public: { kind: count > mostOnNodePorts ? "in-cluster" : "node-ports" } },
      madeAtOnce: settings.whole("max-concurrent-deployments"),
      // One after the other, whatever was made at a time (facts/spacemesh.md 3.9).
      upgrade: { atOnce: 1, pauseSeconds: settings.whole("restart-wait-time") * 60 },
    },
    comment: "Numbers are names: they never shift, whoever goes.",
  };
}

function poetsSection(settings: Settings): Section {
  return {
    key: "fleet:poets",
    value: {
      count: settings.whole("poets"),
      resources: alike(settings, "poet-cpu", "poet-ram"),
      disk: { size: gib(settings, "poet-disk-size") },
      gateways: settings.whole("poet-gateway-amount"),
      phaseShiftSeconds: settings.whole("init-phase-shift"),
    },
  };
}

/** They were a command of their own; whoever gave it settings had them. */
function webServicesSection(settings: Settings): readonly Section[] {
  const isAsked = (
    ["tls-crt", "tls-key", "dash-version", "explorer-version", "smapp-version"] as const
  ).some((key) => settings.isGiven(key));
  const explorer = settings.text("explorer-version");
  return isAsked
    ? [
        {
          key: "fleet:webServices",
          value: {
            explorer: {
              api: { image: `docker.io/spacemeshos/explorer-apiserver:${explorer}` },
              collector: { image: `docker.io/spacemeshos/explorer-collector:${explorer}` },
            },
            dashboard: {
              image: `docker.io/spacemeshos/dash-backend:${settings.text("dash-version")}`,
            },
            listing: { smapp: settings.text("smapp-version").replace(/^v/, "") },
          },
        },
      ]
    : [];
}

function watchSection(settings: Settings): readonly Section[] {
  return settings.isOn("enable-slack-alerts")
    ? [
        {
          key: "fleet:watch",
          value: {
            image: wholeImage(settings.text("sw-image")),
            slack: { token: "slack", channel: settings.text("slack-channel-id") },
          },
        },
      ]
    : [];
}

function releaseSection(settings: Settings): readonly Section[] {
  const version = settings.text("go-sm-release-version");
  return version === "" ? [] : [{ key: "fleet:release", value: { version } }];
}

function clusterSection(settings: Settings, slotType: string): Section {
  const pinned = settings.whole("bootnode-amount") + (settings.isOn("bootstrap") ? 1 : 0);
  const accelerator = settings.text("accelerator-type");
  return {
    key: "fleet:cluster",
    value: {
      kind: "gke",
      project: settings.text("gcp-project"),
      name: settings.text("network-name"),
      location: settings.text("gcp-location"),
      zone: settings.text("gcp-zone"),
      ...(settings.isOn("use-vpc") ? { network: settings.text("vpc") } : {}),
      firewall: {},
      pools: {
        bootnodes: {
          type: slotType,
          // What came first would take the room of the one member that can be nowhere else.
          taints: [{ key: "fleet/slot", value: "true", effect: "NoSchedule" }],
          slots: Object.fromEntries(Array.from({ length: pinned }, (_, slot) => [`${slot}`, {}])),
        },
        default: {
          type: settings.text("gcp-machine-type"),
          size: "auto",
          autoscale: { max: 1000 },
          ...(accelerator === ""
            ? {}
            : {
                accelerator: {
                  type: accelerator,
                  count: Math.max(1, settings.whole("accelerator-count")),
                },
              }),
        },
      },
    },
    comment:
      "A node with an address of its own for the bootstrap node and each bootnode; all others share the rest.",
  };
}

/** Identifier of the zone, for somebody to fill in: the tool of old looked it up by its name. */
const unknownZone = "0".repeat(32);

function dnsSection(settings: Settings): Section {
  return settings.isGiven("cloudflare-api-token")
    ? {
        key: "fleet:dns",
        value: { kind: "cloudflare", zones: { [domain]: { zoneId: unknownZone } }, ttlSeconds: 1 },
        comment: "The zone's identifier is to be filled in.",
      }
    : {
        key: "fleet:dns",
        value: { kind: "none", zones: [domain] },
        comment: "Without a token of Cloudflare's there were no records: they are an output here.",
      };
}

function observabilitySection(settings: Settings): Section {
  const network = settings.text("network-name");
  const retention = `${settings.whole("logs-expiry")}d`;
  const replicas = settings.whole("es-replicas");
  return {
    key: "fleet:observability",
    value: {
      ...(settings.isOn("metrics") ? { metrics: metricsPart(settings, network) } : {}),
      logs: {
        families: {
          sm: {
            namespaces: ["spacemesh"],
            containers: ["miner", "poet"],
            retention,
            hexKeys: "keep",
          },
          ws: { namespaces: ["ws"], retention, hexKeys: "keep" },
        },
        store: {
          kind: "builtin",
          ...(replicas > 1 ? { members: replicas } : {}),
          resources: alike(settings, "es-cpu", "es-memory"),
          heap: gib(settings, "es-heap-memory"),
          storage: { size: gib(settings, "es-disk-size") },
        },
        kibana: {
          host: `kibana-${network}.${domain}`,
          resources: alike(settings, "kibana-cpu", "kibana-memory"),
        },
        shipper: { kind: "filebeat" },
      },
      ...(settings.isOn("deploy-pyroscope")
        ? { profiles: { resources: requested(settings, "pyroscope-cpu", "pyroscope-memory") } }
        : {}),
    },
  };
}

function metricsPart(settings: Settings, network: string): unknown {
  return {
    prometheus: {
      host: `prometheus-${network}.${domain}`,
      login: {},
      resources: requested(settings, "prometheus-cpu", "prometheus-memory"),
    },
    grafana: { host: `grafana-${network}.${domain}` },
    pushGateway: {},
    kubeState: {},
    nodes: {},
  };
}

type CpuKey =
  | "miner-cpu"
  | "poet-cpu"
  | "es-cpu"
  | "kibana-cpu"
  | "pyroscope-cpu"
  | "prometheus-cpu";
type GibKey =
  | "miner-ram"
  | "poet-ram"
  | "es-memory"
  | "kibana-memory"
  | "pyroscope-memory"
  | "prometheus-memory"
  | "miner-disk-size"
  | "poet-disk-size"
  | "es-heap-memory"
  | "es-disk-size";

const gib = (settings: Settings, key: GibKey): string => `${settings.text(key)}Gi`;

/** Requests and limits alike, as the tool of old had them. */
function alike(settings: Settings, cpu: CpuKey, memory: GibKey): unknown {
  const both = { cpu: settings.text(cpu), memory: gib(settings, memory) };
  return { requests: both, limits: both };
}

function requested(settings: Settings, cpu: CpuKey, memory: GibKey): unknown {
  const requests = { cpu: settings.text(cpu), memory: gib(settings, memory) };
  return { requests, limits: { memory: requests.memory } };
}
