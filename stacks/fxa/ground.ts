/** What stands whatever is deployed: a way to the cluster, and the public way in. */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../../components/base/flows.ts";
import type { DataPolicy } from "../../components/base/scalars.ts";
import { balancerCloud } from "../../components/platform/balancer.ts";
import { CertManager } from "../../components/platform/cert-manager.ts";
import { Cluster } from "../../components/platform/cluster.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import type { StackContext } from "../context.ts";
import type { FxaStack } from "./schema.ts";

/** {@link layGround}. */
export interface Ground {
  /** Options of every top-level component: the stack's own provider, never a default one. */
  readonly opts: { readonly provider: pulumi.ProviderResource };
  readonly controllers: IngressControllers;
  /** Who orders certificates, where the stack itself does. */
  readonly issuer: CertManager | undefined;
  /** What every namespace stands in. */
  readonly common: {
    readonly flows: readonly Flow[];
    readonly networkPolicy: boolean;
    readonly data: DataPolicy;
  };
}

/** Makes it. */
export function layGround(stack: FxaStack, context: StackContext, flows: readonly Flow[]): Ground {
  const { data, ingress, certificates } = stack;
  const networkPolicy = stack.networkPolicy === "on";
  const cluster = new Cluster("cluster", {
    ...stack.cluster,
    data,
    isUnread: context.isClusterUnread,
  });
  const opts = { provider: cluster.provider };
  const controllers = new IngressControllers(
    "ingress",
    {
      config: ingress,
      cluster: stack.cluster,
      system: "fxa",
      cloud: balancerCloud(context.stack, stack.cluster, cluster),
      flows,
      networkPolicy,
    },
    opts,
  );
  const issuer =
    certificates === undefined
      ? undefined
      : new CertManager(
          "cert-manager",
          { config: certificates, ingress, system: "fxa", flows, networkPolicy },
          opts,
        );
  return { opts, controllers, issuer, common: { flows, networkPolicy, data } };
}
