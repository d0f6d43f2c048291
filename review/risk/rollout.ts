/** Rules of what makes pods anew, or changes what they run with; and of what changes nothing that runs. */
import type { RawDifference } from "../differences.ts";
import { templatePath } from "../kubernetes/pods.ts";
import { readQuantity } from "../kubernetes/quantities.ts";
import { replicaChange, rolls, told } from "./downtime.ts";
import { at, differs, type Rule, touches } from "./subject.ts";

const template = /^spec\.(jobTemplate\.spec\.)?template\b/;

/** {@inheritDoc Rule} */
export const rolloutRules: readonly Rule[] = [
  {
    name: "image-changed",
    see: (subject) =>
      touches(subject, /ontainers\[\d+\]\.image$/)
        ? "its pods are made anew from another image"
        : undefined,
  },
  {
    name: "environment-changed",
    see: (subject) =>
      touches(subject, /ontainers\[\d+\]\.(env|envFrom)\b/)
        ? "its pods are made anew with another environment"
        : undefined,
  },
  {
    name: "resources-changed",
    see: (subject) =>
      touches(subject, /ontainers\[\d+\]\.resources\b/)
        ? "its pods are made anew, and ask for other amounts"
        : undefined,
  },
  {
    name: "template-changed",
    see: (subject) =>
      touches(subject, template) && rolls(subject) ? "its pods are made anew" : undefined,
  },
  {
    name: "replicas-changed",
    see: (subject) => {
      const change = replicaChange(subject);
      return change === undefined
        ? undefined
        : `${Math.abs(change.is - change.was)} ${change.is < change.was ? "fewer" : "more"} pods`;
    },
  },
  {
    name: "workload-new",
    see: ({ change }) =>
      templatePath(change.type) !== undefined && change.operation === "create"
        ? "new pods start"
        : undefined,
  },
  {
    name: "job-run",
    kinds: ["Job"],
    see: (subject) => (subject.change.operation === "replace" ? "the job runs again" : undefined),
  },
  {
    name: "job-deleted",
    kinds: ["Job", "CronJob"],
    see: (subject) => (subject.change.operation === "delete" ? "it no longer runs" : undefined),
  },
  {
    name: "schedule-changed",
    kinds: ["CronJob"],
    see: (subject) => (touches(subject, /^spec\./) ? "when or how it runs" : undefined),
  },
  {
    name: "config-changed",
    kinds: ["ConfigMap"],
    see: (subject) =>
      touches(subject, /^(data|binaryData)\b/)
        ? "what pods read from it; each sees it when it starts next, and mounted files sooner"
        : undefined,
  },
  {
    name: "budget-changed",
    kinds: ["PodDisruptionBudget", "HorizontalPodAutoscaler", "PriorityClass"],
    see: (subject) =>
      !differs(subject) || touches(subject, /^(spec|value)\b/)
        ? "how many pods are kept"
        : undefined,
  },
  {
    name: "storage-grown",
    kinds: ["PersistentVolumeClaim"],
    see: (subject) =>
      differs(subject) && at(subject, /storage$/).some(isMore) ? "the volume grows" : undefined,
  },
  {
    name: "specification-changed",
    see: (subject) =>
      differs(subject) &&
      touches(subject, /^(?!metadata\.(labels|annotations)\b)/) &&
      !isText(subject.change.type) &&
      !isComponent(subject.change.type)
        ? `what it is: ${told(subject, /^(?!metadata\.(labels|annotations)\b)/).slice(0, 200)}`
        : undefined,
  },
  {
    name: "object-deleted",
    see: ({ change }) =>
      change.operation === "delete" && !isComponent(change.type)
        ? "it is no longer there"
        : undefined,
  },
  {
    name: "object-replaced",
    see: ({ change }) =>
      change.operation === "replace" ? "another one takes its place" : undefined,
  },
  {
    name: "object-forgotten",
    see: ({ change }) =>
      change.operation === "forget" ? "it stays, and this stack no longer knows it" : undefined,
  },
  {
    name: "unexplained",
    see: ({ change, differences }) =>
      change.operation === "update" && differences.length === 0 && !isComponent(change.type)
        ? "the engine says that it changes and not what"
        : undefined,
  },
];

function isMore({ before, after }: RawDifference): boolean {
  const [was, is] = [readQuantity(before), readQuantity(after)];
  return was !== undefined && is !== undefined && is > was;
}

/** Types that are pure structure of the program. */
export function isComponent(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || !/^(pulumi:providers:|[^:]+:[^:]*\/)/.test(type);
}

/** Types whose content pods or people read, with rules of their own. */
function isText(type: string): boolean {
  return type.endsWith(":ConfigMap") || type.endsWith(":Secret");
}

/** {@inheritDoc Rule} */
export const cosmeticRules: readonly Rule[] = [
  {
    name: "labels-only",
    see: (subject) =>
      touches(subject, /^metadata\.(labels|annotations)\b/)
        ? "labels and annotations of the object itself"
        : undefined,
  },
  {
    name: "object-new",
    see: ({ change }) => (change.operation === "create" ? "it is new" : undefined),
  },
  {
    name: "taken-over",
    see: ({ change }) =>
      change.operation === "import" || change.operation === "read"
        ? "it is there already, and this stack gets to know it"
        : undefined,
  },
  { name: "structure", see: () => "nothing that runs" },
];
