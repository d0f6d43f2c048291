/** The voting application: the same services in a Kubernetes cluster or on a Docker Swarm. */
import * as pulumi from "@pulumi/pulumi";

import { unpinnedWarning } from "../../components/base/images.ts";
import type { StackContext } from "../context.ts";
import type { VotingStack } from "./schema.ts";

/**
 * Deploys a voting stack.
 *
 * @returns The stack's outputs: where it is dialled, and the records its hosts need.
 */
export async function voting(
  config: VotingStack,
  context: StackContext,
): Promise<Record<string, unknown>> {
  const { system, target, onFailure } = config;
  warnOfTags(config);
  return { system, target, ...(await compose(config, context)), onFailure };
}

function warnOfTags({ services }: VotingStack): void {
  const images = Object.entries(services).map(([name, { image }]) => [name, image] as const);
  const warning = unpinnedWarning(Object.fromEntries(images));
  if (warning !== undefined) {
    void pulumi.log.warn(warning);
  }
}

/** Imported only now: one target loads no SDK of the other's. */
async function compose(
  config: VotingStack,
  context: StackContext,
): Promise<Record<string, unknown>> {
  switch (config.target) {
    case "kubernetes": {
      const { onKubernetes } = await import("./kubernetes.ts");
      return onKubernetes(config, context);
    }
    case "swarm": {
      const { onSwarm } = await import("./swarm.ts");
      return onSwarm(config, context);
    }
  }
}
