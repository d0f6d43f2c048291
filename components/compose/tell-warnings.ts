/** What a service's words leave out, in the engine's log. */
import * as pulumi from "@pulumi/pulumi";

import { type Warning, writeWarning } from "./warning.ts";

/** Says what a service's words leave out, each once, beside the component in the engine's log. */
export function tellWarnings(
  service: string,
  warnings: readonly Warning[],
  component: pulumi.Resource,
): void {
  for (const text of new Set(warnings.map((warning) => writeWarning(service, warning)))) {
    void pulumi.log.warn(text, component);
  }
}
