/** What a real API server says of pods, nodes and endpoints, as far as the tests read it. */
import * as z from "zod";

import { KubernetesObject, PodSpec } from "../../policy/graph/objects.ts";
import type { TestSandbox } from "./sandbox.ts";

const Owners = z.array(z.looseObject({ kind: z.string(), uid: z.string() })).default([]);

const Pod = z.looseObject({
  ...KubernetesObject.shape,
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
    ownerReferences: Owners,
  }),
  spec: z.looseObject({ ...PodSpec.shape, nodeName: z.string().optional() }),
  status: z.looseObject({
    phase: z.string(),
    conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
  }),
});
/** A pod that runs. */
export type Pod = z.infer<typeof Pod>;

const Node = z.looseObject({
  ...KubernetesObject.shape,
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()),
  }),
  spec: z.looseObject({ providerID: z.string().optional() }),
  status: z.looseObject({
    capacity: z.looseObject({ cpu: z.string(), memory: z.string(), pods: z.string() }),
    addresses: z.array(z.looseObject({ type: z.string(), address: z.string() })).default([]),
  }),
});
/** A node. */
export type Node = z.infer<typeof Node>;

const EndpointSlice = z.looseObject({
  metadata: z.looseObject({
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  endpoints: z
    .array(z.looseObject({ conditions: z.looseObject({ ready: z.boolean().optional() }) }))
    .nullable(),
  ports: z
    .array(z.looseObject({ name: z.string().optional(), port: z.int(), protocol: z.string() }))
    .nullable(),
});

const Job = z.looseObject({
  metadata: z.looseObject({ uid: z.string(), ownerReferences: Owners }),
});

/**
 * All pods that are not going away, but for those of CronJobs: a backup comes and goes by the clock, whatever a test does
 * meanwhile, and whoever counts pods at 03:17 would count one more.
 */
export async function podsOf(sandbox: TestSandbox): Promise<Pod[]> {
  const objects = await sandbox.objects("pods", "jobs");
  const ownJobs = new Set(
    objects
      .filter(({ kind }) => kind === "Job")
      .map((object) => Job.parse(object).metadata)
      .filter(({ ownerReferences }) => ownerReferences.length === 0)
      .map(({ uid }) => uid),
  );
  return objects
    .filter(({ kind }) => kind === "Pod")
    .map((object) => Pod.parse(object))
    .filter(
      ({ metadata: { deletionTimestamp, ownerReferences } }) =>
        deletionTimestamp === undefined &&
        ownerReferences.every(({ kind, uid }) => kind !== "Job" || ownJobs.has(uid)),
    );
}

/** All nodes. */
export async function nodesOf(sandbox: TestSandbox): Promise<Node[]> {
  return (await sandbox.objects("nodes")).map((object) => Node.parse(object));
}

/** Ports of each Service that have a ready endpoint: `namespace/name` → names of ports. */
export async function readyPorts(sandbox: TestSandbox): Promise<ReadonlyMap<string, Set<string>>> {
  const ready = new Map<string, Set<string>>();
  for (const object of await sandbox.objects("endpointslices")) {
    const { metadata, endpoints, ports } = EndpointSlice.parse(object);
    const service = metadata.labels["kubernetes.io/service-name"];
    if (service === undefined || !(endpoints ?? []).some(({ conditions }) => conditions.ready)) {
      continue;
    }
    const key = `${metadata.namespace}/${service}`;
    const names = ready.get(key) ?? new Set<string>();
    for (const { name } of ports ?? []) {
      names.add(name ?? "");
    }
    ready.set(key, names);
  }
  return ready;
}

/** Why a pod is not up. A Job's pod is up when it has done its work. */
export function podFaults({ metadata, spec, status }: Pod): string[] {
  const where = `${metadata.namespace}/${metadata.name}`;
  if (status.phase === "Succeeded") {
    return [];
  }
  const ready = status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
  return [
    ...(spec.nodeName === undefined ? [`${where} is on no node`] : []),
    ...(status.phase === "Running" ? [] : [`${where} is ${status.phase}`]),
    ...(ready ? [] : [`${where} is not ready`]),
  ];
}
