import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { KeyPair } from "../base/secret-store.ts";
import { makeWorkload } from "../workload/workload.ts";
import { networkMonitorArguments } from "./commands.ts";
import { networkMonitorFile, type VisorUrls } from "./files.ts";
import {
  prepareVisor,
  type VisorFolders,
  visorFileName,
  visorFilePath,
  visorLocalFolder,
} from "./lite-visor.ts";
import type { NetworkMonitorConfig } from "./network-monitor.schema.ts";
import { httpPorts, metricsEndpoint, type MetricsEndpoint } from "./ports.ts";
import { httpProbes, type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

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

const folders: VisorFolders = {
  seed: { volume: "config", folder: "/etc/network-monitor" },
  state: { volume: "state", folder: "/var/lib/network-monitor" },
};

/** Why its pods break Pod Security `restricted`, said on the pods themselves. */
export const networkMonitorException =
  "its lite vpn-client opens /dev/net/tun, which takes root with NET_ADMIN";

/** The program of the network-monitor. Pure. */
function networkMonitorProgram(args: NetworkMonitorArgs): Program {
  const { publicKey } = args.key;
  const file = args.key.secretKey.apply((secretKey) =>
    networkMonitorFile({
      publicKey,
      secretKey,
      urls: args.urls,
      setupNodes: args.setupNodes,
      stunServers: args.stunServers,
      localPath: visorLocalFolder(folders),
    }),
  );
  return {
    image: args.image,
    args: networkMonitorArguments(visorFilePath(folders), args.redisUrl),
    options: args.monitor,
    probes: httpProbes("/health", "http"),
    metrics: true,
    exclusive: true,
    ports: [{ name: "http", port: httpPorts["network-monitor"] }],
    secretEnv: { REDIS_PASSWORD: args.redisPassword },
    // It names the folder of its transports' logs from where it was started: ./local, whatever the file says.
    workingFolder: folders.state.folder,
    initContainers: [prepareVisor(args.image, folders)],
    secretFiles: [{ name: folders.seed.volume, files: { [visorFileName]: file } }],
    // The program writes its config back when it starts: a read-only mount is fatal (4.3). In
    // memory, as the file holds the secret key.
    scratch: [
      { name: folders.state.volume, sizeLimit: "128Mi", memory: true },
      { name: "tmp", sizeLimit: "64Mi" },
    ],
    hostPaths: [{ name: "tun", path: "/dev/net/tun", type: "CharDevice" }],
    mounts: [
      { volume: folders.state.volume, path: folders.state.folder },
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
