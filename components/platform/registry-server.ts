import * as pulumi from "@pulumi/pulumi";

import { type Flow, flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { SecretStore } from "../base/secret-store.ts";
import { readLogin } from "../base/secrets.ts";
import { yamlText } from "../base/yaml.ts";
import { claimOf } from "../workload/storage.ts";
import type { Container, WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { GuardedHost } from "./guards.schema.ts";
import { HttpHost } from "./ingress.ts";
import type { IngressConfig } from "./ingress.schema.ts";
import { hosted, Namespace } from "./namespace.ts";
import type { RegistryServerConfig } from "./registry-server.schema.ts";
import { registryName, registryPort } from "./registry-server-shape.ts";

/** User of the process: the image's own is root, and nothing that it does needs that. */
const registryUser = 10_001;

export const registryFolders = {
  data: "/var/lib/registry",
  auth: "/auth",
  config: "/etc/distribution",
} as const;

/** What {@link RegistryServer} needs. */
export interface RegistryServerArgs {
  readonly config: RegistryServerConfig;
  readonly system: string;
  readonly ingress: IngressConfig;
  /** The controllers, which its host waits for. */
  readonly controllers: Awaitable;
  /** The stack's flows, {@link registryFlows} among them. */
  readonly flows: readonly Flow[];
  readonly guards?: readonly GuardedHost[];
  readonly networkPolicy: boolean;
  readonly secrets: SecretStore;
  /** What happens to the images, unless its config says. */
  readonly data: DataPolicy;
}

/**
 * A registry in the cluster: one pod with a disk, behind a public host.
 *
 * Whoever pushes waits for its host's certificate, too (`HostCertificates.of`).
 */
export class RegistryServer extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  readonly host: HttpHost;

  constructor(name: string, args: RegistryServerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, system, ingress, networkPolicy, controllers, secrets } = args;
    super("fleet:platform:RegistryServer", name, { host: config.host }, opts);
    const data = config.data ?? args.data;
    const parent = { parent: this };
    const namespace = new Namespace(
      config.namespace,
      { system, networkPolicy, data, ...hosted(ingress, secrets) },
      parent,
    );
    const pod = { ...args, namespace: namespace.name, data };
    const workload = makeWorkload(registryName, registryWorkload(pod), {
      ...parent,
      dependsOn: [...namespace.ready],
    });
    this.host = new HttpHost(
      registryName,
      {
        host: config.host,
        system,
        namespace: namespace.name,
        serviceName: registryName,
        servicePort: registryPort,
        // A layer is one body.
        maximumBody: "any",
        ingress,
      },
      { ...parent, dependsOn: [...controllers.ready, ...workload.ready] },
    );
    this.ready = [...workload.ready, this.host];
    this.registerOutputs({ host: config.host });
  }
}

/** The registry's config file. Pure. */
export const registryConfig = ({ host }: Pick<RegistryServerConfig, "host">): string =>
  yamlText({
    version: 0.1,
    log: { formatter: "json", accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: registryFolders.data },
      delete: { enabled: true },
      cache: { blobdescriptor: "inmemory" },
    },
    http: {
      addr: `:${registryPort}`,
      // It tells clients where to go on with an upload, and does not see their TLS.
      host: `https://${host}`,
      headers: { "X-Content-Type-Options": ["nosniff"] },
    },
    auth: { htpasswd: { realm: host, path: `${registryFolders.auth}/htpasswd` } },
    health: { storagedriver: { enabled: true, interval: "10s", threshold: 3 } },
  });

/** Writes the login as the registry takes it: bcrypt alone, which its own image has no program for. */
export const writeLogin = `set -eu
umask 077
printf %s "$PASSWORD" | htpasswd -niB "$USERNAME" > ${registryFolders.auth}/htpasswd`;

function registryWorkload({
  config,
  secrets,
  ...args
}: RegistryServerArgs & { readonly namespace: pulumi.Input<string> }): WorkloadArgs {
  const check = { kind: "tcp", port: "http" } as const;
  return {
    kind: "Deployment",
    system: args.system,
    namespace: args.namespace,
    initContainers: [loginContainer(config, secrets)],
    container: {
      name: registryName,
      image: config.image,
      command: ["registry", "serve", `${registryFolders.config}/config.yml`],
      ports: [{ name: "http", port: registryPort }],
      probes: {
        startup: { check, periodSeconds: 2, failureThreshold: 60 },
        readiness: { check, periodSeconds: 10 },
        liveness: { check, periodSeconds: 20, failureThreshold: 6 },
      },
      resources: config.resources,
      mounts: [
        { volume: "config", path: registryFolders.config },
        { volume: "auth", path: registryFolders.auth, readOnly: true },
        { volume: "data", path: registryFolders.data },
      ],
    },
    files: [{ name: "config", files: { "config.yml": registryConfig(config) } }],
    scratch: [{ name: "auth", memory: true, sizeLimit: "1Mi" }],
    claims: [claimOf("data", config.storage)],
    // One disk, one pod.
    update: { strategy: "Recreate" },
    security: { user: registryUser },
    services: [{ ports: [{ name: "http" }] }],
    flows: flowsOf(args.flows, registryName, config.namespace),
    networkPolicy: args.networkPolicy,
    data: args.data,
  };
}

/** Leaves the login where the registry reads it, before that starts. */
function loginContainer(
  { login: reference, loginImage }: RegistryServerConfig,
  secrets: RegistryServerArgs["secrets"],
): Container {
  const login = secrets.value(reference).apply(readLogin);
  return {
    name: "login",
    image: loginImage,
    command: ["sh", "-c", writeLogin],
    secretEnv: {
      USERNAME: login.apply(({ username }) => username),
      PASSWORD: login.apply(({ password }) => password),
    },
    resources: {
      requests: { cpu: "10m", memory: "16Mi" },
      limits: { memory: "32Mi" },
    },
    mounts: [{ volume: "auth", path: registryFolders.auth }],
  };
}
