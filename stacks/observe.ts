/** What watches a system, made beside it. */
import {
  makeObservability,
  type ObservabilityArgs,
  type PageBackends,
} from "../components/observability/observability.ts";
import type { StackContext } from "./context.ts";
import type { Ground } from "./ground.ts";

/** Sections of the file that say what watches, and where it stands. */
export type ObservedSections = Pick<ObservabilityArgs, "ingress" | "cluster"> & {
  readonly observability: ObservabilityArgs["config"];
};

/**
 * Makes it, and gives its pages.
 *
 * @param what The system, and namespaces whose pods are counted.
 */
export const observe = (
  { observability, ingress, cluster }: ObservedSections,
  { stack, secrets }: StackContext,
  { common, opts }: Ground,
  what: Pick<ObservabilityArgs, "watched" | "counted">,
): PageBackends =>
  makeObservability(
    { config: observability, ...{ stack, secrets }, ...common, ...{ ingress, cluster }, ...what },
    opts,
  );
