/**
 * A parked network: nothing runs, and all that lasts stays as it is. One transformation of the whole
 * stack, so that whoever declares a workload need not know of it, and none is forgotten.
 */
import * as pulumi from "@pulumi/pulumi";

import { noPodLeft, podCountType } from "../../components/platform/pod-count.ts";
import { waitForAnnotation } from "../../components/workload/controller.ts";
import type { SpacemeshStack } from "./schema.ts";

type Inputs = Readonly<Record<string, unknown>>;

/** Controllers whose pods are counted. A DaemonSet has as many as there are nodes: none. */
const counted = ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"];

const scheduled = "kubernetes:batch/v1:CronJob";

/** A network that is declared as a parked one. */
export interface Parking {
  /** What waits for the last pods, as soon as all is declared: machines go after it, and not from under them. */
  readonly ended: Promise<readonly pulumi.Resource[]>;
  /** Says that all is declared. */
  readonly close: () => void;
}

/**
 * Namespaces whose last pod is waited for before machines go, where the stack has machines: those whose pods
 * have disks to write to. What has a pod on each node has it as long as there are nodes.
 */
export const emptied = ({
  cluster,
  namespaces,
  webServices,
  observability: { logs },
}: Pick<SpacemeshStack, "cluster" | "namespaces" | "webServices" | "observability">): string[] =>
  cluster.kind === "gke"
    ? [
        namespaces.network,
        ...(webServices === undefined ? [] : [namespaces.webServices]),
        ...(logs === undefined ? [] : [logs.namespace]),
      ]
    : [];

/** From here on, whatever the program declares is declared as that of a parked network. */
export function parkEverything(): Parking {
  const runners: pulumi.Resource[] = [];
  const counts: pulumi.Resource[] = [];
  const [told, ended] = [allOf(runners), allOf(counts)];
  pulumi.runtime.registerStackTransformation(({ resource, type, props, opts }) => {
    const parked = parkedInputs(type, props);
    if (parked === undefined) {
      return undefined;
    }
    if (type !== podCountType) {
      runners.push(resource);
      return { props: parked, opts };
    }
    // The first one waits for whoever tells pods to end, and all others for it: a thousand miners are a
    // thousand edges, and not a thousand for each.
    const [first] = counts;
    counts.push(resource);
    return { props: parked, opts: { ...opts, dependsOn: first ?? told.promise } };
  });
  return {
    ended: ended.promise,
    close: () => {
      told.close();
      ended.close();
    },
  };
}

/** A list that is not whole before it is closed. */
function allOf(resources: pulumi.Resource[]): {
  readonly promise: Promise<pulumi.Resource[]>;
  readonly close: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<pulumi.Resource[]>();
  return {
    promise,
    close: () => {
      resolve(resources);
    },
  };
}

/**
 * Inputs of a resource in a parked network; undefined where they stay as they are.
 *
 * @param type Type token, e.g. `kubernetes:apps/v1:Deployment`.
 */
export function parkedInputs(type: string, inputs: Inputs): Inputs | undefined {
  if (type === scheduled) {
    return withPart(inputs, "spec", (spec) => ({ ...spec, suspend: true }));
  }
  if (type === podCountType) {
    return withPart(inputs, "metadata", (metadata) =>
      annotated(metadata, waitForAnnotation, noPodLeft),
    );
  }
  if (!counted.includes(type)) {
    return undefined;
  }
  const scaled = withPart(inputs, "spec", (spec) => ({ ...spec, replicas: 0 }));
  const parked = withPart(scaled, "metadata", withoutWait);
  return saysReplicas(inputs) ? parked : withPart(parked, "metadata", forced);
}

/** Who waits for a pod would wait for ever. */
const withoutWait = (metadata: Inputs): Inputs => ({
  ...metadata,
  annotations: Object.fromEntries(
    Object.entries((metadata["annotations"] ?? {}) as Inputs).filter(
      ([name]) => name !== waitForAnnotation,
    ),
  ),
});

/** Whether the number of pods is the file's, and no autoscaler's. */
const saysReplicas = ({ spec }: Inputs): boolean =>
  typeof spec === "object" && spec !== null && "replicas" in spec;

/** The number was the autoscaler's last: without this word, to set it is a conflict. */
const forced = (metadata: Inputs): Inputs => annotated(metadata, "pulumi.com/patchForce", "true");

const annotated = (metadata: Inputs, name: string, value: string): Inputs => ({
  ...metadata,
  annotations: { ...(metadata["annotations"] as Inputs | undefined), [name]: value },
});

/** Inputs with one part changed, known now or only when it is. */
function withPart(inputs: Inputs, part: string, change: (value: Inputs) => Inputs): Inputs {
  const value = inputs[part];
  return {
    ...inputs,
    [part]: pulumi.Output.isInstance<Inputs>(value)
      ? value.apply(change)
      : change((value ?? {}) as Inputs),
  };
}
