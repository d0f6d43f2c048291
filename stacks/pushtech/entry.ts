/** The public way in: hosts through the controllers, their certificates, and the records that lead to all of them. */
import type * as pulumi from "@pulumi/pulumi";

import type { PageBackends } from "../../components/observability/observability.ts";
import { openPages } from "../../components/observability/open-pages.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import { RegistryServer } from "../../components/platform/registry-server.ts";
import { servers } from "../../components/pushtech/servers.ts";
import {
  type CertificateOrder,
  type Certificates,
  orderCertificates as order,
} from "../certificates.ts";
import type { StackContext } from "../context.ts";
import type { Foundation } from "./foundation.ts";
import type { Ground } from "../ground.ts";
import { makeRecords, onControllers } from "../records.ts";
import { recordHosts, systemHosts } from "./hosts.ts";
import type { Programs } from "./programs.ts";
import type { PushtechStack } from "./schema.ts";
import { guardsOf } from "./shape.ts";

/** Opens the hosts of the system, each to its server. */
export function openHosts(
  stack: PushtechStack,
  { controllers, namespace }: Foundation,
  programs: Programs,
): HttpHost[] {
  const guards = guardsOf(stack);
  return systemHosts(stack).flatMap(({ name, server, host }) => {
    const program = programs.get(server);
    return program === undefined
      ? []
      : [
          new HttpHost(
            name,
            {
              ...{ host, guards, system: "pushtech", namespace: namespace.name },
              ...{ serviceName: server, servicePort: servers[server].port },
              ingress: stack.ingress,
            },
            { parent: program, dependsOn: [...controllers.ready, ...program.ready] },
          ),
        ];
  });
}

/** Opens the way in to what watches the system. */
export const openWatchers = (
  { observability, ingress }: PushtechStack,
  { controllers }: Ground,
  pages: PageBackends,
): HttpHost[] => openPages({ system: "pushtech", observability, ingress, controllers, pages });

/** A registry of the stack's own, where it has one, and what must be there before an image is pushed to it. */
export function openRegistry(
  stack: PushtechStack,
  context: StackContext,
  ground: NamedGround,
): { readonly certificates: Certificates; readonly ready: readonly pulumi.Resource[] } {
  const { registry: config, ingress } = stack;
  if (config === undefined) {
    return { certificates: [], ready: [] };
  }
  const registry = new RegistryServer(
    "registry",
    {
      ...{ config, ingress, system: "pushtech", controllers: ground.controllers },
      ...{ ...ground.common, secrets: context.secrets },
    },
    ground.opts,
  );
  const certificates = orderCertificates("registry-certificate", stack, context, ground, {
    hosts: [registry.host],
    // Nobody pushes to a registry whose certificate he does not trust.
    awaited: [config.host],
  });
  return {
    certificates,
    ready: [...registry.ready, ...certificates.flatMap(({ ready }) => [...ready])],
  };
}

/** The ground, with the records of all names. */
export interface NamedGround extends Ground {
  readonly records: DnsRecords;
}

/** Orders the certificates of hosts. */
export const orderCertificates = (
  name: string,
  { ingress }: PushtechStack,
  { isClusterUnread }: StackContext,
  { issuer, opts, records }: NamedGround,
  ordered: Pick<CertificateOrder, "hosts" | "awaited">,
): Certificates =>
  order(
    name,
    {
      ...{ ...ordered, system: "pushtech", ingress, issuer, records },
      isUnread: isClusterUnread ?? false,
    },
    opts,
  );

/** Makes the records of all names. */
export const nameGround = (stack: PushtechStack, ground: Ground): NamedGround => ({
  ...ground,
  records: makeRecords(stack, onControllers(ground, recordHosts(stack))),
});
