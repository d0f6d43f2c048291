/**
 * Rules across the fields of a PushTech stack: what each field alone cannot know.
 *
 * Each rule is a pure function from the config to faults; each fault says where, what was expected,
 * and how to mend it.
 */
import { observabilityFaults } from "../../components/observability/faults.ts";
import { balancerFaults } from "../../components/platform/balancer-faults.ts";
import { zoneFaults } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { certificateFaults } from "../../components/platform/ingress.schema.ts";
import { plannedOnControllers, recordFaults } from "../../components/platform/record-faults.ts";
import { ownRegistryFaults } from "../../components/platform/registry-faults.ts";
import { programNames, programs } from "../../components/pushtech/programs.ts";
import {
  issuerFaults,
  keptNodeFaults,
  namespaceFaults,
  oncePerDomain,
  pinnedFaults,
  repeatedHostFaults,
  roomFaults,
  strayHostFaults,
  workloadNameFaults,
} from "../rules.ts";
import { publicHosts, recordHosts, systemHosts } from "./hosts.ts";
import { stackWorkloads } from "./requests.ts";
import type { PushtechStack } from "./schema.ts";
import { namespacesOf } from "./shape.ts";
import { storeFaults } from "./store-rules.ts";
import { watchedStack } from "./watched.ts";

type Rule = (stack: PushtechStack) => PlatformFault[];

const regionFaults: Rule = (stack) =>
  balancerFaults(stack.ingress, stack.cluster, {
    by: programNames.filter((name) => programs[name].publicHosts === true),
    hosts: stack.only === undefined ? systemHosts(stack).map(({ host }) => host) : [],
  });

const keeperFaults: Rule = ({ cluster }) => keptNodeFaults(cluster, "PushTech");

const slotsFaults: Rule = (stack) => pinnedFaults(stack, stackWorkloads(stack));

/** Every public name lies in a zone that somebody keeps, leads to one thing, and is on the certificate. */
const hostFaults: Rule = (stack) => {
  const { cluster, dns, ingress } = stack;
  const hosts = publicHosts(stack);
  return [
    ...oncePerDomain(zoneFaults(hosts, dns)),
    ...oncePerDomain(recordFaults(plannedOnControllers(recordHosts(stack), ingress, cluster), dns)),
    ...oncePerDomain(certificateFaults(hosts, ingress)),
    ...repeatedHostFaults(hosts),
    ...strayHostFaults(
      ingress,
      hosts.map(({ host }) => host),
    ),
  ];
};

const workloadNameRule: Rule = (stack) => workloadNameFaults(stackWorkloads(stack));

const namespaceRule: Rule = (stack) => namespaceFaults(namespacesOf(stack));

const capacityRule: Rule = (stack) => roomFaults(stack.cluster, stackWorkloads(stack));

/** What watches, and what of the stack it names. */
const watchFaults: Rule = (stack) => observabilityFaults(stack.observability, watchedStack(stack));

const rules: readonly Rule[] = [
  regionFaults,
  keeperFaults,
  slotsFaults,
  hostFaults,
  issuerFaults,
  ownRegistryFaults,
  storeFaults,
  workloadNameRule,
  namespaceRule,
  watchFaults,
  capacityRule,
];

/** Every fault across fields. */
export const findFaults = (stack: PushtechStack): PlatformFault[] =>
  rules.flatMap((rule) => rule(stack));
