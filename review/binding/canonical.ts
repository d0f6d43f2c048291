/**
 * The changes of a preview in a form in which two previews of the same change are equal. Pure.
 *
 * Left out is what differs from run to run and says nothing: names that the engine draws by chance,
 * outputs, where in the program a resource is declared, the stack's own outputs.
 */
import { createHash } from "node:crypto";

import type { RiskClass } from "../model.ts";
import type { Change } from "../operations.ts";
import { formatPath, parsePath } from "../paths.ts";
import {
  canonical,
  isEqual,
  isObject,
  isSecret,
  isUnknown,
  type JsonObject,
  lookUp,
  plaintextOf,
  visitLeaves,
} from "../values.ts";
import type { Binding, BoundProperty, BoundStep } from "./binding.schema.ts";
import type { StackKey } from "./key.ts";

/** What a report is bound to, before it is digested. */
export interface Bindable {
  readonly changes: readonly Change[];
  /** URN → the report's class of risk. */
  readonly risks: ReadonlyMap<string, RiskClass>;
  /** URN → new inputs with their secrets' values, from the engine's plan; undefined where it told none. */
  readonly values: ReadonlyMap<string, JsonObject> | undefined;
  readonly key: StackKey | undefined;
  /** The state that the preview started from. */
  readonly state: { readonly hash: string; readonly serial?: string | undefined } | undefined;
  readonly commit: string | undefined;
}

/** Binds. */
export function bindingOf({ changes, risks, values, key, state, commit }: Bindable): Binding {
  const names = drawnNames(changes);
  const secrets = values === undefined || key === undefined ? undefined : { values, key };
  const steps = changes
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map((change): BoundStep => {
      const { operation, urn } = change;
      const risk = risks.get(urn);
      const properties = [...propertiesOf(change, { names, secrets }), ...circumstances(change)];
      return { urn, operation, ...(risk === undefined ? {} : { risk }), properties };
    })
    .sort((left, right) => order(left.urn, right.urn));
  const bare = steps.map(({ urn, operation, properties }) => ({ urn, operation, properties }));
  const fingerprint = sha256(
    canonical({
      steps: bare,
      state: [state?.hash ?? "", state?.serial ?? ""],
      commit: commit ?? "",
    }),
  );
  return {
    format: 1,
    ...(secrets === undefined ? {} : { key: secrets.key.id }),
    steps,
    fingerprint,
  };
}

interface Terms {
  /** Name drawn by chance → what stands for it. */
  readonly names: ReadonlyMap<string, string>;
  readonly secrets:
    | { readonly values: ReadonlyMap<string, JsonObject>; readonly key: StackKey }
    | undefined;
}

function propertiesOf(change: Change, terms: Terms): BoundProperty[] {
  const { after, operation, urn } = change;
  const told = terms.secrets?.values.get(urn);
  return pathsOf(change)
    .map(([path, replaces]): BoundProperty => {
      const steps = parsePath(path);
      const value =
        operation === "delete" || operation === "forget" ? undefined : lookUp(after?.inputs, steps);
      const known = told === undefined ? undefined : lookUp(told, steps);
      const found = { secret: false };
      const open = digest(write(value, known, { ...terms, secrets: undefined }, found));
      // Apart, so that what stands round a secret is compared under another key, too.
      return found.secret && terms.secrets !== undefined
        ? {
            path,
            replaces,
            value: open,
            sealed: digest(write(value, known, terms, found)),
            secret: true,
          }
        : { path, replaces, value: open, secret: found.secret };
    })
    .sort((left, right) => order(left.path, right.path));
}

/**
 * What of a change is no property: that it is kept less from now on, and that the old one goes first. Without it one
 * that was reviewed as bad already could become worse, and be the same.
 */
function circumstances({ after, before, deletesFirst }: Change): BoundProperty[] {
  const told = [
    ["(protect lifted)", before?.protect === true && after?.protect === false],
    ["(retainOnDelete lifted)", before?.retainOnDelete === true && after?.retainOnDelete === false],
    ["(deleted first)", deletesFirst],
  ] as const;
  return told.flatMap(([path, holds]) =>
    holds ? [{ path, replaces: false, value: digest(path), secret: false }] : [],
  );
}

/** What differs: as the engine says, or by comparison; of what is made whole, its top. */
function pathsOf(change: Change): readonly (readonly [string, boolean])[] {
  const { after, before, detail, keys } = change;
  if (detail !== undefined && detail.size > 0) {
    return [...detail].map(([path, { replaces }]) => [path, replaces]);
  }
  const [left, right] = [before?.inputs ?? {}, after?.inputs ?? {}];
  const roots = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return roots
    .filter((root) => holdsSecret(right[root]) || !isEqual(left[root], right[root]))
    .map((root) => [formatPath([root]), keys.includes(root)]);
}

/** Whether there is a secret in it: blinded, all look alike, so that one may have changed. */
function holdsSecret(value: unknown): boolean {
  let found = false;
  visitLeaves(value, (leaf) => {
    found ||= isSecret(leaf);
  });
  return found;
}

/**
 * A value as a text: alike for alike values, whatever the order of keys. What stands for one that is not told is no
 * JSON: no value could be taken for it.
 */
function write(value: unknown, told: unknown, terms: Terms, found: { secret: boolean }): string {
  if (isSecret(value) || isSecret(told)) {
    found.secret = true;
    const { secrets } = terms;
    const open = openValue(isSecret(told) ? plaintextOf(told) : told);
    return secrets === undefined || open === undefined
      ? "secret"
      : `secret ${secrets.key.digest(renamed(canonical(open), terms.names))}`;
  }
  if (isUnknown(value)) {
    return "unknown";
  }
  if (Array.isArray(value)) {
    const parts = (value as readonly unknown[]).map((item, at) =>
      write(item, lookUp(told, [at]), terms, found),
    );
    return `[${parts.join(",")}]`;
  }
  if (isObject(value)) {
    const parts = Object.keys(value)
      .sort()
      .map(
        (key) => `${JSON.stringify(key)}:${write(value[key], lookUp(told, [key]), terms, found)}`,
      );
    return `{${parts.join(",")}}`;
  }
  return renamed(value === undefined ? "absent" : JSON.stringify(value), terms.names);
}

/** A value without the engine's marks inside it. */
function openValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(openValue);
  }
  if (!isObject(value)) {
    return value;
  }
  return isSecret(value)
    ? openValue(plaintextOf(value))
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, openValue(inner)]));
}

/** The annotation by which the Kubernetes provider remembers that it drew a name. */
const autonamed = "pulumi.com/autonamed";

/**
 * Names that this preview drew by chance, and the next one draws anew: those of objects that are made
 * without one. What refers to them has them in its own values.
 */
function drawnNames(changes: readonly Change[]): ReadonlyMap<string, string> {
  return new Map(
    changes.flatMap(({ after, operation, urn }) => {
      const metadata = after?.inputs["metadata"];
      if ((operation !== "create" && operation !== "replace") || !isObject(metadata)) {
        return [];
      }
      const { annotations, name } = metadata;
      return isObject(annotations) && annotations[autonamed] === "true" && typeof name === "string"
        ? [[name, `(drawn for ${urn})`] as const]
        : [];
    }),
  );
}

/** The provider ends each name that it draws with a dash and eight hex digits. */
const drawn = /[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?-[0-9a-f]{8}(?![-a-z0-9.])/g;

function renamed(text: string, names: ReadonlyMap<string, string>): string {
  return names.size === 0 ? text : text.replace(drawn, (name) => names.get(name) ?? name);
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const digest = (text: string): string => sha256(text).slice(0, 32);

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
