/** Firefox Accounts: which components, with which values of the stack file, in which order. */
import * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../../components/base/flows.ts";
import { mailPortWarnings } from "../../components/fxa/mail-ports.ts";
import { fxaWarnings } from "../../components/fxa/rules.ts";
import type { HttpHost } from "../../components/platform/ingress.ts";
import { certificatesTold, orderCertificates } from "../certificates.ts";
import type { StackContext } from "../context.ts";
import { refuseLive } from "../live-faults.ts";
import { unpinnedImages } from "../unpinned.ts";
import { makeHostRecords, openHosts, openWatchers } from "./entry.ts";
import { layFoundation } from "./foundation.ts";
import { type Ground, layGround as layCommonGround } from "../ground.ts";
import { observe } from "../observe.ts";
import { guardsOf } from "./hosts.ts";
import { imageUses } from "./images.ts";
import { commonOutputs, endpointsOf } from "./outputs.ts";
import type { FxaStack } from "./schema.ts";
import { makeServers } from "./servers.ts";
import { contextOfStack, flowsOfStack, groundFlows } from "./shape.ts";
import { watchedSystem } from "./watched.ts";

/**
 * Deploys a stack of Firefox Accounts.
 *
 * @returns The stack's outputs: where everything is dialled, the records its hosts need, how many of them lack a
 * certificate, its namespaces and hosts.
 */
export function fxa(stack: FxaStack, context: StackContext): Record<string, unknown> {
  const { system, only } = stack;
  if (only !== undefined) {
    const ground = layGround(stack, context, groundFlows(stack));
    const hosts = openWatching(stack, context, ground);
    return { ...{ system, only }, ...told(stack, context, ground, hosts) };
  }
  refuseLive([unpinnedImages(stack.environment, imageUses(stack), context.stack)], context.sandbox);
  const warnings = [
    ...fxaWarnings(contextOfStack(stack)),
    ...mailPortWarnings(stack, stack.cluster.kind),
  ];
  for (const warning of warnings) {
    void pulumi.log.warn(warning);
  }
  const ground = layGround(stack, context, flowsOfStack(stack));
  const hosts = everything(stack, context, ground);
  return { system, ...told(stack, context, ground, hosts) };
}

/** The ground, whose controllers serve every host by TLS alone. */
const layGround = (stack: FxaStack, context: StackContext, flows: readonly Flow[]): Ground =>
  layCommonGround(stack, context, flows, {
    guards: { hosts: guardsOf(stack), users: (reference) => context.secrets.value(reference) },
  });

/** The system, and what watches it. */
function everything(stack: FxaStack, context: StackContext, ground: Ground): HttpHost[] {
  const foundation = layFoundation(stack, context, ground);
  // First of all of them: servers send to StatsD as soon as they start.
  const pages = openWatching(stack, context, ground);
  const servers = makeServers(stack, ground, foundation);
  return [...openHosts(stack, ground, foundation.namespace.name, servers), ...pages];
}

/** What watches the system, and its pages. */
const openWatching = (stack: FxaStack, context: StackContext, ground: Ground): HttpHost[] =>
  openWatchers(stack, ground, observe(stack, context, ground, { watched: watchedSystem(stack) }));

/** What the stack tells of itself. */
function told(
  stack: FxaStack,
  { isClusterUnread = false }: StackContext,
  ground: Ground,
  hosts: readonly HttpHost[],
): Record<string, unknown> {
  const records = makeHostRecords(stack, ground);
  const certificates = orderCertificates(
    "certificates",
    {
      ...{ system: "fxa", ingress: stack.ingress, issuer: ground.issuer, hosts, records },
      isUnread: isClusterUnread,
    },
    ground.opts,
  );
  return {
    endpoints: endpointsOf(stack),
    ...(certificates.length === 0 ? {} : { certificates: certificatesTold(certificates) }),
    ...commonOutputs(stack, records),
  };
}
