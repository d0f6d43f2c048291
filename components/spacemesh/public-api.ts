import * as pulumi from "@pulumi/pulumi";

import { announces } from "../base/announce.ts";
import type { Awaitable } from "../base/ready.ts";
import { backendAnnotations } from "../platform/ingress.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { syncCheck, syncCheckFiles } from "./sync-check.ts";
import { type FollowedNetwork, webNodeContainer, webNodeVolumes } from "./web-node.ts";
import { webPods, type WebSurroundings, webUser } from "./web-pods.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";
import { webPorts, webServiceNames, webWorkloads } from "./web-shape.ts";

/** Inputs of a {@link PublicApi}. */
export interface PublicApiArgs extends WebSurroundings {
  readonly config: WebServicesConfig;
  readonly network: FollowedNetwork;
}

/** Its pods. Pure. */
function publicApiWorkload(args: PublicApiArgs): WorkloadArgs {
  const { config, network } = args;
  const { replicas, placement, node, apis } = config.publicApi;
  const own = { network, config: node, json: true, apis };
  const { files, scratch } = webNodeVolumes(own);
  const name = webWorkloads.api;
  return {
    ...webPods(
      name,
      { release: "spacemesh-api", replicas, placement, readyMinutes: config.syncMinutes },
      args,
    ),
    container: webNodeContainer(own),
    sidecars: [syncCheck(config.syncCheck)],
    security: { user: webUser },
    files: [files, syncCheckFiles()],
    scratch,
    pullSecrets: network.image.pullSecrets,
    podAnnotations: announces(webPorts.metrics),
    services: [
      {
        name: webServiceNames.api,
        ports: [{ name: "grpc" }, { name: "json" }, { name: "metrics" }],
      },
      {
        name: webServiceNames.grpc,
        ports: [{ name: "grpc" }],
        annotations: backendAnnotations("grpc"),
      },
    ],
    // Streams that run may end.
    terminationGraceSeconds: 60,
  };
}

/**
 * The network's public API: nodes that earn nothing and answer, over gRPC and as JSON, once they are in
 * sync (facts/spacemesh.md 2.10).
 */
export class PublicApi extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PublicApiArgs, opts?: pulumi.ComponentResourceOptions) {
    const { replicas, apis } = args.config.publicApi;
    super("fleet:spacemesh:PublicApi", name, { replicas, apis }, opts);
    const { ready } = makeWorkload(webWorkloads.api, publicApiWorkload(args), { parent: this });
    this.ready = ready;
    this.registerOutputs({});
  }
}
