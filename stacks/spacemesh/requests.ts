/** Every workload of a Spacemesh stack with its place in the file and what it asks of the nodes. Pure. */
import { addressKeeperRequests } from "../../components/platform/address-keeper-plan.ts";
import { googleOf } from "../../components/platform/cluster.schema.ts";
import { networkRequests } from "../../components/spacemesh/requests.ts";
import { webRequests } from "../../components/spacemesh/web-shape.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { placeable, type StackWorkload } from "../requests.ts";
import { surroundingWorkloads } from "../surroundings.ts";
import type { SpacemeshStack } from "./schema.ts";
import { membersOf } from "./shape.ts";

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
  ...surroundingWorkloads(stack),
];

/** What is asked of the nodes, by those that may find a place. */
export const placeableRequests = (stack: SpacemeshStack): CapacityRequest[] =>
  placeable(stack.cluster, stackWorkloads(stack)).map(({ request }) => request);
