import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import type { WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { announces } from "../../base/announce.ts";
import { prometheusProbes } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import { exporterPorts, statsdPorts } from "./exporters-shape.ts";
import { statsdArguments, statsdMapping, statsdMappingFile } from "./statsd-files.ts";
import type { StatsdConfig, StatsdMapping } from "./statsd.schema.ts";

/** Inputs of a {@link StatsdExporter}. */
export interface StatsdExporterArgs extends Surroundings {
  readonly config: StatsdConfig;
  /** What the systems' programs send, after the mappings of the config. */
  readonly mappings: readonly StatsdMapping[];
}

/** The image's user, nobody. */
const user = 65_534;

const folder = "/etc/statsd";
const port = exporterPorts.statsd;

/** Nothing can ask a UDP port whether it listens: the exporter opens it before it answers here. */
const probes = prometheusProbes;

/** The Workload of a StatsD exporter. Pure. */
export function statsdWorkload(name: string, args: StatsdExporterArgs): WorkloadArgs {
  const { config, mappings } = args;
  const mapping = statsdMapping({ ...config, mappings: [...config.mappings, ...mappings] });
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: {
      name,
      image: config.image,
      args: statsdArguments(folder),
      ports: [
        { name: "http", port },
        { name: "statsd", port: statsdPorts.pods, protocol: "UDP" },
      ],
      probes,
      resources: config.resources,
      mounts: [{ volume: "mapping", path: folder }],
    },
    // Of two at once, each would count half.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user },
    files: [{ name: "mapping", files: { [statsdMappingFile]: mapping } }],
    services: [{ ports: [{ name: "statsd", port: statsdPorts.service }] }],
    podAnnotations: announces(port),
  };
}

/** A StatsD exporter: counts what programs send by UDP, for Prometheus to read. */
export class StatsdExporter extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Host inside the cluster, to which programs send. */
  readonly host: string;
  /** Its UDP port. */
  readonly port: number;

  constructor(name: string, args: StatsdExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:StatsdExporter", name, { image: args.config.image }, opts);
    this.host = `${name}.${args.namespaceName}.svc`;
    this.port = statsdPorts.service;
    this.ready = makeWorkload(name, statsdWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({ host: this.host, port: this.port });
  }
}
