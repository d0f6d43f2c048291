/** What differs between two values, in lines that a person reads. */
import * as pulumi from "@pulumi/pulumi";

import { SecretReference } from "../base/secrets.ts";

/** A value as JSON knows them. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [key: string]: Plain };

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
    return entries.length === 0
      ? "{}"
      : `{ ${entries.map(([key, one]) => `${key}: ${flow(one)}`).join(", ")} }`;
  }
  return typeof value === "string" && /^[A-Za-z0-9_./@→ -]*[A-Za-z0-9)]$/.test(value)
    ? value
    : JSON.stringify(value);
}

function walk(before: Plain | undefined, after: Plain | undefined, path: string): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) {
    return [];
  }
  if (after === undefined) {
    return [`no ${path}`];
  }
  const leaf = !isMap(after) || Object.keys(after).length === 0;
  if (path !== "" && (leaf || (before !== undefined && !isMap(before)))) {
    return [`${path}: ${flow(after)}`];
  }
  const [old, now] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
  const words = new Set([...Object.keys(old), ...Object.keys(now)]);
  const start = path === "" ? "" : `${path}.`;
  return [...words].flatMap((word) => walk(old[word], now[word], `${start}${word}`));
}

/** Lines for what the second value has otherwise than the first: `update.maxSurge: 1`. */
export const differences = (before: Plain, after: Plain): string[] => walk(before, after, "");
