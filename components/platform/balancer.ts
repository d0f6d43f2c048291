/** The balancer behind a LoadBalancer Service: its terms as annotations, its address as a target. */
import type * as k8s from "@pulumi/kubernetes";
import type * as z from "zod";

import type { DnsTarget } from "./dns-records.ts";
import type { LoadBalancerExposure } from "./ingress.schema.ts";

const linodePrefix = "service.beta.kubernetes.io/linode-loadbalancer-";

/**
 * Annotations of the Service. Values are strings: a bare number or boolean is refused by the API.
 *
 * Source: facts/clouds-linode-cloudflare-docker.md 2.4.
 */
export function balancerAnnotations(
  exposure: z.infer<typeof LoadBalancerExposure>,
): Record<string, string> {
  const { linode, proxyProtocol } = exposure;
  if (linode === undefined) {
    return {};
  }
  return {
    [`${linodePrefix}default-protocol`]: "tcp",
    [`${linodePrefix}default-proxy-protocol`]: proxyProtocol?.version ?? "none",
    [`${linodePrefix}throttle`]: `${linode.throttle}`,
    ...(linode.nodeBalancerId === undefined
      ? {}
      : {
          [`${linodePrefix}nodebalancer-id`]: `${linode.nodeBalancerId}`,
          // Otherwise it is deleted together with the Service, behind its owner's back.
          [`${linodePrefix}preserve`]: "true",
        }),
  };
}

/** The address that the cloud gave a Service, as a target of records. */
export function balancerTarget(name: string, service: k8s.core.v1.Service): DnsTarget {
  return {
    key: name,
    type: "A",
    content: service.status.apply((status) => balancerAddress(name, status)),
  };
}

/**
 * The address in the status of a Service.
 *
 * @throws Error when there is none: a record without an address would be worse than no record.
 */
export function balancerAddress(
  name: string,
  status: k8s.types.output.core.v1.ServiceStatus | undefined,
): string {
  // The types promise what a Service without a balancer does not have.
  const ingress = (status as Partial<k8s.types.output.core.v1.ServiceStatus> | undefined)
    ?.loadBalancer?.ingress as { readonly ip?: string }[] | undefined;
  const ip = ingress?.[0]?.ip;
  if (ip === undefined) {
    throw new Error(
      `Service ${name}: its balancer has no IP address; look at kubectl describe service ${name}`,
    );
  }
  return ip;
}
