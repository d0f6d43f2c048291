import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../../base/kept.ts";
import { workloadLabels } from "../../base/labels.ts";
import type { Awaitable } from "../../base/ready.ts";
import type { Certificates } from "../../base/secret-store.ts";
import { claimOf } from "../../workload/storage.ts";
import type { Container, Probes, WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import {
  certificateFiles,
  memberFolders,
  prepareScript,
  prepareVariables,
  readyScript,
  readyVariables,
  settingsFiles,
} from "./elasticsearch-files.ts";
import type { BuiltinStore } from "./elk.schema.ts";
import { placementOfMembers } from "./members.ts";
import { elasticsearchPort, elkNames, transportPort } from "./names.ts";

/** Inputs of an {@link Elasticsearch}. */
export interface ElasticsearchArgs extends Surroundings {
  readonly config: BuiltinStore;
  /** Of the user `elastic`. */
  readonly password: pulumi.Output<string>;
  readonly certificates: Certificates;
}

/** The image's user, whose folders belong to the group of root. */
const elasticsearchUser = 1000;

const answers = { kind: "tcp", port: "https" } as const;

/** After a crash it repairs its indices before it listens. */
const probes: Probes = {
  startup: { check: answers, periodSeconds: 5, failureThreshold: 180 },
  readiness: {
    check: { kind: "exec", command: ["sh", `${memberFolders.scripts}/ready.sh`] },
    periodSeconds: 10,
    timeoutSeconds: 10,
  },
  liveness: { check: answers, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
};

/** Entry of the record of {@link recordFounders}. */
const foundersKey = "members";

/** What the image's config becomes before Elasticsearch sees it. */
const prepare = ({ config }: ElasticsearchArgs): Container => ({
  name: "prepare",
  image: config.image,
  command: ["sh", `${memberFolders.scripts}/prepare.sh`],
  env: prepareVariables(config),
  // Named, not its output: the provider would have to delete the pods to make it anew.
  givenEnv: { FOUNDERS: { kind: "ConfigMap", object: elkNames.founders, key: foundersKey } },
  fieldEnv: { POD_NAME: "metadata.name" },
  resources: config.resources,
  mounts: [
    { volume: "scripts", path: memberFolders.scripts },
    { volume: "settings", path: memberFolders.settings },
    { volume: "certificates", path: memberFolders.certificates },
    { volume: "config", path: memberFolders.prepared },
    { volume: "data", path: memberFolders.data, readOnly: true },
  ],
});

const server = (name: string, { config, password }: ElasticsearchArgs): Container => ({
  name,
  image: config.image,
  env: readyVariables(config),
  fieldEnv: { POD_NAME: "metadata.name" },
  // The first start makes the user's first password of it; the probe logs in with it.
  secretEnv: { ELASTIC_PASSWORD: password },
  ports: [
    { name: "https", port: elasticsearchPort },
    { name: "transport", port: transportPort },
  ],
  probes,
  resources: config.resources,
  mounts: [
    { volume: "config", path: memberFolders.config },
    { volume: "scripts", path: memberFolders.scripts },
    { volume: "data", path: memberFolders.data },
    { volume: "logs", path: memberFolders.logs },
    { volume: "temporary", path: "/tmp" },
  ],
});

/** The Workload of an Elasticsearch. Pure but for its secrets. */
export function elasticsearchWorkload(name: string, args: ElasticsearchArgs): WorkloadArgs {
  const { config, certificates } = args;
  return {
    kind: "StatefulSet",
    ...surrounded(name, args),
    replicas: config.members,
    initContainers: [prepare(args)],
    container: server(name, args),
    placement: placementOfMembers(config),
    security: { user: elasticsearchUser, group: 0, volumeGroup: elasticsearchUser },
    data: args.data,
    files: [
      { name: "settings", files: settingsFiles(config, args.namespaceName) },
      {
        name: "scripts",
        files: { "prepare.sh": prepareScript, "ready.sh": readyScript },
        executable: true,
      },
    ],
    secretFiles: [
      {
        name: "certificates",
        files: {
          [certificateFiles.authorities]: pulumi.output(certificates.authorities),
          [certificateFiles.certificate]: pulumi.output(certificates.certificate),
          [certificateFiles.key]: certificates.key,
        },
      },
    ],
    scratch: [
      // In memory: the key is in it.
      { name: "config", memory: true, sizeLimit: "8Mi" },
      { name: "logs" },
      { name: "temporary", sizeLimit: "256Mi" },
    ],
    claims: [{ ...claimOf("data", config.storage), perPod: true }],
    services: [
      { ports: [{ name: "https" }] },
      // Members must find one another to become ready.
      {
        name: elkNames.members,
        type: "Headless",
        ports: [{ name: "transport" }],
        publishNotReady: true,
      },
    ],
    // It hands its shards on, and writes what it holds in memory to its disk.
    terminationGraceSeconds: 120,
  };
}

/**
 * Records how many members the cluster was first made of. Its first value stays, whatever `members` becomes: a newcomer
 * that took itself for a founder could found a second cluster beside the first, which splits the lines for good. It
 * outlives the store where the disks do, as it speaks of what is on them.
 */
function recordFounders(
  name: string,
  { config, namespace, system, data }: ElasticsearchArgs,
  parent: pulumi.Resource,
): ConfigMap {
  const labels = workloadLabels(name, system);
  return new ConfigMap(
    elkNames.founders,
    {
      metadata: { name: elkNames.founders, namespace, labels },
      data: { [foundersKey]: `${config.members}` },
      immutable: true,
    },
    { parent, ignoreChanges: ["data"], ...keptAs(config.storage.data ?? data) },
  );
}

/**
 * Elasticsearch: pods that are updated one after another, the next only when the one before has its
 * copies again. Calls among them and to them are TLS, with a password.
 */
export class Elasticsearch extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ElasticsearchArgs, opts?: pulumi.ComponentResourceOptions) {
    const { image, members } = args.config;
    super("fleet:observability:Elasticsearch", name, { image, members }, opts);
    const founders = recordFounders(name, args, this);
    this.ready = makeWorkload(name, elasticsearchWorkload(name, args), {
      parent: this,
      dependsOn: [founders],
    }).ready;
    this.registerOutputs({});
  }
}
