/** `adopt`: takes what runs already into a stack's state, so that the next update changes it instead of colliding with it. */
import { CommandError } from "../command.ts";
import { inParallel } from "../parallel.ts";
import { table } from "../table.ts";
import { keepBalancer } from "./balancers.ts";
import { type CloudThing, decideImports, decideThings } from "./clouds.ts";
import type { Decision } from "./decision.ts";
import { type ImportFile, importFile } from "./import-file.ts";
import { decideCompanions } from "./companions.ts";
import { type Kubectl, readObjects } from "./kubectl.ts";
import { decideObject, describe, isOf, wantedObjects } from "./kubernetes.ts";
import { portFault } from "./node-ports.ts";
import { decidePools } from "./pools.ts";
import type { Planned, StackPreview } from "./preview.ts";
import { findLeft, leavePods, type Left, removeLeft } from "./side-by-side.ts";

/** A stack in a target, as adopt needs it. */
export interface AdoptTarget {
  /** How the stack's next update is called. */
  readonly update: string;
  /** What the program wants and the state has not, without a question to the cluster. */
  readonly plan: () => Promise<StackPreview>;
  /** What the next update would do. */
  readonly preview: () => Promise<StackPreview>;
  /** Makes just these of the stack's resources: providers, which exist nowhere but in state. */
  readonly make: (urns: readonly string[]) => Promise<void>;
  /** Puts these into the state, as {@link declared} says; parents first. */
  readonly declare: (resources: readonly Planned[]) => Promise<void>;
  readonly import: (file: ImportFile) => Promise<void>;
  readonly kubectl: Kubectl;
  readonly clouds: (creates: readonly Planned[]) => Promise<readonly CloudThing[]>;
  /** Whether to go on, once everything was said. */
  readonly agree: () => Promise<boolean>;
  readonly say: (line: string) => void;
}

/**
 * Finds what exists, says what becomes of it, and does it once that was agreed to. Another run goes on where one
 * was interrupted: what the state has is no longer looked for.
 *
 * @returns The exit code: 0 when nothing is left to do by hand.
 */
export async function adopt(target: AdoptTarget): Promise<number> {
  const { say } = target;
  const preview = await target.plan();
  const { creates } = preview;
  const left = await findLeft(target.kubectl);
  const decisions = await decide(target, preview);
  decisionLines(decisions, left, creates.length).forEach(say);
  const blocked = decisions.filter(({ verdict }) => verdict === "in the way");
  if (blocked.length > 0) {
    throw new CommandError("nothing was touched: what is in the way needs a person first");
  }
  const taken = decisions.filter(({ planned }) => planned !== undefined);
  const replaced = left.filter(({ isReplaced }) => isReplaced);
  if (taken.length === 0 && replaced.length === 0) {
    say(`There is nothing to take; ${target.update} makes what is missing.`);
    return 0;
  }
  if (!(await target.agree())) {
    say("Nothing was touched.");
    return 1;
  }
  await take(target, taken, preview);
  for (const one of replaced) {
    await removeLeft(target.kubectl, one);
  }
  return taken.length === 0 ? 0 : tellWhatComes(target, decisions);
}

async function decide(
  target: AdoptTarget,
  { creates, all, imports }: StackPreview,
): Promise<readonly Decision[]> {
  const wanted = wantedObjects(creates);
  const [objects, things] = await Promise.all([
    wanted.length === 0 ? [] : readObjects(target.kubectl, wanted),
    target.clouds([...creates, ...imports]),
  ]);
  const taken = decideThings(creates, things);
  const mine = wanted.flatMap((one) => {
    const live = objects.find((object) => isOf(one, object));
    const port = portFault(one, objects);
    if (port !== undefined) {
      return [{ verdict: "in the way", what: describe(one), why: port } as const];
    }
    return live === undefined ? [] : [keepBalancer(decideObject(one, live), live, things, taken)];
  });
  return [
    ...taken,
    ...decidePools(creates, things, taken),
    ...decideImports(imports, things),
    ...mine,
    ...decideCompanions(wantedObjects(all), objects),
  ];
}

const order = [
  "in the way",
  "replaced",
  "handed over",
  "side by side",
  "adopted",
  "untouched",
] as const;

function decisionLines(
  decisions: readonly Decision[],
  left: readonly Left[],
  missing: number,
): string[] {
  const sorted = order.flatMap((verdict) => decisions.filter((one) => one.verdict === verdict));
  const found = decisions.filter(({ planned }) => planned !== undefined).length;
  return [
    table([
      ["WHAT BECOMES OF IT", "WHAT", "WHY"],
      ...sorted.map(({ verdict, what, why }) => [verdict, what, why]),
      ...left.map(({ namespace, name, deployment, isReplaced }) => [
        isReplaced ? "removed" : "untouched",
        `ReplicaSet ${namespace}/${name}`,
        isReplaced
          ? `its pods were left running; Deployment ${deployment} has taken over`
          : `its pods go on until Deployment ${deployment} is ready`,
      ]),
    ]),
    "",
    `Of ${missing} resources that the state has not, ${found} exist.`,
  ];
}

async function take(
  target: AdoptTarget,
  taken: readonly Decision[],
  { creates, imports }: StackPreview,
): Promise<void> {
  for (const group of inOrder(taken)) {
    // First: a preview of what is imported would be refused for a StatefulSet that is still there.
    await leave(target, group, "handed over");
    const imported = group.filter((one) => !isLeft(one));
    await inParallel(imported, 6, async ({ prepare = [] }) => {
      // One after the other: the last one says who owns what the first has changed.
      for (const words of prepare) {
        await target.kubectl(words);
      }
    });
    if (imported.length > 0) {
      await makeProviders(target, imported, { creates, imports });
      await target.import(importFile(imported, creates));
      target.say(`${imported.length} taken into state.`);
    }
    await leave(target, group, "side by side");
  }
}

async function leave(
  { kubectl, say }: AdoptTarget,
  group: readonly Decision[],
  wanted: Decision["verdict"],
): Promise<void> {
  for (const decision of group.filter(({ verdict }) => verdict === wanted)) {
    await leavePods(kubectl, decision);
    say(`${decision.what}: its pods go on without it.`);
  }
}

/** Whether the old object goes at once, and its pods live on. */
const isLeft = ({ verdict }: Decision): boolean =>
  verdict === "side by side" || verdict === "handed over";

const clusterType = "linode:index/lkeCluster:LkeCluster";

const isObject = ({ planned }: Decision): boolean =>
  planned?.type.startsWith("kubernetes:") === true;

/** A cluster that is taken itself comes first, with all of its cloud: its provider needs it in state. */
function inOrder(taken: readonly Decision[]): readonly (readonly Decision[])[] {
  return taken.some(({ planned }) => planned?.type === clusterType)
    ? [taken.filter((one) => !isObject(one)), taken.filter(isObject)]
    : [taken];
}

/**
 * An import needs its provider in state; what is there already is not made again. What the program imports by itself
 * comes with it: the engine would go for it in any case, and then miss the component above it.
 */
async function makeProviders(
  target: AdoptTarget,
  taken: readonly Decision[],
  { creates, imports }: Pick<StackPreview, "creates" | "imports">,
): Promise<void> {
  const missing = new Map([...creates, ...imports].map((planned) => [planned.urn, planned]));
  const needed = new Map<string, Planned>();
  const need = (urn: string | undefined): void => {
    const planned = missing.get(urn ?? "");
    if (planned !== undefined) {
      need(planned.parent);
      needed.set(planned.urn, planned);
    }
  };
  taken.forEach(({ planned }) => {
    need(planned?.provider);
  });
  if (needed.size === 0) {
    return;
  }
  if (!taken.some(isObject) && creates.some(({ type }) => type === clusterType)) {
    await target.declare([...needed.values()]);
    return;
  }
  imports.forEach(({ urn, provider }) => {
    need(urn);
    need(provider);
  });
  await target.make([...needed.keys()]);
}

/** What the next update would do: a replacement that was not told is a fault of this command. */
async function tellWhatComes(target: AdoptTarget, decisions: readonly Decision[]): Promise<number> {
  const { replaces, counts } = await target.preview();
  const told = new Set(
    decisions.flatMap(({ verdict, planned }) =>
      verdict === "replaced" && planned !== undefined ? [planned.urn] : [],
    ),
  );
  const untold = replaces.filter((urn) => !told.has(urn));
  // In this order always: the engine counts in that of its steps.
  const words = ["update", "create", "replace", "delete"].flatMap((op) =>
    counts[op] === undefined ? [] : [`${counts[op]} to ${op}`],
  );
  target.say(
    `Next, ${target.update}: ${words.length === 0 ? "nothing to change" : words.join(", ")}.`,
  );
  untold.forEach((urn) => {
    target.say(`It would also replace ${urn}, which was not told: look at the preview first.`);
  });
  return untold.length === 0 ? 0 : 1;
}
