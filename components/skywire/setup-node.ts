import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { KeyPair } from "../base/secret-store.ts";
import { makeWorkload } from "../workload/workload.ts";
import { setupNodeArguments } from "./commands.ts";
import { setupNodeFile } from "./files.ts";
import { metricsEndpoint, type MetricsEndpoint } from "./ports.ts";
import { type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";
import type { SetupNodeConfig } from "./setup-node.schema.ts";

/** Inputs of a {@link SetupNode}. */
export interface SetupNodeArgs extends Surroundings {
  readonly image: ProgramImage;
  readonly key: KeyPair;
  /** URL of the dmsg-discovery, inside the cluster. */
  readonly dmsgDiscoveryUrl: string;
  /** URL of the transport-discovery, inside the cluster. */
  readonly transportDiscoveryUrl: string;
  readonly node: Omit<SetupNodeConfig, "key">;
}

const volume = "config";
const folder = "/etc/setup-node";
const fileName = "config.json";

/** The program of a setup-node. Pure. */
function setupNodeProgram(args: SetupNodeArgs): Program {
  const { publicKey } = args.key;
  const file = args.key.secretKey.apply((secretKey) =>
    setupNodeFile({
      publicKey,
      secretKey,
      dmsgDiscoveryUrl: args.dmsgDiscoveryUrl,
      transportDiscoveryUrl: args.transportDiscoveryUrl,
      sessions: args.node.sessions,
    }),
  );
  // The metrics listener opens only once the program is on the dmsg network: before that there is
  // nothing to ask, and a liveness check without the long start-up would kill it waiting (4.9).
  const check = { kind: "http", path: metricsEndpoint.path, port: "metrics" } as const;
  return {
    image: args.image,
    args: setupNodeArguments(`${folder}/${fileName}`),
    options: args.node,
    probes: {
      startup: { check, periodSeconds: 5, failureThreshold: 96 },
      readiness: { check, periodSeconds: 10, timeoutSeconds: 3 },
      liveness: { check, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    },
    metrics: true,
    exclusive: true,
    logsItsKey: true,
    // Without this file the image runs on a built-in one whose keys everybody knows (9, point 15).
    secretFiles: [{ name: volume, files: { [fileName]: file } }],
    mounts: [{ volume, path: folder }],
  };
}

/**
 * One setup-node: joins visors over dmsg, on dmsg port 36. It listens on no IP port but the metrics',
 * and so has no Service (facts/skywire.md 4.9).
 */
export class SetupNode extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** 66 hex digits. */
  readonly publicKey: string;
  /** Where its metrics are read. */
  readonly metrics: MetricsEndpoint;

  constructor(name: string, args: SetupNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:skywire:SetupNode", name, { image: args.image.reference }, opts);
    this.publicKey = args.key.publicKey;
    this.metrics = metricsEndpoint;
    const workload = makeWorkload(name, programWorkload(name, setupNodeProgram(args), args), {
      parent: this,
    });
    this.ready = workload.ready;
    this.registerOutputs({ publicKey: this.publicKey, metrics: this.metrics });
  }
}
