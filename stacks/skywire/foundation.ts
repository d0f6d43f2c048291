/** What the services stand on: cluster, namespaces with registry logins, ingress controllers. */
import type { Flow } from "../../components/base/flows.ts";
import type { Awaitable } from "../../components/base/ready.ts";
import { fixedPortsOf } from "../../components/platform/balancer-ports.ts";
import { hosted, Namespace, type PullSecret } from "../../components/platform/namespace.ts";
import { StackImages } from "../../components/platform/images.ts";
import { imageOf, registryServer } from "../../components/platform/registry.schema.ts";
import type { ProgramImage, Surroundings } from "../../components/workload/surroundings.ts";
import type { StackContext } from "../context.ts";
import { type Ground as CommonGround, layGround as layCommonGround } from "../ground.ts";
import { daemonsOf, isPrivileged } from "./daemon-shape.ts";
import { serviceImage } from "./images.ts";
import { keepNodes } from "./nodes.ts";
import { type SkywireImage, skywireImages, type SkywireStack } from "./schema.ts";

/** What stands whatever is deployed: a way to the cluster, its nodes, and the public way in. */
export interface Ground extends CommonGround {
  /** What keeps the nodes' addresses: whoever is dialled by one waits for it. */
  readonly nodes: Awaitable;
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
  const ground = layCommonGround(stack, context, flows, {
    // The address-resolver and the dmsg-servers have node ports of their own, which chance may give to a balancer.
    balancerPorts: fixedPortsOf(stack.ingress.controllers),
  });
  return { ...ground, nodes: keepNodes(stack, context, ground.cluster) };
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
