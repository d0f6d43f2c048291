/** What cert-manager's own chart makes, as it is. */
import type { Exception } from "./exception.ts";
import { fxa, pushtech } from "./stacks.ts";

export const certManagerExceptions: readonly Exception[] = [
  {
    rule: "rbac-cluster-power",
    stacks: [...pushtech, ...fxa],
    resources: ["ClusterRole cert-manager:cert-manager-*"],
    reason:
      "cert-manager's own chart: it keeps certificates as Secrets of every namespace, and runs helpers there that prove hosts",
  },
  {
    rule: "probes",
    stacks: [...pushtech, ...fxa],
    resources: [
      "Deployment cert-manager:cert-manager/cert-manager",
      "Deployment cert-manager:cert-manager/cert-manager-cainjector",
    ],
    reason: "cert-manager's own chart, which has none for what nobody calls",
  },
  {
    rule: "one-budget-each",
    stacks: [...pushtech, ...fxa],
    resources: ["Deployment cert-manager:cert-manager/cert-manager*"],
    reason: "cert-manager's own chart: each is one pod, and nothing waits for it but renewals",
  },
];
