/** Objects of Kubernetes that exist and that a stack would make: what can be taken, and how. Pure. */
import { createHash } from "node:crypto";

import * as z from "zod";

import { claimFault, diskFault } from "./claims.ts";
import type { Decision, ImportedState } from "./decision.ts";
import { passedOn } from "./managers.ts";
import { withoutOpenValues } from "./open-values.ts";
import { ownerFault, ownerNote } from "./owners.ts";
import { holdsUnknown, type Planned, withoutUnknown } from "./preview.ts";
import { type Comparison, isWithin } from "./within.ts";

const Metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  deletionTimestamp: z.string().optional(),
});

/** An object as the API server gives it. */
export const LiveObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: Metadata,
});
/** {@inheritDoc LiveObject} */
export type LiveObject = z.infer<typeof LiveObject>;

/** Of which kind an object is wanted, and under which name. */
export interface WantedObject {
  readonly planned: Planned;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

const Wanted = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().optional(), namespace: z.string().optional() }),
});

/**
 * Objects that a stack would make under a name of its own choice: those that the engine names are new in any case, and
 * what it only sets of an object (`…Patch`) is somebody else's.
 */
export function wantedObjects(creates: readonly Planned[]): readonly WantedObject[] {
  return creates.flatMap((planned) => {
    const inputs = Wanted.safeParse(planned.inputs).data;
    const { name, namespace } = inputs?.metadata ?? {};
    return !planned.type.startsWith("kubernetes:") ||
      planned.type.endsWith("Patch") ||
      inputs === undefined ||
      name === undefined ||
      holdsUnknown(name) ||
      isAutoNamed(planned.inputs)
      ? []
      : [{ planned, apiVersion: inputs.apiVersion, kind: inputs.kind, namespace, name }];
  });
}

/** The provider marks what it named itself: another run would name it otherwise. */
function isAutoNamed(inputs: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(inputs).includes('"pulumi.com/autonamed":"true"');
}

/** Words for an object. */
export function describe({
  kind,
  namespace,
  name,
}: Pick<WantedObject, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

const valueAt = (object: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined,
    object,
  );

/** Every entry of a list or of an object made into another one. */
function each(all: unknown, make: (value: unknown, at: string) => unknown): unknown {
  if (Array.isArray(all)) {
    return all.map((value, at) => make(value, String(at)));
  }
  return typeof all === "object" && all !== null
    ? Object.fromEntries(Object.entries(all).map(([key, value]) => [key, make(value, key)]))
    : all;
}

/** What the program says, with what there is in the place of its values. */
function asLive(says: unknown, live: unknown): unknown {
  return typeof says === "object" && says !== null && !Array.isArray(says)
    ? Object.fromEntries(
        Object.entries(says).map(([key, value]) => [key, asLive(value, valueAt(live, key))]),
      )
    : (live ?? says);
}

/**
 * A wish without what the engine ignores of it: that stays what the state says (pulumi/pulumi, processIgnoreChanges), so
 * that another value there would be sent with the next change of anything else, and be refused where it can never change.
 */
function withIgnored(planned: Planned, live: LiveObject): Planned {
  const laid = (says: unknown, is: unknown, [key, ...rest]: readonly string[]): unknown => {
    if (key === undefined) {
      return asLive(says, is);
    }
    if (key === "*") {
      return each(says, (value, at) => laid(value, valueAt(is, at), rest));
    }
    const value = valueAt(says, key);
    return value === undefined
      ? says
      : { ...(says as object), [key]: laid(value, valueAt(is, key), rest) };
  };
  const inputs = planned.ignored.reduce<unknown>(
    (says, path) => laid(says, live, path.replaceAll("[*]", ".*").split(".")),
    planned.inputs,
  );
  return { ...planned, inputs: inputs as Planned["inputs"] };
}

/** What becomes of an object that exists. */
export function decideObject(asked: WantedObject, live: LiveObject): Decision {
  const wanted = { ...asked, planned: withIgnored(asked.planned, live) };
  const { planned, kind, namespace, name } = wanted;
  const decision = (verdict: Decision["verdict"], why: string): Decision => ({
    verdict,
    what: describe(wanted),
    why: `${why}${ownerNote(live)}`,
    planned,
    id: namespace === undefined ? name : `${namespace}/${name}`,
    state: stateOf(planned, live),
  });
  if (live.metadata.deletionTimestamp !== undefined) {
    return decision("in the way", "is going away: wait until it is gone, and look again");
  }
  const fault =
    ownerFault(planned, live, managerOf(planned)) ??
    (kind === "PersistentVolumeClaim" ? claimFault(planned.inputs, live) : undefined) ??
    (kind === "Service" ? headlessFault(planned.inputs, live) : undefined) ??
    (isRunning(kind) ? diskFault(planned.inputs, live) : undefined);
  if (fault !== undefined) {
    return decision("in the way", fault);
  }
  const fixed = fixedFields(kind).find((path) => differs(planned.inputs, live, path));
  if (fixed === undefined) {
    return { ...decision("adopted", changes(planned, live)), prepare: preparations(wanted, live) };
  }
  const field = fixed.join(".");
  switch (kind) {
    case "Secret":
      return decision("replaced", "its content is not looked at: the stack's comes in its place");
    case "PersistentVolumeClaim":
      return decision(
        "in the way",
        `its ${field} is ${short(valueAt(live, ...fixed))}, the stack says ${short(valueAt(planned.inputs, ...fixed))}: replacing it would lose its data. Say in the stack file what there is`,
      );
    case "Deployment": {
      if (isNeverDoubled(planned.inputs)) {
        return decision(
          "replaced",
          `its ${field} differs; one key, one process: the old pod stops before the new one starts`,
        );
      }
      const label = contested(planned.inputs, live);
      return label === undefined
        ? decision(
            "side by side",
            `its ${field} differs; its pods go on until the new ones are ready`,
          )
        : decision(
            "replaced",
            `its ${field} knows its pods by another ${label}, and no pod has two: the old ones go before the new ones come`,
          );
    }
    case "StatefulSet":
      // The provider's preview of such a replacement is refused by the API server.
      return decision(
        "handed over",
        `its ${field} differs; its pods go on until the new one takes them over: each stops before its successor starts`,
      );
    default:
      return decision(
        "replaced",
        `its ${field} differs, which cannot be changed: the old one goes first`,
      );
  }
}

/** Whether no two of its pods may run at a time: of a key, a disk or sessions there is one. */
function isNeverDoubled(inputs: unknown): boolean {
  const surge = valueAt(inputs, "spec", "strategy", "rollingUpdate", "maxSurge");
  return (
    valueAt(inputs, "spec", "strategy", "type") === "Recreate" || surge === 0 || surge === "0%"
  );
}

/**
 * The label by which a Deployment's pods cannot be selected by the stack's Service while their own ReplicaSet still
 * knows them: changed, it would let them go and make others in their place. Undefined where there is none.
 */
function contested(inputs: unknown, live: unknown): string | undefined {
  const wanted = valueAt(inputs, "spec", "selector", "matchLabels") ?? {};
  const terms = valueAt(live, "spec", "selector", "matchExpressions") ?? [];
  return Object.entries(wanted).find(([key, value]) => {
    const is = valueAt(live, "spec", "selector", "matchLabels", key);
    return (
      (is !== undefined && is !== value) ||
      (terms as readonly unknown[]).some((term) => valueAt(term, "key") === key)
    );
  })?.[0];
}

/** A Service without an address of its own stays so: the API server fills in what an update leaves out from what there is. */
function headlessFault(inputs: unknown, live: unknown): string | undefined {
  const address = ["spec", "clusterIP"] as const;
  return valueAt(live, ...address) === "None" && valueAt(inputs, ...address) === undefined
    ? "has no address of its own (clusterIP None), the stack's has, and no update gives it one: who dials it would reach the pods, at their ports. Delete it, and the update makes it anew"
    : undefined;
}

/** Patches before an object is adopted. */
function preparations(wanted: WantedObject, live: LiveObject): readonly (readonly string[])[] {
  const { planned, apiVersion, kind, namespace, name } = wanted;
  const managers = passedOn(live, managerOf(planned));
  const patches = [
    ...(needsRecreate(wanted, live)
      ? [{ op: "replace", path: "/spec/strategy", value: { type: "Recreate" } }]
      : []),
    ...(managers === undefined
      ? []
      : [{ op: "replace", path: "/metadata/managedFields", value: managers }]),
  ];
  return patches.map((patch) => [
    ...["patch", kindWord({ apiVersion, kind }), name],
    ...(namespace === undefined ? [] : ["--namespace", namespace]),
    ...["--type=json", "--patch", JSON.stringify([patch])],
  ]);
}

/**
 * An update that makes a Deployment's strategy Recreate is refused while the terms of a rolling one, which the
 * API server fills in, stand beside it; a server-side apply leaves them there. Changed by itself, it moves no pod.
 */
function needsRecreate({ planned, kind }: WantedObject, live: LiveObject): boolean {
  const type = ["spec", "strategy", "type"] as const;
  return (
    kind === "Deployment" &&
    valueAt(planned.inputs, ...type) === "Recreate" &&
    valueAt(live, ...type) !== "Recreate"
  );
}

/** Who applies a resource's fields: the provider keeps the name in its state. */
function managerOf({ urn }: Planned): string {
  return `pulumi-kubernetes-${createHash("sha256").update(urn).digest("hex").slice(0, 8)}`;
}

/** Of a StatefulSet: who says none wants none, as an update without them is refused where there are some. */
const claimTemplates: readonly string[] = ["spec", "volumeClaimTemplates"];

/**
 * Fields that the API server never changes, or that the provider replaces an object for (pulumi-kubernetes,
 * provider/pkg/provider/diff.go).
 */
function fixedFields(kind: string): readonly (readonly string[])[] {
  switch (kind) {
    case "Deployment":
    case "DaemonSet":
      return [["spec", "selector"]];
    case "StatefulSet":
      return [
        ["spec", "selector"],
        ["spec", "serviceName"],
        ["spec", "podManagementPolicy"],
        claimTemplates,
      ];
    case "Job":
      return [["spec", "template"]];
    case "PersistentVolumeClaim":
      return [
        ["spec", "accessModes"],
        ["spec", "storageClassName"],
      ];
    case "Service":
      return [["spec", "clusterIP"]];
    case "ConfigMap":
      // The provider replaces a ConfigMap whose content changes: that is how pods notice.
      return [["data"], ["binaryData"]];
    case "Secret":
      return [["data"], ["stringData"]];
    case "RoleBinding":
    case "ClusterRoleBinding":
      return [["roleRef"]];
    default:
      return [];
  }
}

/** Only what the program says is compared: all else is the API server's, or a default. */
function differs(inputs: unknown, live: unknown, path: readonly string[]): boolean {
  const none = path === claimTemplates ? [] : undefined;
  const [wanted, is] = [inputs, live].map((object) => valueAt(object, ...path) ?? none);
  const last = path.at(-1) ?? "";
  return wanted !== undefined && !isWithin({ [last]: wanted }, { [last]: is }, asObjects);
}

const asObjects: Comparison = {
  isSame: (wanted, live) => wanted === live || holdsUnknown(wanted),
  // Selectors are one value to the API server: a term that the program leaves out goes with an update, or bars it.
  whole: ["selector", "labelSelector", "nodeSelector", "podSelector", "namespaceSelector"],
};

function changes({ inputs }: Planned, live: LiveObject): string {
  const fields = ["metadata", "spec", "data", "rules", "subjects"].filter((field) =>
    differs(inputs, live, [field]),
  );
  return fields.length === 0 ? "as it is" : `the next update changes its ${fields.join(" and ")}`;
}

const short = (value: unknown): string => JSON.stringify(value ?? null);

/**
 * State of an object as the Kubernetes provider keeps it: the live object, and beside it what the
 * program asks for. Its own import takes the whole live object for the program's wish instead, and the
 * next preview would replace a Service for leaving out its cluster address, and a claim its volume.
 * Source: provider/pkg/provider/provider.go (checkpointObject, Diff) of pulumi-kubernetes 4.
 */
function stateOf(planned: Planned, live: LiveObject): ImportedState {
  const { apiVersion, kind, metadata } = planned.inputs;
  const known = withoutUnknown(
    live.kind === "Secret" ? { apiVersion, kind, metadata } : planned.inputs,
  );
  const inputs = known as Readonly<Record<string, unknown>>;
  const state = {
    __inputs: inputs,
    __initialApiVersion: live.apiVersion,
    __fieldManager: managerOf(planned),
  };
  return { inputs, outputs: { ...withoutOpenValues(withoutManagers(live), inputs), ...state } };
}

/** Who owns which field is the API server's to know, and longer than all else. */
function withoutManagers(live: LiveObject): LiveObject {
  return { ...live, metadata: { ...live.metadata, managedFields: undefined } };
}

/** `Kind.version.group`, as kubectl takes it; the core group has an empty name. */
export function kindWord({ apiVersion, kind }: Pick<WantedObject, "apiVersion" | "kind">): string {
  const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  return `${kind}.${version ?? ""}.${group}`;
}

/** Whether it has pods that go on until somebody stops them. */
export const isRunning = (kind: string): boolean =>
  ["Deployment", "StatefulSet", "DaemonSet"].includes(kind);

/** Whether a live object is the one that is wanted. */
export const isOf = ({ kind, namespace, name }: WantedObject, { kind: is, metadata }: LiveObject) =>
  kind === is && metadata.name === name && metadata.namespace === namespace;
