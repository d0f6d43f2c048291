/** When pods, Jobs and Ingresses of a sandbox were made, and ready or done: what came before what. */
import * as z from "zod";

import type { TestSandbox } from "./sandbox.ts";

const Timed = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  status: z
    .looseObject({
      completionTime: z.string().optional(),
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            lastTransitionTime: z.string().nullish(),
          }),
        )
        .default([]),
    })
    .default({ conditions: [] }),
});
/** An object with its times. */
export type Timed = z.infer<typeof Timed>;

/** Objects of all namespaces with their times. */
export const timedObjects = async (
  sandbox: TestSandbox,
  ...kinds: string[]
): Promise<readonly Timed[]> =>
  (await sandbox.objects(...kinds)).map((object) => Timed.parse(object));

/** Workload that an object belongs to. */
export const workloadOf = ({ metadata }: Timed): string =>
  metadata.labels["app.kubernetes.io/name"] ?? "";

/** When it was made: milliseconds, in whole seconds. */
export const made = ({ metadata }: Timed): number => Date.parse(metadata.creationTimestamp);

/** When it was ready, or done: milliseconds, in whole seconds; not a number while it is neither. */
export const ready = ({ status }: Timed): number =>
  Date.parse(
    status.completionTime ??
      status.conditions.find(({ type, status: is }) => type === "Ready" && is === "True")
        ?.lastTransitionTime ??
      "",
  );
