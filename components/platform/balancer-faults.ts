/** Rules of the balancers before controllers. Pure, and without the engine's SDK. */
import { balancedBy, controllerPorts } from "./balancer-ports.ts";
import { type ClusterConfig, googleOf } from "./cluster.schema.ts";
import type { PlatformFault } from "./fault.ts";
import { balancerAddressName, slotAddressName } from "./google-names.ts";
import { classOf, type IngressConfig } from "./ingress.schema.ts";
import { clusterSlots, slotPool } from "./slots.ts";

/** Workloads of a stack that dial its own public hosts from inside the cluster. */
export interface Visits {
  readonly by: readonly string[];
  readonly hosts: readonly string[];
}

/** Controllers that would be reached otherwise than the cluster's cloud can. */
export function balancerFaults(
  ingress: IngressConfig,
  cluster: ClusterConfig,
  visits: Visits = { by: [], hosts: [] },
): PlatformFault[] {
  const google = googleOf(cluster);
  return google === undefined
    ? [
        ...regionFaults(ingress, cluster),
        ...strangeFaults(ingress, "google", "fleet:cluster.google"),
        ...shortCutFaults(ingress, visits),
      ]
    : [
        ...strangeFaults(ingress, "linode", "a cluster at Linode, and this one is at Google"),
        ...headerFaults(ingress),
        ...madeSlotFaults(ingress, cluster),
        ...addressNameFaults(ingress, cluster, google.name),
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

/**
 * Pods that dial a balancer's address are led to the controller by their own node, past the balancer and without its
 * header. Traefik takes a call with or without it, nginx refuses one without. Linode's balancers are told to hide
 * their address from the nodes; of all others the address stands in the Service, as records need it
 * (facts/clouds-linode-cloudflare-docker.md 2.3).
 */
const shortCutFaults = (ingress: IngressConfig, { by, hosts }: Visits): PlatformFault[] =>
  balancedBy(ingress.controllers).flatMap(([name, { proxyProtocol, linode }]) => {
    if (
      ingress.controllers[name]?.kind !== "nginx" ||
      proxyProtocol === undefined ||
      linode !== undefined
    ) {
      return [];
    }
    const visitors = [
      ...(hosts.some((host) => classOf(ingress, host) === name) ? by : []),
      // It asks each host over HTTP before the authority does.
      ...(ingress.tls.kind === "own-issuer" ? ["cert-manager"] : []),
    ];
    return visitors.length === 0
      ? []
      : [
          {
            path: exposurePath(name, "proxyProtocol"),
            message: `must not be there: ${visitors.join(", ")} dial public hosts from inside the cluster, past the balancer, and nginx refuses a call without its header; make the controller a traefik, which takes both, or at Linode give its exposure linode: {}`,
          },
        ];
  });

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

/**
 * Balancers whose address has the name of another one, or of a slot's: it is unique in a region, and the second of two
 * is refused in the middle of an update (facts/clouds-gke-ingress-tls.md 2.1).
 *
 * @param called Name of the cluster at Google, which names begin with that the file does not say.
 */
function addressNameFaults(
  { controllers }: IngressConfig,
  cluster: ClusterConfig,
  called: string,
): PlatformFault[] {
  const owners = new Map<string, string>(
    clusterSlots(cluster).flatMap(({ slot, pool, address }) =>
      address.kind === "reserved" && address.assignedBy === "kubeip"
        ? [[slotAddressName(called, slot, address), `cluster.pools.${pool}.slots.${slot}`] as const]
        : [],
    ),
  );
  return balancedBy(controllers).flatMap(([name, { google }]) => {
    const address = google?.address ?? balancerAddressName(called, name);
    const owner = owners.get(address);
    owners.set(address, owner ?? `ingress.controllers.${name}`);
    return owner === undefined
      ? []
      : [
          {
            path: exposurePath(name, "google", "address"),
            message: `must be another name than ${address}: the address of fleet:${owner} has it, and a region has each once`,
          },
        ];
  });
}

/** Two balancers with fixed node ports whose names give them the same. */
export function samePortFaults({ controllers }: IngressConfig): PlatformFault[] {
  const owners = new Map<number, string>();
  return balancedBy(controllers).flatMap(([name]) => {
    const { web } = controllerPorts(name);
    const owner = owners.get(web);
    owners.set(web, owner ?? name);
    return owner === undefined
      ? []
      : [
          {
            path: ["ingress", "controllers", name],
            message: `must have another name: this one gives its balancer the node ports of ${owner}'s`,
          },
        ];
  });
}
