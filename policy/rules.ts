/** All rules of the pack, in the order of docs/policy.md. */
import { graphRules } from "./graph/rules.ts";
import type { Rule } from "./rule.ts";
import { accountTokens, clusterWidePower, noWildcards } from "./rules/access.ts";
import { evictionsPossible, oneBudgetEach, spread } from "./rules/availability.ts";
import {
  boundedScratch,
  distinctInPods,
  patientLiveness,
  probed,
  requestsAndLimits,
} from "./rules/containers.ts";
import { imageDigests, imageNames } from "./rules/images.ts";
import { claimsOutlive, nothingIgnored, protectedData } from "./rules/kept.ts";
import { everyPodPoliced, firewallsClosed, ingressTls, publicExposure } from "./rules/network.ts";
import {
  controllersOnly,
  currentApis,
  distinctObjects,
  labels,
  ownNamespace,
} from "./rules/objects.ts";
import { namespaceEnforces, podSecurity } from "./rules/pod-security.ts";
import { explicitProvider } from "./rules/providers.ts";
import { plainSecrets, secretsStayHome } from "./rules/secrets.ts";

/** Every rule. */
export const rules: readonly Rule[] = [
  plainSecrets,
  secretsStayHome,
  explicitProvider,
  imageNames,
  imageDigests,
  requestsAndLimits,
  boundedScratch,
  probed,
  patientLiveness,
  distinctInPods,
  evictionsPossible,
  oneBudgetEach,
  spread,
  podSecurity,
  namespaceEnforces,
  noWildcards,
  clusterWidePower,
  accountTokens,
  everyPodPoliced,
  publicExposure,
  ingressTls,
  firewallsClosed,
  protectedData,
  claimsOutlive,
  nothingIgnored,
  ownNamespace,
  controllersOnly,
  labels,
  currentApis,
  distinctObjects,
  ...graphRules,
];
