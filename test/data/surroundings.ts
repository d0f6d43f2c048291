/** What the stores' tests give them, and how they look at what was made. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";

import type { Flow } from "../../components/base/flows.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import type { StoreSurroundings } from "../../components/data/surroundings.ts";
import { collect, type Collected, find } from "../harness.ts";

/** Passwords of the tests, by name. */
export const passwords: Readonly<Record<string, string>> = {
  "postgres-tpd": "tpd-password-0123456789",
  "postgres-ut": "ut-password-0123456789",
  "redis-ar": "redis-password-0123456789",
};

/** Surroundings with a flow table. */
export const surroundings = (flows: readonly Flow[]): StoreSurroundings => ({
  system: "demo",
  namespace: "demo",
  namespaceName: "demo",
  flows,
  networkPolicy: true,
  data: "protect",
  secrets: new SecretStore(new Map(Object.entries(passwords))),
});

/** Runs a program below a parent that carries the one provider. */
export const under = (
  program: (opts: pulumi.ComponentResourceOptions) => unknown,
): Promise<Collected> =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    return program({ parent });
  });

/** Resources of a provider as `type name`, sorted. */
export const resourcesOf = (collected: Collected): string[] =>
  collected.resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map(({ type, name }) => `${type.replace(/^kubernetes:/, "")} ${name}`)
    .sort();

const Container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(z.looseObject({ name: z.string() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
  securityContext: z.looseObject({ readOnlyRootFilesystem: z.boolean() }),
});

const Pod = z.object({
  spec: z.object({
    containers: z.array(Container).min(1),
    initContainers: z.array(Container).default([]),
    volumes: z.array(z.looseObject({ name: z.string() })),
    securityContext: z.looseObject({ runAsUser: z.number(), runAsNonRoot: z.boolean() }),
    restartPolicy: z.string().optional(),
    automountServiceAccountToken: z.boolean(),
  }),
});

/** A pod template, as far as the tests look at it. */
export type Pod = z.infer<typeof Pod>;

/** Pods of a StatefulSet. */
export const statefulPod = (collected: Collected, name: string): Pod =>
  z
    .object({ spec: z.object({ template: Pod }) })
    .parse(find(collected, "kubernetes:apps/v1:StatefulSet", name).inputs).spec.template;

const CronJob = z.object({
  spec: z.looseObject({
    schedule: z.string(),
    suspend: z.boolean(),
    jobTemplate: z.object({ spec: z.looseObject({ backoffLimit: z.number(), template: Pod }) }),
  }),
});

/** Spec of a CronJob. */
export const cronJob = (collected: Collected, name: string) =>
  CronJob.parse(find(collected, "kubernetes:batch/v1:CronJob", name).inputs).spec;

/** Plain variables of a container. */
export const variables = (pod: Pod): Record<string, unknown> =>
  Object.fromEntries(
    (pod.spec.containers[0]?.env ?? []).map(({ name, value, valueFrom }) => [
      name,
      value ?? valueFrom,
    ]),
  );

/** An output's value, and whether the engine hides it. */
export const settled = async <Value>(
  output: pulumi.Output<Value>,
): Promise<{ readonly value: Value; readonly isSecret: boolean }> => ({
  value: await new Promise((settle) => void output.apply(settle)),
  isSecret: await pulumi.isSecret(output),
});

/** Faults of a value as `path: message`. */
export function faultsOf(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}
