/**
 * A parked network: nothing runs, and all that lasts stays as it is. One transformation of the whole
 * stack, so that whoever declares a workload need not know of it, and none is forgotten.
 */
import * as pulumi from "@pulumi/pulumi";

import { waitForAnnotation } from "../../components/workload/controller.ts";

type Inputs = Readonly<Record<string, unknown>>;

/** Controllers whose pods are counted. A DaemonSet has as many as there are nodes: none. */
const counted = ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"];

const scheduled = "kubernetes:batch/v1:CronJob";

/** From here on, whatever the program declares is declared as that of a parked network. */
export function parkEverything(): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    const parked = parkedInputs(type, props);
    return parked === undefined ? undefined : { props: parked, opts };
  });
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
const forced = (metadata: Inputs): Inputs => ({
  ...metadata,
  annotations: {
    ...(metadata["annotations"] as Inputs | undefined),
    "pulumi.com/patchForce": "true",
  },
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
