/** Labels: of the service (`deploy.labels`) and of its containers (`labels`). */
import * as z from "zod";

import { LabelKey, LabelValue } from "../base/scalars.ts";
import { pairsOf, Text } from "./text.ts";
import type { Path, Translated, Warning } from "./warning.ts";

const Key = z.string().regex(/^[^\s=]+$/, "must be a label's name, e.g. APP");

/** Labels, as a map or as a list of `KEY=value`. */
export const Labels = z.union(
  [
    z.record(Key, z.union([Text, z.number()])),
    z.array(
      Text.refine((pair) => /^[^\s=]+(=|$)/.test(pair), "must be KEY=value, e.g. APP=VOTING"),
    ),
  ],
  { error: "must be labels: a map of quoted texts, or a list of KEY=value" },
);
/** {@inheritDoc Labels} */
export type Labels = z.infer<typeof Labels>;

/**
 * Labels that Fleet selects pods by, and words of its own on pods: one of a file over them would orphan
 * the pods, or name an exception from Pod Security that nobody granted.
 */
export const isOwn = (key: string): boolean => /^(app\.kubernetes\.io|fleet)\//.test(key);

/** Labels of one service or container, as Kubernetes takes them. */
export interface KubernetesLabels {
  readonly labels: Record<string, string>;
  /** What Kubernetes takes as no label's value, such as a sentence. Nothing can select by it. */
  readonly annotations: Record<string, string>;
}

const isLabel = ([key, value]: readonly [string, string]): boolean =>
  LabelKey.safeParse(key).success && LabelValue.safeParse(value).success;

/**
 * A service's own labels, for its controller and its Services. Never for pods: a label that changes
 * would restart them.
 */
export function serviceLabels(
  labels: Labels | undefined,
  at: Path,
): Translated<Record<string, string>> {
  const entries = Object.entries(pairsOf(labels ?? {}));
  return {
    value: Object.fromEntries(entries.filter(isLabel)),
    warnings: entries
      .filter((entry) => !isLabel(entry))
      .map(([key]): Warning => {
        const message = `is no label Kubernetes takes (${key}): it is put on nothing`;
        return { path: at, message };
      }),
  };
}

/** Labels of the containers, for the pods. */
export function podLabels(labels: Labels | undefined, at: Path): Translated<KubernetesLabels> {
  const entries = Object.entries(pairsOf(labels ?? {}));
  const rest = entries.filter((entry) => !isLabel(entry));
  const annotations = rest.filter(([key]) => LabelKey.safeParse(key).success);
  return {
    value: {
      labels: Object.fromEntries(entries.filter(isLabel)),
      annotations: Object.fromEntries(annotations),
    },
    warnings: rest.map(([key]): Warning => {
      const message = LabelKey.safeParse(key).success
        ? `has a value Kubernetes takes in no label (${key}): it is an annotation, by which nothing is selected`
        : `is no label Kubernetes takes (${key}): it is put on nothing`;
      return { path: at, message };
    }),
  };
}

/** Labels as the Docker provider takes them. */
export const swarmLabels = (
  labels: Labels | Readonly<Record<string, string>> | undefined,
): { label: string; value: string }[] =>
  Object.entries(pairsOf(labels ?? {})).map(([label, value]) => ({ label, value }));
