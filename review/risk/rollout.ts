/** Rules of what makes pods anew, or changes what they run with; and of what changes nothing that runs. */
import type { RawDifference } from "../differences.ts";
import { isServing, templatePath } from "../kubernetes/pods.ts";
import { readQuantity } from "../kubernetes/quantities.ts";
import { isLessKept } from "../operations.ts";
import { several } from "../say.ts";
import { textAt } from "../values.ts";
import { replicaChange, rolls } from "./downtime.ts";
import { valueRules } from "./keys.ts";
import { at, differing, differs, isKind, type Rule, type Subject, touches } from "./subject.ts";

/** {@inheritDoc Rule} */
export const rolloutRules: readonly Rule[] = [
  {
    name: "image-changed",
    on: differing,
    see: (subject) =>
      touches(subject, /ontainers\[\d+\]\.image$/)
        ? `${start(subject)} from another image`
        : undefined,
  },
  {
    name: "environment-changed",
    on: differing,
    see: (subject) =>
      touches(subject, /ontainers\[\d+\]\.(env|envFrom)\b/)
        ? `${start(subject)} with another environment`
        : undefined,
  },
  {
    name: "resources-changed",
    on: differing,
    see: (subject) =>
      touches(subject, /(ontainers\[\d+\]|template\.spec)\.resources\b/)
        ? `${start(subject)}, and ask for other amounts`
        : undefined,
  },
  {
    name: "template-changed",
    isFor: isServing,
    on: differing,
    see: (subject) => (rolls(subject) ? start(subject) : undefined),
  },
  {
    name: "replicas-changed",
    isFor: isServing,
    on: differing,
    see: (subject) => {
      const change = replicaChange(subject);
      if (change === undefined) {
        return undefined;
      }
      const pods = Math.abs(change.is - change.was);
      return `${pods} ${change.is < change.was ? "fewer" : "more"} ${pods === 1 ? "pod" : "pods"}`;
    },
  },
  {
    name: "workload-new",
    isFor: (type) => templatePath(type) !== undefined,
    on: ["create"],
    see: () => "new pods start",
  },
  {
    name: "job-run",
    kinds: ["Job"],
    on: ["replace"],
    // Without a new one, what goes is what an earlier update had replaced.
    see: ({ change }) => (change.after === undefined ? undefined : "the job runs again"),
  },
  {
    name: "job-deleted",
    kinds: ["Job", "CronJob"],
    on: ["delete"],
    see: () => "it no longer runs",
  },
  {
    name: "schedule-changed",
    kinds: ["CronJob"],
    on: differing,
    see: (subject) => (touches(subject, /^spec\./) ? "when or how it runs" : undefined),
  },
  {
    name: "config-changed",
    kinds: ["ConfigMap"],
    on: differing,
    see: (subject) =>
      touches(subject, /^(data|binaryData)\b/)
        ? "what pods read from it; each sees it when it starts next, and mounted files sooner"
        : undefined,
  },
  ...valueRules,
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
    on: differing,
    see: (subject) => (at(subject, /storage$/).some(isMore) ? "the volume grows" : undefined),
  },
  {
    name: "specification-changed",
    isFor: isMade,
    on: differing,
    see: (subject) => {
      const paths = at(subject, /^(?!metadata\.(labels|annotations)\b)/).map(({ text }) => text);
      return paths.length > 0 ? `what it is: ${several(paths)}` : undefined;
    },
  },
  {
    name: "object-deleted",
    isFor: isMade,
    on: ["delete"],
    see: () => "it is no longer there",
  },
  {
    name: "object-replaced",
    on: ["replace"],
    see: () => "another one takes its place",
  },
  {
    name: "object-forgotten",
    on: ["forget"],
    see: () => "it stays, and this stack no longer knows it",
  },
  {
    name: "unexplained",
    isFor: isMade,
    on: ["update"],
    see: ({ change, differences }) =>
      // What is kept less changes by that: data.ts speaks of it.
      differences.length === 0 && !isLessKept(change)
        ? "the engine says that it changes and not what"
        : undefined,
  },
];

/** Whether a provider makes it: what it does not is structure. */
function isMade(_: string, isCustom: boolean): boolean {
  return isCustom;
}

/** When pods begin that are made from another template. */
function start(subject: Subject): string {
  if (isKind(subject, "CronJob")) {
    return "its next runs start";
  }
  const waits = textAt(subject.after, "spec", "updateStrategy", "type") === "OnDelete";
  return waits && subject.change.operation === "update"
    ? "each of its pods, when somebody deletes it, is made anew"
    : "its pods are made anew";
}

function isMore({ before, after }: RawDifference): boolean {
  const [was, is] = [readQuantity(before), readQuantity(after)];
  return was !== undefined && is !== undefined && is > was;
}

/** {@inheritDoc Rule} */
export const cosmeticRules: readonly Rule[] = [
  {
    name: "labels-only",
    on: differing,
    see: (subject) =>
      touches(subject, /^metadata\.(labels|annotations)\b/)
        ? "labels and annotations of the object itself"
        : undefined,
  },
  {
    name: "object-new",
    on: ["create"],
    see: () => "it is new",
  },
  {
    name: "taken-over",
    on: ["import", "read"],
    see: () => "it is there already, and this stack gets to know it",
  },
  { name: "structure", see: () => "nothing that runs" },
];
