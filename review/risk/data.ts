/** Rules of what loses data, or an address that others have written down. */
import { readQuantity } from "../kubernetes/quantities.ts";
import { replicasOf } from "../kubernetes/pods.ts";
import { sayBoth } from "../say.ts";
import { lookUp, textAt } from "../values.ts";
import { at, differs, goes, goesWord, type Rule, type Subject, touches } from "./subject.ts";

/** Cloud types that hold data: they go with it. */
const stores =
  /[:/](?:\w*(?:Database|Bucket|Volume|Disk|Snapshot|Backup|FileStore|Filestore|Instance|Topic|Dataset|KeyRing|CryptoKey)\w*)$/i;

/** Cloud types that are a cluster, or nodes whose disks are their own. */
const clusters = /:(LkeCluster|LkeNodePool|Cluster|NodePool)$/;

/** Cloud types by which a name is found. */
const names = /:(Domain|DomainRecord|DnsRecord|Record|RecordSet|ManagedZone|Zone|Rdns)$/;

/** Cloud types that are an address. */
const addresses =
  /:(NodeBalancer|Address|GlobalAddress|ForwardingRule|NetworkingIp|ReservedIp\w*|InstanceIp)$/;

const cloudRule = (types: RegExp, what: string): Rule["see"] => {
  return (subject) =>
    goes(subject) && !isKubernetes(subject) && types.test(subject.change.type)
      ? `${what} ${goesWord(subject)}`
      : undefined;
};

function isKubernetes({ change }: Subject): boolean {
  return change.type.startsWith("kubernetes:");
}

/** The first of them that speaks names the risk; all that speak are told. */
export const dataRules: readonly Rule[] = [
  {
    name: "claim-deleted",
    kinds: ["PersistentVolumeClaim"],
    see: (subject) =>
      subject.change.operation === "delete"
        ? "the claim is deleted, and its volume with it unless its class retains it"
        : undefined,
  },
  {
    name: "claim-replaced",
    kinds: ["PersistentVolumeClaim"],
    see: (subject) =>
      subject.change.operation === "replace" ? "the claim is replaced by an empty one" : undefined,
  },
  {
    name: "claim-shrunk",
    kinds: ["PersistentVolumeClaim", "StatefulSet", "PersistentVolume"],
    see: seeShrunk,
  },
  {
    name: "volume-deleted",
    kinds: ["PersistentVolume"],
    see: (subject) => (goes(subject) ? `the volume ${goesWord(subject)}` : undefined),
  },
  {
    name: "volume-not-retained",
    see: (subject) =>
      touches(subject, /^(spec\.persistentVolumeReclaimPolicy|reclaimPolicy)$/) &&
      at(subject, /eclaimPolicy$/).some(({ after }) => after === "Delete")
        ? "from now on the volume is deleted with its claim"
        : undefined,
  },
  {
    name: "stateful-set-deleted",
    kinds: ["StatefulSet"],
    see: (subject) =>
      subject.change.operation === "delete"
        ? "what keeps the pods of these volumes is deleted"
        : undefined,
  },
  {
    name: "stateful-set-replaced",
    kinds: ["StatefulSet"],
    see: (subject) =>
      subject.change.operation === "replace"
        ? "all its pods go at once; those of the new one take up the old claims only under the same names"
        : undefined,
  },
  { name: "claims-of-a-smaller-set", kinds: ["StatefulSet"], see: seeSmallerSet },
  {
    name: "namespace-deleted",
    kinds: ["Namespace"],
    see: (subject) =>
      goes(subject)
        ? `the namespace ${goesWord(subject)}, and all that is in it is deleted, what this stack does not know included`
        : undefined,
  },
  {
    name: "definition-deleted",
    kinds: ["CustomResourceDefinition"],
    see: (subject) =>
      goes(subject)
        ? `the definition ${goesWord(subject)}, and all objects of this kind are deleted with it`
        : undefined,
  },
  {
    name: "protection-lifted",
    see: ({ change }) =>
      change.before?.protect === true && change.after !== undefined && !change.after.protect
        ? "it is no longer protected: from now on an update may delete it"
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
  { name: "store-deleted", see: cloudRule(stores, "what holds data") },
  {
    name: "cluster-deleted",
    see: cloudRule(clusters, "a cluster or its nodes, with what their disks hold,"),
  },
  {
    name: "address-deleted",
    see: cloudRule(addresses, "an address that others may have written down"),
  },
  { name: "record-deleted", see: cloudRule(names, "a name by which others find it") },
  {
    name: "record-changed",
    see: (subject) => {
      if (!differs(subject) || isKubernetes(subject) || !names.test(subject.change.type)) {
        return undefined;
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
];

function seeShrunk(subject: Subject): string | undefined {
  if (!differs(subject)) {
    return undefined;
  }
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
  if (!differs(subject)) {
    return undefined;
  }
  const policy = ["spec", "persistentVolumeClaimRetentionPolicy"];
  const [was, is] = [subject.before, subject.after].map((inputs) =>
    replicasOf(subject.change.type, inputs),
  );
  const deletes = lookUp(subject.after, [...policy, "whenScaled"]) === "Delete";
  return deletes && was !== undefined && is !== undefined && is < was
    ? `the claims of ${was - is} of its pods are deleted with them (whenScaled: Delete)`
    : undefined;
}
