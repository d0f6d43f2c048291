/** The voting application in a Kubernetes cluster: foundation, services, the public way in. */
import { inStartOrder } from "../../components/compose/dependencies.ts";
import { KubernetesService } from "../../components/compose/kubernetes-service.ts";
import {
  makeObservability,
  type PageBackends,
} from "../../components/observability/observability.ts";
import { openPages } from "../../components/observability/open-pages.ts";
import {
  observabilityFlows,
  pagesOf,
  partNamespaces,
} from "../../components/observability/shape.ts";
import { createDns, DnsRecords } from "../../components/platform/dns.ts";
import { hostRecords } from "../../components/platform/dns-records.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import { hosted, Namespace } from "../../components/platform/namespace.ts";
import type { StackContext } from "../context.ts";
import { type Ground, layGround } from "../ground.ts";
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

/** What watches the services, made beside them. */
const observe = (
  stack: VotingOnKubernetes,
  { stack: name, secrets }: StackContext,
  { opts, common }: Ground,
): PageBackends =>
  makeObservability(
    {
      config: stack.observability,
      stack: name,
      watched: watchedSystem(stack),
      secrets,
      ...common,
      ingress: stack.ingress,
      cluster: stack.cluster,
    },
    opts,
  );

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

/** The records of hosts. */
function makeRecords(
  stack: VotingOnKubernetes,
  { controllers }: Ground,
  hosts: readonly { readonly host: string }[],
): DnsRecords {
  const targets = hosts.map(({ host }) => ({ host, targets: controllers.targets(host) }));
  return new DnsRecords("records", {
    dns: createDns("dns", stack.dns, stack.data),
    records: hostRecords(targets, stack.dns.ttlSeconds),
  });
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
    pages: observe(stack, context, ground),
  });
  const records = makeRecords(stack, ground, [...published, ...pages]);
  const scheme = ingress.tls.kind === "none" ? "http" : "https";
  return {
    ...(only === undefined ? {} : { only }),
    endpoints: [...published, ...pages].map((place) => ({
      name: place.name,
      kind: "http",
      url: `${scheme}://${place.host}`,
      ...("check" in place && place.check !== undefined ? { verify: place.check } : {}),
    })),
    records: records.zoneLines,
    ...(records.notes === undefined ? {} : { nameServer: records.notes }),
    namespaces: {
      ...(only === undefined ? { services: stack.namespace } : {}),
      ingress: ingress.namespace,
      ...Object.fromEntries(partNamespaces(observability).map(({ part, name }) => [part, name])),
    },
  };
}

function deployServices(stack: VotingOnKubernetes, context: StackContext): Ground {
  const foundation = layFoundation(stack, context);
  openHosts(stack, foundation, makeServices(stack, context, foundation));
  return foundation;
}
