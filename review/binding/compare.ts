/** Whether what is about to be done is what was reviewed. Pure. */
import { RiskClass } from "../model.ts";
import type { Binding, BoundStep } from "./binding.schema.ts";

/** A resource whose change is another one than was reviewed. */
export interface Difference {
  readonly urn: string;
  readonly was: string;
  readonly is: string;
  /** Properties that get another value than the reviewed one, or were not among those that change. */
  readonly properties: readonly string[];
  /** Those that were to change and no longer do. */
  readonly dropped: readonly string[];
}

/** How a change and the reviewed one compare. */
export interface Comparison {
  readonly same: boolean;
  /** Resources that change now, and did not in the review. */
  readonly joins: readonly BoundStep[];
  /** Resources that were to change, and do not: done already, or no longer wanted. */
  readonly leaves: readonly BoundStep[];
  readonly differs: readonly Difference[];
  /** Resources whose change costs more than the reviewed one: URN, class or operation before and now. */
  readonly riskRose: readonly { readonly urn: string; readonly was: string; readonly is: string }[];
  /** Whether secrets could be compared; where not, one that is given yet another value goes unseen. */
  readonly secretsCompared: boolean;
  /** Whether it may not go on: a resource joined, or the risk rose. */
  readonly stops: boolean;
}

/** What an operation can cost, where nothing is said of its risk: later is more. */
const weights: readonly string[] = [
  "read",
  "import",
  "forget",
  "create",
  "update",
  "replace",
  "delete",
];

/** Compares. */
export function compare(reviewed: Binding, now: Binding): Comparison {
  const [before, after] = [byUrn(reviewed), byUrn(now)];
  const joins = now.steps.filter(({ urn }) => !before.has(urn));
  const leaves = reviewed.steps.filter(({ urn }) => !after.has(urn));
  const secretsCompared = reviewed.key !== undefined && reviewed.key === now.key;
  const both = now.steps.flatMap((is) => {
    const was = before.get(is.urn);
    return was === undefined ? [] : [{ was, is }];
  });
  const differs = both.flatMap(({ was, is }) => difference(was, is, secretsCompared));
  const riskRose = both.flatMap(({ was, is }) => rise(was, is));
  return {
    same: joins.length + leaves.length + differs.length + riskRose.length === 0,
    joins,
    leaves,
    differs,
    riskRose,
    secretsCompared,
    stops: joins.length + riskRose.length > 0,
  };
}

function byUrn({ steps }: Binding): ReadonlyMap<string, BoundStep> {
  return new Map(steps.map((step) => [step.urn, step]));
}

function difference(was: BoundStep, is: BoundStep, secretsCompared: boolean): Difference[] {
  const former = new Map(was.properties.map((property) => [property.path, property]));
  const properties = is.properties
    .filter(({ path, replaces, sealed, secret, value }) => {
      const reviewed = former.get(path);
      return (
        reviewed?.replaces !== replaces ||
        reviewed.secret !== secret ||
        reviewed.value !== value ||
        // Digests under two keys differ whatever they are of.
        (secretsCompared && reviewed.sealed !== sealed)
      );
    })
    .map(({ path }) => path);
  const present = new Set(is.properties.map(({ path }) => path));
  const dropped = was.properties.map(({ path }) => path).filter((path) => !present.has(path));
  return was.operation === is.operation && properties.length + dropped.length === 0
    ? []
    : [{ urn: is.urn, was: was.operation, is: is.operation, properties, dropped }];
}

function rise(was: BoundStep, is: BoundStep): Comparison["riskRose"] {
  const { urn } = is;
  if (weigh(is.operation) > weigh(was.operation)) {
    return [{ urn, was: was.operation, is: is.operation }];
  }
  const [former, latter] = [riskOf(was), riskOf(is)];
  return latter > former ? [{ urn, was: was.risk ?? "none", is: is.risk ?? "none" }] : [];
}

function weigh(operation: string): number {
  const weight = weights.indexOf(operation);
  return weight === -1 ? weights.length : weight;
}

/** 0 for none; a class that this version does not know is worse than all. */
function riskOf({ risk }: BoundStep): number {
  if (risk === undefined) {
    return 0;
  }
  const place = (RiskClass.options as readonly string[]).indexOf(risk);
  return RiskClass.options.length - place;
}
