/** Every workload of a Spacemesh stack with its place in the file and what it asks of the nodes. Pure. */
import { observabilityWorkloads } from "../../components/observability/shape.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { controllerRequests } from "../../components/platform/controllers.ts";
import { slotPool } from "../../components/platform/slots.ts";
import type { SpacemeshStack } from "./schema.ts";

/** A workload of the stack. */
export interface StackWorkload {
  /** Place in the config that describes it. */
  readonly path: readonly (string | number)[];
  readonly namespace: string;
  readonly request: CapacityRequest;
}

const controllers = ({ ingress }: SpacemeshStack): StackWorkload[] =>
  controllerRequests(ingress).map((request) => ({
    path: ["ingress", "controllers", request.workload],
    namespace: ingress.namespace,
    request,
  }));

/** Every workload. */
export const stackWorkloads = (stack: SpacemeshStack): StackWorkload[] => [
  ...controllers(stack),
  ...observabilityWorkloads(stack.observability, stack.cluster),
];

/** What is asked of the nodes. A slot that does not exist is told by the rules. */
export const placeableRequests = (stack: SpacemeshStack): CapacityRequest[] =>
  stackWorkloads(stack)
    .map(({ request }) => request)
    .filter(
      ({ placement: { slot } }) =>
        slot === undefined || slotPool(stack.cluster, slot) !== undefined,
    );
