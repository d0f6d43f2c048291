import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { KeyPair } from "../base/secret-store.ts";
import type { Probes } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { daemonArguments } from "./commands.ts";
import { type DaemonKind, daemonTraits } from "./daemon-kinds.ts";
import type { DaemonConfig } from "./daemons.schema.ts";
import { daemonVisorFile, transportSetupFile, type VisorUrls } from "./files.ts";
import {
  prepareVisor,
  type VisorFolders,
  visorFileName,
  visorFilePath,
  visorLocalFolder,
} from "./lite-visor.ts";
import { networkMonitorException } from "./network-monitor.ts";
import type { ProgramOptions } from "./options.schema.ts";
import { daemonPorts } from "./ports.ts";
import { httpProbes, type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link Daemon}. */
export interface DaemonArgs extends Surroundings {
  readonly kind: DaemonKind;
  readonly image: ProgramImage;
  readonly key: KeyPair;
  /** Public URLs: the visor in it looks at the deployment from outside (facts/skywire.md 4.3). */
  readonly urls: VisorUrls;
  /** URL of the dmsg-discovery inside the cluster, for what runs no visor. */
  readonly dmsgDiscoveryUrl: string;
  /** Public keys of the setup-nodes. */
  readonly setupNodes: readonly string[];
  /** STUN servers as `host:port`. */
  readonly stunServers: readonly string[];
  /** Store of the one kind that keeps one. */
  readonly redis?: { readonly url: string; readonly password: pulumi.Output<string> } | undefined;
  readonly options: ProgramOptions & Pick<DaemonConfig, "replicas">;
}

const folders: VisorFolders = {
  seed: { volume: "config", folder: "/etc/daemon" },
  state: { volume: "state", folder: "/var/lib/daemon" },
};

/** Content of the config file, the secret key in it. */
function fileOf(args: DaemonArgs): pulumi.Output<string> {
  const { publicKey } = args.key;
  const { visor, apps } = daemonTraits[args.kind];
  return args.key.secretKey.apply((secretKey) =>
    visor
      ? daemonVisorFile(
          { ...args, publicKey, secretKey, localPath: visorLocalFolder(folders) },
          apps,
        )
      : transportSetupFile({ publicKey, secretKey, dmsgDiscoveryUrl: args.dmsgDiscoveryUrl }),
  );
}

/** Whether it listens: it has no page that tells its health. */
function listeningProbes(port: string): Probes {
  const check = { kind: "tcp", port } as const;
  return {
    startup: { check, periodSeconds: 5, failureThreshold: 36 },
    readiness: { check, periodSeconds: 5, timeoutSeconds: 3 },
    liveness: { check, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
  };
}

/** What a program with a lite visor has beside: a config it may write, and room for its logs. */
function visorParts(args: DaemonArgs) {
  const { networkDevice } = daemonTraits[args.kind];
  return {
    probes: httpProbes("/health", "http"),
    args: daemonArguments(args.kind, visorFilePath(folders), args.redis?.url),
    // It names the folder of its transports' logs from where it was started: ./local, whatever the file says.
    workingFolder: folders.state.folder,
    initContainers: [prepareVisor(args.image, folders)],
    // Its config is written back when it starts: a read-only mount is fatal. In memory, as the file
    // holds the secret key.
    scratch: [
      { name: folders.state.volume, sizeLimit: "128Mi", memory: true },
      { name: "tmp", sizeLimit: "64Mi" },
    ],
    mounts: [
      { volume: folders.state.volume, path: folders.state.folder },
      { volume: "tmp", path: "/tmp" },
      ...(networkDevice ? [{ volume: "tun", path: "/dev/net/tun" }] : []),
    ],
    ...(networkDevice
      ? {
          hostPaths: [{ name: "tun", path: "/dev/net/tun", type: "CharDevice" as const }],
          capabilities: ["NET_ADMIN"],
          security: { user: 0, exception: networkMonitorException },
        }
      : {}),
    // The visor closes its transports, which takes up to its own 10 s, and so do its looks (2.7).
    terminationGraceSeconds: 60,
  };
}

/** The program of a daemon. Pure. */
function daemonProgram(args: DaemonArgs): Program {
  const parts = daemonTraits[args.kind].visor
    ? visorParts(args)
    : {
        probes: listeningProbes("http"),
        args: daemonArguments(args.kind, `${folders.seed.folder}/${visorFileName}`, undefined),
        mounts: [{ volume: folders.seed.volume, path: folders.seed.folder }],
      };
  return {
    image: args.image,
    options: args.options,
    // No kind has a metrics listener, neither in 2023 nor in 2024.
    metrics: false,
    exclusive: true,
    ports: [{ name: "http", port: daemonPorts[args.kind] }],
    // Without it images run on a built-in file whose keys everybody knows (9, point 15).
    secretFiles: [{ name: folders.seed.volume, files: { [visorFileName]: fileOf(args) } }],
    ...(args.redis === undefined ? {} : { secretEnv: { REDIS_PASSWORD: args.redis.password } }),
    ...parts,
  };
}

/**
 * A daemon beside the services: looks after their entries or at themselves, with an identity of its
 * own (facts/skywire.md 4.12). Nobody dials it, and so it has no Service.
 *
 * One with a network device needs a namespace whose Pod Security level is `privileged`.
 */
export class Daemon extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** 66 hex digits. */
  readonly publicKey: string;

  constructor(name: string, args: DaemonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:skywire:Daemon", name, { kind: args.kind, image: args.image.reference }, opts);
    this.publicKey = args.key.publicKey;
    const workload = makeWorkload(name, programWorkload(name, daemonProgram(args), args), {
      parent: this,
    });
    this.ready = workload.ready;
    this.registerOutputs({ publicKey: this.publicKey });
  }
}
