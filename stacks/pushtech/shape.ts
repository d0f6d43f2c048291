/** What follows from a PushTech stack's config and several steps need. Pure. */
import type { Flow } from "../../components/base/flows.ts";
import { controllerPeers } from "../../components/platform/controller-shape.ts";
import {
  type GuardedHost,
  guardedHosts,
  tlsAlone,
} from "../../components/platform/guards.schema.ts";
import { classOf } from "../../components/platform/ingress.schema.ts";
import { registryFlows } from "../../components/platform/registry-server-shape.ts";
import { pushtechFlows } from "../../components/pushtech/flows.ts";
import { type StackNamespace, surroundingFlows, surroundingNamespaces } from "../surroundings.ts";
import { systemHosts } from "./hosts.ts";
import type { PushtechStack } from "./schema.ts";
import { storeEnds, storeFlows } from "./store-shape.ts";

/** Every flow of the stack. */
export function flowsOfStack(stack: PushtechStack): Flow[] {
  const { namespace, ingress, registry } = stack;
  const hosts = systemHosts(stack);
  return [
    ...surroundingFlows(stack),
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

/**
 * What is checked before hosts: who may call those of administrators; and all are shown by TLS alone, where there is
 * TLS. People enter passwords there and programs send theirs, and the original's controller sent whoever came
 * without to https, too: it did so for each host with a certificate (nginx-ingress-controller 0.9, `ssl-redirect`).
 */
export function guardsOf(stack: PushtechStack): readonly GuardedHost[] {
  const guarded = guardedHosts(
    stack.adminHosts,
    systemHosts(stack)
      .filter(({ admin }) => admin)
      .map(({ host }) => host),
  );
  const others = systemHosts(stack)
    .filter(({ admin }) => !admin)
    .map(({ host }) => host);
  return stack.ingress.tls.kind === "none"
    ? guarded
    : [...guarded.map((one) => ({ ...one, byTls: true })), ...tlsAlone(others)];
}

/** Namespaces of the system itself. */
const ownNamespaces = ({
  namespace,
  stores: { imageStore, imageNamespace },
  registry,
}: PushtechStack): StackNamespace[] => [
  { part: "services", path: ["namespace"], name: namespace },
  ...(imageStore.kind === "nfs"
    ? [{ part: "images", path: ["stores", "imageNamespace"], name: imageNamespace }]
    : []),
  ...(registry === undefined
    ? []
    : [{ part: "registry", path: ["registry", "namespace"], name: registry.namespace }]),
];

/** Every namespace. */
export const namespacesOf = (stack: PushtechStack): StackNamespace[] => [
  ...(stack.only === undefined ? ownNamespaces(stack) : []),
  ...surroundingNamespaces(stack),
];
