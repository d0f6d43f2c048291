import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { Probes } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { ProgramOptions } from "./options.schema.ts";
import { authPorts, whitelistPorts } from "./ports.ts";
import { type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** The two programs: they share their shape, their words and their secrets. */
export type WhitelistService = "auth" | "whitelist";

/** Inputs of a {@link WhitelistProgram}. */
export interface WhitelistProgramArgs extends Surroundings {
  readonly service: WhitelistService;
  readonly image: ProgramImage;
  readonly options: ProgramOptions;
  /** Its whole config file, which holds secrets. */
  readonly file: pulumi.Output<string>;
  /** Variables that hold secrets: the login at S3, which the library takes from nowhere else. */
  readonly secretEnv?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Ports, and where each looks for its config: below the home folder first, before its own. */
const programs = {
  auth: { ports: authPorts, folder: ".skywire-user-system", fileName: "user-config.toml" },
  whitelist: {
    ports: whitelistPorts,
    folder: ".github.com/SkycoinPro/skywire-services-whitelist",
    fileName: "whitelist-config.toml",
  },
} as const;

const home = "/home/service";

/** `host:port` of a program's RPC inside the cluster. */
export const rpcAddress = (service: WhitelistService, namespace: string): string =>
  `${service}.${namespace}.svc:${programs[service].ports.rpc}`;

/** Both listen once their database is migrated. No path tells their health. */
const listens = { kind: "tcp", port: "http" } as const;

const probes: Probes = {
  startup: { check: listens, periodSeconds: 5, failureThreshold: 60 },
  readiness: { check: listens, periodSeconds: 5, timeoutSeconds: 3 },
  liveness: { check: listens, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
};

/** The program of the user accounts, or of the whitelist. Pure. */
export function whitelistProgram(args: WhitelistProgramArgs): Program {
  const { ports, folder, fileName } = programs[args.service];
  return {
    image: args.image,
    args: [],
    options: args.options,
    probes,
    metrics: false,
    exclusive: true,
    ports: [
      { name: "http", port: ports.http },
      { name: "rpc", port: ports.rpc },
    ],
    // The migrations lie in the image's own working folder, which therefore stays what it is.
    env: { HOME: home },
    ...(args.secretEnv === undefined ? {} : { secretEnv: args.secretEnv }),
    secretFiles: [{ name: "config", files: { [fileName]: args.file } }],
    mounts: [{ volume: "config", path: `${home}/${folder}` }],
    services: [{ ports: [{ name: "http" }, { name: "rpc" }] }],
  };
}

/**
 * The user accounts, or the whitelist of miners (facts/skywire.md 4.16). Their RPC asks nobody who
 * calls: the flows let in the other one alone.
 */
export class WhitelistProgram extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Service behind which the public host leads. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;

  constructor(name: string, args: WhitelistProgramArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:skywire:WhitelistProgram", name, { image: args.image.reference }, opts);
    this.serviceName = name;
    this.servicePort = programs[args.service].ports.http;
    this.ready = makeWorkload(name, programWorkload(name, whitelistProgram(args), args), {
      parent: this,
    }).ready;
    this.registerOutputs({ serviceName: this.serviceName, servicePort: this.servicePort });
  }
}
