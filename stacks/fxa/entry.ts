/** The public way in: hosts through the controllers, and the records that lead to them. */
import type * as pulumi from "@pulumi/pulumi";

import type { FxaServer } from "../../components/fxa/fxa-server.ts";
import { publicPages } from "../../components/fxa/pages.ts";
import type { Program } from "../../components/fxa/roles.ts";
import type { PageBackends } from "../../components/observability/observability.ts";
import { openPages } from "../../components/observability/open-pages.ts";
import type { DnsRecords } from "../../components/platform/dns.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import type { Ground } from "../ground.ts";
import { makeRecords, onControllers } from "../records.ts";
import { guardsOf, publicHosts } from "./hosts.ts";
import type { FxaStack } from "./schema.ts";
import { contextOfStack } from "./shape.ts";

/** Opens the hosts of the system, each to its server. What is internal has no page, and so no host. */
export const openHosts = (
  stack: FxaStack,
  { controllers }: Ground,
  namespace: pulumi.Input<string>,
  servers: ReadonlyMap<Program, FxaServer>,
): HttpHost[] => {
  const guards = guardsOf(stack);
  return publicPages(contextOfStack(stack)).flatMap(({ name, host, program, service, port }) => {
    const server = servers.get(program);
    return server === undefined
      ? []
      : [
          new HttpHost(
            // Sync and 123done are names of servers, too, and a component's stands once.
            `host-${name}`,
            {
              ...{ host, system: "fxa", namespace, ingress: stack.ingress },
              ...{ serviceName: service, servicePort: port, guards },
            },
            { parent: server, dependsOn: [...controllers.ready, ...server.ready] },
          ),
        ];
  });
};

/** Opens the way in to what watches the system. */
export const openWatchers = (
  { observability, ingress }: FxaStack,
  { controllers }: Ground,
  pages: PageBackends,
): HttpHost[] => openPages({ system: "fxa", observability, ingress, controllers, pages });

/** The records of all hosts. */
export const makeHostRecords = (stack: FxaStack, ground: Ground): DnsRecords =>
  makeRecords(stack, onControllers(ground, publicHosts(stack)));
