/** A rendered stack as the rules see it. */
import { clusterNodes } from "../../components/platform/cluster.schema.ts";
import { networkOf } from "../../policy/graph/networks.ts";
import { isChart } from "../../policy/kubernetes.ts";
import type { Provider, Resource, Stack } from "../../policy/resource.ts";
import type { AllConfigs, AnyStack, Rendered } from "../rendered.ts";
import { chartResources } from "./chart-resources.ts";

/** The provider that a registration names: `urn:…::pulumi:providers:kubernetes::cluster::id`. */
function providerOf(reference: string): Provider | undefined {
  const [, , type, name] = reference.split("::");
  return type === undefined || name === undefined
    ? undefined
    : { type: type.split("$").at(-1) ?? type, name };
}

/** What the engine is to name has the name that the mocks give it, by which others mean it. */
function named(name: string, inputs: Resource["properties"]): Resource["properties"] {
  const metadata = inputs["metadata"] as object | undefined;
  return metadata === undefined
    ? inputs
    : { ...inputs, metadata: { name: `${name}-auto`, ...metadata } };
}

/**
 * Resources of a rendered stack, secrets in the clear.
 *
 * @param stack Name to judge it under: the mocks' URNs have none of their own.
 */
export function stackOf(
  stack: string,
  { collected, options, secrets, config }: Rendered<AllConfigs[AnyStack]>,
): Stack {
  const made = new Map(collected.resources.map((one) => [`${one.type} ${one.name}`, one]));
  const resources = options.map(
    ({ urn, type, name, parent, custom, protect, retainOnDelete, ignoreChanges }): Resource => {
      const { inputs, provider } = made.get(`${type} ${name}`) ?? { inputs: {}, provider: "" };
      return {
        urn,
        type,
        name,
        properties: named(name, inputs),
        parent,
        provider: custom ? providerOf(provider) : undefined,
        protect,
        retainOnDelete,
        ignoreChanges,
      };
    },
  );
  const cluster = "cluster" in config ? config.cluster : undefined;
  // What runs nowhere has no nodes, which is not the same as some that nobody knows.
  const nodes = config.system === "spacemesh-discovery" ? [] : cluster && clusterNodes(cluster);
  const charted = resources.filter(({ type }) => isChart(type)).flatMap(chartResources);
  return {
    ...{ name: stack, resources: [...resources, ...charted], secrets, nodes },
    network: networkOf(cluster),
  };
}
