/** The voting application on a Docker Swarm, natively: no Kubernetes, no ingress controller. */
import { inStartOrder } from "../../components/compose/dependencies.ts";
import { fullPort } from "../../components/compose/ports.schema.ts";
import { SwarmService } from "../../components/compose/swarm-service.ts";
import { SwarmStack } from "../../components/compose/swarm-stack.ts";
import type { StackContext } from "../context.ts";
import type { VotingOnSwarm } from "./schema.ts";
import { composeOf } from "./shape.ts";

/** Deploys the services to a Swarm, each after those it depends on. */
export function onSwarm(stack: VotingOnSwarm, context: StackContext): Record<string, unknown> {
  const swarm = new SwarmStack(context.stack, {
    host: stack.docker,
    stack: composeOf(stack),
    secret: (reference) => context.secrets.value(reference),
  });
  const made = inStartOrder(
    stack.services,
    (name, service, before) =>
      new SwarmService(name, { service, swarm }, { dependsOn: [...before] }),
  );
  return {
    // Every node of the Swarm answers on these.
    ports: Object.entries(stack.services).flatMap(([name, { ports = [] }]) =>
      ports.map(fullPort).map(({ published, protocol }) => ({ name, port: published, protocol })),
    ),
    services: Object.fromEntries([...made].map(([name, { serviceName }]) => [name, serviceName])),
  };
}
