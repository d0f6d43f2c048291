/** Which resource a URN and its inputs mean, as people name it. */
import { hash } from "node:crypto";

import type { Identity, Reference } from "./model.ts";
import type { Change } from "./operations.ts";
import { remembered } from "./remember.ts";
import { isObject, textAt } from "./values.ts";

/** Parts of a URN: `urn:pulumi:<stack>::<project>::<types>::<name>`. */
export interface UrnParts {
  readonly stack: string;
  /** Types of the resource and all its parents, joined by `$`. */
  readonly types: string;
  readonly type: string;
  readonly name: string;
}

/** Takes a URN apart; what is none is all name. */
export function readUrn(urn: string): UrnParts {
  const parts = urn.split("::");
  if (parts.length < 4 || !urn.startsWith("urn:pulumi:")) {
    return { stack: "", types: "", type: "", name: urn };
  }
  const types = parts[2] ?? "";
  return {
    stack: (parts[0] ?? "").slice("urn:pulumi:".length),
    types,
    type: types.slice(types.lastIndexOf("$") + 1),
    name: parts.slice(3).join("::"),
  };
}

/** The same resource in another stack has the same key. */
export function keyAcrossStacks(urn: string): string {
  const { types, name } = readUrn(urn);
  return `${types}::${name}`;
}

/** Kind of an object of a cluster, e.g. `Deployment`; undefined for what is none. */
export const kindOf = remembered((type) =>
  /^kubernetes:[^:]+:(\w+)$/.exec(type)?.[1]?.replace(/Patch$/, ""),
);

/**
 * Whether it is a patch: fields that are set on an object which is there, and is somebody else's. Such a type is called
 * by the kind that it patches (pulumi/pulumi-kubernetes, provider/pkg/kinds/util.go, IsPatchResource).
 */
export const isPatch = (type: string): boolean =>
  type.endsWith("Patch") && type.startsWith("kubernetes:");

/** The word for what is of a type: its kind, or the last part of the type where it has none. */
export const kindWord = (type: string): string => kindOf(type) ?? type.split(":").at(-1) ?? type;

/** Who it is, from what the program asks for and, where that is gone, what was there. */
export function identify(
  stack: string,
  change: Pick<Change, "urn" | "type" | "before" | "after">,
): Identity {
  const { name: given } = readUrn(change.urn);
  const kind = kindWord(change.type);
  if (kindOf(change.type) === undefined) {
    return {
      stack,
      urn: change.urn,
      type: change.type,
      kind,
      name: given,
      label: `${kind} ${given}`.trim(),
    };
  }
  // Who is told of a patch that it goes must not read that its object does.
  const called = isPatch(change.type) ? `${kind}Patch` : kind;
  const inputs = change.after?.inputs ?? change.before?.inputs;
  const metadata = isObject(inputs) ? inputs["metadata"] : undefined;
  const namespace = textAt(metadata, "namespace");
  const name = objectName(textAt(metadata, "name"), given);
  return {
    stack,
    urn: change.urn,
    type: change.type,
    kind: called,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    label: `${called} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
  };
}

/** A name that the engine made has eight letters of chance at its end: people know it without them. */
function objectName(name: string | undefined, given: string): string {
  return name === undefined ||
    (name.startsWith(given) && /^-[0-9a-f]{8}$/.test(name.slice(given.length)))
    ? given
    : name;
}

/** How another part of the report refers to it. */
export function referTo({ stack, urn, label }: Identity): Reference {
  return { stack, urn, label };
}

/** A resource of which only the URN is known. */
export function referToUrn(stack: string, urn: string): Reference {
  const { type, name } = readUrn(urn);
  return { stack, urn, label: `${type.split(":").at(-1) ?? ""} ${name}`.trim() };
}

/** Stable, and safe in a link. */
export function itemId(stack: string, urn: string): string {
  return hash("sha256", `${stack}\0${urn}`, "hex").slice(0, 12);
}
