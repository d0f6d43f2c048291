/** `adopt`: takes what runs already into a stack's state, so that the next update changes it instead of colliding with it. */
import { CommandError } from "../command.ts";
import { inParallel } from "../parallel.ts";
import { table } from "../table.ts";
import { type CloudThing, decideThings } from "./clouds.ts";
import type { Decision } from "./decision.ts";
import { type ImportFile, importFile } from "./import-file.ts";
import { type Kubectl, readObjects } from "./kubectl.ts";
import { decideCompanion, decideObject, type LiveObject, wantedObjects } from "./kubernetes.ts";
import type { Planned, StackPreview } from "./preview.ts";
import { findLeft, leavePods, type Left, removeLeft } from "./side-by-side.ts";

/** A stack in a target, as adopt needs it. */
export interface AdoptTarget {
  /** How the stack's next update is called. */
  readonly update: string;
  readonly preview: () => Promise<StackPreview>;
  /** Makes just these of the stack's resources: providers, which exist nowhere but in state. */
  readonly make: (urns: readonly string[]) => Promise<void>;
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
  const { creates } = await target.preview();
  const left = await findLeft(target.kubectl);
  const decisions = await decide(target, creates);
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
  await take(target, taken, creates);
  for (const one of replaced) {
    await removeLeft(target.kubectl, one);
  }
  return taken.length === 0 ? 0 : tellWhatComes(target, decisions);
}

async function decide(
  target: AdoptTarget,
  creates: readonly Planned[],
): Promise<readonly Decision[]> {
  const wanted = wantedObjects(creates);
  const objects = wanted.length === 0 ? [] : await readObjects(target.kubectl, wanted);
  const find = (kind: string, namespace: string | undefined, name: string) =>
    objects.find(
      (live) =>
        live.kind === kind && live.metadata.name === name && live.metadata.namespace === namespace,
    );
  const mine = wanted.flatMap((one) => {
    const live = find(one.kind, one.namespace, one.name);
    return live === undefined ? [] : [decideObject(one, live)];
  });
  const namespaces = new Set(wanted.flatMap(({ namespace }) => namespace ?? []));
  const isMine = ({ kind, metadata }: LiveObject): boolean =>
    wanted.some(
      (one) =>
        one.kind === kind && one.name === metadata.name && one.namespace === metadata.namespace,
    );
  const companions = objects
    .filter(
      (live) => isCompanion(live) && namespaces.has(live.metadata.namespace ?? "") && !isMine(live),
    )
    .map(decideCompanion);
  return [...decideThings(creates, await target.clouds(creates)), ...mine, ...companions];
}

/** What the API server itself puts into every namespace says nothing. */
function isCompanion({ kind, metadata }: LiveObject): boolean {
  const kinds = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "CronJob",
    "Service",
    "PersistentVolumeClaim",
    "Ingress",
  ];
  return kinds.includes(kind) && metadata.name !== "kubernetes";
}

const order = ["in the way", "replaced", "side by side", "adopted", "untouched"] as const;

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
  creates: readonly Planned[],
): Promise<void> {
  for (const group of inOrder(taken)) {
    const imported = group.filter(({ verdict }) => verdict !== "side by side");
    const words = imported.flatMap(({ prepare = [] }) => prepare);
    await inParallel(words, 6, (line) => target.kubectl(line));
    if (imported.length > 0) {
      await makeProviders(target, imported, creates);
      await target.import(importFile(imported, creates));
      target.say(`${imported.length} taken into state.`);
    }
    for (const decision of group.filter(({ verdict }) => verdict === "side by side")) {
      await leavePods(target.kubectl, decision);
      target.say(`${decision.what}: its pods go on without it.`);
    }
  }
}

/** A cluster that is taken itself comes first, with all of its cloud: its provider needs it in state. */
function inOrder(taken: readonly Decision[]): readonly (readonly Decision[])[] {
  const isCluster = ({ planned }: Decision): boolean =>
    planned?.type === "linode:index/lkeCluster:LkeCluster";
  const isObject = ({ planned }: Decision): boolean =>
    planned?.type.startsWith("kubernetes:") === true;
  return taken.some(isCluster)
    ? [taken.filter((one) => !isObject(one)), taken.filter(isObject)]
    : [taken];
}

/** An import needs its provider in state; what is there already is not made again. */
async function makeProviders(
  target: AdoptTarget,
  taken: readonly Decision[],
  creates: readonly Planned[],
): Promise<void> {
  const missing = new Map(creates.map((planned) => [planned.urn, planned]));
  const needed = new Set<string>();
  for (const { planned } of taken) {
    let urn = planned?.provider;
    while (urn !== undefined && missing.has(urn)) {
      needed.add(urn);
      urn = missing.get(urn)?.parent;
    }
  }
  if (needed.size > 0) {
    await target.make([...needed]);
  }
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
  const words = Object.entries(counts)
    .filter(([op]) => ["create", "update", "replace", "delete"].includes(op))
    .map(([op, count]) => `${count} to ${op}`);
  target.say(
    `Next, ${target.update}: ${words.length === 0 ? "nothing to change" : words.join(", ")}.`,
  );
  untold.forEach((urn) => {
    target.say(`It would also replace ${urn}, which was not told: look at the preview first.`);
  });
  return untold.length === 0 ? 0 : 1;
}
