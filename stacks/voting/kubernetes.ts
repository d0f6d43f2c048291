/** The voting application in a Kubernetes cluster: foundation, services, the public way in. */
import type * as pulumi from "@pulumi/pulumi";

import { inStartOrder } from "../../components/compose/dependencies.ts";
import { KubernetesService } from "../../components/compose/kubernetes-service.ts";
import {
  makeObservability,
  type PageBackends,
} from "../../components/observability/observability.ts";
import { pagesOf, partNamespaces } from "../../components/observability/shape.ts";
import { balancerCloud } from "../../components/platform/balancer.ts";
import { Cluster } from "../../components/platform/cluster.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import { createDns, DnsRecords } from "../../components/platform/dns.ts";
import { hostRecords } from "../../components/platform/dns-records.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import { Namespace } from "../../components/platform/namespace.ts";
import type { StackContext } from "../context.ts";
import type { VotingOnKubernetes } from "./schema.ts";
import { flowsOfStack, publishedServices } from "./shape.ts";
import { contextOf } from "./workloads.ts";

/** What the services stand on. */
interface Foundation {
  readonly opts: { readonly provider: pulumi.ProviderResource };
  readonly namespace: Namespace;
  readonly controllers: IngressControllers;
}

function layFoundation(stack: VotingOnKubernetes, context: StackContext): Foundation {
  const { stack: name, isClusterUnread: isUnread } = context;
  const networkPolicy = stack.networkPolicy === "on";
  const cluster = new Cluster("cluster", { ...stack.cluster, data: stack.data, isUnread });
  const opts = { provider: cluster.provider };
  const namespace = new Namespace(
    stack.namespace,
    { system: "voting", networkPolicy, data: stack.data, acmeFrom: stack.ingress.namespace },
    opts,
  );
  const controllers = new IngressControllers(
    "ingress",
    {
      config: stack.ingress,
      cluster: stack.cluster,
      system: "voting",
      cloud: balancerCloud(name, stack.cluster, cluster),
      flows: flowsOfStack(stack),
      networkPolicy,
    },
    opts,
  );
  return { opts, namespace, controllers };
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
  { opts }: Foundation,
): PageBackends =>
  makeObservability(
    {
      config: stack.observability,
      stack: name,
      system: "voting",
      secrets,
      flows: flowsOfStack(stack),
      networkPolicy: stack.networkPolicy === "on",
      data: stack.data,
      ingress: stack.ingress,
      dashboards: [],
    },
    opts,
  );

/** Hosts of what watches the services. */
function openPages(
  { observability, ingress }: VotingOnKubernetes,
  { controllers }: Foundation,
  pages: PageBackends,
): void {
  for (const { name, host } of pagesOf(observability)) {
    const backend = pages.get(name);
    if (backend !== undefined) {
      new HttpHost(
        name,
        { ...backend, host, system: "voting", ingress },
        { parent: backend.component, dependsOn: [...controllers.ready, ...backend.ready] },
      );
    }
  }
}

/** Opens the hosts, and tells where they are. */
function openHosts(
  stack: VotingOnKubernetes,
  { namespace, controllers }: Foundation,
  services: ReadonlyMap<string, KubernetesService>,
): DnsRecords {
  const published = publishedServices(stack);
  for (const { name, host, port } of published) {
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
  const targets = [...published, ...pagesOf(stack.observability)].map(({ host }) => ({
    host,
    targets: controllers.targets(host),
  }));
  return new DnsRecords("records", {
    dns: createDns("dns", stack.dns, stack.data),
    records: hostRecords(targets, stack.dns.ttlSeconds),
  });
}

/** Deploys the services to a cluster. */
export function onKubernetes(
  stack: VotingOnKubernetes,
  context: StackContext,
): Record<string, unknown> {
  const foundation = layFoundation(stack, context);
  const services = makeServices(stack, context, foundation);
  openPages(stack, foundation, observe(stack, context, foundation));
  const records = openHosts(stack, foundation, services);
  const scheme = stack.ingress.tls.kind === "none" ? "http" : "https";
  return {
    endpoints: [
      ...publishedServices(stack).map(({ name, host }) => ({
        name,
        kind: "http",
        url: `${scheme}://${host}`,
      })),
      ...pagesOf(stack.observability).map(({ name, host, check }) => ({
        name,
        kind: "http",
        url: `${scheme}://${host}`,
        ...(check === undefined ? {} : { verify: check }),
      })),
    ],
    records: records.zoneLines,
    ...(records.notes === undefined ? {} : { nameServer: records.notes }),
    namespaces: {
      services: stack.namespace,
      ingress: stack.ingress.namespace,
      ...Object.fromEntries(
        partNamespaces(stack.observability).map(({ part, name }) => [part, name]),
      ),
    },
  };
}
