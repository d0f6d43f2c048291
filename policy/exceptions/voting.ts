/** The lecture's voting app. */
import type { Exception } from "./exception.ts";

export const votingExceptions: readonly Exception[] = [
  {
    rule: "probes",
    stacks: ["voting"],
    resources: ["Deployment worker"],
    reason: "a worker that listens nowhere; why stands on it as well (fleet/no-probes)",
  },
  {
    rule: "public-exposure",
    stacks: ["voting"],
    resources: ["Ingress vote-ingress", "Ingress result-ingress"],
    reason: "the lecture's vote is anybody's",
  },
  {
    rule: "ingress-tls",
    stacks: ["voting"],
    resources: ["Ingress vote-ingress", "Ingress result-ingress"],
    reason: "the lecture ends before certificates; its file says tls: none",
  },
];
