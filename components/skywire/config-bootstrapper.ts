import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { makeWorkload } from "../workload/workload.ts";
import { configBootstrapperArguments } from "./commands.ts";
import type { ConfigBootstrapperConfig } from "./config-bootstrapper.schema.ts";
import { configBootstrapperFile, type ConfigBootstrapperFile } from "./files.ts";
import { httpPorts } from "./ports.ts";
import { httpProbes, type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link ConfigBootstrapper}. */
export interface ConfigBootstrapperArgs extends Surroundings {
  readonly image: ProgramImage;
  /** Domain from which it derives the URLs it serves. */
  readonly domain: string;
  readonly file: ConfigBootstrapperFile;
  readonly bootstrapper: ConfigBootstrapperConfig;
}

const volume = "config";
const folder = "/etc/config-bootstrapper";
const fileName = "config.json";

/** The program of the config-bootstrapper. Pure. */
function configBootstrapperProgram(args: ConfigBootstrapperArgs): Program {
  return {
    image: args.image,
    args: configBootstrapperArguments(`${folder}/${fileName}`, args.domain),
    options: args.bootstrapper,
    probes: httpProbes("/health", "http"),
    metrics: false,
    exclusive: false,
    ports: [{ name: "http", port: httpPorts["config-bootstrapper"] }],
    // Without this file it serves the built-in one of the integration tests (9, point 15).
    files: [{ name: volume, files: { [fileName]: configBootstrapperFile(args.file) } }],
    mounts: [{ volume, path: folder }],
    services: [{ ports: [{ name: "http" }] }],
  };
}

/** The config-bootstrapper: what a visor asks when its config is made (facts/skywire.md 4.8). */
export class ConfigBootstrapper extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Service behind which it is dialled. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;

  constructor(name: string, args: ConfigBootstrapperArgs, opts?: pulumi.ComponentResourceOptions) {
    const summary = { image: args.image.reference, domain: args.domain };
    super("fleet:skywire:ConfigBootstrapper", name, summary, opts);
    this.serviceName = name;
    this.servicePort = httpPorts["config-bootstrapper"];
    const workload = makeWorkload(
      name,
      programWorkload(name, configBootstrapperProgram(args), args),
      {
        parent: this,
      },
    );
    this.ready = workload.ready;
    this.registerOutputs({ serviceName: this.serviceName, servicePort: this.servicePort });
  }
}
