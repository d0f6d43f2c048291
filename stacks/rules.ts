/** What rules across fields of several systems share. */
import { isUnsized } from "../components/platform/auto-size.ts";
import { capacityFaults } from "../components/platform/capacity.ts";
import type { CertificatesConfig } from "../components/platform/cert-manager.schema.ts";
import type { ClusterConfig } from "../components/platform/cluster.schema.ts";
import { controllerSlots } from "../components/platform/controller-shape.ts";
import type { HostUse } from "../components/platform/dns.schema.ts";
import type { PlatformFault } from "../components/platform/fault.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";
import { nodeKeeperFaults } from "../components/platform/node-keeper-plan.ts";
import { slotFaults } from "../components/platform/slots.ts";
import { writePath } from "./faults.ts";
import { placeable, type StackWorkload } from "./requests.ts";

/** Values that stand at more than one path, with the first path that has each. */
export function repeated<Value>(
  entries: readonly (readonly [path: PlatformFault["path"], value: Value])[],
  message: (value: Value, first: string) => string,
): PlatformFault[] {
  const owners = new Map<Value, string>();
  return entries.flatMap(([path, value]) => {
    const owner = owners.get(value);
    if (owner === undefined) {
      owners.set(value, `fleet:${writePath(path)}`);
      return [];
    }
    return [{ path, message: message(value, owner) }];
  });
}

/** Workloads of one namespace need different names. */
export const workloadNameFaults = (workloads: readonly StackWorkload[]): PlatformFault[] =>
  repeated(
    workloads.map(
      ({ path, namespace, request }) => [path, `${namespace}/${request.workload}`] as const,
    ),
    (name, first) => `workload ${name} already stands at ${first}: give each its own name`,
  );

/** Two things behind one host: a controller would serve either. */
export const repeatedHostFaults = (hosts: readonly HostUse[]): PlatformFault[] =>
  repeated(
    hosts.map(({ path, host }) => [path, host] as const),
    (host, first) => `host ${host} already stands at ${first}: give each its own`,
  );

/** A host in the ingress section that nothing of the stack has acts on nothing. */
export function strayHostFaults(
  { hosts }: Pick<IngressConfig, "hosts">,
  known: readonly string[],
): PlatformFault[] {
  const names = [...new Set(known)].sort();
  return Object.keys(hosts)
    .filter((host) => !names.includes(host))
    .map((host) => ({
      path: ["ingress", "hosts", host],
      message: `must be a host of this stack: ${names.join(", ")}`,
    }));
}

/** Namespaces that every cluster comes with, and Google's own besides. */
const isOfCluster = (name: string): boolean =>
  name === "default" || /^(kube|gke-managed|gmp)-/.test(name);

/**
 * Each namespace is made by its stack, and has a Pod Security level of its own. A cluster's own is there already: the
 * update would end half way, and taking the stack away would delete it.
 */
export const namespaceFaults = (
  namespaces: readonly { readonly path: PlatformFault["path"]; readonly name: string }[],
): PlatformFault[] => [
  ...namespaces
    .filter(({ name }) => isOfCluster(name))
    .map(({ path, name }) => ({
      path,
      message: `must be a namespace of the stack's own, which it makes: ${name} is the cluster's`,
    })),
  ...repeated(
    namespaces.map(({ path, name }) => [path, name] as const),
    (name, first) =>
      `namespace ${name} already stands at ${first}: their pods may do different things`,
  ),
];

/** Who orders certificates is said in one place, and described in another. */
export const issuerFaults = ({
  environment,
  ingress,
  certificates,
}: {
  readonly environment: string;
  readonly ingress: Pick<IngressConfig, "tls">;
  readonly certificates?: CertificatesConfig | undefined;
}): PlatformFault[] => {
  const isOwn = ingress.tls.kind === "own-issuer";
  return [
    ...(isOwn && certificates === undefined
      ? [
          {
            path: ["certificates"],
            message:
              "is missing: fleet:ingress.tls says own-issuer; say who issues (issuer) and what keeps the certificates (certManager)",
          },
        ]
      : []),
    ...(!isOwn && certificates !== undefined
      ? [
          {
            path: ["ingress", "tls", "kind"],
            message: `must be own-issuer beside fleet:certificates, which would order nothing (it is ${ingress.tls.kind})`,
          },
        ]
      : []),
    ...(environment === "production" && certificates?.issuer.acme === "staging"
      ? [
          {
            path: ["certificates", "issuer", "acme"],
            message: "must be production: no browser trusts what the authority's staging issues",
          },
        ]
      : []),
  ];
};

/**
 * Of a system that nobody dials by a node's address: what keeps those would be accepted and never done.
 *
 * @param system Its name in a sentence.
 */
export const keptNodeFaults = (cluster: ClusterConfig, system: string): PlatformFault[] => [
  ...(cluster.linode?.nodeKeeper === undefined
    ? []
    : [
        {
          path: ["cluster", "linode", "nodeKeeper"],
          message: `must not be there: ${system} publishes nothing that needs it`,
        },
      ]),
  ...nodeKeeperFaults(cluster),
];

/** Slots that do not exist, and addresses that go with their machine under what is dialled by them. */
export const pinnedFaults = (
  { cluster, ingress }: { readonly cluster: ClusterConfig; readonly ingress: IngressConfig },
  workloads: readonly StackWorkload[],
): PlatformFault[] =>
  slotFaults(cluster, [
    ...controllerSlots(ingress, ["ingress"]),
    ...workloads.flatMap(({ path, request: { placement } }) =>
      path[0] === "ingress" || placement.slot === undefined
        ? []
        : [{ path: [...path, "placement", "slot"], slot: placement.slot, publishes: false }],
    ),
  ]);

/** One domain, one fault: a dozen hosts follow from it. */
export function oncePerDomain(faults: readonly PlatformFault[]): PlatformFault[] {
  const domain = faults.filter(({ path }) => path[0] === "domain");
  return [...domain.slice(0, 1), ...faults.filter(({ path }) => path[0] !== "domain")];
}

/** Requests beyond what the pools offer. */
export function roomFaults(
  cluster: ClusterConfig,
  workloads: readonly StackWorkload[],
): PlatformFault[] {
  // Why it could not be computed is told by sizePools.
  if (isUnsized(cluster)) {
    return [];
  }
  const placed = placeable(cluster, workloads);
  const requests = placed.map(({ request }) => request);
  return capacityFaults(cluster, requests).map(({ workload, request, message }) => ({
    path: placed.find((one) => one.request === request)?.path ?? ["cluster", "pools"],
    message: `${workload} ${message}`,
  }));
}
