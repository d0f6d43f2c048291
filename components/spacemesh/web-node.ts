/**
 * The node inside a pod of the web services: it follows the network as everybody can, by the published
 * config, and has neither identity nor disk of its own (facts/spacemesh.md 2.9). Pure.
 */
import type { Container, FileSet, Scratch } from "../workload/types.ts";
import type * as pulumi from "@pulumi/pulumi";
import { type JsonObject, overlay } from "./json.ts";
import { apiFlags, metricsFlags, nodeProgram } from "./miner-command.ts";
import type { NodeApi } from "./miner.schema.ts";
import { listenAddress } from "./multiaddress.ts";
import { apiSection, nodeConfigText } from "./node-config.ts";
import { nodeProfiles, type NodeVersion } from "./node-profiles.ts";
import { peerPort } from "./ports.ts";
import type { ProgramImage } from "../workload/surroundings.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";
import { webPorts } from "./web-shape.ts";

/** The network that the nodes of the web services follow. */
export interface FollowedNetwork {
  readonly image: ProgramImage;
  readonly version: NodeVersion;
  /** Text of the config that the network publishes. */
  readonly config: pulumi.Output<string>;
}

/** Volumes of a pod with such a node. */
const configVolume = "config";
const dataVolume = "node-data";

const configFolder = "/etc/spacemesh";
const configName = "config.json";
const dataFolder = "/data";

/** On loopback, where older nodes have nothing and newer ones their private API. */
const privatePort = 9094;

/** The published config with the APIs that a node of the web services serves in place of a miner's. */
export function webNodeConfig(
  published: string,
  version: NodeVersion,
  apis: readonly NodeApi[],
): string {
  const config = JSON.parse(published) as JsonObject;
  return nodeConfigText(overlay(config, { api: apiSection(nodeProfiles[version], apis) }));
}

/** Arguments of the node. */
export const webNodeArguments = (version: NodeVersion, json: boolean): string[] => [
  `--listen=${listenAddress(peerPort)}`,
  `--config=${configFolder}/${configName}`,
  `--data-folder=${dataFolder}/node`,
  // Whatever the config says: it has no account that a reward could go to.
  "--smeshing-start=false",
  "--log-encoder=json",
  ...apiFlags(version, {
    grpc: webPorts.grpc,
    json: json ? webPorts.json : undefined,
    private: privatePort,
  }),
  ...metricsFlags({}),
];

/** What differs from pod to pod. */
export interface WebNode {
  readonly network: FollowedNetwork;
  readonly config: WebServicesConfig["publicApi"]["node"];
  /** Whether it has a JSON gateway. */
  readonly json: boolean;
  /** APIs that its ports serve. */
  readonly apis: readonly NodeApi[];
  /** File without which it is not started: what listens to it from its first word on is up then. */
  readonly awaits?: { readonly volume: string; readonly folder: string; readonly file: string };
}

/** For /bin/sh: waits for the file $1, then becomes the program. It may be told to end meanwhile. */
const waiting = `trap 'exit 0' TERM INT
file=$1
shift
until [ -e "$file" ]; do sleep 1 & wait $!; done
trap - TERM INT
exec "$@"`;

function commandOf({ network, json, awaits }: WebNode): Pick<Container, "command" | "args"> {
  const args = webNodeArguments(network.version, json);
  return awaits === undefined
    ? { command: [nodeProgram], args }
    : {
        command: ["/bin/sh", "-c", waiting, "waiting"],
        args: [`${awaits.folder}/${awaits.file}`, nodeProgram, ...args],
      };
}

/** The container. Logs of containers of this name are kept as those of the web services (2.13). */
export function webNodeContainer(node: WebNode): Container {
  const { network, config, json, awaits } = node;
  const { reference, digest } = network.image;
  const check = { kind: "tcp", port: json ? "json" : "grpc" } as const;
  return {
    name: "node",
    image: reference,
    ...(digest === undefined ? {} : { digest }),
    ...commandOf(node),
    // Whatever it writes beside its data goes where it may.
    env: { HOME: dataFolder },
    ports: [
      { name: "grpc", port: webPorts.grpc },
      ...(json ? [{ name: "json", port: webPorts.json }] : []),
      { name: "metrics", port: webPorts.metrics },
    ],
    probes: {
      // It reads its state and finds peers before it listens: 20 minutes, as before.
      startup: { check, failureThreshold: 120 },
      // It answers: whether it is in sync as well, the check beside it says.
      readiness: { check, periodSeconds: 10, timeoutSeconds: 5 },
      liveness: { check, periodSeconds: 30, timeoutSeconds: 5 },
    },
    resources: config.resources,
    mounts: [
      { volume: configVolume, path: configFolder },
      { volume: dataVolume, path: dataFolder },
      { volume: "tmp", path: "/tmp" },
      ...(awaits === undefined
        ? []
        : [{ volume: awaits.volume, path: awaits.folder, readOnly: true }]),
    ],
  };
}

/** What the pod of a node has beside containers. */
export const webNodeVolumes = ({
  network: { config, version },
  config: { scratch },
  apis,
}: WebNode): { readonly files: FileSet; readonly scratch: readonly Scratch[] } => ({
  files: {
    name: configVolume,
    files: { [configName]: config.apply((text) => webNodeConfig(text, version, apis)) },
  },
  scratch: [{ name: dataVolume, sizeLimit: scratch, requested: true }, { name: "tmp" }],
});
