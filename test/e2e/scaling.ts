/** Who says how many pods there are, and how many may go at once, as the API server has it. */
import * as z from "zod";

import type { TestSandbox } from "./sandbox.ts";

const Autoscaler = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    minReplicas: z.int(),
    maxReplicas: z.int(),
    metrics: z.array(
      z.looseObject({
        resource: z.looseObject({
          name: z.string(),
          target: z.looseObject({ averageUtilization: z.int() }),
        }),
      }),
    ),
  }),
});

/** Every autoscaler: `name min-max resource percent`. */
export const autoscalersOf = async (sandbox: TestSandbox): Promise<string[]> =>
  (await sandbox.objects("horizontalpodautoscalers")).map((object) => {
    const { metadata, spec } = Autoscaler.parse(object);
    const metrics = spec.metrics.map(
      ({ resource: { name, target } }) => `${name} ${target.averageUtilization}`,
    );
    return `${metadata.name} ${spec.minReplicas}-${spec.maxReplicas} ${metrics.join()}`;
  });

const Managed = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({
        name: z.string(),
        managedFields: z.array(
          z.looseObject({
            manager: z.string(),
            fieldsV1: z.looseObject({ "f:spec": z.looseObject({}).optional() }),
          }),
        ),
      }),
    }),
  ),
});

/** Deployments of a namespace whose number of pods the engine says: of all others somebody else may. */
export async function numberedByEngine(sandbox: TestSandbox, namespace: string): Promise<string[]> {
  const { stdout } = await sandbox.kubectl([
    ...["-n", namespace, "get", "deployments", "-o", "json", "--show-managed-fields"],
  ]);
  return Managed.parse(JSON.parse(stdout))
    .items.filter(({ metadata: { managedFields } }) =>
      managedFields.some(
        ({ manager, fieldsV1 }) =>
          manager.startsWith("pulumi") && "f:replicas" in (fieldsV1["f:spec"] ?? {}),
      ),
    )
    .map(({ metadata }) => metadata.name);
}

const Budget = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  status: z.looseObject({
    expectedPods: z.int(),
    desiredHealthy: z.int(),
    disruptionsAllowed: z.int(),
  }),
});

/** Every budget of a namespace: `name: least of all, spare`. */
export const budgetsOf = async (sandbox: TestSandbox, namespace: string): Promise<string[]> =>
  (await sandbox.objects("poddisruptionbudgets"))
    .map((object) => Budget.parse(object))
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(
      ({ metadata, status: { expectedPods, desiredHealthy, disruptionsAllowed } }) =>
        `${metadata.name}: ${desiredHealthy} of ${expectedPods}, ${disruptionsAllowed} to spare`,
    );
