/** Names by which pods dial. */
import { describe, expect, test } from "vitest";

import { networkOf } from "../../../policy/graph/networks.ts";
import { found } from "./found.ts";
import { onNetwork, town, townObjects } from "./town.ts";

describe("names", () => {
  const without = {
    eyesPolicy: {
      ...townObjects()["eyesPolicy"],
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "eyes" } },
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                namespaceSelector: {
                  matchLabels: { "kubernetes.io/metadata.name": "kube-system" },
                },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
              },
            ],
          },
        ],
      },
    },
  };
  test.each([
    ["gke", true],
    ["lke", false],
    ["kubeconfig", true],
  ] as const)("are asked of a cache on each node of a cluster of kind %s: %s", (kind, isAsked) => {
    const stack = onNetwork(town(without), networkOf({ kind }));
    expect(found("calls-allowed", stack).includes("eyes: may not look up names")).toBe(isAsked);
  });
});
