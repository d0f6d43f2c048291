/** What follows from a PushTech stack's config and several steps need. Pure. */
import type { Flow } from "../../components/base/flows.ts";
import { observabilityFlows, partNamespaces } from "../../components/observability/shape.ts";
import { certManagerFlows } from "../../components/platform/cert-manager-shape.ts";
import { controllerPeers } from "../../components/platform/controller-shape.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { type GuardedHost, guardedHosts } from "../../components/platform/guards.schema.ts";
import { classOf } from "../../components/platform/ingress.schema.ts";
import { registryFlows } from "../../components/platform/registry-server-shape.ts";
import { pushtechFlows } from "../../components/pushtech/flows.ts";
import { systemHosts } from "./hosts.ts";
import type { PushtechStack } from "./schema.ts";
import { storeEnds, storeFlows } from "./store-shape.ts";

/** Calls of what is there whatever is deployed: what watches, and who orders certificates. */
export const groundFlows = ({ observability, ingress, certificates }: PushtechStack): Flow[] => [
  ...observabilityFlows(observability, ingress),
  ...(certificates?.certManager.kind === "chart"
    ? certManagerFlows(certificates.certManager, ingress)
    : []),
];

/** Every flow of the stack. */
export function flowsOfStack(stack: PushtechStack): Flow[] {
  const { namespace, ingress, registry } = stack;
  const hosts = systemHosts(stack);
  return [
    ...groundFlows(stack),
    ...(registry === undefined ? [] : registryFlows(registry, ingress)),
    ...storeFlows(stack),
    ...pushtechFlows({
      namespace,
      ingress: controllerPeers(ingress).map((controller) => ({
        ...controller,
        serves: [
          ...new Set(
            hosts
              .filter(({ host }) => classOf(ingress, host) === controller.name)
              .map(({ server }) => server),
          ),
        ],
      })),
      stores: storeEnds(stack),
    }),
  ];
}

/** Hosts that not everybody may call. */
export const guardsOf = (stack: PushtechStack): readonly GuardedHost[] =>
  guardedHosts(
    stack.adminHosts,
    systemHosts(stack)
      .filter(({ admin }) => admin)
      .map(({ host }) => host),
  );

/** A namespace of the stack, and where its file names it. */
interface StackNamespace {
  readonly path: PlatformFault["path"];
  readonly name: string;
  /** What it is called among the stack's outputs. */
  readonly part: string;
}

/** Every namespace. */
export const namespacesOf = ({
  namespace,
  stores: { imageStore, imageNamespace },
  ingress,
  certificates,
  registry,
  observability,
  only,
}: PushtechStack): StackNamespace[] => [
  ...(only === undefined
    ? [
        { part: "services", path: ["namespace"], name: namespace },
        ...(imageStore.kind === "nfs"
          ? [{ part: "images", path: ["stores", "imageNamespace"], name: imageNamespace }]
          : []),
        ...(registry === undefined
          ? []
          : [{ part: "registry", path: ["registry", "namespace"], name: registry.namespace }]),
      ]
    : []),
  { part: "ingress", path: ["ingress", "namespace"], name: ingress.namespace },
  ...(certificates?.certManager.kind === "chart"
    ? [
        {
          part: "certManager",
          path: ["certificates", "certManager", "namespace"],
          name: certificates.certManager.namespace,
        },
      ]
    : []),
  ...partNamespaces(observability),
];
