/**
 * Command line of a node. Pure.
 *
 * Source: facts/spacemesh.md 2.1; flags of go-spacemesh at the versions of node-profiles.ts.
 */
import { listenAddress } from "./multiaddress.ts";
import { nodeProfiles, type NodeVersion } from "./node-profiles.ts";
import { grpcPort, jsonPort, minerMetricsPort, privateGrpcPort } from "./ports.ts";

/** Path of the program in its image. */
export const nodeProgram = "/bin/go-spacemesh";

/** Where the config is mounted, and its name. */
export const nodeConfigFolder = "/etc/config";
export const nodeConfigName = "config.json";

/** Where a node's disk is mounted, and what lies on it. */
export const nodeDisk = "/root/data";
const nodeDataFolder = `${nodeDisk}/node`;
const postDataFolder = `${nodeDisk}/post`;

/** Name of the key file, inside its folder and in its Secret. */
export const peerKeyName = "p2p.key";

/**
 * Path of the key file. It must be mounted alone, not its folder: the node keeps its address book
 * beside it. Until v0.2.18 the data lie in a folder of the network's number (facts/spacemesh.md 3.4).
 */
export function peerKeyPath(version: NodeVersion, networkId: number | undefined): string {
  const folder = nodeProfiles[version].hasNetworkId
    ? `${nodeDataFolder}/${networkId ?? 0}`
    : nodeDataFolder;
  return `${folder}/p2p/${peerKeyName}`;
}

/** Inputs of a node's command line. */
export interface MinerCommand {
  readonly version: NodeVersion;
  /** `miner-<number>`. */
  readonly name: string;
  readonly peerPort: number;
  /** Account of its rewards. */
  readonly coinbase: string;
  readonly jsonApi: boolean;
  /** Address that peers are to dial, of a pinned member, without its peer id. */
  readonly advertise?: string | undefined;
  /** Metrics: it listens, and pushes where a URL is given. Undefined: none. */
  readonly metrics?: { readonly pushUrl?: string | undefined } | undefined;
  /** Profiler: every member serves profiles; one that is watched sends them. Undefined: none. */
  readonly profiler?: { readonly url?: string | undefined } | undefined;
}

/** Arguments of a node. */
export function minerArguments(command: MinerCommand): string[] {
  const profile = nodeProfiles[command.version];
  return [
    `--listen=${listenAddress(command.peerPort)}`,
    ...(profile.advertises && command.advertise !== undefined
      ? [`--advertise-address=${command.advertise}`]
      : []),
    `--config=${nodeConfigFolder}/${nodeConfigName}`,
    `--data-folder=${nodeDataFolder}`,
    `--smeshing-coinbase=${command.coinbase}`,
    "--smeshing-start=true",
    `--smeshing-opts-datadir=${postDataFolder}`,
    "--log-encoder=json",
    ...apiFlags(command.version, {
      grpc: grpcPort,
      json: command.jsonApi ? jsonPort : undefined,
      private: privateGrpcPort,
    }),
    ...metricsFlags(command.metrics),
    ...profilerFlags(command),
  ];
}

/** Ports of a node's APIs. */
export interface ApiPorts {
  readonly grpc: number;
  /** Undefined: there is no JSON gateway. */
  readonly json: number | undefined;
  /** On loopback, of versions that have one: for APIs that are nobody's but the pod's own. */
  readonly private: number;
}

/** Flags that choose the ports of the APIs. */
export function apiFlags(version: NodeVersion, ports: ApiPorts): string[] {
  const { grpc, json } = ports;
  if (!nodeProfiles[version].listeners) {
    return [
      `--grpc-port=${grpc}`,
      // Said either way: left alone, the gateway of some versions listens on a port that nobody knows.
      `--json-server=${json !== undefined}`,
      ...(json === undefined ? [] : [`--json-port=${json}`]),
    ];
  }
  return [
    `--grpc-public-listener=0.0.0.0:${grpc}`,
    `--grpc-private-listener=127.0.0.1:${ports.private}`,
    ...(json === undefined ? [] : [`--grpc-json-listener=0.0.0.0:${json}`]),
  ];
}

/** Flags of a node's metrics. */
export function metricsFlags(metrics: MinerCommand["metrics"]): string[] {
  return metrics === undefined
    ? []
    : [
        "--metrics",
        `--metrics-port=${minerMetricsPort}`,
        ...(metrics.pushUrl === undefined ? [] : [`--metrics-push=${metrics.pushUrl}`]),
      ];
}

function profilerFlags({ profiler, name }: MinerCommand): string[] {
  return profiler === undefined
    ? []
    : [
        "--pprof-server",
        ...(profiler.url === undefined
          ? []
          : [`--profiler-url=${profiler.url}`, `--profiler-name=${name}`]),
      ];
}

/** Traces of Go's garbage collector and scheduler in the log (facts/spacemesh.md 2.1). */
export const goDebugVariables: Readonly<Record<string, string>> = {
  GODEBUG: "gctrace=1,scavtrace=1,gcpacertrace=1",
};
