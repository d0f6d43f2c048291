import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { avatarVolume, imageFields, scratchFolder, toldParts, userOf } from "./container.ts";
import { optionsOf, planOf } from "./environment.ts";
import { mailQueuesName } from "./flows.ts";
import { portName, probesOf } from "./health.ts";
import { heapOptions } from "./heap.ts";
import { mailQueuesWorkload } from "./mail-queues.ts";
import { writesBeside } from "./own-folder.ts";
import type { Program } from "./roles.ts";
import type { ServerOptions } from "./server-options.schema.ts";
import { traitsOf } from "./servers.ts";
import type { FxaSurroundings } from "./surroundings.ts";

/** Inputs of an {@link FxaServer}. */
export interface FxaServerArgs extends FxaSurroundings {
  /** Role: the launcher of the one image reads it, and two programs have images of their own. */
  readonly server: Program;
}

/**
 * How many pods, and how they are exchanged. What must not run beside itself is stopped before its successor starts;
 * of all others the successor answers first.
 */
function scaleOf(
  { autoscale, replicas, update }: ServerOptions,
  scales: true | string,
): Pick<WorkloadArgs, "autoscale" | "replicas" | "update" | "awaitExchange"> {
  if (autoscale !== undefined) {
    return { autoscale, update };
  }
  const count = replicas ?? 1;
  return scales === true
    ? { replicas: count, update }
    : {
        replicas: count,
        update: { ...update, strategy: "Recreate" },
        awaitExchange: count === 1,
      };
}

/** The Workload of a server. */
function serverWorkload(args: FxaServerArgs): WorkloadArgs {
  const { server, context } = args;
  const { service, port, scales } = traitsOf(server);
  const options = optionsOf(context, server);
  const image = args.image(server);
  const told = toldParts(args, planOf(context, server));
  const pictures = avatarVolume(args, server);
  return {
    kind: "Deployment",
    system: "fxa",
    namespace: args.namespace,
    ...scaleOf(options, scales),
    container: {
      name: service,
      ...imageFields(image),
      ...told.variables,
      env: { ...told.variables.env, ...heapOptions(server, options.resources) },
      ports: [{ name: portName, port }],
      probes: probesOf(server, options.probes),
      resources: options.resources,
      mounts: [scratchFolder.mount, ...told.mounts, ...pictures.mounts],
    },
    files: told.files,
    secretFiles: told.secretFiles,
    scratch: [scratchFolder.scratch],
    givenClaims: pictures.givenClaims,
    placement: options.placement,
    disruption: options.disruption,
    security: { user: userOf(server, image), writableRoot: writesBeside(server) },
    flows: flowsOf(args.flows, service, args.namespaceName),
    networkPolicy: args.networkPolicy,
    data: args.data,
    pullPolicy: args.pullPolicy,
    pullSecrets: image.pullSecrets,
    podAnnotations: told.podAnnotations,
    services: [{ ports: [{ name: portName }] }],
    terminationGraceSeconds: options.terminationGraceSeconds,
  };
}

/**
 * A server of Firefox Accounts: Deployment, Service and what it is told, by its role. mozilla-sync, mail-service and
 * the demos are servers like all others; beside mail-service stands the reader of its queues.
 *
 * What must be there first is said with `dependsOn`, by order.ts.
 */
export class FxaServer extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];
  /** Service that it is dialled by, and its port. */
  readonly serviceName: string;
  /** {@inheritDoc serviceName} */
  readonly servicePort: number;

  constructor(args: FxaServerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { service, port } = traitsOf(args.server);
    const image = args.image(args.server).reference;
    super("fleet:fxa:FxaServer", service, { server: args.server, image }, opts);
    const { ready } = makeWorkload(service, serverWorkload(args), { parent: this });
    const queues = args.server === "mail-service" ? mailQueuesWorkload(args) : undefined;
    this.ready =
      queues === undefined
        ? ready
        : [...ready, ...makeWorkload(mailQueuesName, queues, { parent: this }).ready];
    this.serviceName = service;
    this.servicePort = port;
    this.registerOutputs({ serviceName: service, servicePort: port });
  }
}
