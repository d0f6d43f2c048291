/** What a service asks for that the Docker provider cannot do. Pure. */
import type { ComposeService } from "./compose.schema.ts";
import { layoutOf } from "./layout.ts";
import { hasOneDecimal } from "./update.ts";
import type { ComposeFault } from "./warning.ts";

/** Every word of a service that cannot be had, at its place. */
export function swarmFaults(service: ComposeService): ComposeFault[] {
  const { deploy, at } = layoutOf(service);
  const faults: ComposeFault[] = [];
  if (deploy.mode === "replicated-job") {
    faults.push({
      path: ["deploy", "mode"],
      message: "must not be replicated-job: the Docker provider knows no jobs",
    });
  }
  for (const block of ["update_config", "rollback_config"] as const) {
    if (!hasOneDecimal(deploy[block]?.max_failure_ratio ?? 0)) {
      faults.push({
        path: at(block, "max_failure_ratio"),
        message: "must have one decimal, e.g. 0.3: the Docker provider keeps no more",
      });
    }
  }
  return faults;
}
