/** What holds data, or an address that others have learnt, does not go by mistake. */
import * as z from "zod";

import { Autoscaler } from "../graph/kinds.ts";
import { namespaceOf } from "../graph/objects.ts";
import { objectOf, podsOf } from "../kubernetes.ts";
import { isProduction } from "../production.ts";
import type { Resource } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";

/** Types of the clouds that hold data, an address or a name. */
const precious =
  /^(linode:index\/(nodeBalancer:NodeBalancer|objectStorageBucket:ObjectStorageBucket|volume:Volume|domain:Domain|lkeCluster:LkeCluster|lkeNodePool:LkeNodePool|reservedIp:ReservedIp|networkingIp:NetworkingIp|database\w*:Database\w*)|gcp:container\/(cluster:Cluster|nodePool:NodePool)|gcp:storage\/bucket:Bucket|gcp:compute\/(address:Address|globalAddress:GlobalAddress|disk:Disk)|gcp:sql\/databaseInstance:DatabaseInstance|cloudflare:index\/zone:Zone)$/;

const isClaim = ({ type }: Resource): boolean => type.endsWith(":PersistentVolumeClaim");

/** Something precious of a production stack that one `up` can take away. */
export const protectedData: StackRule = {
  kind: "stack",
  name: "protected-data",
  level: "mandatory",
  protects:
    "in production a disk, a database, an address or a namespace with data goes in two steps only: a slip in a stack file deletes none",
  check: ({ name, resources }) => {
    if (!isProduction(name)) {
      return [];
    }
    const homes = new Set(resources.flatMap(homeOf));
    return resources
      .filter((resource) => !resource.protect && (isPrecious(resource) || isHome(resource, homes)))
      .map(({ urn }) => ({ urn, message: "is not protected: one update can delete it" }));
  },
};

/** The namespace of what has disks: with it go those of a StatefulSet, too, whatever that says of them. */
function homeOf(resource: Resource): readonly string[] {
  const hasDisks =
    isClaim(resource) || podsOf(resource).some(({ claimTemplates }) => claimTemplates.length > 0);
  const object = hasDisks ? objectOf(resource) : undefined;
  return object === undefined ? [] : [namespaceOf(object)];
}

const isPrecious = (resource: Resource): boolean =>
  precious.test(resource.type) || isClaim(resource);

function isHome(resource: Resource, homes: ReadonlySet<string>): boolean {
  const object = objectOf(resource);
  return object?.kind === "Namespace" && homes.has(object.metadata.name);
}

/** A StatefulSet of a production stack whose disks go with it. */
export const claimsOutlive: ResourceRule = {
  kind: "resource",
  name: "claims-outlive",
  level: "mandatory",
  protects: "the disks that a StatefulSet made itself are protected by no option of the engine",
  check: (resource, stack) =>
    isProduction(stack)
      ? podsOf(resource)
          .filter(({ claimTemplates }) => claimTemplates.length > 0)
          // Without a policy the API server keeps them.
          .flatMap(({ claimTemplates, whenDeleted = "Retain", whenScaled = "Retain" }) => {
            const disks = `deletes its disks (${claimTemplates.join(", ")})`;
            return [
              ...(whenDeleted === "Retain" ? [] : [`${disks} with itself`]),
              ...(whenScaled === "Retain" ? [] : [`${disks} where it has fewer pods`]),
            ];
          })
      : [],
};

/** A thing of a cloud that somebody else made and keeps: the stack knows it, protects it, and sets nothing of it. */
const isKeptAsFound = ({ type, protect, ignoreChanges }: Resource): boolean =>
  protect && ignoreChanges.join() === "*" && !type.startsWith("kubernetes:");

/** Inputs that are a cloud's own, or the API server's, once a thing is made, by its type. */
const writtenByControllers: Readonly<Record<string, readonly string[]>> = {
  // What is said of the cluster's own pool, which is thrown away: of the others each pool says it.
  "gcp:container/cluster:Cluster": ["nodeLocations", "nodeConfig"],
  // With how many nodes a pool begins that then grows by itself: another number would make another pool.
  "gcp:container/nodePool:NodePool": ["initialNodeCount"],
  // Linode's cloud controller owns a balancer that is bound to a Service (facts/clouds-linode… 2.5).
  "linode:index/nodeBalancer:NodeBalancer": ["tags", "clientConnThrottle", "firewallId"],
  // The API server refuses another one: what chance gave a balancer of before stays.
  "kubernetes:core/v1:Service": ["spec.healthCheckNodePort"],
};

/** What the API server lets nobody change: what an immutable ConfigMap was made with stays, and records it. */
const isRecord = ({ type, properties }: Resource, path: string): boolean =>
  type === "kubernetes:core/v1:ConfigMap" && path === "data" && properties["immutable"] === true;

const target = (namespace: string, kind: string, name: string): string =>
  `${namespace} ${kind} ${name}`;

/** What autoscalers of a stack choose the number of pods of. */
function scaledOf(resources: readonly Resource[]): ReadonlySet<string> {
  return new Set(
    resources
      .flatMap((resource) => objectOf(resource) ?? [])
      .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
      .map((object) => {
        const { kind, name } = Autoscaler.parse(object).spec.scaleTargetRef;
        return target(namespaceOf(object), kind, name);
      }),
  );
}

/** Whether the number of a resource's pods is an autoscaler's. */
function isScaled(resource: Resource, scaled: ReadonlySet<string>): boolean {
  const object = objectOf(resource);
  return (
    object !== undefined &&
    scaled.has(target(namespaceOf(object), object.kind, object.metadata.name))
  );
}

/** Where a StatefulSet says what disks it makes at first; what they shall be later is said of the disks themselves. */
const templateTerms = ["resources", "storageClassName"].map(
  (term) => `spec.volumeClaimTemplates[*].spec.${term}`,
);

const Patched = z.looseObject({
  metadata: z.looseObject({ namespace: z.string(), name: z.string() }),
  spec: z.looseObject({ resources: z.looseObject({}) }),
});

/** Claims whose sizes a stack says beside the StatefulSets that make them. */
const sizedOf = (resources: readonly Resource[]): ReadonlySet<string> =>
  new Set(
    resources
      .filter(({ type }) => type.endsWith(":PersistentVolumeClaimPatch"))
      .flatMap(({ properties }) => Patched.safeParse(properties).data ?? [])
      .map(({ metadata: { namespace, name } }) => `${namespace}/${name}`),
  );

/** Whether the size of every disk that a StatefulSet makes is said of the disk itself. */
function isSized(resource: Resource, sized: ReadonlySet<string>): boolean {
  const object = objectOf(resource);
  return podsOf(resource).every(({ claimTemplates, replicas }) =>
    claimTemplates.every((disk) =>
      Array.from({ length: replicas }, (_, pod) => pod).every(
        (pod) =>
          object !== undefined &&
          sized.has(`${namespaceOf(object)}/${disk}-${object.metadata.name}-${pod}`),
      ),
    ),
  );
}

/** Inputs that the engine is told not to look at. */
export const nothingIgnored: StackRule = {
  kind: "stack",
  name: "nothing-ignored",
  level: "mandatory",
  protects:
    "what is ignored is neither shown in a preview nor mended when somebody changed it: whose it is has to be said",
  check: ({ resources }) => {
    const scaled = scaledOf(resources);
    const sized = sizedOf(resources);
    return resources
      .filter((resource) => !isKeptAsFound(resource))
      .flatMap((resource) =>
        resource.ignoreChanges
          .filter(
            (path) =>
              writtenByControllers[resource.type]?.includes(path) !== true &&
              !isRecord(resource, path) &&
              !(path === "spec.replicas" && isScaled(resource, scaled)) &&
              !(templateTerms.includes(path) && isSized(resource, sized)),
          )
          .map((path) => ({
            urn: resource.urn,
            message: `changes of ${path === "*" ? "any input" : path} are ignored`,
          })),
      );
  },
};
