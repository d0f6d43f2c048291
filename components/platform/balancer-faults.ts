/** Rules of the balancers before controllers. Pure, and without the engine's SDK. */
import type * as z from "zod";

import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import type { PlatformFault } from "./fault.ts";
import type { IngressConfig, LoadBalancerExposure } from "./ingress.schema.ts";
import { slotPool } from "./slots.ts";

type Balanced = z.infer<typeof LoadBalancerExposure>;

/** Controllers that would be reached otherwise than the cluster's cloud can. */
export function balancerFaults(ingress: IngressConfig, cluster: ClusterConfig): PlatformFault[] {
  return googleOf(cluster) === undefined
    ? [
        ...regionFaults(ingress, cluster),
        ...strangeFaults(ingress, "google", "fleet:cluster.google"),
      ]
    : [
        ...strangeFaults(ingress, "linode", "a cluster at Linode, and this one is at Google"),
        ...headerFaults(ingress),
        ...madeSlotFaults(ingress, cluster),
      ];
}

/** Balancers at Linode of a cluster that names no region: they would be made on another continent. */
function regionFaults({ controllers }: IngressConfig, { linode }: ClusterConfig): PlatformFault[] {
  const wanting = balancedBy(controllers)
    .filter(([, { linode: terms }]) => terms !== undefined)
    .map(([name]) => name);
  return linode !== undefined || wanting.length === 0
    ? []
    : [
        {
          path: ["cluster", "linode", "region"],
          message: `must be Linode's name of the cluster's region, e.g. ap-south: the balancer of ${wanting.join(", ")} is made there`,
        },
      ];
}

const balancedBy = (controllers: IngressConfig["controllers"]): [string, Balanced][] =>
  Object.entries(controllers).flatMap(([name, { exposure }]): [string, Balanced][] =>
    exposure.kind === "load-balancer" ? [[name, exposure]] : [],
  );

const exposurePath = (name: string, ...more: string[]): PlatformFault["path"] => [
  ...["ingress", "controllers", name, "exposure"],
  ...more,
];

/** Terms of a cloud in which the cluster is not. */
const strangeFaults = (
  { controllers }: IngressConfig,
  term: "linode" | "google",
  needed: string,
): PlatformFault[] =>
  balancedBy(controllers)
    .filter(([, exposure]) => exposure[term] !== undefined)
    .map(([name]) => ({
      path: exposurePath(name, term),
      message: `must not be there: it is for ${needed}`,
    }));

/** Google's balancers hand packets on as they are. */
const headerFaults = ({ controllers }: IngressConfig): PlatformFault[] =>
  balancedBy(controllers)
    .filter(([, { proxyProtocol }]) => proxyProtocol !== undefined)
    .map(([name]) => ({
      path: exposurePath(name, "proxyProtocol"),
      message:
        "must not be there: Google's balancers put nothing in front of a connection, whose client's address is kept as it is",
    }));

/** Records and the status of Ingresses need an address that the file itself has. */
const madeSlotFaults = ({ controllers }: IngressConfig, cluster: ClusterConfig): PlatformFault[] =>
  Object.entries(controllers).flatMap(([name, { exposure }]) => {
    const address =
      exposure.kind === "host-ports" ? slotPool(cluster, exposure.slot)?.address : undefined;
    return address?.kind === "reserved" && address.assignedBy === "kubeip"
      ? [
          {
            path: exposurePath(name, "kind"),
            message:
              "must be load-balancer: the address of the slot is known only when it is made, and a balancer has one of its own",
          },
        ]
      : [];
  });
