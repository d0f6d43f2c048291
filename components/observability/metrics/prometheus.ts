import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import { claimOf } from "../../workload/storage.ts";
import type { ApiRule, Container, Probe, Probes, WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { readyAndAlive } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import { pageUrl } from "./grafana-files.ts";
import { passwordHash } from "./password-hash.ts";
import {
  clientFile,
  loginFiles,
  probeCommand,
  prometheusArguments,
  prometheusFile,
  prometheusFolders,
  prometheusPort,
  usersFile,
} from "./prometheus-files.ts";
import { type PrometheusConfig, programsUser } from "./prometheus.schema.ts";

/** Passwords of a Prometheus that asks for one. */
export interface PrometheusPasswords {
  /** User → password. */
  readonly users: Readonly<Record<string, pulumi.Output<string>>>;
  /** Of the stack's own programs. */
  readonly programs: pulumi.Output<string>;
}

/** Inputs of a {@link Prometheus}. */
export interface PrometheusArgs extends Surroundings {
  readonly config: Omit<PrometheusConfig, "login">;
  /** Name of the stack. */
  readonly stack: string;
  /** Namespaces whose pods are read. */
  readonly namespaces: readonly string[];
  /** Default: it answers whoever reaches it. */
  readonly passwords?: PrometheusPasswords | undefined;
  /** Name of a rule file, `*.yaml` → its text. */
  readonly rules?: Readonly<Record<string, string>>;
  /** Host and port of the Alertmanager. */
  readonly alertmanager?: string | undefined;
  /** Whether the host has a certificate. */
  readonly secure?: boolean;
  /** Whether there is an exporter of Elasticsearch. Default: none. */
  readonly elasticsearch?: boolean;
}

/** The image's user, nobody. */
const prometheusUser = 65_534;

const questions = { ready: "/-/ready", healthy: "/-/healthy" } as const;

/** A password in the kubelet's own question would stand in the pod's description: promtool reads a file. */
function asks(question: keyof typeof questions, login: boolean): Probe["check"] {
  return login
    ? { kind: "exec", command: probeCommand(question) }
    : { kind: "http", path: questions[question], port: "http" };
}

/** After a crash it reads its log of writes before it is ready, minutes of it. */
const probesOf = (login: boolean): Probes => ({
  startup: {
    check: asks("ready", login),
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 90,
  },
  ...readyAndAlive(asks("ready", login), asks("healthy", login)),
});

const hasRules = ({ rules = {} }: PrometheusArgs): boolean => Object.keys(rules).length > 0;

function prometheusContainer(name: string, args: PrometheusArgs): Container {
  const { config } = args;
  const login = args.passwords !== undefined;
  const externalUrl =
    config.host === undefined ? undefined : pageUrl(config.host, args.secure === true);
  return {
    name,
    image: config.image,
    args: prometheusArguments({ retention: config.retention, login, externalUrl }),
    ports: [{ name: "http", port: prometheusPort }],
    probes: probesOf(login),
    resources: config.resources,
    mounts: [
      { volume: "config", path: prometheusFolders.config },
      { volume: "data", path: prometheusFolders.data },
      ...(hasRules(args) ? [{ volume: "rules", path: prometheusFolders.rules }] : []),
      ...(login ? [{ volume: "login", path: prometheusFolders.login }] : []),
    ],
  };
}

/** `prometheus.yml` of a stack. Pure. */
const prometheusFileOf = (args: PrometheusArgs): string =>
  prometheusFile({
    stack: args.stack,
    intervalSeconds: args.config.intervalSeconds,
    externalLabels: args.config.externalLabels,
    namespaces: args.namespaces,
    kubelets: args.config.cluster.kubelets,
    apiServer: args.config.cluster.apiServer,
    certManager: args.config.cluster.certManager?.namespace,
    elasticsearch: args.elasticsearch === true,
    login: args.passwords !== undefined,
    rules: hasRules(args),
    alertmanager: args.alertmanager,
  });

/** The files of the log-in: hashes for Prometheus, and the one password that its pod itself has. */
function secretFiles(
  stack: string,
  { users, programs }: PrometheusPasswords,
): Record<string, pulumi.Output<string>> {
  const hashed = Object.entries({ ...users, [programsUser]: programs }).map(([user, password]) =>
    password.apply((value) => [user, passwordHash(stack, user, value)] as const),
  );
  return {
    [loginFiles.users]: pulumi.all(hashed).apply((hashes) => usersFile(Object.fromEntries(hashes))),
    [loginFiles.password]: programs,
    [loginFiles.client]: pulumi.output(clientFile()),
  };
}

/** Just what it needs to find pods and nodes, and to read the cluster's own metrics. */
function clusterRules({ cluster }: PrometheusArgs["config"]): WorkloadArgs["clusterRules"] {
  const find: ApiRule["verbs"] = ["get", "list", "watch"];
  return [
    // Rights to find pods are not rights to call them.
    { apiGroups: [""], resources: ["pods"], verbs: find },
    ...(cluster.kubelets
      ? [
          { apiGroups: [""], resources: ["nodes"], verbs: find },
          { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
        ]
      : []),
    ...(cluster.apiServer ? [{ paths: ["/metrics"], verbs: ["get"] }] : []),
  ];
}

/** The Workload of a Prometheus. Pure. */
export function prometheusWorkload(name: string, args: PrometheusArgs): WorkloadArgs {
  const { config, passwords } = args;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: prometheusContainer(name, args),
    // One writer to the disk.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user: prometheusUser },
    data: args.data,
    files: [
      { name: "config", files: { "prometheus.yml": prometheusFileOf(args) } },
      ...(hasRules(args) ? [{ name: "rules", files: args.rules ?? {} }] : []),
    ],
    ...(passwords === undefined
      ? {}
      : { secretFiles: [{ name: "login", files: secretFiles(args.stack, passwords) }] }),
    claims: [claimOf("data", config.storage)],
    services: [{ ports: [{ name: "http" }] }],
    clusterRules: clusterRules(config) ?? [],
    // It writes what it holds in memory to its disk.
    terminationGraceSeconds: 120,
  };
}

/** A Prometheus that reads every pod which announces metrics, in the namespaces it is given, and the cluster. */
export class Prometheus extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** URL inside the cluster. */
  readonly url: string;
  /** Service behind which the public host leads, where it has one. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:Prometheus", name, { image: args.config.image }, opts);
    this.url = `http://${name}.${args.namespaceName}.svc:${prometheusPort}`;
    this.serviceName = name;
    this.servicePort = prometheusPort;
    this.ready = makeWorkload(name, prometheusWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({ url: this.url });
  }
}
