/** What follows from a voting stack's config and several steps need. Pure. */
import type { Flow, Peer } from "../../components/base/flows.ts";
import type { ComposeStack } from "../../components/compose/compose-stack.schema.ts";
import type { ComposeService } from "../../components/compose/compose.schema.ts";
import { dependenciesOf } from "../../components/compose/dependencies.ts";
import { stackFlows } from "../../components/compose/flows.ts";
import { fullPort } from "../../components/compose/ports.schema.ts";
import { observabilityFlows, pagesOf } from "../../components/observability/shape.ts";
import { entryFlows } from "../../components/platform/controller-shape.ts";
import type { HostUse } from "../../components/platform/dns.schema.ts";
import { classOf } from "../../components/platform/ingress.schema.ts";
import type { VotingOnKubernetes, VotingStack } from "./schema.ts";

/** The services with all they share, as their translations take them. */
export const composeOf = ({ services, networks, volumes, configs }: VotingStack): ComposeStack => ({
  services,
  networks,
  volumes,
  configs,
});

/** The port of its container that a service publishes first: where its host leads. */
export const publishedPort = ({ ports = [] }: ComposeService): number | undefined =>
  ports.map(fullPort).find(({ protocol }) => protocol === "tcp")?.target;

/** A service that a host leads to. */
export interface PublishedService {
  readonly name: string;
  readonly host: string;
  /** Port of the container. */
  readonly port: number;
}

/** Services with a host. One that publishes nothing is told by the rules. */
export function publishedServices({ services, hosts }: VotingOnKubernetes): PublishedService[] {
  return Object.entries(hosts).flatMap(([name, host]) => {
    const service = services[name];
    const port = service === undefined ? undefined : publishedPort(service);
    return port === undefined ? [] : [{ name, host, port }];
  });
}

/** Every public host: the services' and the pages of what watches them. */
export const publicHosts = ({ hosts, observability }: VotingOnKubernetes): HostUse[] => [
  ...Object.entries(hosts).map(([name, host]) => ({ path: ["hosts", name], host })),
  ...pagesOf(observability),
];

/** The ingress controller of a host, as the end of a flow. */
export const controllerOf = ({ ingress }: VotingOnKubernetes, host: string): Peer => ({
  kind: "workload",
  name: classOf(ingress, host),
  namespace: ingress.namespace,
});

/**
 * Every flow of the stack: a service calls what it depends on, and a host's controller what it leads
 * to. In Swarm whoever shares a network may call; here depends_on says who does.
 */
export function flowsOfStack(stack: VotingOnKubernetes): readonly Flow[] {
  const { namespace, services } = stack;
  const inside = stackFlows(composeOf(stack), {
    namespaceName: namespace,
    publish: { kind: "Internal" },
  }).filter(({ from, to }) => to.kind !== "workload" || dependsOn(services, from, to));
  const published = publishedServices(stack).flatMap(({ name, host, port }) =>
    entryFlows(stack.ingress, host, { kind: "workload", name, namespace }, port),
  );
  return [...inside, ...published, ...observabilityFlows(stack.observability, stack.ingress)];
}

function dependsOn(services: VotingStack["services"], from: Peer, to: Peer): boolean {
  const caller = from.kind === "workload" ? services[from.name] : undefined;
  return (
    caller !== undefined &&
    to.kind === "workload" &&
    dependenciesOf(caller).some(({ name }) => name === to.name)
  );
}
