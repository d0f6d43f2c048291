/** A Spacemesh network: which components, with which values of the stack file, in which order. */
import { makeObservability } from "../../components/observability/observability.ts";
import {
  observabilityFlows,
  pagesOf,
  partNamespaces,
} from "../../components/observability/shape.ts";
import type { StackContext } from "../context.ts";
import { makeRecords, openPages } from "./entry.ts";
import { type Ground, layGround } from "./ground.ts";
import type { SpacemeshStack } from "./schema.ts";
import { watchedSystem } from "./watched.ts";

/**
 * Deploys a Spacemesh network.
 *
 * @returns The stack's outputs: where everything is dialled, the records its hosts need, its namespaces
 * and hosts.
 */
export function spacemesh(config: SpacemeshStack, context: StackContext): Record<string, unknown> {
  const { observability, ingress } = config;
  const ground = layGround(config, context, observabilityFlows(observability, ingress));
  observe(config, context, ground);
  const pages = pagesOf(observability);
  const records = makeRecords(
    config,
    ground,
    pages.map(({ host }) => host),
  );
  return {
    system: config.system,
    records: records.zoneLines,
    ...(records.notes === undefined ? {} : { nameServer: records.notes }),
    hosts: Object.fromEntries(pages.map(({ name, host }) => [name, host])),
    namespaces: {
      ingress: ingress.namespace,
      ...Object.fromEntries(partNamespaces(observability).map(({ part, name }) => [part, name])),
    },
    onFailure: config.onFailure,
  };
}

/** What watches the network, made beside it. */
function observe(stack: SpacemeshStack, context: StackContext, ground: Ground): void {
  const pages = makeObservability(
    {
      config: stack.observability,
      stack: context.stack,
      watched: watchedSystem(stack),
      secrets: context.secrets,
      ...ground.common,
      ingress: stack.ingress,
      cluster: stack.cluster,
    },
    ground.opts,
  );
  openPages(stack, ground, pages);
}
