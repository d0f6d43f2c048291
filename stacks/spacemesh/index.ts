/** A Spacemesh network: which components, with which values of the stack file, in which order. */
import { openPages } from "../../components/observability/open-pages.ts";
import { hosted, Namespace } from "../../components/platform/namespace.ts";
import { WebServices } from "../../components/spacemesh/web-services.ts";
import type { StackContext } from "../context.ts";
import { portsOfControllers } from "./balancer-ports.ts";
import { makeHostRecords, openWebServices } from "./entry.ts";
import { type Ground, layGround } from "../ground.ts";
import { observe } from "../observe.ts";
import { nodesThere } from "./nodes-there.ts";
import { makeNetwork, type MadeNetwork } from "./network.ts";
import { commonOutputs, networkOutputs, pageEndpoints } from "./outputs.ts";
import { emptied, parkEverything } from "./park.ts";
import type { SpacemeshStack } from "./schema.ts";
import { flowsOfStack } from "./shape.ts";
import { watchedSystem } from "./watched.ts";

/**
 * Deploys a Spacemesh network.
 *
 * @returns The stack's outputs: where everything is dialled, who the members are, the records its hosts
 * need, its namespaces and hosts, and what the list of networks says of it.
 */
export function spacemesh(config: SpacemeshStack, context: StackContext): Record<string, unknown> {
  const parking = config.network.phase === "parked" ? parkEverything() : undefined;
  const ground = layGround(config, context, flowsOfStack(config), {
    there: nodesThere(config),
    ended: parking?.ended,
    // Before genesis, and while nothing runs, nobody is disturbed.
    slotsInTurn: config.network.phase === "running",
    balancerPorts: portsOfControllers(config),
  });
  openWatching(config, context, ground);
  const { system } = config;
  if (config.only !== undefined) {
    const records = makeHostRecords(config, ground);
    return {
      ...{ system, only: config.only, endpoints: pageEndpoints(config) },
      ...commonOutputs(config, records),
    };
  }
  const network = makeNetwork(config, context, ground);
  makeWebServices(config, context, ground, network);
  const records = makeHostRecords(config, ground);
  parking?.close();
  return {
    system,
    ...networkOutputs(config, ground, network),
    ...commonOutputs(config, records),
  };
}

/** What watches the network, and its pages. */
function openWatching(stack: SpacemeshStack, context: StackContext, ground: Ground): void {
  const pages = observe(stack, context, ground, {
    watched: watchedSystem(stack),
    counted: emptied(stack),
  });
  openPages({ ...stack, controllers: ground.controllers, pages });
}

/** The public face of the network, where it has one. */
function makeWebServices(
  stack: SpacemeshStack,
  { secrets }: StackContext,
  ground: Ground,
  { network, ready }: MadeNetwork,
): void {
  const { webServices: config, namespaces, ingress, images } = stack;
  if (config === undefined) {
    return;
  }
  const { opts, common } = ground;
  const namespace = new Namespace(
    namespaces.webServices,
    {
      ...{ system: "spacemesh", ...common, ...hosted(ingress, secrets) },
      countPods: emptied(stack).includes(namespaces.webServices),
    },
    opts,
  );
  const services = new WebServices(
    "web",
    {
      ...{ flows: common.flows, networkPolicy: common.networkPolicy },
      ...{ namespace: namespace.name, namespaceName: namespaces.webServices },
      config,
      network: {
        image: { reference: images.node.image, pullSecrets: [] },
        version: stack.network.node.version,
        config: network.publishedConfig,
      },
    },
    // Their nodes are in sync with a network that stands, or never.
    { ...opts, dependsOn: [...namespace.ready, ...ready] },
  );
  openWebServices(stack, ground, services);
}
