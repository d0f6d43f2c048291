import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../../base/flows.ts";
import type { Awaitable } from "../../base/ready.ts";
import { claimOf } from "../../data/storage.ts";
import type { Probe, Probes, WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import type { PrometheusConfig } from "./prometheus.schema.ts";
import { prometheusArguments, prometheusFile, prometheusPort } from "./prometheus-files.ts";
import type { Surroundings } from "../surroundings.ts";

/** Inputs of a {@link Prometheus}. */
export interface PrometheusArgs extends Surroundings {
  readonly config: PrometheusConfig;
  /** Name of the stack. */
  readonly stack: string;
  /** Namespaces whose pods are read. */
  readonly namespaces: readonly string[];
}

/** The image's user, nobody. */
const prometheusUser = 65_534;

const folders = { config: "/etc/prometheus", data: "/prometheus" } as const;

const answers = (path: string): Probe["check"] => ({ kind: "http", path, port: "http" });

/** After a crash it reads its log of writes before it is ready, minutes of it. */
const probes: Probes = {
  startup: { check: answers("/-/ready"), periodSeconds: 10, failureThreshold: 90 },
  readiness: { check: answers("/-/ready"), periodSeconds: 10, timeoutSeconds: 5 },
  liveness: {
    check: answers("/-/healthy"),
    periodSeconds: 20,
    timeoutSeconds: 10,
    failureThreshold: 6,
  },
};

/** The Workload of a Prometheus. Pure. */
export function prometheusWorkload(name: string, args: PrometheusArgs): WorkloadArgs {
  const { config } = args;
  return {
    kind: "Deployment",
    system: args.system,
    namespace: args.namespace,
    container: {
      name,
      image: config.image,
      args: prometheusArguments(folders, config.retention),
      ports: [{ name: "http", port: prometheusPort }],
      probes,
      resources: config.resources,
      mounts: [
        { volume: "config", path: folders.config },
        { volume: "data", path: folders.data },
      ],
    },
    // One writer to the disk.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user: prometheusUser },
    flows: flowsOf(args.flows, name, args.namespaceName),
    networkPolicy: args.networkPolicy,
    data: args.data,
    files: [
      { name: "config", files: { "prometheus.yml": prometheusFile({ ...args, ...config }) } },
    ],
    claims: [claimOf("data", config.storage)],
    services: [{ ports: [{ name: "http" }] }],
    // Only what it needs to find pods. Rights to read them are not rights to call them.
    clusterRules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    // It writes what it holds in memory to its disk.
    terminationGraceSeconds: 120,
  };
}

/** A Prometheus that reads every pod which announces metrics, in the namespaces it is given. */
export class Prometheus extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** URL inside the cluster. */
  readonly url: string;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:Prometheus", name, { image: args.config.image }, opts);
    this.url = `http://${name}.${args.namespaceName}.svc:${prometheusPort}`;
    this.ready = makeWorkload(name, prometheusWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({ url: this.url });
  }
}
