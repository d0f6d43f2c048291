import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { KeyPair } from "../base/secret-store.ts";
import { makeWorkload } from "../workload/workload.ts";
import { dmsgServerArguments } from "./commands.ts";
import type { DmsgServerConfig } from "./dmsg-server.schema.ts";
import { dmsgServerFile } from "./files.ts";
import { dmsgHealthPort, dmsgPort, metricsEndpoint, type MetricsEndpoint } from "./ports.ts";
import { httpProbes, type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link DmsgServer}. */
export interface DmsgServerArgs extends Surroundings {
  readonly image: ProgramImage;
  readonly key: KeyPair;
  /** URL of the dmsg-discovery, inside the cluster. */
  readonly discoveryUrl: string;
  /** Its own settings: address, port, slot. */
  readonly server: Omit<DmsgServerConfig, "key">;
}

const volume = "config";
const folder = "/etc/dmsg-server";
const fileName = "config.json";

/** Address that visors dial, exactly as the server announces it. */
export const publicAddress = ({ host, nodePort }: Pick<DmsgServerConfig, "host" | "nodePort">) =>
  `${host}:${nodePort}`;

/** The program of a dmsg-server. Pure. */
function dmsgServerProgram(args: DmsgServerArgs): Program {
  const { server } = args;
  const { publicKey } = args.key;
  const file = args.key.secretKey.apply((secretKey) =>
    dmsgServerFile({
      publicKey,
      secretKey,
      discoveryUrl: args.discoveryUrl,
      publicAddress: publicAddress(server),
      maxSessions: server.maxSessions,
    }),
  );
  return {
    image: args.image,
    args: dmsgServerArguments(`${folder}/${fileName}`),
    options: server,
    // The health listener, never the dmsg port: a TCP check there makes junk sessions (9, point 23).
    probes: httpProbes("/health", "health"),
    metrics: true,
    exclusive: true,
    logsItsKey: true,
    slot: server.slot,
    ports: [
      { name: "dmsg", port: dmsgPort },
      { name: "health", port: dmsgHealthPort },
    ],
    secretFiles: [{ name: volume, files: { [fileName]: file } }],
    mounts: [{ volume, path: folder }],
    services: [
      {
        type: "NodePort",
        // The client's address survives, and only the slot's node answers: as many servers, as many
        // addresses (4.10).
        externalTrafficPolicy: "Local",
        ports: [{ name: "dmsg", nodePort: server.nodePort }],
      },
    ],
  };
}

/**
 * One dmsg-server: an individual with a key, an address, a port and a node of its own, and so a
 * workload of its own. Visors dial it directly, past every balancer (facts/skywire.md 4.10).
 */
export class DmsgServer extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** 66 hex digits. */
  readonly publicKey: string;
  /** What visors dial, `host:port`. */
  readonly publicAddress: string;
  /** Where its metrics are read. */
  readonly metrics: MetricsEndpoint;

  constructor(name: string, args: DmsgServerArgs, opts?: pulumi.ComponentResourceOptions) {
    const address = publicAddress(args.server);
    const { slot } = args.server;
    super("fleet:skywire:DmsgServer", name, { image: args.image.reference, address, slot }, opts);
    this.publicKey = args.key.publicKey;
    this.publicAddress = address;
    this.metrics = metricsEndpoint;
    const workload = makeWorkload(name, programWorkload(name, dmsgServerProgram(args), args), {
      parent: this,
    });
    this.ready = workload.ready;
    this.registerOutputs({
      publicKey: this.publicKey,
      publicAddress: this.publicAddress,
      metrics: this.metrics,
    });
  }
}
