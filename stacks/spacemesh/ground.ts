/** What stands whatever is deployed: a way to the cluster, and the public way in. */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../../components/base/flows.ts";
import type { DataPolicy } from "../../components/base/scalars.ts";
import { balancerCloud } from "../../components/platform/balancer.ts";
import { Cluster } from "../../components/platform/cluster.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import type { StackContext } from "../context.ts";
import { nodesThere } from "./nodes-there.ts";
import type { SpacemeshStack } from "./schema.ts";

/** {@link layGround}. */
export interface Ground {
  readonly cluster: Cluster;
  /** Options of every top-level component: the stack's own provider, never a default one. */
  readonly opts: { readonly provider: pulumi.ProviderResource };
  readonly controllers: IngressControllers;
  /** What every namespace stands in. */
  readonly common: {
    readonly flows: readonly Flow[];
    readonly networkPolicy: boolean;
    readonly data: DataPolicy;
  };
}

/** Makes it. */
export function layGround(
  stack: SpacemeshStack,
  context: StackContext,
  flows: readonly Flow[],
): Ground {
  const networkPolicy = stack.networkPolicy === "on";
  const cluster = new Cluster("cluster", {
    ...stack.cluster,
    data: stack.data,
    isUnread: context.isClusterUnread,
    there: nodesThere(stack),
  });
  const opts = { provider: cluster.provider };
  const controllers = new IngressControllers(
    "ingress",
    {
      config: stack.ingress,
      cluster: stack.cluster,
      system: "spacemesh",
      cloud: balancerCloud(context.stack, stack.cluster, cluster),
      flows,
      networkPolicy,
    },
    opts,
  );
  return { cluster, opts, controllers, common: { flows, networkPolicy, data: stack.data } };
}
