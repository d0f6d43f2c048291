import * as pulumi from "@pulumi/pulumi";

import { announcesOthers } from "../../base/announce.ts";
import type { Awaitable } from "../../base/ready.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import type { WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { readyAndAlive } from "../probes.ts";
import type { LogStore } from "./access.ts";
import type { StoreConfig } from "./elk.schema.ts";
import {
  authoritiesFile,
  exporterArguments,
  exporterFolder,
  exporterTarget,
  exporterUser,
} from "./exporter-files.ts";
import { exporterPort } from "./names.ts";

/** Inputs of an {@link ElasticsearchExporter}. */
export interface ElasticsearchExporterArgs extends Surroundings {
  readonly config: StoreConfig;
  readonly store: LogStore;
}

/** The image's user, nobody. */
const user = 65_534;

/** It answers whether or not the store does: that the store does not is for an alert to say, not for a restart to mend. */
const probes = readyAndAlive({ kind: "http", path: "/healthz", port: "http" });

/** The Workload of an exporter of Elasticsearch. Pure. */
export function elasticsearchExporterWorkload(
  name: string,
  args: ElasticsearchExporterArgs,
): WorkloadArgs {
  const { config, store } = args;
  const { image, resources, placement } = config.exporter;
  const { authorities, watcherPassword } = store;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: {
      name,
      image,
      args: exporterArguments({
        url: exporterTarget(config, args.namespaceName),
        authorities: authorities === undefined ? undefined : `${exporterFolder}/${authoritiesFile}`,
      }),
      env: { ES_USERNAME: exporterUser },
      secretEnv: { ES_PASSWORD: watcherPassword },
      ports: [{ name: "http", port: exporterPort }],
      probes,
      resources,
      mounts: authorities === undefined ? [] : [{ volume: "authorities", path: exporterFolder }],
    },
    // Two at once would tell everything twice, and every sum over it would be double.
    update: { strategy: "Recreate" },
    ...(placement === undefined ? {} : { placement }),
    security: { user },
    files:
      authorities === undefined
        ? []
        : [{ name: "authorities", files: { [authoritiesFile]: authorities } }],
    podAnnotations: announcesOthers(exporterPort),
  };
}

/** Tells Prometheus how Elasticsearch is: its health, its members, and the lines that each index takes. */
export class ElasticsearchExporter extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    args: ElasticsearchExporterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { image } = args.config.exporter;
    super("fleet:observability:ElasticsearchExporter", name, { image }, opts);
    this.ready = makeWorkload(name, elasticsearchExporterWorkload(name, args), {
      parent: this,
    }).ready;
    this.registerOutputs({});
  }
}
