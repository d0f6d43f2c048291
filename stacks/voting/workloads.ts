/** What the services of a voting stack become Workloads with. Pure but for what it is handed. */
import type * as pulumi from "@pulumi/pulumi";

import type { SecretReference } from "../../components/base/secrets.ts";
import type { KubernetesContext } from "../../components/compose/kubernetes.ts";
import type { Publish } from "../../components/compose/names.ts";
import type { VotingOnKubernetes } from "./schema.ts";
import { composeOf, controllerOf, flowsOfStack } from "./shape.ts";

/** What of the running program the Workloads need. */
export interface Bindings {
  readonly namespace: pulumi.Input<string>;
  readonly secret: (reference: SecretReference) => pulumi.Output<string>;
}

/** Has `sh` and `nc`, in which pods wait for what they depend on. */
const waitImage = "docker.io/library/busybox:1.37.0";

/** User of images whose service names none: nobody's number on any system. */
const nobody = 65_532;

/** What a pod asks for whose service reserves nothing. */
const usualRequests = { cpu: "50m", memory: "64Mi" } as const;

/** What a service becomes a Workload with: the stack, and what Swarm has no words for. */
export function contextOf(
  stack: VotingOnKubernetes,
  name: string,
  { namespace, secret }: Bindings,
): KubernetesContext {
  const autoscale = stack.autoscale[name];
  const { progressDeadlineSeconds, timeoutSeconds, replaceRegardless } = stack.update;
  return {
    name,
    system: "voting",
    namespace,
    namespaceName: stack.namespace,
    stack: composeOf(stack),
    secret,
    security: { user: nobody },
    requests: usualRequests,
    waitImage,
    publish: publishOf(stack, name),
    flows: flowsOfStack(stack),
    ...(autoscale === undefined ? {} : { autoscale }),
    progressDeadlineSeconds,
    replaceRegardless,
    ...(timeoutSeconds === undefined ? {} : { readyTimeout: `${timeoutSeconds}s` }),
    // The pools are workers: no config says whether the control plane takes pods.
    controlPlaneNodes: false,
    onFailure: stack.onFailure,
    data: stack.data,
    networkPolicy: stack.networkPolicy === "on",
  };
}

function publishOf(stack: VotingOnKubernetes, name: string): Publish {
  const host = stack.hosts[name];
  return host === undefined
    ? { kind: "Internal" }
    : { kind: "Ingress", controller: controllerOf(stack, host) };
}
