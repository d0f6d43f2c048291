import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import type { Container, Probe, Probes, WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import type { KibanaConfig } from "./elk.schema.ts";
import {
  kibanaAuthorities,
  kibanaFile,
  kibanaFolders,
  kibanaKey,
  kibanaKeys,
  kibanaNodeOptions,
  kibanaPasswordVariable,
} from "./kibana-files.ts";
import { kibanaPort } from "./names.ts";

/** Inputs of a {@link Kibana}. */
export interface KibanaArgs extends Surroundings {
  readonly config: KibanaConfig;
  /** Of the user `kibana_system`. */
  readonly password: pulumi.Output<string>;
  /** What its keys are derived from. */
  readonly encryption: pulumi.Output<string>;
  readonly storeUrl: string;
  /** Authorities that the store's certificate is checked against, in PEM. */
  readonly authorities: string;
  /** Whether the host has a certificate. */
  readonly secure: boolean;
}

/** The image's user, whose folders belong to the group of root. */
const kibanaUser = 1000;

/** Whoever is not logged in is told how it is, and no more: 503 while the store is away. */
const available: Probe["check"] = { kind: "http", path: "/api/status", port: "http" };

const listens: Probe["check"] = { kind: "tcp", port: "http" };

/** The first start, and each of a new version, moves its objects in the store. */
const probes: Probes = {
  startup: { check: listens, periodSeconds: 5, failureThreshold: 120 },
  readiness: { check: available, periodSeconds: 10, timeoutSeconds: 10 },
  liveness: { check: listens, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
};

function kibanaContainer(name: string, args: KibanaArgs): Container {
  const { config, password, encryption } = args;
  const limit = config.resources.limits.memory;
  const keys = Object.keys(kibanaKeys).map(
    (variable) => [variable, encryption.apply((secret) => kibanaKey(secret, variable))] as const,
  );
  return {
    name,
    image: config.image,
    ...(limit === undefined ? {} : { env: { NODE_OPTIONS: kibanaNodeOptions(limit) } }),
    secretEnv: { [kibanaPasswordVariable]: password, ...Object.fromEntries(keys) },
    ports: [{ name: "http", port: kibanaPort }],
    probes,
    resources: config.resources,
    mounts: [
      // The file alone: beside it lie settings of the image.
      {
        volume: "settings",
        path: "/usr/share/kibana/config/kibana.yml",
        subPath: "kibana.yml",
      },
      { volume: "settings", path: kibanaFolders.settings },
      { volume: "data", path: kibanaFolders.data },
      { volume: "temporary", path: "/tmp" },
    ],
  };
}

/** The Workload of a Kibana. Pure but for its secrets. */
export function kibanaWorkload(name: string, args: KibanaArgs): WorkloadArgs {
  const { config, storeUrl, secure } = args;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: kibanaContainer(name, args),
    // Two versions must not move the same objects at once.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user: kibanaUser, group: 0, volumeGroup: kibanaUser },
    files: [
      {
        name: "settings",
        files: {
          "kibana.yml": kibanaFile({ host: config.host, secure, storeUrl }),
          [kibanaAuthorities]: args.authorities,
        },
      },
    ],
    scratch: [
      { name: "data", sizeLimit: "512Mi" },
      { name: "temporary", sizeLimit: "256Mi" },
    ],
    services: [{ ports: [{ name: "http" }] }],
  };
}

/** Kibana: keeps nothing itself, all it knows is in the store. */
export class Kibana extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Service behind which the public host leads. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;

  constructor(name: string, args: KibanaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { image, host } = args.config;
    super("fleet:observability:Kibana", name, { image, host }, opts);
    this.serviceName = name;
    this.servicePort = kibanaPort;
    this.ready = makeWorkload(name, kibanaWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({ serviceName: this.serviceName, servicePort: this.servicePort });
  }
}
