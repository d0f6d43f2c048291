/** What a rule finds in a town that is changed. */
import { graphRules } from "../../../policy/graph/rules.ts";
import { type Loose, town, townObjects } from "./town.ts";

/** What a rule says of a stack, a finding a line. */
export const found = (name: string, stack: ReturnType<typeof town>): string =>
  graphRules
    .filter((rule) => rule.name === name)
    .flatMap((rule) => rule.check(stack))
    .map(({ message }) => message)
    .join("\n");

/** An object of the town with other fields in its spec. */
export const specced = (name: string, spec: object): Record<string, Loose> => ({
  [name]: {
    ...townObjects()[name],
    spec: { ...(townObjects()[name]?.["spec"] as object), ...spec },
  },
});
