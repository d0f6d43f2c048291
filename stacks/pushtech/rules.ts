/**
 * Rules across the fields of a PushTech stack: what each field alone cannot know.
 *
 * Each rule is a pure function from the config to faults; each fault says where, what was expected,
 * and how to mend it.
 */
import { observabilityFaults } from "../../components/observability/faults.ts";
import { isUnsized } from "../../components/platform/auto-size.ts";
import { balancerFaults } from "../../components/platform/balancer-faults.ts";
import { capacityFaults } from "../../components/platform/capacity.ts";
import { controllerSlots } from "../../components/platform/controller-shape.ts";
import { zoneFaults } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { certificateFaults } from "../../components/platform/ingress.schema.ts";
import { nodeKeeperFaults } from "../../components/platform/node-keeper-plan.ts";
import { plannedOnControllers, recordFaults } from "../../components/platform/record-faults.ts";
import { ownRegistryFaults } from "../../components/platform/registry-faults.ts";
import { slotFaults } from "../../components/platform/slots.ts";
import { issuerFaults, repeated } from "../rules.ts";
import { publicHosts, recordHosts } from "./hosts.ts";
import { placeableWorkloads, stackWorkloads } from "./requests.ts";
import type { PushtechStack } from "./schema.ts";
import { namespacesOf } from "./shape.ts";
import { storeFaults } from "./store-rules.ts";
import { watchedStack } from "./watched.ts";

type Rule = (stack: PushtechStack) => PlatformFault[];

const regionFaults: Rule = ({ cluster, ingress }) => balancerFaults(ingress, cluster);

/** Nothing here is dialled by a node's address: what keeps those would be accepted and never done. */
const keptNodeFaults: Rule = ({ cluster }) => [
  ...(cluster.linode?.nodeKeeper === undefined
    ? []
    : [
        {
          path: ["cluster", "linode", "nodeKeeper"],
          message: "must not be there: PushTech publishes nothing that needs it",
        },
      ]),
  ...nodeKeeperFaults(cluster),
];

/** Slots that do not exist, and addresses that go with their machine under what is dialled by them. */
const pinnedFaults: Rule = (stack) =>
  slotFaults(stack.cluster, [
    ...controllerSlots(stack.ingress, ["ingress"]),
    ...stackWorkloads(stack).flatMap(({ path, request: { placement } }) =>
      path[0] === "ingress" || placement.slot === undefined
        ? []
        : [{ path: [...path, "placement", "slot"], slot: placement.slot, publishes: false }],
    ),
  ]);

/** One domain, one fault: a dozen hosts follow from it. */
function once(faults: readonly PlatformFault[]): PlatformFault[] {
  const domain = faults.filter(({ path }) => path[0] === "domain");
  return [...domain.slice(0, 1), ...faults.filter(({ path }) => path[0] !== "domain")];
}

/** Every public name lies in a zone that somebody keeps, leads to one thing, and is on the certificate. */
const hostFaults: Rule = (stack) => {
  const { cluster, dns, ingress } = stack;
  const hosts = publicHosts(stack);
  const known = hosts.map(({ host }) => host);
  return [
    ...once(zoneFaults(hosts, dns)),
    ...once(recordFaults(plannedOnControllers(recordHosts(stack), ingress, cluster), dns)),
    ...once(certificateFaults(hosts, ingress)),
    ...repeated(
      hosts.map(({ path, host }) => [path, host] as const),
      (host, first) => `host ${host} already stands at ${first}: give each its own`,
    ),
    ...Object.keys(ingress.hosts)
      .filter((host) => !known.includes(host))
      .map((host) => ({
        path: ["ingress", "hosts", host],
        message: `must be a host of this stack: ${[...known].sort().join(", ")}`,
      })),
  ];
};

/** What is said of images beside a registry of the stack's own. */
const registryFaults: Rule = ownRegistryFaults;

/** Workloads of one namespace need different names. */
const workloadNameFaults: Rule = (stack) =>
  repeated(
    stackWorkloads(stack).map(
      ({ path, namespace, request }) => [path, `${namespace}/${request.workload}`] as const,
    ),
    (name, first) => `workload ${name} already stands at ${first}: give each its own name`,
  );

/** Each namespace has a Pod Security level of its own. */
const namespaceFaults: Rule = (stack) =>
  repeated(
    namespacesOf(stack).map(({ path, name }) => [path, name] as const),
    (name, first) =>
      `namespace ${name} already stands at ${first}: their pods may do different things`,
  );

/** Requests beyond what the pools offer. */
const roomFaults: Rule = (stack) => {
  // Why it could not be computed is told by sizePools.
  if (isUnsized(stack.cluster)) {
    return [];
  }
  const workloads = placeableWorkloads(stack);
  const requests = workloads.map(({ request }) => request);
  return capacityFaults(stack.cluster, requests).map(({ workload, request, message }) => ({
    path: workloads.find((one) => one.request === request)?.path ?? ["cluster", "pools"],
    message: `${workload} ${message}`,
  }));
};

/** What watches, and what of the stack it names. */
const watchFaults: Rule = (stack) => observabilityFaults(stack.observability, watchedStack(stack));

const rules: readonly Rule[] = [
  regionFaults,
  keptNodeFaults,
  pinnedFaults,
  hostFaults,
  issuerFaults,
  registryFaults,
  storeFaults,
  workloadNameFaults,
  namespaceFaults,
  watchFaults,
  roomFaults,
];

/** Every fault across fields. */
export const findFaults = (stack: PushtechStack): PlatformFault[] =>
  rules.flatMap((rule) => rule(stack));
