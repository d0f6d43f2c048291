/** The voting application in a Kubernetes cluster: foundation, services, the public way in. */
import { inStartOrder } from "../../components/compose/dependencies.ts";
import { KubernetesService } from "../../components/compose/kubernetes-service.ts";
import { openPages } from "../../components/observability/open-pages.ts";
import { observabilityFlows, pagesOf } from "../../components/observability/shape.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import { hosted, Namespace } from "../../components/platform/namespace.ts";
import type { StackContext } from "../context.ts";
import { type Ground, layGround } from "../ground.ts";
import { observe } from "../observe.ts";
import { makeRecords, onControllers } from "../records.ts";
import { hostEndpoint, namespaceOutput, recordOutputs } from "../outputs.ts";
import { surroundingNamespaces } from "../surroundings.ts";
import type { VotingOnKubernetes } from "./schema.ts";
import { flowsOfStack, publishedServices } from "./shape.ts";
import { watchedSystem } from "./watched.ts";
import { contextOf } from "./workloads.ts";

/** What the services stand on. */
interface Foundation extends Ground {
  readonly namespace: Namespace;
}

function layFoundation(stack: VotingOnKubernetes, context: StackContext): Foundation {
  const ground = layGround(stack, context, flowsOfStack(stack));
  const { namespace: name, data, ingress } = stack;
  const networkPolicy = stack.networkPolicy === "on";
  const namespace = new Namespace(
    name,
    { system: "voting", networkPolicy, data, ...hosted(ingress, context.secrets) },
    ground.opts,
  );
  return { ...ground, namespace };
}

/** Makes the services, each after those it depends on. */
function makeServices(
  stack: VotingOnKubernetes,
  context: StackContext,
  { opts, namespace }: Foundation,
): ReadonlyMap<string, KubernetesService> {
  return inStartOrder(stack.services, (name, service, before) => {
    const around = contextOf(stack, name, {
      namespace: namespace.name,
      secret: (reference) => context.secrets.value(reference),
    });
    const dependsOn = [namespace, ...before];
    return new KubernetesService(name, { ...around, service }, { ...opts, dependsOn });
  });
}

/** Opens the hosts of the services. */
function openHosts(
  stack: VotingOnKubernetes,
  { namespace, controllers }: Foundation,
  services: ReadonlyMap<string, KubernetesService>,
): void {
  for (const { name, host, port } of publishedServices(stack)) {
    const backend = services.get(name);
    if (backend !== undefined) {
      new HttpHost(
        name,
        {
          host,
          system: "voting",
          namespace: namespace.name,
          serviceName: name,
          servicePort: port,
          ingress: stack.ingress,
        },
        { parent: backend, dependsOn: [...controllers.ready, ...backend.ready] },
      );
    }
  }
}

/** Deploys to a cluster: the services with what watches them, or that alone. */
export function onKubernetes(
  stack: VotingOnKubernetes,
  context: StackContext,
): Record<string, unknown> {
  const { observability, ingress, only } = stack;
  const published = only === undefined ? publishedServices(stack) : [];
  const pages = pagesOf(observability);
  const ground =
    only === undefined
      ? deployServices(stack, context)
      : layGround(stack, context, observabilityFlows(observability, ingress));
  openPages({
    ...stack,
    controllers: ground.controllers,
    pages: observe(stack, context, ground, { watched: watchedSystem(stack) }),
  });
  const records = makeRecords(stack, onControllers(ground, [...published, ...pages]));
  return {
    ...(only === undefined ? {} : { only }),
    endpoints: [...published, ...pages].map((place) => hostEndpoint(ingress, place)),
    ...recordOutputs(records),
    namespaces: {
      ...(only === undefined ? { services: stack.namespace } : {}),
      ...namespaceOutput(surroundingNamespaces(stack)),
    },
  };
}

function deployServices(stack: VotingOnKubernetes, context: StackContext): Ground {
  const foundation = layFoundation(stack, context);
  openHosts(stack, foundation, makeServices(stack, context, foundation));
  return foundation;
}
