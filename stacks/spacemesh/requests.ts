/** Every workload of a Spacemesh stack with its place in the file and what it asks of the nodes. Pure. */
import { addressKeeperRequests } from "../../components/platform/address-keeper-plan.ts";
import { googleOf } from "../../components/platform/cluster.schema.ts";
import { networkRequests } from "../../components/spacemesh/requests.ts";
import { webRequests } from "../../components/spacemesh/web-shape.ts";
import { observabilityWorkloads } from "../../components/observability/shape.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { controllerRequests } from "../../components/platform/controller-shape.ts";
import { slotPool } from "../../components/platform/slots.ts";
import type { SpacemeshStack } from "./schema.ts";
import { membersOf } from "./shape.ts";

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

const addressKeepers = ({ cluster }: SpacemeshStack): StackWorkload[] =>
  addressKeeperRequests(cluster).map((request) => ({
    path: ["cluster", "addressKeeper"],
    namespace: googleOf(cluster)?.addressKeeper.namespace ?? "",
    request,
  }));

const programs = (stack: SpacemeshStack): StackWorkload[] =>
  networkRequests(stack, membersOf(stack), stack.watch).map((one) => ({
    ...one,
    namespace: stack.namespaces.network,
  }));

const webServices = ({ webServices: web, namespaces }: SpacemeshStack): StackWorkload[] =>
  web === undefined
    ? []
    : webRequests(web).map((one) => ({ ...one, namespace: namespaces.webServices }));

/** Every workload; alike members count as one, of many pods. Of a network that was taken away, what watches. */
export const stackWorkloads = (stack: SpacemeshStack): StackWorkload[] => [
  ...(stack.only === undefined
    ? [...addressKeepers(stack), ...programs(stack), ...webServices(stack)]
    : []),
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
