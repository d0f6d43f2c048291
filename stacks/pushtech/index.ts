/** PushTech: which components, with which values of the stack file, in which order. */
import * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../../components/base/flows.ts";
import type { HttpHost } from "../../components/platform/ingress.ts";
import { stuckImagesWarning } from "../../components/platform/tagged-images.schema.ts";
import { type Certificates, certificatesTold } from "../certificates.ts";
import type { StackContext } from "../context.ts";
import { type Ground, layGround as layCommonGround } from "../ground.ts";
import { observe } from "../observe.ts";
import { refuseLive } from "../live-faults.ts";
import { surroundingFlows } from "../surroundings.ts";
import { unpinnedImages } from "../unpinned.ts";
import {
  type NamedGround,
  nameGround,
  openHosts,
  openRegistry,
  openWatchers,
  orderCertificates,
} from "./entry.ts";
import { layFoundation } from "./foundation.ts";
import { imagesOfStack, imageUses } from "./images.ts";
import { commonOutputs, endpointsOf } from "./outputs.ts";
import { makePrograms } from "./programs.ts";
import type { PushtechStack } from "./schema.ts";
import { flowsOfStack, guardsOf } from "./shape.ts";
import { makeIndexes, makeStores } from "./stores.ts";
import { watchedSystem } from "./watched.ts";

/**
 * Deploys a PushTech stack.
 *
 * @returns The stack's outputs: where everything is dialled, the records its hosts need, how many of them lack a
 * certificate, its namespaces and hosts.
 */
export function pushtech(config: PushtechStack, context: StackContext): Record<string, unknown> {
  const { system, only } = config;
  if (only !== undefined) {
    const ground = layGround(config, context, surroundingFlows(config));
    const hosts = openWatching(config, context, ground);
    return {
      ...{ system, only },
      ...told(
        config,
        ground,
        orderCertificates("certificates", config, context, ground, { hosts }),
      ),
    };
  }
  refuseLive(
    [unpinnedImages(config.environment, imageUses(config), context.stack)],
    context.sandbox,
  );
  warnOfTags(config);
  const ground = layGround(config, context, flowsOfStack(config));
  return { system, ...told(config, ground, everything(config, context, ground)) };
}

/** The ground, with the guards of administrators' hosts and the records of all. */
const layGround = (
  stack: PushtechStack,
  context: StackContext,
  flows: readonly Flow[],
): NamedGround =>
  nameGround(
    stack,
    layCommonGround(stack, context, flows, {
      guards: { hosts: guardsOf(stack), users: (reference) => context.secrets.value(reference) },
    }),
  );

/** The system, and what watches it: stores, programs, hosts and, last of all, Mongo's indexes. */
function everything(
  stack: PushtechStack,
  context: StackContext,
  ground: NamedGround,
): Certificates {
  const registry = openRegistry(stack, context, ground);
  const foundation = layFoundation(stack, context, ground, registry.ready);
  const stores = makeStores(stack, foundation);
  const programs = makePrograms(stack, context, foundation, stores);
  const own = openHosts(stack, foundation, programs);
  const pages = openWatching(stack, context, ground);
  makeIndexes(stack, foundation, stores.mongo, own);
  const hosts = [...own, ...pages];
  return [
    ...registry.certificates,
    ...orderCertificates("certificates", stack, context, ground, { hosts }),
  ];
}

/** What watches the system, and its pages. */
const openWatching = (stack: PushtechStack, context: StackContext, ground: Ground): HttpHost[] =>
  openWatchers(stack, ground, observe(stack, context, ground, { watched: watchedSystem(stack) }));

/** What the stack tells of itself. */
const told = (
  stack: PushtechStack,
  { records }: NamedGround,
  certificates: Certificates,
): Record<string, unknown> => ({
  endpoints: endpointsOf(stack),
  ...(certificates.length === 0 ? {} : { certificates: certificatesTold(certificates) }),
  ...commonOutputs(stack, records),
});

function warnOfTags(stack: PushtechStack): void {
  const warning = stuckImagesWarning(stack.images, imagesOfStack(stack));
  if (warning !== undefined) {
    void pulumi.log.warn(warning);
  }
}
