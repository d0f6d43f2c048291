import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { imageFields, scratchFolder, toldParts, userOf } from "./container.ts";
import { planOf } from "./environment.ts";
import { heapOptions } from "./heap.ts";
import { patcherName } from "./roles.ts";
import type { FxaSurroundings } from "./surroundings.ts";

const program = "auth-db-mysql";

/** The Workload of the Job that brings the schema up to date. */
function patchWorkload(args: FxaSurroundings): WorkloadArgs {
  const { context } = args;
  const { settings, resources } = context.config.servers[program];
  const image = args.image(program);
  const told = toldParts(args, planOf(context, program));
  return {
    kind: "Job",
    system: "fxa",
    namespace: args.namespace,
    container: {
      name: patcherName,
      ...imageFields(image),
      // Not the launcher: it goes on to the server, whatever became of the patches (facts/fxa.md 2).
      command: settings.patch,
      ...told.variables,
      env: { ...told.variables.env, ...heapOptions(program, resources) },
      resources,
      mounts: [scratchFolder.mount, ...told.mounts],
    },
    files: told.files,
    secretFiles: told.secretFiles,
    scratch: [scratchFolder.scratch],
    security: { user: userOf(program, image) },
    flows: flowsOf(args.flows, patcherName, args.namespaceName),
    networkPolicy: args.networkPolicy,
    data: args.data,
    pullPolicy: args.pullPolicy,
    pullSecrets: image.pullSecrets,
    podAnnotations: told.podAnnotations,
    // A second try is for a database that was away for a moment. A patch that fails does so again, and each further
    // try would be awaited twice as long: seven of them take eleven minutes.
    job: { migration: true, backoffLimit: 1 },
    // Without a deadline, as half a patch is worse than a slow one: this is how long a run waits for it.
    readyTimeout: "30m",
  };
}

/**
 * The schema patcher, before the servers, so that many of them can start at once and a failure is seen (17). It runs
 * anew with every new image, and with all else that it is told.
 */
export class PatchJob extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(args: FxaSurroundings, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:fxa:PatchJob", patcherName, { image: args.image(program).reference }, opts);
    this.ready = makeWorkload(patcherName, patchWorkload(args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
