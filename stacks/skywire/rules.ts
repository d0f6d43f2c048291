/**
 * Rules across the fields of a Skywire stack: what each field alone cannot know.
 *
 * Each rule is a pure function from the config to faults; each fault says where, what was expected,
 * and how to mend it.
 */
import { SecretReference } from "../../components/base/secrets.ts";
import { balancerFaults, samePortFaults } from "../../components/platform/balancer-faults.ts";
import {
  balancedBy,
  firstBalancerPort,
  keptForBalancers,
} from "../../components/platform/balancer-ports.ts";
import { observabilityFaults } from "../../components/observability/faults.ts";
import { partNamespaces } from "../../components/observability/shape.ts";
import { controllerSlots } from "../../components/platform/controller-shape.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { classOf } from "../../components/platform/ingress.schema.ts";
import { slotFaults } from "../../components/platform/slots.ts";
import { visitorsOf } from "../../components/skywire/flows.ts";
import { budgetFault } from "../../components/workload/workload.schema.ts";
import { namespaceFaults, repeated, roomFaults } from "../rules.ts";
import { addressFaults } from "./address-rules.ts";
import { daemonFaults, isDaemonStore } from "./daemon-shape.ts";
import { coturnSlots, extraFaults } from "./extras-rules.ts";
import { extraNamespaces } from "./extras-shape.ts";
import { hostFaults } from "./host-rules.ts";
import { nameFaults } from "./name-rules.ts";
import { nodeFaults } from "./published-ports.ts";
import { hostRecordFaults } from "./record-rules.ts";
import { stackWorkloads } from "./requests.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf, hostsOf, shapeOf } from "./shape.ts";
import { storeFaults } from "./store-rules.ts";
import { watchedStack } from "./watched.ts";

/** A fault across fields. */
export type RuleFault = PlatformFault;

type Rule = (stack: SkywireStack) => RuleFault[];

const serverPath = (name: string, field: string): RuleFault["path"] => [
  "services",
  "dmsg-servers",
  "members",
  name,
  field,
];

/** Balancers that would be made in no region, or another one, or that the stack's own pods do not get through. */
const regionFaults: Rule = (stack) =>
  balancerFaults(stack.ingress, stack.cluster, {
    by: visitorsOf(shapeOf(stack)).flatMap((peer) => ("name" in peer ? [peer.name] : [])),
    hosts: Object.values(hostsOf(stack)),
  });

/** Two Services cannot hold one NodePort: the second is refused in the middle of an update. */
const nodePortFaults: Rule = (stack) =>
  repeated(
    [
      [
        ["services", "address-resolver", "udpPort"],
        stack.services["address-resolver"].udpPort,
      ] as const,
      ...dmsgServersOf(stack).map(
        ({ name, nodePort }) => [serverPath(name, "nodePort"), nodePort] as const,
      ),
    ],
    (port, first) => `NodePort ${port} already stands at ${first}: give each its own`,
  );

/** Node ports that are the stack's balancers', and two balancers that would have the same. */
const balancerPortFaults: Rule = ({ ingress, services }) => [
  ...samePortFaults(ingress),
  ...(balancedBy(ingress.controllers).length === 0 ? [] : dmsgServersOf({ services })).flatMap(
    ({ name, nodePort }) =>
      nodePort < firstBalancerPort
        ? []
        : [
            {
              path: serverPath(name, "nodePort"),
              message: `must be below ${firstBalancerPort}: ${keptForBalancers}`,
            },
          ],
  ),
];

/** The list is the truth; the count guards it against a lost entry. */
const countFaults: Rule = (stack) => {
  const { count, members } = stack.services["dmsg-servers"];
  const listed = Object.keys(members).length;
  return count === undefined || count === listed
    ? []
    : [
        {
          path: ["services", "dmsg-servers", "count"],
          message: `must equal the number of members, ${listed}: list the missing dmsg-server or mend the count`,
        },
      ];
};

/** Each dmsg-server is dialled at its node: two on one would fall with one machine (4.10). */
const sharedSlotFaults: Rule = (stack) =>
  repeated(
    dmsgServersOf(stack).map(({ name, slot }) => [serverPath(name, "slot"), slot] as const),
    (slot, first) => `slot ${slot} already carries the dmsg-server of ${first}: give each its own`,
  );

/** Slots that do not exist, and addresses that go with their machine under what is dialled by them. */
const pinnedFaults: Rule = (stack) =>
  slotFaults(stack.cluster, [
    ...controllerSlots(stack.ingress, ["ingress"]),
    {
      path: ["services", "address-resolver", "slot"],
      slot: stack.services["address-resolver"].slot,
      publishes: true,
    },
    ...dmsgServersOf(stack).map(({ name, slot }) => ({
      path: serverPath(name, "slot"),
      slot,
      publishes: true,
    })),
    ...coturnSlots(stack),
    ...stackWorkloads(stack).flatMap(({ path, request: { placement } }) =>
      (path[0] === "stores" ||
        isDaemonStore(path) ||
        path[0] === "observability" ||
        (path[0] === "extras" && path[1] !== "coturn")) &&
      placement.slot !== undefined
        ? [{ path: [...path, "placement", "slot"], slot: placement.slot, publishes: false }]
        : [],
    ),
  ]);

/**
 * Visors dial UDP on the very name they dial HTTP on: both must end at the address-resolver's node.
 * Through a balancer UDP is lost altogether (4.2; 9, points 3 and 4).
 */
const resolverEntryFaults: Rule = (stack) => {
  const { slot } = stack.services["address-resolver"];
  const host = hostsOf(stack)["address-resolver"];
  const name = classOf(stack.ingress, host);
  const exposure = stack.ingress.controllers[name]?.exposure;
  if (exposure === undefined || (exposure.kind === "host-ports" && exposure.slot === slot)) {
    return [];
  }
  const found =
    exposure.kind === "host-ports"
      ? `answers on slot ${exposure.slot}`
      : "stands behind a load balancer, which carries no UDP";
  return [
    {
      path: Object.hasOwn(stack.ingress.hosts, host)
        ? ["ingress", "hosts", host]
        : ["services", "address-resolver", "slot"],
      message: `the address-resolver's host ${host} is served by ${name}, which ${found}: HTTP and UDP need one address, so name a controller with host-ports on slot ${slot} in fleet:ingress.hosts`,
    },
  ];
};

/** Budgets that would block every eviction. */
const budgetFaults: Rule = (stack) =>
  (["dmsg-discovery", "service-discovery"] as const).flatMap((service) => {
    const { replicas, disruption } = stack.services[service];
    // The pod with the key has a budget of its own.
    const fault = budgetFault(Math.max(1, replicas - 1), disruption);
    const which = replicas > 1 ? ` (of ${replicas} replicas, one carries the key)` : "";
    return fault === undefined
      ? []
      : [
          {
            path: ["services", service, "disruption"],
            message: `${fault}${which}; say maxUnavailable: 1`,
          },
        ];
  });

/** One identity, one live process (2.5). */
const sharedKeyFaults: Rule = (stack) => {
  const named: (readonly [RuleFault["path"], string])[] = [];
  const walk = (value: unknown, path: readonly string[]): void => {
    if (value instanceof SecretReference) {
      if (value.kind === "key-pair") {
        named.push([path, value.name]);
      }
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        walk(item, [...path, key]);
      }
    }
  };
  walk(stack.services, ["services"]);
  return repeated(
    named,
    (name, first) => `key ${name} already stands at ${first}: one key, one live process`,
  );
};

/** Each namespace has a Pod Security level of its own. */
const namespaceRule: Rule = ({ namespaces, ingress, cluster, extras, observability }) =>
  namespaceFaults([
    { path: ["namespaces", "services"], name: namespaces.services },
    { path: ["namespaces", "networkMonitor"], name: namespaces.networkMonitor },
    { path: ["ingress", "namespace"], name: ingress.namespace },
    ...(cluster.linode?.nodeKeeper === undefined
      ? []
      : [
          {
            path: ["cluster", "linode", "nodeKeeper", "namespace"],
            name: cluster.linode.nodeKeeper.namespace,
          },
        ]),
    ...extraNamespaces({ extras }).map(([extra, name]) => ({
      path: ["extras", extra, "namespace"],
      name,
    })),
    ...partNamespaces(observability),
  ]);

const capacityRule: Rule = (stack) => roomFaults(stack.cluster, stackWorkloads(stack));

/** What watches, and what of the stack it names. */
const watchFaults: Rule = (stack) => observabilityFaults(stack.observability, watchedStack(stack));

const rules: readonly Rule[] = [
  regionFaults,
  nodeFaults,
  nodePortFaults,
  balancerPortFaults,
  countFaults,
  sharedSlotFaults,
  pinnedFaults,
  addressFaults,
  resolverEntryFaults,
  hostFaults,
  hostRecordFaults,
  budgetFaults,
  sharedKeyFaults,
  nameFaults,
  namespaceRule,
  storeFaults,
  daemonFaults,
  extraFaults,
  watchFaults,
  capacityRule,
];

/** Every fault across fields. */
export const findFaults = (stack: SkywireStack): RuleFault[] =>
  rules.flatMap((rule) => rule(stack));
