import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import { claimOf } from "../../workload/storage.ts";
import type { Container, Probe, Probes, WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { readyAndAlive } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import { datasourcesFile, passwordVariables, type Sources } from "./grafana-datasources.ts";
import {
  dashboardVolumes,
  encryptionVariables,
  grafanaFolders,
  grafanaPort,
  grafanaVariables,
  providerFile,
} from "./grafana-files.ts";
import type { GrafanaConfig } from "./grafana.schema.ts";
import { clientSecretVariable, singleSignOnVariables } from "./single-sign-on.ts";

/** Passwords that Grafana has. */
export interface GrafanaPasswords {
  /** Of the user `admin`. */
  readonly admin: pulumi.Output<string>;
  /** What it encrypts its database's secrets by. */
  readonly encryption: pulumi.Output<string>;
  /** Of the client at the identity provider. */
  readonly client?: pulumi.Output<string> | undefined;
  /** Of the stack's own programs at Prometheus. */
  readonly prometheus?: pulumi.Output<string> | undefined;
  /** Of its user at the log store. */
  readonly logs?: pulumi.Output<string> | undefined;
}

/** Inputs of a {@link Grafana}. */
export interface GrafanaArgs extends Surroundings {
  readonly config: Omit<GrafanaConfig, "adminPassword" | "encryption">;
  readonly passwords: GrafanaPasswords;
  /** Whether the host has a certificate. */
  readonly secure: boolean;
  /** Whom it asks. */
  readonly sources: Sources;
  /** Name of a folder → name of a file, `*.json` → dashboard. */
  readonly dashboards: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The image's user, named grafana there. */
const grafanaUser = 472;

const health: Probe["check"] = { kind: "http", path: "/api/health", port: "http" };

/** The first start makes its database. */
const probes: Probes = {
  startup: { check: health, periodSeconds: 5, failureThreshold: 60 },
  ...readyAndAlive(health),
};

function secretVariables(passwords: GrafanaPasswords): Record<string, pulumi.Output<string>> {
  const { admin, encryption, client, prometheus, logs } = passwords;
  return {
    GF_SECURITY_ADMIN_PASSWORD: admin,
    ...Object.fromEntries(encryptionVariables.map((variable) => [variable, encryption] as const)),
    ...(client === undefined ? {} : { [clientSecretVariable]: client }),
    ...(prometheus === undefined ? {} : { [passwordVariables.prometheus]: prometheus }),
    ...(logs === undefined ? {} : { [passwordVariables.logs]: logs }),
  };
}

function grafanaContainer(name: string, args: GrafanaArgs): Container {
  const { config } = args;
  return {
    name,
    image: config.image,
    ports: [{ name: "http", port: grafanaPort }],
    probes,
    resources: config.resources,
    env: {
      ...grafanaVariables(config.host, args.secure),
      ...(config.singleSignOn === undefined ? {} : singleSignOnVariables(config.singleSignOn)),
    },
    secretEnv: secretVariables(args.passwords),
    mounts: [
      { volume: "datasources", path: grafanaFolders.datasources },
      { volume: "providers", path: grafanaFolders.providers },
      ...dashboardVolumes(Object.keys(args.dashboards)).map(({ volume, path }) => ({
        volume,
        path,
      })),
      { volume: "data", path: grafanaFolders.data },
      { volume: "temporary", path: "/tmp" },
    ],
  };
}

/** The Workload of a Grafana. Pure. */
export function grafanaWorkload(name: string, args: GrafanaArgs): WorkloadArgs {
  const { config } = args;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: grafanaContainer(name, args),
    // One writer to its database.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user: grafanaUser },
    data: args.data,
    files: [
      { name: "datasources", files: { "fleet.yaml": datasourcesFile(args.sources) } },
      { name: "providers", files: { "fleet.yaml": providerFile() } },
      ...dashboardVolumes(Object.keys(args.dashboards)).map(({ folder, volume }) => ({
        name: volume,
        files: args.dashboards[folder] ?? {},
      })),
    ],
    claims: [claimOf("data", config.storage)],
    scratch: [{ name: "temporary" }],
    services: [{ ports: [{ name: "http" }] }],
  };
}

/** A Grafana with its datasources and the dashboards it is given; people's own stay on its disk. */
export class Grafana extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Service behind which the public host leads. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { image, host } = args.config;
    super("fleet:observability:Grafana", name, { image, host }, opts);
    this.serviceName = name;
    this.servicePort = grafanaPort;
    this.ready = makeWorkload(name, grafanaWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({ serviceName: this.serviceName, servicePort: this.servicePort });
  }
}
