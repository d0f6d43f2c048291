/** The public way in: hosts through the controllers, and their records. */
import type { DnsRecords } from "../../components/platform/dns.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import type { WebServices } from "../../components/spacemesh/web-services.ts";
import type { Ground } from "../ground.ts";
import { makeRecords, onControllers } from "../records.ts";
import { publicHosts, webPagesOf } from "./hosts.ts";
import type { SpacemeshStack } from "./schema.ts";

/** Opens the way in to the web services. */
export function openWebServices(
  stack: SpacemeshStack,
  { controllers }: Ground,
  { backends }: WebServices,
): void {
  for (const { name, host, protocol, streamSeconds } of webPagesOf(stack)) {
    const backend = backends.get(name);
    if (backend !== undefined) {
      new HttpHost(
        name,
        {
          ...{ namespace: backend.namespace, serviceName: backend.serviceName },
          ...{ servicePort: backend.servicePort, host, protocol },
          ...(streamSeconds === undefined ? {} : { streamSeconds }),
          ...{ system: "spacemesh", ingress: stack.ingress },
        },
        { parent: backend.component, dependsOn: [...controllers.ready, ...backend.ready] },
      );
    }
  }
}

/** The records of all hosts. */
export const makeHostRecords = (stack: SpacemeshStack, ground: Ground): DnsRecords =>
  makeRecords(stack, onControllers(ground, publicHosts(stack)));
