/**
 * Rules across the fields of a Spacemesh stack: what each field alone cannot know.
 *
 * Each rule is a pure function from the config to faults; each fault says where, what was expected,
 * and how to mend it.
 */
import { observabilityFaults } from "../../components/observability/faults.ts";
import { partNamespaces } from "../../components/observability/shape.ts";
import { keeperNamespaces } from "../../components/platform/address-keeper-plan.ts";
import { balancerFaults } from "../../components/platform/balancer-faults.ts";
import { googleOf } from "../../components/platform/cluster.schema.ts";
import { controllerSlots } from "../../components/platform/controller-shape.ts";
import { zoneFaults } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { certificateFaults, streamFaults } from "../../components/platform/ingress.schema.ts";
import { plannedOnControllers, recordFaults } from "../../components/platform/record-faults.ts";
import { slotFaults } from "../../components/platform/slots.ts";
import { networkNameFaults } from "../../components/spacemesh/names.ts";
import { networkFaults } from "../../components/spacemesh/network-rules.ts";
import { publicPoetFaults } from "../../components/spacemesh/poet-rules.ts";
import { telemetryFaults } from "../../components/spacemesh/telemetry.ts";
import { watchFault } from "../../components/spacemesh/watch-list.ts";
import {
  namespaceFaults,
  repeatedHostFaults,
  roomFaults,
  strayHostFaults,
  workloadNameFaults,
} from "../rules.ts";
import { webFaults } from "../../components/spacemesh/web-rules.ts";
import { balancerPortFaults } from "./balancer-ports.ts";
import { publicHosts, webPagesOf } from "./hosts.ts";
import { stackWorkloads } from "./requests.ts";
import type { SpacemeshStack } from "./schema.ts";
import { membersOf, slotsOf } from "./shape.ts";
import { watchedStack } from "./watched.ts";

type Rule = (stack: SpacemeshStack) => PlatformFault[];

const regionFaults: Rule = ({ cluster, ingress }) => balancerFaults(ingress, cluster);

/** Slots that do not exist, and addresses that go with their machine under what is dialled by them. */
const pinnedFaults: Rule = (stack) =>
  slotFaults(stack.cluster, [
    ...controllerSlots(stack.ingress, ["ingress"]),
    // One slot that will not do is one fault, however many members are on it.
    ...[...new Set(membersOf(stack).map(({ slot }) => slot))].flatMap((slot) =>
      slot === undefined ? [] : [{ path: ["miners", "bootnodes"], slot, publishes: true }],
    ),
    ...stackWorkloads(stack).flatMap(({ path, request: { placement } }) =>
      (path[0] === "observability" || path[0] === "webServices") && placement.slot !== undefined
        ? [{ path: [...path, "placement", "slot"], slot: placement.slot, publishes: false }]
        : [],
    ),
  ]);

/** Members, PoETs, ports and slots among one another. */
const sectionFaults: Rule = (stack) => [
  ...networkFaults(stack, slotsOf(stack)),
  ...networkNameFaults(["network", "name"], stack.network.name),
  ...publicPoetFaults(stack, googleOf(stack.cluster) !== undefined),
  ...balancerPortFaults(stack),
  ...(stack.webServices === undefined ? [] : webFaults(stack.network, stack.webServices)),
];

/** Who parks, parks all; who takes the network away has nothing left to park. */
const onlyFaults: Rule = ({ only, network }) =>
  only !== undefined && network.phase === "parked"
    ? [
        {
          path: ["only"],
          message: "must not stand beside phase: parked, in which nothing runs: say one of both",
        },
      ]
    : [];

/** Every public name lies in a zone that somebody keeps, leads to one thing, and is on the certificate. */
const hostFaults: Rule = (stack) => {
  const { dns, ingress, cluster } = stack;
  const hosts = publicHosts(stack);
  return [
    ...zoneFaults(hosts, dns),
    ...recordFaults(plannedOnControllers(hosts, ingress, cluster), dns),
    ...certificateFaults(hosts, ingress),
    ...streamFaults(
      webPagesOf(stack).flatMap(({ streamSeconds, ...page }) =>
        streamSeconds === undefined ? [] : [{ ...page, streamSeconds }],
      ),
      ingress,
    ),
    ...repeatedHostFaults(hosts),
    // Those that `only` keeps away for a while come back: their entries may stay.
    ...strayHostFaults(
      ingress,
      publicHosts({ ...stack, only: undefined }).map(({ host }) => host),
    ),
  ];
};

const workloadNameRule: Rule = (stack) => workloadNameFaults(stackWorkloads(stack));

/** Each namespace has a Pod Security level of its own. */
const namespaceRule: Rule = ({ namespaces, ingress, observability, cluster }) =>
  namespaceFaults([
    { path: ["namespaces", "network"], name: namespaces.network },
    { path: ["namespaces", "webServices"], name: namespaces.webServices },
    { path: ["ingress", "namespace"], name: ingress.namespace },
    ...keeperNamespaces(cluster),
    ...partNamespaces(observability),
  ]);

/** Who has no slot is told before anybody is placed. */
const capacityRule: Rule = (stack) =>
  networkFaults(stack, slotsOf(stack)).length > 0
    ? []
    : roomFaults(stack.cluster, stackWorkloads(stack));

/** What watches, and what of the stack it names. */
const watchFaults: Rule = (stack) => {
  const listFault = stack.watch === undefined ? undefined : watchFault(membersOf(stack));
  return [
    ...observabilityFaults(stack.observability, watchedStack(stack)),
    ...telemetryFaults(stack.miners.metrics, stack.observability.metrics),
    ...(listFault === undefined ? [] : [{ path: ["watch"], message: listFault }]),
  ];
};

const rules: readonly Rule[] = [
  sectionFaults,
  onlyFaults,
  regionFaults,
  pinnedFaults,
  hostFaults,
  workloadNameRule,
  namespaceRule,
  watchFaults,
  capacityRule,
];

/** Every fault across fields. */
export const findFaults = (stack: SpacemeshStack): PlatformFault[] =>
  rules.flatMap((rule) => rule(stack));
