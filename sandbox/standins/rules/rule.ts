/** How one type of resource behaves: the terms in which the tables of each cloud are written. */
import type { Fault } from "../check.ts";
import type { PathPattern } from "../diff.ts";
import { isBag, isList, isUnknown } from "../values.ts";
import type { Properties, Value } from "../values.ts";
import { Refusal } from "../world.ts";
import type { CloudObject, Facts, World } from "../world.ts";

/** An object about to be made. */
export interface Draft {
  /** Resource type token. */
  readonly type: string;
  /** The URN it is made for; empty for what is made outside Pulumi. */
  readonly urn: string;
  /** How many objects were made for this URN before. */
  readonly birth: number;
  /** What ids and addresses are derived from. */
  readonly seed: string;
  /** Its inputs, secrets in clear. */
  readonly inputs: Properties;
}

/** An object about to be changed. */
export interface Revision {
  /** What the cloud holds. */
  readonly self: CloudObject;
  /** The inputs it shall have, secrets in clear. */
  readonly inputs: Properties;
  /** The inputs it has, secrets in clear. */
  readonly olds: Properties;
}

/** What the cloud settles when it makes an object. */
export interface Made {
  /** The id, in the form the cloud gives ids. */
  readonly id: string;
  /** What the id is unique in, where that is not the whole cloud. */
  readonly scope?: string;
  /** What it settled besides. */
  readonly facts?: Facts;
}

/** How one type of resource behaves. */
export interface Rule {
  /** Inputs whose change needs a new resource: listed, all but those listed, or as the values have it. */
  readonly replaces:
    | readonly PathPattern[]
    | { readonly allBut: readonly PathPattern[] }
    | ((olds: Properties, news: Properties) => readonly PathPattern[]);
  /** Lists whose order the cloud does not keep. */
  readonly sets?: readonly PathPattern[];
  /** Inputs whose change the provider does not notice, as the values have it. */
  readonly unseen?: (olds: Properties, news: Properties) => readonly PathPattern[];
  /** The property that Pulumi fills with the logical name and a tail where the program gives none. */
  readonly autoName?: AutoName;
  /** Inputs that the provider adds by itself when it checks, as the hash of a build's context. */
  readonly settle?: (inputs: Properties) => Properties;
  /** What the provider refuses before anything is made, previews included. May meet unknown values. */
  readonly check?: (inputs: Properties) => Fault[];
  /** Makes the object: settles its id, or throws a {@link Refusal}. */
  readonly create: (draft: Draft, world: World) => Made;
  /** Changes the object: settles its facts anew, or throws a {@link Refusal}. */
  readonly update?: (revision: Revision, world: World) => Facts;
  /** Judges a deletion: throws a {@link Refusal}, or says that the thing stays. */
  readonly remove?: (self: CloudObject, world: World) => "gone" | "stays";
  /** The outputs: what the cloud says of the object beside its inputs. */
  readonly outputs: (self: CloudObject, world: World) => Properties;
}

/** How a resource is named where the program does not say. */
export interface AutoName {
  /** The property that carries the name. */
  readonly property: string;
  /** Longest name, in characters. */
  readonly maxLength: number;
  /** Whether the logical name is put in lower case first. */
  readonly lowerCase?: boolean;
}

/** What a function is asked. */
export interface Question {
  /** Its arguments, secrets in clear. */
  readonly args: Properties;
  /** The cloud. */
  readonly world: World;
}

/** Answers a function, or throws a {@link Refusal}. */
export type Answer = (question: Question) => Properties;

/** All rules of a cloud. */
export interface Rulebook {
  /** Rules by resource type token. */
  readonly resources: Readonly<Record<string, Rule>>;
  /** Answers by function token. */
  readonly functions: Readonly<Record<string, Answer>>;
  /** Credentials that the provider takes from its environment where the program says none. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What the provider refuses in its own configuration, credentials filled in. */
  readonly config: (config: Properties) => Fault[];
}

/** A text input, or the fallback where it is absent or not known yet. */
export function text(inputs: Properties, name: string, fallback = ""): string {
  const value = inputs[name];
  return typeof value === "string" && !isUnknown(value) ? value : fallback;
}

/** A number input, or the fallback. */
export function number(inputs: Properties, name: string, fallback: number): number {
  const value = inputs[name];
  return typeof value === "number" ? value : fallback;
}

/** A boolean input, or the fallback. */
export function flag(inputs: Properties, name: string, fallback: boolean): boolean {
  const value = inputs[name];
  return typeof value === "boolean" ? value : fallback;
}

/** A list input, empty where it is absent or not known yet. */
export function list(inputs: Properties, name: string): readonly Value[] {
  const value = inputs[name];
  return isList(value) ? value : [];
}

/** The bags of a list input. */
export function bags(inputs: Properties, name: string): Properties[] {
  return list(inputs, name).filter(isBag);
}

/** A nested object input, empty where it is absent or not known yet. */
export function bag(inputs: Properties, name: string): Properties {
  const value = inputs[name];
  return isBag(value) ? value : {};
}

/** Whether an input was given, be it with a value not known yet. */
export function given(inputs: Properties, name: string): boolean {
  return inputs[name] !== undefined && inputs[name] !== null;
}

/** A fault of one path, in a list to spread: empty where the condition holds. */
export function unless(holds: boolean, path: string, reason: string): Fault[] {
  return holds ? [] : [{ path, reason }];
}

/** Faults of a text input that is known and does not match a pattern. */
export function matching(
  inputs: Properties,
  name: string,
  pattern: RegExp,
  reason: string,
): Fault[] {
  const value = inputs[name];
  return typeof value !== "string" || isUnknown(value)
    ? []
    : unless(pattern.test(value), name, reason);
}

/** Faults of a text input that is known and not among the allowed words. */
export function oneOf(
  inputs: Properties,
  name: string,
  allowed: readonly string[],
  path = name,
): Fault[] {
  const value = inputs[name];
  return typeof value !== "string" || isUnknown(value)
    ? []
    : unless(allowed.includes(value), path, `must be one of ${allowed.join(", ")}`);
}

/** Faults of a number input that is known and outside its range. */
export function within(
  inputs: Properties,
  name: string,
  least: number,
  most: number,
  path = name,
): Fault[] {
  const value = inputs[name];
  const fits =
    typeof value !== "number" || (Number.isInteger(value) && value >= least && value <= most);
  return unless(fits, path, `must be a whole number from ${least} to ${most}`);
}

/** Refuses, as an API does, where a condition does not hold. */
export function refuseUnless(holds: boolean, message: string): void {
  if (!holds) throw new Refusal(message);
}

/** A moment in which everything in a sandbox was made: nothing here reads the clock. */
export const epoch = "2026-01-01T00:00:00Z";
