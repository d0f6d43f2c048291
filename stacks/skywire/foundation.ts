/** What the services stand on: cluster, namespaces with registry logins, ingress controllers. */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../../components/base/flows.ts";
import type { Awaitable } from "../../components/base/ready.ts";
import type { DataPolicy } from "../../components/base/scalars.ts";
import { balancerCloud } from "../../components/platform/balancer.ts";
import { Cluster } from "../../components/platform/cluster.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import { hosted, Namespace, type PullSecret } from "../../components/platform/namespace.ts";
import { StackImages } from "../../components/platform/images.ts";
import { imageOf, registryServer } from "../../components/platform/registry.schema.ts";
import type { ProgramImage, Surroundings } from "../../components/workload/surroundings.ts";
import type { StackContext } from "../context.ts";
import { daemonsOf, isPrivileged } from "./daemon-shape.ts";
import { serviceImage } from "./images.ts";
import { keepNodes } from "./nodes.ts";
import { type SkywireImage, skywireImages, type SkywireStack } from "./schema.ts";

/** What stands whatever is deployed: a way to the cluster, its nodes, and the public way in. */
export interface Ground {
  /** Options of every top-level component: the stack's own provider, never a default one. */
  readonly opts: { readonly provider: pulumi.ProviderResource };
  readonly controllers: IngressControllers;
  /** What keeps the nodes' addresses: whoever is dialled by one waits for it. */
  readonly nodes: Awaitable;
  /** What every namespace stands in. */
  readonly common: {
    readonly flows: readonly Flow[];
    readonly networkPolicy: boolean;
    readonly data: DataPolicy;
  };
}

/** The foundation of a stack. */
export interface Foundation extends Ground {
  /** Namespace of the services, with all that is in it before them. */
  readonly services: Namespace;
  /** Namespace of the network-monitor. */
  readonly monitor: Namespace;
  /** Image of a program, its digest settled by the run where the stack says so. */
  readonly image: (service: SkywireImage) => ProgramImage;
  /** What programs of the services' namespace stand in. */
  readonly around: Surroundings;
  /** What the network-monitor stands in. */
  readonly aroundMonitor: Surroundings;
}

/** Image of a program, with the logins its pods need. */
function programImage(stack: SkywireStack, service: SkywireImage): ProgramImage {
  const { reference, pullSecret: login } = imageOf(stack.images, serviceImage(service));
  return { reference, pullSecrets: login === undefined ? [] : [login.name] };
}

/** Images as the run settles them: its digests, where the stack has them looked up or built. */
function settledImages(stack: SkywireStack, context: StackContext): Foundation["image"] {
  const { digests, secrets } = context;
  const images = new StackImages({
    images: { ...stack.images, account: stack.images.private },
    login: (reference) => secrets.value(reference),
    digests,
  });
  return (service) => {
    const image = programImage(stack, service);
    const digest = images.digest(service, image.reference);
    return { ...image, ...(digest === undefined ? {} : { digest }) };
  };
}

/** Login of the private images. */
export function pullSecret({ images }: SkywireStack, { secrets }: StackContext): PullSecret {
  const { repository, pullSecret: login } = images.private;
  return {
    name: login.name,
    server: registryServer(repository),
    login: secrets.value(login),
  };
}

/** Registry logins that the given images need, each once. */
function pullSecrets(
  stack: SkywireStack,
  context: StackContext,
  services: readonly SkywireImage[],
): PullSecret[] {
  const needed = services.some((service) => programImage(stack, service).pullSecrets.length > 0);
  return needed ? [pullSecret(stack, context)] : [];
}

/** Makes what stands whatever is deployed. */
export function layGround(
  stack: SkywireStack,
  context: StackContext,
  flows: readonly Flow[],
): Ground {
  const networkPolicy = stack.networkPolicy === "on";
  const cluster = new Cluster("cluster", {
    ...stack.cluster,
    data: stack.data,
    isUnread: context.isClusterUnread,
  });
  const opts = { provider: cluster.provider };
  const nodes = keepNodes(stack, context, cluster);
  const controllers = new IngressControllers(
    "ingress",
    {
      config: stack.ingress,
      cluster: stack.cluster,
      system: "skywire",
      cloud: balancerCloud(context.stack, stack.cluster, cluster),
      flows,
      networkPolicy,
    },
    opts,
  );
  return { opts, controllers, nodes, common: { flows, networkPolicy, data: stack.data } };
}

/** Makes the foundation. */
export function layFoundation(
  stack: SkywireStack,
  context: StackContext,
  flows: readonly Flow[],
): Foundation {
  const image = settledImages(stack, context);
  const ground = layGround(stack, context, flows);
  const { opts, common: around } = ground;
  const common = {
    system: "skywire",
    networkPolicy: around.networkPolicy,
    data: around.data,
  } as const;

  const services = new Namespace(
    stack.namespaces.services,
    {
      ...common,
      pullSecrets: pullSecrets(stack, context, skywireImages),
      ...hosted(stack.ingress, context.secrets),
    },
    opts,
  );
  const monitor = new Namespace(
    stack.namespaces.networkMonitor,
    {
      ...common,
      // Root, NET_ADMIN and a device of the node: a namespace of its own, so that nothing else may.
      podSecurity: "privileged",
      pullSecrets: pullSecrets(stack, context, [
        "network-monitor",
        ...daemonsOf(stack)
          .filter(isPrivileged)
          .map(({ kind }) => kind),
      ]),
    },
    opts,
  );
  return {
    ...ground,
    services,
    monitor,
    image,
    around: {
      ...around,
      namespace: services.name,
      namespaceName: stack.namespaces.services,
    },
    aroundMonitor: {
      ...around,
      namespace: monitor.name,
      namespaceName: stack.namespaces.networkMonitor,
    },
  };
}
