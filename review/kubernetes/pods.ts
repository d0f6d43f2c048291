/** Workloads as the API server knows them: where their pods are told, and how many there are. */
import { isPatch, kindOf } from "../identity.ts";
import type { Path } from "../paths.ts";
import {
  isObject,
  isUnknown,
  type JsonObject,
  listAt,
  lookUp,
  numberAt,
  objectAt,
  textAt,
} from "../values.ts";

/** Where a kind keeps the specification of its pods. */
const templates: Readonly<Record<string, Path>> = {
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** Kinds whose pods serve, so that their absence is noticed. */
const serving: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** Path of the pod template of a type; undefined where it makes no pods. A Pod is its own. */
export function templatePath(type: string): Path | undefined {
  const kind = kindOf(type);
  return kind === "Pod" ? [] : templates[kind ?? ""];
}

/** Whether it is a workload that goes on running. */
export function isServing(type: string): boolean {
  return serving.has(kindOf(type) ?? "");
}

/** The specification of the pods that it makes; undefined where it makes none. */
export function podSpec(type: string, inputs: unknown): JsonObject | undefined {
  const path = templatePath(type);
  const spec = path === undefined ? undefined : lookUp(inputs, [...path, "spec"]);
  return isObject(spec) ? spec : undefined;
}

/** Containers by name, those that run before the others included. */
export function containersOf(spec: JsonObject | undefined): ReadonlyMap<string, JsonObject> {
  const lists = [listAt(spec, "initContainers"), listAt(spec, "containers")];
  return new Map(
    lists.flat().flatMap((container) => {
      const name = textAt(container, "name");
      return isObject(container) && name !== undefined ? [[name, container]] : [];
    }),
  );
}

/**
 * Pods of a Job at once: none while it is suspended, and no more than are to come to their end. Undefined where that is
 * not known yet. Source: kubernetes/kubernetes, pkg/controller/job/job_controller.go (manageJob), and its defaults.
 */
function podsOfJob(inputs: unknown): number | undefined {
  const { parallelism = 1, completions = parallelism, suspend } = objectAt(inputs, "spec");
  if (suspend === true) {
    return 0;
  }
  return isUnknown(suspend) || typeof parallelism !== "number" || typeof completions !== "number"
    ? undefined
    : Math.min(parallelism, completions);
}

/**
 * Whether it is a Job that came to its end when its state was written: none of its pods starts any more, whatever else
 * changes of it. Of one that nobody waited for the state does not tell. Source: kubernetes/kubernetes,
 * pkg/controller/job/util/utils.go (IsJobFinished).
 */
export function isEnded(type: string, outputs: unknown): boolean {
  return (
    kindOf(type) === "Job" &&
    listAt(outputs, "status", "conditions").some(
      (condition) =>
        ["Complete", "Failed"].includes(textAt(condition, "type") ?? "") &&
        textAt(condition, "status") === "True",
    )
  );
}

/**
 * How many pods it keeps. Undefined where something else decides: an autoscaler, the number of nodes,
 * a value that is not known yet, the object that is patched.
 */
export function replicasOf(type: string, inputs: unknown): number | undefined {
  const kind = kindOf(type);
  const replicas = lookUp(inputs, ["spec", "replicas"]);
  switch (kind) {
    case "Pod":
      return 1;
    case "Job":
      return podsOfJob(inputs);
    case "DaemonSet":
    case "CronJob":
      return undefined;
    default:
      return replicas === undefined && !isPatch(type) ? 1 : numberAt(inputs, "spec", "replicas");
  }
}

/** A config object that pods read. */
export interface ConfigReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** Where it is read from. */
  readonly by: "volume" | "environment" | "image pull";
}

/** Every ConfigMap and Secret that a pod reads, by name. Names that are not known yet are left out. */
export function configReferences(spec: JsonObject | undefined): readonly ConfigReference[] {
  const found: ConfigReference[] = [];
  const add = (
    kind: ConfigReference["kind"],
    name: string | undefined,
    by: ConfigReference["by"],
  ) => {
    if (name !== undefined) {
      found.push({ kind, name, by });
    }
  };
  for (const volume of listAt(spec, "volumes")) {
    add("ConfigMap", textAt(volume, "configMap", "name"), "volume");
    add("Secret", textAt(volume, "secret", "secretName"), "volume");
    for (const source of listAt(volume, "projected", "sources")) {
      add("ConfigMap", textAt(source, "configMap", "name"), "volume");
      add("Secret", textAt(source, "secret", "name"), "volume");
    }
  }
  for (const container of containersOf(spec).values()) {
    for (const source of listAt(container, "envFrom")) {
      add("ConfigMap", textAt(source, "configMapRef", "name"), "environment");
      add("Secret", textAt(source, "secretRef", "name"), "environment");
    }
    for (const variable of listAt(container, "env")) {
      add("ConfigMap", textAt(variable, "valueFrom", "configMapKeyRef", "name"), "environment");
      add("Secret", textAt(variable, "valueFrom", "secretKeyRef", "name"), "environment");
    }
  }
  for (const secret of listAt(spec, "imagePullSecrets")) {
    add("Secret", textAt(secret, "name"), "image pull");
  }
  return found;
}

/** Labels of the pods that it makes. */
export function podLabels(type: string, inputs: unknown): JsonObject {
  const path = templatePath(type);
  return path === undefined ? {} : objectAt(inputs, ...path, "metadata", "labels");
}

/** Whether a label selector picks these labels; undefined where a part of it is not known. */
export function selects(selector: unknown, labels: JsonObject): boolean | undefined {
  if (!isObject(selector)) {
    return undefined;
  }
  const pairs = Object.entries(objectAt(selector, "matchLabels"));
  const expressions = listAt(selector, "matchExpressions");
  return (
    pairs.every(([key, value]) => labels[key] === value) &&
    expressions.every((expression) => holds(expression, labels))
  );
}

function holds(expression: unknown, labels: JsonObject): boolean {
  const key = textAt(expression, "key") ?? "";
  const value = labels[key];
  const values = listAt(expression, "values");
  switch (textAt(expression, "operator")) {
    case "In":
      return values.includes(value);
    case "NotIn":
      return !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
