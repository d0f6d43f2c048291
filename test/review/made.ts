/** Changes and previews made by hand, for rules of which no recording speaks. */
import { readEvents } from "../../review/events.ts";
import type { Item, Report } from "../../review/model.ts";
import type { StackPreview } from "../../review/preview.ts";
import type { JsonObject } from "../../review/values.ts";
import { reportOf } from "./recorded.ts";

/** A secret as the engine's events have it. */
export const blinded = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
} as const;

/** A secret of a log that was written with secrets shown. */
export function shown(value: unknown): JsonObject {
  return {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
  };
}

/** A value that only the update will tell. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One resource of a preview. */
export interface Made {
  /** Default: `update`. A list is several steps, in this order. */
  readonly op?: string | readonly string[];
  /** `Deployment` and other kinds are short for their types. */
  readonly type: string;
  /** Whether it is structure of the program alone, as `fleet:` types are. Default: by its type. */
  readonly isComponent?: boolean;
  readonly name?: string;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly outputs?: JsonObject;
  /** Path → kind of difference, as the engine writes it. */
  readonly detail?: Readonly<Record<string, string>>;
  readonly keys?: readonly string[];
  readonly diffs?: readonly string[];
  readonly protect?: readonly [boolean, boolean];
  /** Of both sides, where it is one value. */
  readonly retain?: boolean | readonly [boolean, boolean];
}

const types: Readonly<Record<string, string>> = {
  ConfigMap: "core/v1",
  CronJob: "batch/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
  DaemonSet: "apps/v1",
  Deployment: "apps/v1",
  Ingress: "networking.k8s.io/v1",
  Job: "batch/v1",
  Namespace: "core/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  PersistentVolume: "core/v1",
  PersistentVolumeClaim: "core/v1",
  PodDisruptionBudget: "policy/v1",
  Role: "rbac.authorization.k8s.io/v1",
  Secret: "core/v1",
  Service: "core/v1",
  ServiceAccount: "core/v1",
  StatefulSet: "apps/v1",
  ValidatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
};

/** Type token of a kind, or the type itself. */
export function typeOf(kind: string): string {
  return types[kind] === undefined ? kind : `kubernetes:${types[kind]}:${kind}`;
}

/** URN of a resource of the stack `test`. */
export function urnOf({ type, name = "web" }: Pick<Made, "type" | "name">): string {
  return `urn:pulumi:test::made::${typeOf(type)}::${name}`;
}

/** Lines of an event log that tells of these resources and ends well. */
export function logOf(resources: readonly Made[], more: readonly JsonObject[] = []): string {
  const events: JsonObject[] = resources.flatMap((made) =>
    [made.op ?? "update"].flat().flatMap((op) => stepEvents(made, op)),
  );
  const summary = { durationSeconds: 1, resourceChanges: {}, isPreview: true, result: "succeeded" };
  return [...events, ...more, { summaryEvent: summary }]
    .map((event, at) => `${JSON.stringify({ sequence: at + 1, timestamp: 1, ...event })}\n`)
    .join("");
}

function stepEvents(made: Made, op: string): JsonObject[] {
  const { type, before, after, outputs = {}, detail, keys, diffs, protect, retain } = made;
  const { isComponent = /^(fleet:|pulumi:pulumi:)/.test(type) } = made;
  const urn = urnOf(made);
  const state = (inputs: JsonObject | undefined, at: 0 | 1): JsonObject | null =>
    inputs === undefined
      ? null
      : {
          ...{ type: typeOf(type), urn, id: "id", parent: "", inputs },
          // The engine leaves out what is false.
          ...(isComponent ? {} : { custom: true }),
          outputs: at === 0 ? outputs : {},
          protect: protect?.[at] ?? false,
          retainOnDelete: typeof retain === "object" ? retain[at] : (retain ?? false),
        };
  const isGone = op === "delete" || op === "delete-replaced" || op === "discard";
  const metadata = {
    ...{ op, urn, type: typeOf(type) },
    old: op === "create" ? null : state(before, 0),
    new: isGone ? null : state(after ?? (op === "same" ? before : undefined), 1),
    ...(keys === undefined ? {} : { keys }),
    ...(diffs === undefined ? {} : { diffs }),
    detailedDiff:
      detail === undefined
        ? null
        : Object.fromEntries(
            Object.entries(detail).map(([path, kind]) => [
              path,
              { diffKind: kind, inputDiff: true },
            ]),
          ),
    provider: "",
  };
  return [{ resourcePreEvent: { metadata } }, { resOutputsEvent: { metadata } }];
}

/** A preview of these resources. */
export function previewOf(
  resources: readonly Made[],
  more: readonly JsonObject[] = [],
): StackPreview {
  return readEvents(logOf(resources, more));
}

/** The report of these resources, of one stack. */
export function madeReport(resources: readonly Made[], more: readonly JsonObject[] = []): Report {
  return reportOf([{ stack: "test", preview: previewOf(resources, more) }]);
}

/** What the report says of the first of these resources that changes. */
export function madeItem(made: Made, ...others: readonly Made[]): Item {
  const [stack] = madeReport([made, ...others]).stacks;
  const item = stack?.items.find(({ resource }) => resource.urn === urnOf(made));
  if (item === undefined) {
    throw new Error(`no item of ${urnOf(made)}`);
  }
  return item;
}

/** A workload of one container. */
export function workload(
  spec: JsonObject = {},
  container: JsonObject = {},
  template: JsonObject = {},
): JsonObject {
  return {
    metadata: { name: "web", namespace: "shop" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "shop/web:v1", ...container }], ...template },
      },
      ...spec,
    },
  };
}

/** An object that is no more than its name and what is given. */
export function object(more: JsonObject = {}, name = "web"): JsonObject {
  return { metadata: { name, namespace: "shop" }, ...more };
}

/** A Deployment that gets another version of its image. */
export const image = (name: string, version = 2): Made => ({
  type: "Deployment",
  name,
  before: { ...workload(), ...object({}, name), spec: workload()["spec"] },
  after: { ...object({}, name), spec: workload({}, { image: `shop/web:v${version}` })["spec"] },
  detail: { "spec.template.spec.containers[0].image": "update" },
});

/** A ConfigMap that gets another value of a label, the same one for each. */
export const label = (index: number): Made => ({
  type: "ConfigMap",
  name: `page-${index}`,
  before: {
    metadata: {
      name: `page-${index}`,
      namespace: "shop",
      labels: { "app.kubernetes.io/version": "1" },
    },
  },
  after: {
    metadata: {
      name: `page-${index}`,
      namespace: "shop",
      labels: { "app.kubernetes.io/version": "2" },
    },
  },
  detail: { 'metadata.labels["app.kubernetes.io/version"]': "update" },
});
