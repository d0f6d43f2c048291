/** Who may call whom: what `networks`, `depends_on` and `ports` come to. */
import { type Flow, type FlowPort, type Peer, tcp, udp } from "../base/flows.ts";
import type { ComposeStack } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { dependenciesOf } from "./dependencies.ts";
import type { Publish } from "./names.ts";
import { networksOf } from "./networks.ts";
import { openPorts } from "./ports.ts";

const flowPort = ({ target, protocol }: { target: number; protocol: "tcp" | "udp" }): FlowPort =>
  protocol === "udp" ? udp(target) : tcp(target);

/** Where a stack's services are, and how they are reached from outside. */
export interface NetworkContext {
  readonly namespaceName: string;
  readonly publish: Publish;
}

/**
 * What the networks of a stack allow, as its flow table.
 *
 * Services of one network call each other at the ports they expose or publish, or at any where they
 * say none. A service on a network that is not `internal` may call the internet, as in Swarm.
 */
export function stackFlows(
  stack: ComposeStack,
  { namespaceName, publish }: NetworkContext,
): Flow[] {
  const peer = (name: string): Peer => ({ kind: "workload", name, namespace: namespaceName });
  const internet: Peer = { kind: "internet" };
  const services = Object.entries(stack.services);
  return services.flatMap(([name, service]) => {
    const ports = openPorts(service).map(flowPort);
    const callers = services.filter(
      ([other, caller]) => other !== name && mayCall(caller, name, service),
    );
    const published = (service.ports ?? []).length > 0 && publish.kind !== "Internal";
    const outside = publish.kind === "Ingress" ? publish.controller : internet;
    return [
      ...callers.map(([caller]) => ({ from: peer(caller), to: peer(name), ports })),
      ...(published ? [{ from: outside, to: peer(name), ports: publishedPorts(service) }] : []),
      ...(reachesOut(service, stack) ? [{ from: peer(name), to: internet, ports: [] }] : []),
    ];
  });
}

const publishedPorts = (service: ComposeService): FlowPort[] =>
  openPorts({ ...service, expose: [] }).map(flowPort);

function mayCall(caller: ComposeService, name: string, service: ComposeService): boolean {
  const mine = new Set(networksOf(service).map(({ network }) => network));
  return (
    networksOf(caller).some(({ network }) => mine.has(network)) ||
    dependenciesOf(caller).some((dependency) => dependency.name === name)
  );
}

const reachesOut = (service: ComposeService, { networks }: ComposeStack): boolean =>
  networksOf(service).some(({ network }) => networks[network]?.internal !== true);
