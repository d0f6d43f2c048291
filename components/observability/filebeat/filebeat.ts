import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import type { Container, Probe, Probes, WorkloadArgs } from "../../workload/types.ts";
import type { Toleration } from "../../workload/workload.schema.ts";
import { makeWorkload } from "../../workload/workload.ts";
import type { LogStore } from "../elk/access.ts";
import type { LogFamilies } from "../logs/families.ts";
import { logException, logFolders, logMounts, logRules } from "../logs/node-logs.ts";
import { readyAndAlive } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import {
  authoritiesFile,
  filebeatArguments,
  filebeatConfig,
  filebeatFile,
  filebeatFolders,
  filebeatPort,
  outputCheck,
  passwordValue,
  passwordVariable,
} from "./filebeat-files.ts";
import type { FilebeatConfig } from "./filebeat.schema.ts";
import { scriptContents } from "./script.ts";

/** Inputs of a {@link Filebeat}. */
export interface FilebeatArgs extends Surroundings {
  readonly config: FilebeatConfig;
  readonly families: LogFamilies;
  readonly store: LogStore;
  /** Of all taints that nodes have: see `tolerateAll`. */
  readonly tolerations: readonly Toleration[];
}

const lives: Probe["check"] = { kind: "http", path: "/", port: "http" };

/**
 * It has started once the store takes its password, so that an update with a wrong one does not go
 * on. Later the store may be away for as long as it likes: a restart would bring nothing.
 */
const probes: Probes = {
  startup: {
    check: { kind: "exec", command: outputCheck() },
    periodSeconds: 10,
    timeoutSeconds: 30,
    failureThreshold: 60,
  },
  ...readyAndAlive(lives),
};

/** What lies on the node: how far each file is read. A pod that follows one goes on from there. */
const nodeFolder = "/var/lib/fleet-filebeat";

function filebeatContainer(name: string, { config, store }: FilebeatArgs): Container {
  return {
    name,
    image: config.image,
    args: filebeatArguments(),
    ports: [{ name: "http", port: filebeatPort }],
    probes,
    resources: config.resources,
    fieldEnv: { NODE_NAME: "spec.nodeName" },
    secretEnv: { [passwordVariable]: store.shipperPassword.apply(passwordValue) },
    mounts: [
      { volume: "config", path: filebeatFolders.config },
      ...(store.authorities === undefined
        ? []
        : [{ volume: "trust", path: filebeatFolders.trust }]),
      { volume: "data", path: filebeatFolders.data },
      { volume: "temporary", path: "/tmp" },
      ...logMounts,
    ],
  };
}

/** The Workload of a Filebeat. Pure. */
export function filebeatWorkload(name: string, args: FilebeatArgs): WorkloadArgs {
  const { config, families, store } = args;
  const { url, verifyName, authorities } = store;
  const settings = { families, store: { url, verifyName, authorities: authorities !== undefined } };
  return {
    kind: "DaemonSet",
    ...surrounded(name, args),
    container: filebeatContainer(name, args),
    // One after the other would take as long as there are nodes.
    update: { maxUnavailable: "25%" },
    placement: {
      ...config.placement,
      tolerations: [...args.tolerations, ...(config.placement?.tolerations ?? [])],
    },
    security: { user: 0, exception: logException },
    files: [
      {
        name: "config",
        files: { [filebeatFile]: filebeatConfig(settings), ...scriptContents(families) },
      },
      ...(authorities === undefined
        ? []
        : [{ name: "trust", files: { [authoritiesFile]: authorities } }]),
    ],
    scratch: [{ name: "temporary" }],
    hostPaths: [...logFolders, { name: "data", path: nodeFolder, type: "DirectoryOrCreate" }],
    clusterRules: logRules,
    // It would read of each line that it wrote a line.
    logs: { ship: false },
  };
}

/** A Filebeat on every node: reads the logs of the families, and writes them to Elasticsearch. */
export class Filebeat extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: FilebeatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:Filebeat", name, { image: args.config.image }, opts);
    this.ready = makeWorkload(name, filebeatWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
