/** What the pods of all built-in stores have in common. Pure. */
import type { Placement } from "../workload/workload.schema.ts";
import type { ServiceSpec, WorkloadArgs } from "../workload/types.ts";
import type { Disk } from "./storage.schema.ts";
import { dataVolume } from "./storage.ts";
import { type StoreSurroundings, storeSurrounded } from "./surroundings.ts";

/** Names of a store's objects, where others know them by older ones than the component's. */
export interface StoreNames {
  /** Name that programs dial. Default: the component's. */
  readonly service?: string;
  /** Name of the disk's claim. Default: `<component>-data`. */
  readonly claim?: string;
}

/** What each store says of itself. */
export interface StorePod extends Pick<
  WorkloadArgs,
  | "container"
  | "initContainers"
  | "security"
  | "files"
  | "secretFiles"
  | "scratch"
  | "terminationGraceSeconds"
  | "update"
> {
  /** Names of the container's ports that programs dial. */
  readonly ports: readonly string[];
  /** Address of the Service, where it has to be known beforehand. Default: the cluster's choice. */
  readonly clusterIp?: string;
  /** Pods, each with a disk of its own. Default: one pod, whose disk is a claim of a fixed name. */
  readonly members?: number;
  /**
   * What keeps its one pod. Default: a StatefulSet. A Deployment, which stops the pod before its successor starts, is
   * for a store that operators know as one.
   */
  readonly controller?: "Deployment" | "StatefulSet" | undefined;
  /** Services beside the one that programs dial. */
  readonly services?: readonly ServiceSpec[];
}

/** What each store's config says of its pods. */
interface StorePods {
  readonly storage: Disk;
  readonly placement?: Placement | undefined;
}

/** Host name under which programs dial a store. */
export const storeHost = (name: string, namespaceName: string, names: StoreNames = {}): string =>
  `${names.service ?? name}.${namespaceName}.svc`;

/**
 * A store's pods in a Workload's words: a StatefulSet, or a Deployment that never starts a pod before its predecessor
 * is told to stop either, with the volume `data`.
 */
export function storeWorkload(
  name: string,
  args: StoreSurroundings & { readonly names?: StoreNames | undefined },
  { storage, placement }: StorePods,
  {
    ports,
    clusterIp,
    members,
    controller = "StatefulSet",
    services = [],
    scratch = [],
    ...pod
  }: StorePod,
): WorkloadArgs {
  const { names = {} } = args;
  const volume = dataVolume("data", storage, {
    claimName: names.claim,
    perPod: members !== undefined,
  });
  const dialled: ServiceSpec = {
    ...(names.service === undefined ? {} : { name: names.service }),
    ports: ports.map((port) => ({ name: port })),
    ...(clusterIp === undefined ? {} : { clusterIp }),
  };
  return {
    kind: controller,
    ...storeSurrounded(name, args),
    data: args.data,
    ...(placement === undefined ? {} : { placement }),
    ...pod,
    ...(controller === "Deployment"
      ? { update: { ...pod.update, strategy: "Recreate" }, awaitExchange: true }
      : {}),
    ...(members === undefined ? {} : { replicas: members }),
    claims: volume.claims,
    scratch: [...scratch, ...volume.scratch],
    services: [dialled, ...services],
  };
}
