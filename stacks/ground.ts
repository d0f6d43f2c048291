/** What stands of every system, whatever is deployed: a way to the cluster, the public way in, its certificates. */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../components/base/flows.ts";
import type { DataPolicy } from "../components/base/scalars.ts";
import type { BalancerPorts } from "../components/platform/balancer-ports.ts";
import { balancerCloud } from "../components/platform/balancer.ts";
import { CertManager } from "../components/platform/cert-manager.ts";
import type { ObservabilityConfig } from "../components/observability/observability.schema.ts";
import { pageGuards } from "../components/observability/shape.ts";
import type { CertificatesConfig } from "../components/platform/cert-manager.schema.ts";
import { Cluster } from "../components/platform/cluster.ts";
import type { ClusterConfig, NodesThere } from "../components/platform/cluster.schema.ts";
import { IngressControllers } from "../components/platform/controllers.ts";
import type { Guards } from "../components/platform/guards.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";
import type { StackContext } from "./context.ts";

/** Sections that it is made of. */
export interface GroundSections {
  readonly system: string;
  readonly cluster: ClusterConfig;
  readonly ingress: IngressConfig;
  readonly observability: ObservabilityConfig;
  readonly certificates?: CertificatesConfig | undefined;
  readonly networkPolicy: "on" | "off";
  readonly data: DataPolicy;
}

/** {@link layGround}. */
export interface Ground {
  readonly cluster: Cluster;
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

/** What not every system says of it. */
export interface GroundOptions {
  /** Which of the nodes there are. Default: all. */
  readonly there?: NodesThere;
  /** What must run no more before nodes go, where they go. Default: nothing. */
  readonly ended?: Promise<readonly pulumi.Resource[]> | undefined;
  /** Whether nodes of slots go one after the other, as in {@link Cluster}'s terms. Default: they do. */
  readonly slotsInTurn?: boolean | undefined;
  /** Controller → ports of the nodes behind its balancer. Default: Kubernetes chooses some. */
  readonly balancerPorts?: ReadonlyMap<string, BalancerPorts> | undefined;
  /** Who may call hosts that are not for everybody. Default: none is such but the pages of what watches. */
  readonly guards?: Guards;
}

/** Those of the system's hosts, and of the pages of what watches it. */
function allGuards({ observability, ingress }: GroundSections, given: Guards | undefined): Guards {
  const own = given?.hosts ?? [];
  const pages = pageGuards(observability, ingress).filter(({ host }) =>
    own.every((one) => one.host !== host),
  );
  return {
    hosts: [...own, ...pages],
    users: (reference) => {
      if (given === undefined) {
        throw new Error(`nobody says who the people of ${reference.name} are`);
      }
      return given.users(reference);
    },
  };
}

/** Makes it. */
export function layGround(
  stack: GroundSections,
  { stack: name, isClusterUnread: isUnread }: StackContext,
  flows: readonly Flow[],
  { there, ended, slotsInTurn, balancerPorts, guards }: GroundOptions = {},
): Ground {
  const { system, ingress, certificates, data } = stack;
  const networkPolicy = stack.networkPolicy === "on";
  const cluster = new Cluster("cluster", {
    ...stack.cluster,
    data,
    isUnread,
    ...(there === undefined ? {} : { there }),
    ended,
    slotsInTurn,
  });
  const opts = { provider: cluster.provider };
  const controllers = new IngressControllers(
    "ingress",
    {
      config: ingress,
      cluster: stack.cluster,
      system,
      cloud: balancerCloud(name, stack.cluster, cluster),
      flows,
      networkPolicy,
      balancerPorts,
      guards: allGuards(stack, guards),
    },
    opts,
  );
  const issuer =
    certificates === undefined
      ? undefined
      : new CertManager(
          "cert-manager",
          { config: certificates, ingress, system, flows, networkPolicy },
          opts,
        );
  return { cluster, opts, controllers, issuer, common: { flows, networkPolicy, data } };
}
