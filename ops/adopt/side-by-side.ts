/**
 * Deployments whose pods go on while new ones come beside them under the same name: the old Deployment
 * goes and leaves its pods, which take on the labels that the stack's Service selects. When the new ones are ready
 * the old ones go, at the next `make adopt`.
 */
import * as z from "zod";

import { CommandError } from "../command.ts";
import type { Decision } from "./decision.ts";
import type { Kubectl } from "./kubectl.ts";

/** Label of a ReplicaSet that was left: name of the Deployment in whose place another one comes. */
const leftLabel = "fleet/left-by";

const Selector = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.looseObject({
        key: z.string(),
        operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

const Workload = z.looseObject({
  kind: z.enum(["Deployment", "StatefulSet"]),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({ selector: Selector }),
});

const Deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({ replicas: z.number().default(1) }),
  status: z.looseObject({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});

const Pods = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }),
    }),
  }),
});

/**
 * Lets a Deployment or a StatefulSet go and its pods live. Done again where it was interrupted. Of a StatefulSet
 * nothing is marked: the new one has its name, finds the pods by theirs and by the new labels, and exchanges them.
 */
export async function leavePods(kubectl: Kubectl, { planned, state }: Decision): Promise<void> {
  const { kind, metadata, spec } = Workload.parse(state?.outputs);
  const { labels } = Pods.parse(planned?.inputs).spec.template.metadata;
  const { name, namespace } = metadata;
  const where = ["--namespace", namespace];
  const { matchLabels, matchExpressions } = spec.selector;
  // A ReplicaSet lets go of a pod that it no longer selects, and makes another: no label by which it does is changed.
  const bound = new Set(
    kind === "Deployment"
      ? [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]
      : [],
  );
  const news = Object.entries(labels)
    .filter(([key, value]) => !bound.has(key) && matchLabels[key] !== value)
    .map(([key, value]) => `${key}=${value}`);
  const selected = ["--selector", selectorOf(spec.selector), "--overwrite"];
  if (kind === "Deployment") {
    await kubectl(["label", "replicasets", ...where, ...selected, `${leftLabel}=${name}`]);
  }
  if (news.length > 0) {
    await kubectl(["label", "pods", ...where, ...selected, ...news]);
  }
  const gone = ["--cascade=orphan", "--ignore-not-found"];
  await kubectl(["delete", kind.toLowerCase(), name, ...where, ...gone]);
}

/**
 * A selector as kubectl takes it.
 *
 * @throws CommandError for one that selects everything.
 */
function selectorOf({ matchLabels, matchExpressions }: z.infer<typeof Selector>): string {
  const words = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => {
      const list = `(${values.join(",")})`;
      return {
        In: `${key} in ${list}`,
        NotIn: `${key} notin ${list}`,
        Exists: key,
        DoesNotExist: `!${key}`,
      }[operator];
    }),
  ];
  if (words.length === 0) {
    throw new CommandError("a selector without a term selects every pod: nothing was labelled");
  }
  return words.join(",");
}

/** ReplicaSets that were left, and whether what came in their place is ready. */
export interface Left {
  readonly namespace: string;
  readonly name: string;
  /** Name of the Deployment. */
  readonly deployment: string;
  readonly isReplaced: boolean;
}

/** What an earlier run left. */
export async function findLeft(kubectl: Kubectl): Promise<readonly Left[]> {
  const text = await kubectl(["get", "replicasets", "-A", "--selector", leftLabel, "-o", "json"]);
  const sets = z
    .object({
      items: z.array(
        z.looseObject({
          metadata: z.looseObject({
            name: z.string(),
            namespace: z.string(),
            labels: z.record(z.string(), z.string()),
            ownerReferences: z.array(z.unknown()).default([]),
          }),
        }),
      ),
    })
    .parse(JSON.parse(text))
    // Labelled, but not let go yet: an interrupted run's, done again.
    .items.filter(({ metadata }) => metadata.ownerReferences.length === 0);
  const left: Left[] = [];
  for (const { metadata } of sets) {
    const { namespace, name } = metadata;
    const deployment = metadata.labels[leftLabel] ?? "";
    const found = await kubectl([
      ...["get", "deployment", deployment, "--namespace", namespace],
      ...["--ignore-not-found", "-o", "json"],
    ]);
    const now = found.trim() === "" ? undefined : Deployment.parse(JSON.parse(found));
    const isReplaced = now !== undefined && now.status.readyReplicas >= now.spec.replicas;
    left.push({ namespace, name, deployment, isReplaced });
  }
  return left;
}

/** Takes away what has been replaced, pods included. */
export async function removeLeft(kubectl: Kubectl, { namespace, name }: Left): Promise<void> {
  await kubectl(["delete", "replicaset", name, "--namespace", namespace, "--ignore-not-found"]);
}
