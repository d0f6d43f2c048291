import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import { claimOf } from "../../workload/storage.ts";
import type { WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { announces } from "../../base/announce.ts";
import { prometheusProbes } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import {
  alertmanagerArguments,
  alertmanagerFile,
  alertmanagerFolders,
  alertmanagerPort,
} from "./alertmanager-files.ts";
import type { AlertmanagerConfig } from "./alertmanager.schema.ts";

/** Inputs of an {@link Alertmanager}. */
export interface AlertmanagerArgs extends Surroundings {
  readonly config: AlertmanagerConfig;
  /** Name of each secret that the config refers to → its value. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** URL of the page on which people see and silence alerts, with a slash at its end. */
  readonly page: string;
}

/** The image's user, nobody. */
const alertmanagerUser = 65_534;

/** The Workload of an Alertmanager. Pure. */
export function alertmanagerWorkload(name: string, args: AlertmanagerArgs): WorkloadArgs {
  const { config, secrets } = args;
  const hasSecrets = Object.keys(secrets).length > 0;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: {
      name,
      image: config.image,
      args: alertmanagerArguments(config.retention, args.page),
      ports: [{ name: "http", port: alertmanagerPort }],
      probes: prometheusProbes,
      resources: config.resources,
      mounts: [
        { volume: "config", path: alertmanagerFolders.config },
        { volume: "data", path: alertmanagerFolders.data },
        ...(hasSecrets ? [{ volume: "secrets", path: alertmanagerFolders.secrets }] : []),
      ],
    },
    // Two at once would say everything twice, and share a disk.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user: alertmanagerUser },
    data: args.data,
    files: [{ name: "config", files: { "alertmanager.yml": alertmanagerFile(config) } }],
    ...(hasSecrets ? { secretFiles: [{ name: "secrets", files: secrets }] } : {}),
    claims: [claimOf("data", config.storage)],
    services: [{ ports: [{ name: "http" }] }],
    podAnnotations: announces(alertmanagerPort),
  };
}

/** An Alertmanager: tells people of alerts, grouped, and keeps their silences on a disk. */
export class Alertmanager extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host and port inside the cluster. */
  readonly address: string;

  constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:Alertmanager", name, { image: args.config.image }, opts);
    this.address = `${name}.${args.namespaceName}.svc:${alertmanagerPort}`;
    this.ready = makeWorkload(name, alertmanagerWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({ address: this.address });
  }
}
