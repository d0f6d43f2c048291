/** What each rule of availability lets pass, and what it objects to: policy/rules/availability.ts. */
import type { Resource } from "../../../policy/resource.ts";
import { type Change, changed, deployment, spreadOver } from "../resources.ts";
import type { Cases } from "./case.ts";
import { budget } from "./things.ts";

const hostname = "kubernetes.io/hostname";

/** A Deployment whose pods no constraint spreads. */
const unspread = (podSpec: Change): Resource =>
  deployment({ topologySpreadConstraints: undefined, ...podSpec });

/** A term of an anti-affinity: by default one that keeps the pods of the Deployment apart. */
const awayFrom = (change: Change = {}): Change => ({
  labelSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
  topologyKey: hostname,
  ...change,
});

const apartBy = (strength: "required" | "preferred", ...terms: readonly Change[]): Resource =>
  unspread({
    affinity: {
      podAntiAffinity: {
        [`${strength}DuringSchedulingIgnoredDuringExecution`]:
          strength === "required"
            ? terms
            : terms.map((podAffinityTerm) => ({ weight: 1, podAffinityTerm })),
      },
    },
  });

const budgeted = [deployment(), budget({ maxUnavailable: 1 })];

/** Cases by the rule's name. */
export const availabilityCases: Readonly<Record<string, Cases>> = {
  "evictions-possible": {
    pass: {
      "one may go": [budget({ maxUnavailable: 1 })],
      "some must stay": [budget({ minAvailable: 1 })],
    },
    fail: {
      "none may go": [[budget({ maxUnavailable: 0 })], "maxUnavailable is 0"],
      "none may go, in per cent": [[budget({ maxUnavailable: "0%" })], "maxUnavailable is 0%"],
      "all must stay": [[budget({ minAvailable: "100%" })], "minAvailable is 100%"],
      "how many may go is not said": [[budget({})], "neither minAvailable nor maxUnavailable"],
      "an ill pod may not go": [
        [budget({ maxUnavailable: 1, unhealthyPodEvictionPolicy: undefined })],
        "a pod that is ill holds its node",
      ],
    },
  },
  "one-budget-each": {
    pass: {
      "a budget": budgeted,
      "a budget of all pods of its namespace": [
        deployment(),
        budget({ maxUnavailable: 1, selector: { matchLabels: undefined } }),
      ],
    },
    fail: {
      "no budget": [[deployment()], "has 0 budgets"],
      "two budgets": [[...budgeted, budget({ maxUnavailable: 2 })], "has 2 budgets"],
      "a budget of another namespace": [
        [deployment({}, { metadata: { namespace: "other" } }), budget({ maxUnavailable: 1 })],
        "has 0 budgets",
      ],
      "a budget of other pods": [
        [
          deployment(),
          budget({ selector: { matchLabels: { "app.kubernetes.io/name": "store" } } }),
        ],
        "has 0 budgets",
      ],
      "a budget without a selector, which is of none": [
        [deployment(), budget({ maxUnavailable: 1, selector: undefined })],
        "has 0 budgets",
      ],
    },
  },
  spread: {
    pass: {
      "spread over hosts": [deployment()],
      "a single pod": [
        deployment({ topologySpreadConstraints: undefined }, { spec: { replicas: 1 } }),
      ],
      "kept apart": [apartBy("required", awayFrom())],
      "rather kept apart": [apartBy("preferred", awayFrom())],
      "apart by a port of their node": [
        unspread({
          containers: [
            { name: "web", image: "x", resources: {}, ports: [{ containerPort: 1, hostPort: 1 }] },
          ],
        }),
      ],
    },
    fail: {
      "nothing spreads": [
        [deployment({ topologySpreadConstraints: undefined })],
        "has 2 pods and nothing spreads them",
      ],
      "spread over zones alone": [
        [
          deployment({
            topologySpreadConstraints: [spreadOver("topology.kubernetes.io/zone")],
          }),
        ],
        "nothing spreads them",
      ],
      "a spread of other pods, or of none": [
        [
          deployment({
            topologySpreadConstraints: [
              changed(spreadOver(hostname), { labelSelector: { matchLabels: { a: "b" } } }),
              changed(spreadOver(hostname), { labelSelector: undefined }),
            ],
          }),
        ],
        "nothing spreads them",
      ],
      "kept apart from nothing": [
        [unspread({ affinity: { podAntiAffinity: {} } })],
        "nothing spreads them",
      ],
      "rather not in the zone of others, and not on the node of other pods": [
        [
          apartBy(
            "preferred",
            awayFrom({ topologyKey: "topology.kubernetes.io/zone" }),
            awayFrom({ labelSelector: { matchLabels: { "app.kubernetes.io/name": "b" } } }),
          ),
        ],
        "nothing spreads them",
      ],
    },
  },
};
