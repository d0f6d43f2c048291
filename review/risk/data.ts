/** Rules of what loses data, or an address that others have written down. */
import { isPatch } from "../identity.ts";
import { readQuantity } from "../kubernetes/quantities.ts";
import { replicasOf } from "../kubernetes/pods.ts";
import { sayBoth } from "../say.ts";
import { type JsonObject, lookUp, textAt } from "../values.ts";
import { addressChanged } from "./addresses.ts";
import { mayTellGenesis, seeGenesis } from "./genesis.ts";
import { isZoneFile, lostFrom, zoneTypes } from "./zones.ts";
import {
  at,
  differing,
  goes,
  goesWord,
  going,
  isKind,
  isOfKind,
  type Rule,
  type Subject,
  touches,
} from "./subject.ts";

/** Cloud types that hold data: they go with it. */
const stores =
  /[:/](?:\w*(?:Database|Bucket|Volume|Disk|Snapshot|Backup|FileStore|Filestore|FileSystem|Instance|Topic|Subscription|Dataset|KeyRing|CryptoKey)\w*|Repository|Table)$|secretmanager\/secret(Version)?:/i;

/** Cloud types that are a cluster, or nodes whose disks are their own. */
const clusters = /:(LkeCluster|LkeNodePool|Cluster|NodePool)$/;

/** Cloud types by which a name is found. */
const names = /:(Domain|DomainRecord|DnsRecord|Record|RecordSet|ManagedZone|Zone|Rdns)$/;

/** Cloud types that are an address. */
const addresses =
  /:(NodeBalancer|Address|GlobalAddress|ForwardingRule|NetworkingIp|ReservedIp\w*|InstanceIp)$/;

/** Types outside a cluster that match. */
const cloud =
  (types: RegExp) =>
  (type: string): boolean =>
    types.test(type) && !type.startsWith("kubernetes:");

const cloudRule = (types: RegExp, what: string): Pick<Rule, "isFor" | "on" | "see"> => ({
  isFor: cloud(types),
  on: going,
  see: (subject) => `${what} ${goesWord(subject)}`,
});

/** The first of them that speaks names the risk; all that speak are told. */
export const dataRules: readonly Rule[] = [
  {
    name: "claim-deleted",
    kinds: ["PersistentVolumeClaim"],
    on: ["delete"],
    see: () => "the claim is deleted, and its volume with it unless its class retains it",
  },
  {
    name: "claim-replaced",
    kinds: ["PersistentVolumeClaim"],
    on: ["replace"],
    see: () => "the claim is replaced by an empty one",
  },
  {
    name: "claim-shrunk",
    kinds: ["PersistentVolumeClaim", "StatefulSet", "PersistentVolume"],
    on: differing,
    see: seeShrunk,
  },
  {
    name: "claim-class-changed",
    // Of disks that a StatefulSet made, sizes and class are said by patches of their claims.
    isFor: (type) => isPatch(type) && isOfKind(type, ["PersistentVolumeClaim"]),
    on: differing,
    see: (subject) =>
      // Of a patch that begins or ends nobody knows that it asks for another class than the disk has.
      "spec" in subject.before &&
      "spec" in subject.after &&
      touches(subject, /^spec\.storageClassName$/)
        ? "a disk keeps the class that it was made with: the API server refuses another one"
        : undefined,
  },
  {
    name: "volume-deleted",
    kinds: ["PersistentVolume"],
    on: going,
    see: (subject) => `the volume ${goesWord(subject)}`,
  },
  {
    name: "volume-not-retained",
    on: differing,
    see: seeNotRetained,
  },
  {
    name: "stateful-set-deleted",
    kinds: ["StatefulSet"],
    on: ["delete"],
    see: () => "what keeps the pods of these volumes is deleted",
  },
  {
    name: "stateful-set-replaced",
    kinds: ["StatefulSet"],
    on: ["replace"],
    see: () =>
      "all its pods go at once; those of the new one take up the old claims only under the same names",
  },
  { name: "claims-of-a-smaller-set", kinds: ["StatefulSet"], on: differing, see: seeSmallerSet },
  {
    name: "namespace-deleted",
    kinds: ["Namespace"],
    on: going,
    see: (subject) =>
      `the namespace ${goesWord(subject)}, and all that is in it is deleted, what this stack does not know included`,
  },
  {
    name: "definition-deleted",
    kinds: ["CustomResourceDefinition"],
    on: going,
    see: (subject) =>
      `the definition ${goesWord(subject)}, and all objects of this kind are deleted with it`,
  },
  {
    name: "protection-lifted",
    see: ({ change }) =>
      change.before?.protect === true && change.after !== undefined && !change.after.protect
        ? "it is no longer protected: from now on an update may delete it"
        : undefined,
  },
  {
    name: "retention-lifted",
    see: ({ change }) =>
      change.before?.retainOnDelete === true &&
      change.after !== undefined &&
      !change.after.retainOnDelete
        ? "it is no longer kept in the world: from now on an update that removes it deletes it"
        : undefined,
  },
  {
    name: "address-lost",
    kinds: ["Service"],
    see: (subject) => {
      if (textAt(subject.before, "spec", "type") !== "LoadBalancer") {
        return undefined;
      }
      const stays = textAt(subject.after, "spec", "type") === "LoadBalancer" && !goes(subject);
      return stays ? undefined : "its load balancer goes, and the address with it";
    },
  },
  addressChanged,
  { name: "store-deleted", ...cloudRule(stores, "what holds data") },
  {
    name: "cluster-deleted",
    ...cloudRule(clusters, "a cluster or its nodes, with what their disks hold,"),
  },
  {
    name: "address-deleted",
    ...cloudRule(addresses, "an address that others may have written down"),
  },
  {
    name: "record-deleted",
    isFor: (type) => cloud(names)(type) || zoneTypes.test(type),
    on: going,
    see: (subject) => {
      if (zoneTypes.test(subject.change.type)) {
        return isZoneFile(subject)
          ? `a zone that a name server serves ${goesWord(subject)}`
          : undefined;
      }
      return `a name by which others find it ${goesWord(subject)}`;
    },
  },
  {
    name: "record-changed",
    isFor: (type) => cloud(names)(type) || zoneTypes.test(type),
    on: differing,
    see: (subject) => {
      if (zoneTypes.test(subject.change.type)) {
        return isZoneFile(subject) ? lostFrom(subject) : undefined;
      }
      const told = at(
        subject,
        /^(name|target|value|content|data|rrdatas|recordType|type|domain|domainId|zoneId|managedZone)\b/,
      );
      return told.length > 0
        ? `${told.map(({ text }) => text).join(", ")} of a name by which others find it`
        : undefined;
    },
  },
  { name: "genesis-changed", isFor: mayTellGenesis, on: differing, see: seeGenesis },
];

/** Whether what kept disks lets them go from now on; nothing goes at once. */
function seeNotRetained(subject: Subject): string | undefined {
  if (!isKind(subject, "StatefulSet")) {
    return at(subject, /^(spec\.persistentVolumeReclaimPolicy|reclaimPolicy)$/).some(
      ({ after }) => after === "Delete",
    )
      ? "from now on the volume is deleted with its claim"
      : undefined;
  }
  const lost = claimEnds.filter(
    ([when]) => endOf(subject.after, when) === "Delete" && endOf(subject.before, when) !== "Delete",
  );
  return lost.length > 0
    ? `from now on its claims are deleted ${lost.map(([, word]) => word).join(", and ")}`
    : undefined;
}

/** What of a StatefulSet's policy lets its claims go, and with what. */
const claimEnds = [
  ["whenDeleted", "with it"],
  ["whenScaled", "with the pods that it no longer keeps"],
] as const;

const endOf = (inputs: JsonObject, when: string): unknown =>
  lookUp(inputs, ["spec", "persistentVolumeClaimRetentionPolicy", when]);

function seeShrunk(subject: Subject): string | undefined {
  const shrunk = at(subject, /(resources\.requests|capacity)\.storage$/).find(
    ({ before, after }) => {
      const [was, is] = [readQuantity(before), readQuantity(after)];
      return was !== undefined && is !== undefined && is < was;
    },
  );
  return shrunk === undefined
    ? undefined
    : `storage ${sayBoth(shrunk.before, shrunk.after).join(" -> ")}: a volume cannot be made smaller, so the API server refuses it or it is made anew`;
}

function seeSmallerSet(subject: Subject): string | undefined {
  const [was, is] = [subject.before, subject.after].map((inputs) =>
    replicasOf(subject.change.type, inputs),
  );
  const deletes = endOf(subject.after, "whenScaled") === "Delete";
  return deletes && was !== undefined && is !== undefined && is < was
    ? `the claims of ${was - is} of its pods are deleted with them (whenScaled: Delete)`
    : undefined;
}
