/** Every resource says which cluster or account it belongs to. */
import { isChart } from "../kubernetes.ts";
import type { ResourceRule } from "../rule.ts";

/** Types that need no provider: the engine's own, and components. */
const without = /^(pulumi|fleet):/;

/** A resource without a provider of its own package. */
export const explicitProvider: ResourceRule = {
  kind: "resource",
  name: "explicit-provider",
  level: "mandatory",
  protects:
    "a resource of a default provider goes to whatever cluster or account the shell points at",
  check: ({ type, provider }) => {
    if (without.test(type) || isChart(type)) {
      return [];
    }
    const wanted = `pulumi:providers:${type.split(":")[0] ?? ""}`;
    if (provider === undefined || provider.name.startsWith("default")) {
      return [`is made by a default provider, not by one that says where: ${wanted}`];
    }
    return provider.type === wanted ? [] : [`is made by ${provider.type}, not by ${wanted}`];
  },
};
