/** A rendered stack as the rules see it. */
import type { Provider, Resource, Stack } from "../../policy/resource.ts";
import type { Rendered } from "../rendered.ts";

/** The provider that a registration names: `urn:…::pulumi:providers:kubernetes::cluster::id`. */
function providerOf(reference: string): Provider | undefined {
  const [, , type, name] = reference.split("::");
  return type === undefined || name === undefined
    ? undefined
    : { type: type.split("$").at(-1) ?? type, name };
}

/**
 * Resources of a rendered stack, secrets in the clear.
 *
 * @param stack Name to judge it under: the mocks' URNs have none of their own.
 */
export function stackOf(stack: string, { collected, options, secrets }: Rendered): Stack {
  const made = new Map(collected.resources.map((one) => [`${one.type} ${one.name}`, one]));
  const resources = options.map(
    ({ urn, type, name, parent, custom, protect, retainOnDelete, ignoreChanges }): Resource => {
      const { inputs, provider } = made.get(`${type} ${name}`) ?? { inputs: {}, provider: "" };
      return {
        urn,
        type,
        name,
        properties: inputs,
        parent,
        provider: custom ? providerOf(provider) : undefined,
        protect,
        retainOnDelete,
        ignoreChanges,
      };
    },
  );
  return { name: stack, resources, secrets };
}
