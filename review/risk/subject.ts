/** A change as the rules see it. */
import type { RawDifference } from "../differences.ts";
import type { Identity, Operation, Replacement } from "../model.ts";
import { kindWord } from "../identity.ts";
import type { Change } from "../operations.ts";
import { namespaceOf, type Surroundings } from "../surroundings.ts";
import { type JsonObject, textAt } from "../values.ts";

/** One change, with what a rule asks of it. */
export interface Subject {
  readonly change: Change;
  readonly resource: Identity;
  /** Properties that differ. */
  readonly differences: readonly RawDifference[];
  readonly replacement: Replacement | undefined;
  /** Inputs before; empty for what is made. */
  readonly before: JsonObject;
  /** Inputs after; empty for what goes. */
  readonly after: JsonObject;
  /** The stack's other resources. */
  readonly around: Surroundings;
}

/** What a rule says: why a change has its risk, or undefined where it has not. */
export type See = (subject: Subject) => string | undefined;

/** A rule of one risk. */
export interface Rule {
  readonly name: string;
  /** Kubernetes kinds that it is about. Default: whatever there is. */
  readonly kinds?: readonly string[];
  /** Types that it is about; whether a provider makes what is of it. Default: whatever there is. */
  readonly isFor?: (type: string, isCustom: boolean) => boolean;
  /** What must happen to them. Default: whatever does, but that they are read. */
  readonly on?: readonly Operation[];
  readonly see: See;
}

/** Whether it is of one of the Kubernetes kinds. */
export const isKind = ({ change }: Subject, ...kinds: readonly string[]): boolean =>
  isOfKind(change.type, kinds);

/** Whether what is of a type is of one of the Kubernetes kinds. */
export const isOfKind = (type: string, kinds: readonly string[]): boolean =>
  kinds.includes(kindWord(type)) && type.startsWith("kubernetes:");

/** What is there goes, to come back anew or not. */
export const going: readonly Operation[] = ["delete", "replace"];

/** It stays and changes, in place or by another in its place. */
export const differing: readonly Operation[] = ["update", "replace"];

/** Whether what is there goes, to come back anew or not. */
export function goes({ change }: Subject): boolean {
  return going.includes(change.operation);
}

/** `is deleted` or `is replaced`. */
export function goesWord({ change }: Subject): string {
  return change.operation === "replace" ? "is replaced" : "is deleted";
}

/** Whether it stays and changes, in place or by another in its place. */
export function differs({ change }: Subject): boolean {
  return differing.includes(change.operation);
}

/** Whether what takes its place in a cluster has another name, or is in another namespace. */
export const isRenamed = ({ after, before, change }: Subject): boolean =>
  change.operation === "replace" &&
  (textAt(before, "metadata", "name") !== textAt(after, "metadata", "name") ||
    namespaceOf(before) !== namespaceOf(after));

/** The differences at paths that match. */
export function at(subject: Subject, paths: RegExp): readonly RawDifference[] {
  return subject.differences.filter(({ text }) => paths.test(text));
}

/** Whether any property at such a path differs. */
export function touches(subject: Subject, paths: RegExp): boolean {
  if (!differs(subject)) {
    return false;
  }
  for (let place = 0; place < subject.differences.length; place += 1) {
    if (paths.test(subject.differences[place]?.text ?? "")) {
      return true;
    }
  }
  return false;
}
