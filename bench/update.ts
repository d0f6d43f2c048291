/** What an update spends its time on, read from the engine's own event log. */
import * as z from "zod";

import { parseEvent, resourceLabel } from "../sandbox/events.ts";

/** One resource's share of an update. Times are seconds of the clock, whole ones. */
export interface Step {
  readonly urn: string;
  readonly begun: number;
  readonly ended: number;
}

const Moment = z.object({ timestamp: z.number() });

/** Whether something is done for it: a component, and the stack, last as long as what is in them. */
const isWork = (type: string): boolean => !/^(fleet|pulumi|bench):/.test(type);

/** The steps that an event log tells. */
export function stepsOf(log: string): readonly Step[] {
  const begun = new Map<string, number>();
  return log.split("\n").flatMap((line) => {
    const event = parseEvent(line);
    if (event === undefined) {
      return [];
    }
    const { timestamp } = Moment.parse(JSON.parse(line));
    const { resourcePreEvent: before, resOutputsEvent: after } = event;
    if (before !== undefined && isWork(before.metadata.type)) {
      begun.set(before.metadata.urn, timestamp);
    }
    const { urn } = after?.metadata ?? {};
    const since = urn === undefined ? undefined : begun.get(urn);
    return urn === undefined || since === undefined
      ? []
      : [{ urn, begun: since, ended: timestamp }];
  });
}

const Checkpoint = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        urn: z.string(),
        parent: z.string().default(""),
        dependencies: z.array(z.string()).nullish(),
        propertyDependencies: z.record(z.string(), z.array(z.string()).nullish()).nullish(),
      }),
    ),
  }),
});

/** URN → all that it waits for, its parents' reasons to wait included. */
export function waitsOf(exported: unknown): ReadonlyMap<string, readonly string[]> {
  const { resources } = Checkpoint.parse(exported).deployment;
  const waits = new Map<string, readonly string[]>();
  // A state has parents before what is in them.
  for (const { urn, parent, dependencies, propertyDependencies } of resources) {
    const values = Object.values(propertyDependencies ?? {}).flatMap((sources) => sources ?? []);
    waits.set(urn, [...(dependencies ?? []), ...values, ...(waits.get(parent) ?? [])]);
  }
  return waits;
}

/**
 * The steps that held the update up, last one first: before each comes that one of those it waited for
 * which ended last. Whatever else was done meanwhile cost no time.
 */
export function longestChain(
  steps: readonly Step[],
  waits: ReadonlyMap<string, readonly string[]>,
): readonly Step[] {
  const latest = (among: readonly Step[]): Step | undefined =>
    among.reduce<Step | undefined>(
      (found, one) => (found === undefined || one.ended > found.ended ? one : found),
      undefined,
    );
  const chain: Step[] = [];
  for (let one = latest(steps); one !== undefined;) {
    const before = new Set(waits.get(one.urn));
    chain.push(one);
    one = latest(steps.filter(({ urn }) => before.has(urn)));
  }
  return chain;
}

/** A chain in words: the longest steps of it, with their seconds. */
export function tellChain(chain: readonly Step[], most: number): string {
  const total = chain.reduce((sum, { begun, ended }) => sum + ended - begun, 0);
  const longest = [...chain]
    .sort((one, other) => other.ended - other.begun - (one.ended - one.begun))
    .slice(0, most)
    .map(({ urn, begun, ended }) => `${resourceLabel(urn)} ${ended - begun} s`);
  return `${total} s in ${chain.length} steps that wait for each other: ${longest.join(", ")}, …`;
}
