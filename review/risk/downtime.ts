/** Rules of what stops serving for a while. */
import { kindOf } from "../identity.ts";
import { paceOf, share } from "../kubernetes/pace.ts";
import { isServing, replicasOf, templatePath } from "../kubernetes/pods.ts";
import { say, sayBoth } from "../say.ts";
import { lookUp, objectAt, textAt } from "../values.ts";
import { at, differing, differs, isKind, type Rule, type Subject, touches } from "./subject.ts";

/** Kinds through which others are reached. */
const ways = [
  "Service",
  "Ingress",
  "IngressClass",
  "Gateway",
  "HTTPRoute",
  "IngressRoute",
] as const;

/** How many pods it had and has. */
export function replicaChange(
  subject: Subject,
): { readonly was: number; readonly is: number } | undefined {
  const { type } = subject.change;
  if (!differs(subject) || !isServing(type)) {
    return undefined;
  }
  const was = replicasOf(type, subject.before);
  const is = replicasOf(type, subject.after);
  return was !== undefined && is !== undefined && was !== is ? { was, is } : undefined;
}

/** Whether its pods are made anew. */
export function rolls(subject: Subject): boolean {
  const path = templatePath(subject.change.type);
  return (
    path !== undefined &&
    path.length > 0 &&
    isServing(subject.change.type) &&
    (subject.change.operation === "replace" || touches(subject, /^spec\.template\b/))
  );
}

/** {@inheritDoc Rule} */
export const downtimeRules: readonly Rule[] = [
  {
    name: "workload-deleted",
    isFor: isServing,
    on: ["delete"],
    see: () => "its pods stop, and nothing takes their place",
  },
  {
    name: "deleted-before-made",
    on: ["replace"],
    see: (subject) =>
      subject.replacement?.overlap === false && hasService(subject)
        ? "the old one is deleted before the new one is made: nothing serves in between"
        : undefined,
  },
  {
    name: "selector-changed",
    kinds: ["Deployment", "StatefulSet", "DaemonSet", "Service"],
    on: differing,
    see: (subject) =>
      touches(subject, /^spec\.selector\b/)
        ? "other pods are selected than before: those that run are let go"
        : undefined,
  },
  {
    name: "scaled-to-zero",
    isFor: isServing,
    on: differing,
    see: (subject) => {
      const change = replicaChange(subject);
      return change?.is === 0 ? `all ${change.was} pods stop` : undefined;
    },
  },
  {
    name: "single-replica",
    isFor: isServing,
    on: differing,
    see: (subject) => {
      const change = replicaChange(subject);
      return change !== undefined && change.is === 1 && change.was > 1
        ? "one pod is left: whenever it moves, nothing serves"
        : undefined;
    },
  },
  { name: "below-budget", isFor: isServing, on: differing, see: seeBelowBudget },
  {
    name: "all-pods-at-once",
    isFor: isServing,
    on: ["update"],
    see: (subject) => {
      if (!rolls(subject)) {
        return undefined;
      }
      const { type } = subject.change;
      const replicas = replicasOf(type, subject.after);
      const { missing, line } = paceOf(type, subject.after);
      return replicas !== undefined && replicas > 0 && missing === replicas
        ? `it rolls with none left serving (${line})`
        : undefined;
    },
  },
  {
    name: "way-deleted",
    kinds: ways,
    on: ["delete"],
    see: () => "what is reached through it is no longer",
  },
  {
    name: "port-removed",
    kinds: ["Service"],
    on: differing,
    see: (subject) => {
      const ports = (inputs: unknown): ReadonlySet<string> =>
        new Set(listOfPorts(inputs).map((port) => say(lookUp(port, ["port"]))));
      const left = ports(subject.after);
      const removed = [...ports(subject.before)].filter((port) => !left.has(port));
      return removed.length > 0
        ? `nobody answers on port ${removed.join(", ")} any more`
        : undefined;
    },
  },
  {
    name: "config-deleted",
    kinds: ["ConfigMap", "Secret"],
    on: ["delete"],
    see: (subject) => {
      const readers = subject.around.readersOf(subject.resource.kind, subject.before);
      const names = readers.map(
        ({ type, inputs }) => `${kindOf(type) ?? ""} ${textAt(inputs, "metadata", "name") ?? ""}`,
      );
      return readers.length > 0
        ? `pods of ${names.join(", ")} read it and no longer start`
        : undefined;
    },
  },
  {
    name: "nodes-replaced",
    isFor: (type) => /:(LkeNodePool|NodePool)$/.test(type),
    on: ["update"],
    see: ({ differences }) => {
      const told = differences.filter(({ text }) =>
        /^(type|nodeConfig|nodeCount|count)\b/.test(text),
      );
      return told.length > 0
        ? `nodes come or go: ${told.map(({ text, before, after }) => `${text} ${sayBoth(before, after).join(" -> ")}`).join(", ")}`
        : undefined;
    },
  },
];

function listOfPorts(inputs: unknown): readonly unknown[] {
  const ports = objectAt(inputs, "spec")["ports"];
  return Array.isArray(ports) ? ports : [];
}

/** What others notice when it is not there. */
function hasService(subject: Subject): boolean {
  const { change } = subject;
  return (
    isServing(change.type) ||
    isKind(subject, ...ways) ||
    (isKind(subject, "ConfigMap", "Secret") &&
      subject.around.readersOf(subject.resource.kind, subject.before).length > 0) ||
    /:(NodeBalancer\w*|ForwardingRule|DomainRecord|DnsRecord|Record|RecordSet|Service)$/.test(
      change.type,
    )
  );
}

function seeBelowBudget(subject: Subject): string | undefined {
  const change = replicaChange(subject);
  const budget =
    change === undefined ? undefined : subject.around.budgetOf(subject.change.type, subject.after);
  if (change === undefined || budget === undefined || change.is >= change.was) {
    return undefined;
  }
  const least = share(lookUp(budget.inputs, ["spec", "minAvailable"]), change.is, Math.ceil);
  return least !== undefined && change.is < least
    ? `its budget asks for ${least} pods and ${change.is} are left`
    : undefined;
}

/** Differences at paths that match, told. */
export function told(subject: Subject, paths: RegExp): string {
  return at(subject, paths)
    .map(({ text }) => text)
    .join(", ");
}
