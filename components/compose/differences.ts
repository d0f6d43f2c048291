/** What differs between two values, in lines that a person reads. */
import * as pulumi from "@pulumi/pulumi";

import { SecretReference } from "../base/secrets.ts";

/** A value as JSON knows them. */
export type Plain =
  string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A value without what is secret or known later only. */
export function plain(value: unknown): Plain {
  if (pulumi.Output.isInstance(value)) {
    return "(secret)";
  }
  if (value instanceof SecretReference) {
    return value.name;
  }
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).map(plain);
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return Object.fromEntries(entries.map(([key, one]) => [key, plain(one)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}

const isMap = (value: Plain | undefined): value is Readonly<Record<string, Plain>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value in one line, as YAML reads it. */
function flow(value: Plain): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly Plain[]).map(flow).join(", ")}]`;
  }
  if (isMap(value)) {
    const entries = Object.entries(value);
    return `{ ${entries.map(([key, one]) => `${key}: ${flow(one)}`).join(", ")} }`;
  }
  return typeof value === "string" && /^[A-Za-z0-9_./@→ -]*[A-Za-z0-9)]$/.test(value)
    ? value
    : JSON.stringify(value);
}

/** Lines for what the second value has otherwise than the first. */
export function differences(before: Plain | undefined, after: Plain | undefined): string[] {
  const walk = (one: Plain | undefined, other: Plain | undefined, path: string): string[] => {
    if (JSON.stringify(one) === JSON.stringify(other)) {
      return [];
    }
    if (other === undefined) {
      return [`no ${path}`];
    }
    const empty = isMap(other) && Object.keys(other).length === 0;
    if (!isMap(other) || empty || (one !== undefined && !isMap(one))) {
      return [`${path}: ${flow(other)}`];
    }
    const start = path === "" ? "" : `${path}.`;
    const words = new Set([...Object.keys(one ?? {}), ...Object.keys(other)]);
    return [...words].flatMap((word) => walk(one?.[word], other[word], `${start}${word}`));
  };
  return walk(before, after, "");
}
