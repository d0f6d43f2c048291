import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { avatarVolume, imageFields, scratchFolder, toldParts, userOf } from "./container.ts";
import { debugPlan, optionsOf } from "./environment.ts";
import { debugName } from "./flows.ts";
import type { FxaConfig } from "./fxa.schema.ts";
import { heapOptions } from "./heap.ts";
import { ownFolder } from "./own-folder.ts";
import type { FxaSurroundings } from "./surroundings.ts";

/** Inputs of a {@link DebugPod}. */
export interface DebugPodArgs extends FxaSurroundings {
  readonly debug: NonNullable<FxaConfig["debug"]>;
}

/** The Workload of the debug pod. */
function debugWorkload(args: DebugPodArgs): WorkloadArgs {
  const { context, debug } = args;
  const options = optionsOf(context, debug.target);
  const image = args.image(debug.target);
  const pictures = avatarVolume(args, debug.target);
  const told = toldParts(args, debugPlan(context, debug.target));
  return {
    kind: "Deployment",
    system: "fxa",
    namespace: args.namespace,
    replicas: debug.replicas,
    container: {
      name: debugName,
      ...imageFields(image),
      ...told.variables,
      env: { ...told.variables.env, ...heapOptions(debug.target, options.resources) },
      probes: { none: "its launcher sleeps: nothing listens until somebody starts it by hand" },
      resources: options.resources,
      mounts: [scratchFolder.mount, ...told.mounts, ...pictures.mounts],
    },
    files: told.files,
    secretFiles: told.secretFiles,
    scratch: [scratchFolder.scratch],
    givenClaims: pictures.givenClaims,
    placement: options.placement,
    // Whoever looks round starts programs that may write where they are.
    security: { user: userOf(debug.target, image), writableRoot: ownFolder },
    flows: flowsOf(args.flows, debugName, args.namespaceName),
    networkPolicy: args.networkPolicy,
    data: args.data,
    pullPolicy: args.pullPolicy,
    pullSecrets: image.pullSecrets,
    podAnnotations: told.podAnnotations,
  };
}

/**
 * A pod that sleeps, told all that a server is told (facts/fxa.md 4.5): `kubectl exec -it deploy/fxa-debug -- bash`.
 *
 * It stands behind no Service, so that no traffic of the server's comes to it.
 */
export class DebugPod extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(args: DebugPodArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:fxa:DebugPod", debugName, { target: args.debug.target }, opts);
    this.ready = makeWorkload(debugName, debugWorkload(args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
