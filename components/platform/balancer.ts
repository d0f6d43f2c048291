/** The balancer before a controller: its address, and what binds it to its Service. */
import type * as k8s from "@pulumi/kubernetes";
import type { Address } from "@pulumi/gcp/compute/address.js";
import { NodeBalancer } from "@pulumi/linode/nodeBalancer.js";
import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";

import { keptAs } from "../base/kept.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { Cluster } from "./cluster.ts";
import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import type { DnsTarget } from "./dns-records.ts";
import { makeReservedAddress, reservedBalancerAnnotations } from "./google-address.ts";
import { balancerAddressName } from "./google-names.ts";
import type { GoogleTerms } from "./google.schema.ts";
import type { LoadBalancerExposure } from "./ingress.schema.ts";
import { linodeLabel } from "./linode-label.ts";

type Balanced = z.infer<typeof LoadBalancerExposure>;

interface Account {
  readonly provider: pulumi.ProviderResource;
  /** What happens to a balancer, and so to its address, when it goes. Default protect. */
  readonly data?: DataPolicy;
}

/** Where balancers are made at Linode. */
export interface LinodeCloud extends Account {
  readonly kind: "linode";
  /** Linode's region of the cluster: its nodes are the backends. */
  readonly region: string;
  /** Name of the stack: balancers of several in one account are told apart by it. */
  readonly stack: string;
}

/** Where their addresses are reserved at Google, whose clusters make them by themselves. */
export interface GoogleCloud extends Account {
  readonly kind: "google";
  readonly google: GoogleTerms;
}

/** Where balancers are made. */
export type BalancerCloud = LinodeCloud | GoogleCloud;

/** Where the balancers of a stack are made, where its cluster is at a cloud that is known here. */
export function balancerCloud(
  stack: string,
  config: ClusterConfig,
  cluster: Pick<Cluster, "linode" | "google" | "data">,
): BalancerCloud | undefined {
  const { linode } = config;
  const google = googleOf(config);
  if (google !== undefined && cluster.google !== undefined) {
    return { kind: "google", google, provider: cluster.google, data: cluster.data };
  }
  return linode === undefined || cluster.linode === undefined
    ? undefined
    : {
        ...{ kind: "linode", stack, region: linode.region },
        provider: cluster.linode,
        data: cluster.data,
      };
}

/** A balancer, as its Service and the hosts' records need it. */
export interface MadeBalancer {
  /** Address, where it is known without asking the Service. */
  readonly ip: pulumi.Output<string> | undefined;
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * What there is before the Service of a controller: a NodeBalancer at Linode, a reserved address at Google;
 * elsewhere the cloud gives the Service what it gives.
 */
export function makeBalancer(
  name: string,
  exposure: Balanced,
  cloud: BalancerCloud | undefined,
  parent: pulumi.Resource,
): MadeBalancer {
  if (cloud?.kind === "google") {
    const address = makeBalancerAddress(name, exposure.google, cloud, parent);
    return { ip: address.address, annotations: reservedBalancerAnnotations(address.name) };
  }
  const made =
    exposure.linode === undefined
      ? undefined
      : makeNodeBalancer(name, exposure.linode, cloud, parent);
  return { ip: made?.ipv4, annotations: balancerAnnotations(exposure, made?.id) };
}

const makeBalancerAddress = (
  name: string,
  { address, data }: NonNullable<Balanced["google"]> = {},
  cloud: GoogleCloud,
  parent: pulumi.Resource,
): Address =>
  makeReservedAddress(
    name,
    {
      google: cloud.google,
      called: address ?? balancerAddressName(cloud.google.name, name),
      data: data ?? cloud.data,
    },
    { parent, provider: cloud.provider },
  );

/**
 * A NodeBalancer for the Service of a controller, protected as the stack's data: DNS leads to its address.
 *
 * Its ports, backends, tags, throttle and firewall are the cloud controller's, which writes them from the
 * Service and its annotations; declared here as well, both sides would flip them for ever
 * (facts/clouds-linode-cloudflare-docker.md 2.5).
 *
 * @throws Error where the cluster has no region, which {@link balancerFaults} tells before.
 */
function makeNodeBalancer(
  name: string,
  linode: NonNullable<Balanced["linode"]>,
  cloud: LinodeCloud | undefined,
  parent: pulumi.Resource,
): NodeBalancer {
  if (cloud === undefined) {
    throw new Error(`ingress controller ${name}: fleet:cluster.linode.region is missing`);
  }
  const { region, stack, provider, data } = cloud;
  return new NodeBalancer(
    `${name}-nodebalancer`,
    { label: linode.label ?? linodeLabel(stack, name), region },
    {
      parent,
      provider,
      ...keptAs(linode.data ?? data),
      ignoreChanges: ["tags", "clientConnThrottle", "firewallId"],
    },
  );
}

const linodePrefix = "service.beta.kubernetes.io/linode-loadbalancer-";

/**
 * Annotations of the Service. Values are strings: a bare number or boolean is refused by the API.
 *
 * Source: facts/clouds-linode-cloudflare-docker.md 2.4.
 *
 * @param id The NodeBalancer's.
 */
function balancerAnnotations(
  { linode, proxyProtocol }: Balanced,
  id: pulumi.Input<string> | undefined,
): Record<string, pulumi.Input<string>> {
  if (linode === undefined || id === undefined) {
    return {};
  }
  const { throttle, firewallId } = linode;
  const terms = {
    // Without it the cloud controller makes a balancer of its own, beside this one.
    "nodebalancer-id": id,
    // Otherwise it is deleted together with the Service, behind its owner's back.
    preserve: "true",
    "default-protocol": "tcp",
    "default-proxy-protocol": proxyProtocol?.version ?? "none",
    throttle: `${throttle}`,
    tags: "fleet",
    // With an address in its status, nodes short-cut pods that dial a public name straight to the
    // controller, and without the PROXY header it expects they are refused (facts/skywire.md 6.4).
    "hostname-only-ingress": "true",
    ...(firewallId === undefined ? {} : { "firewall-id": `${firewallId}` }),
  };
  return Object.fromEntries(
    Object.entries(terms).map(([term, value]) => [`${linodePrefix}${term}`, value]),
  );
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
