import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { KeyPair } from "../base/secrets.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { Container } from "../workload/types.ts";
import { networkMonitorArguments } from "./commands.ts";
import { networkMonitorFile, type VisorUrls } from "./files.ts";
import type { NetworkMonitorConfig } from "./network-monitor.schema.ts";
import { httpPorts, metricsEndpoint, type MetricsEndpoint } from "./ports.ts";
import {
  httpProbes,
  type Program,
  type ProgramImage,
  programWorkload,
  type Surroundings,
  imageFields,
} from "./program.ts";

/** Inputs of a {@link NetworkMonitor}. */
export interface NetworkMonitorArgs extends Surroundings {
  readonly image: ProgramImage;
  readonly key: KeyPair;
  readonly redisUrl: string;
  readonly redisPassword: pulumi.Output<string>;
  /** Public URLs: it looks at the deployment from outside (4.3). */
  readonly urls: VisorUrls;
  /** Public keys of the setup-nodes. */
  readonly setupNodes: readonly string[];
  /** STUN servers as `host:port`. */
  readonly stunServers: readonly string[];
  readonly monitor: Omit<NetworkMonitorConfig, "key">;
}

const seedVolume = "config";
const seedFolder = "/etc/network-monitor";
const stateVolume = "state";
const stateFolder = "/var/lib/network-monitor";
const fileName = "config.json";

/** Why its pods break Pod Security `restricted`, said on the pods themselves. */
export const networkMonitorException =
  "its lite vpn-client opens /dev/net/tun, which takes root with NET_ADMIN";

/** Puts the config where the program can rewrite it; the program's own image has what it takes. */
function copyConfig(args: NetworkMonitorArgs): Container {
  return {
    name: "copy-config",
    ...imageFields(args.image),
    command: ["cp", `${seedFolder}/${fileName}`, `${stateFolder}/${fileName}`],
    resources: {
      requests: { cpu: "10m", memory: "16Mi" },
      limits: { memory: "64Mi" },
    },
    mounts: [
      { volume: seedVolume, path: seedFolder },
      { volume: stateVolume, path: stateFolder },
    ],
  };
}

/** The program of the network-monitor. Pure. */
export function networkMonitorProgram(args: NetworkMonitorArgs): Program {
  const { publicKey } = args.key;
  const file = args.key.secretKey.apply((secretKey) =>
    networkMonitorFile({
      publicKey,
      secretKey,
      urls: args.urls,
      setupNodes: args.setupNodes,
      stunServers: args.stunServers,
      localPath: `${stateFolder}/local`,
    }),
  );
  return {
    image: args.image,
    args: networkMonitorArguments(`${stateFolder}/${fileName}`, args.redisUrl),
    options: args.monitor,
    probes: httpProbes("/health", "http"),
    metrics: true,
    exclusive: true,
    ports: [{ name: "http", port: httpPorts["network-monitor"] }],
    secretEnv: { REDIS_PASSWORD: args.redisPassword },
    initContainers: [copyConfig(args)],
    secretFiles: [{ name: seedVolume, files: { [fileName]: file } }],
    // The program writes its config back when it starts: a read-only mount is fatal (4.3). In
    // memory, as the file holds the secret key.
    scratch: [
      { name: stateVolume, sizeLimit: "128Mi", memory: true },
      { name: "tmp", sizeLimit: "64Mi" },
    ],
    hostPaths: [{ name: "tun", path: "/dev/net/tun", type: "CharDevice" }],
    mounts: [
      { volume: stateVolume, path: stateFolder },
      { volume: "tmp", path: "/tmp" },
      { volume: "tun", path: "/dev/net/tun" },
    ],
    capabilities: ["NET_ADMIN"],
    security: { user: 0, exception: networkMonitorException },
    // The visor closes its transports, which takes up to its own 10 s, and so do the tests (2.7).
    terminationGraceSeconds: 60,
  };
}

/**
 * The network-monitor: tests the entries of address-resolver and service-discovery with a lite visor
 * and a lite vpn-client, and takes dead ones out (facts/skywire.md 4.3).
 *
 * Needs a namespace whose Pod Security level is `privileged`.
 */
export class NetworkMonitor extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** 66 hex digits. It must stand in the whitelist of the services. */
  readonly publicKey: string;
  /** Where its metrics are read. */
  readonly metrics: MetricsEndpoint;

  constructor(name: string, args: NetworkMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:skywire:NetworkMonitor", name, { image: args.image.reference }, opts);
    this.publicKey = args.key.publicKey;
    this.metrics = metricsEndpoint;
    const workload = makeWorkload(name, programWorkload(name, networkMonitorProgram(args), args), {
      parent: this,
    });
    this.ready = workload.ready;
    this.registerOutputs({ publicKey: this.publicKey, metrics: this.metrics });
  }
}
