import type { Service } from "@pulumi/kubernetes/core/v1/service.js";
import type * as pulumi from "@pulumi/pulumi";

import { workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import { serviceAccount } from "./account.ts";
import { setClaimSizes, setsSizes, templateTerms } from "./claim-sizes.ts";
import { makeController } from "./controller.ts";
import { makeAutoscaler, makeBudget } from "./disruption.ts";
import type { Metadata } from "./metadata.ts";
import { makeNetworkPolicy } from "./network-policy.ts";
import { readySeconds } from "./patience.ts";
import { refuseImpossible } from "./refuse.ts";
import { makeService } from "./service.ts";
import { podSources } from "./sources.ts";
import type { WorkloadArgs } from "./types.ts";

/** What the objects of a Workload are known by. */
export interface WorkloadObjects extends Awaitable {
  /** Names under which the pods are dialled, in the order they were given. */
  readonly serviceNames: readonly string[];
  /** The same Services. */
  readonly services: readonly Service[];
  /** The controller, which is awaited, and waits itself for account and Services; after it, sizes of its own disks. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * Makes a Workload: pods that run one program, with all that belongs to them: Service, budget, autoscaler, network
 * policy, service account, configuration, secrets and disks.
 *
 * They are children of the component that they are the whole of: a dmsg-server is its Deployment with what belongs to
 * it, and a node of its own between the two would only lengthen previews and state.
 *
 * Only the names that others dial or operators know are fixed: controller, Services, claims, service account.
 * ConfigMaps and Secrets keep the engine's names, so that changed content makes a new object, and the pods that read
 * it are exchanged.
 *
 * @param name Of the controller, the account and, by default, the Service.
 * @param opts `dependsOn` is what must be ready before its pods are made, or exchanged.
 */
export function makeWorkload(
  name: string,
  args: WorkloadArgs,
  {
    dependsOn = [],
    ...opts
  }: {
    readonly parent: pulumi.ComponentResource;
    readonly dependsOn?: readonly pulumi.Resource[];
  },
): WorkloadObjects {
  refuseImpossible(name, args);
  const labels = workloadLabels(name, args.system);
  const metadata: Metadata = { name, namespace: args.namespace, labels };
  const { group } = args;
  const account =
    group === undefined ? serviceAccount(name, args, metadata, opts) : (group.ready ?? []);
  const sources = podSources(name, args, metadata, opts);
  // Of pods in their node's network a policy would speak without effect.
  if (group === undefined && args.hostNetwork !== true) {
    makeNetworkPolicy("workload", args, metadata, opts);
  }
  const services = (args.services ?? []).map((service) =>
    makeService(name, service, args, metadata, opts),
  );
  const controller = makeController(name, args, metadata, sources, {
    ...opts,
    // Not on load balancers: those wait for the pods themselves.
    dependsOn: [
      ...dependsOn,
      ...account,
      ...services.filter((_, index) => !isBalancer(args, index)),
    ],
    ...ignoredChanges(args),
    ...timeouts(args),
  });
  if (group === undefined) {
    makeBudget(name, args, metadata, opts);
  }
  makeAutoscaler(name, args, metadata, { ...opts, dependsOn: controller });
  const sizes = setClaimSizes(name, args, metadata, { ...opts, dependsOn: controller });
  return {
    serviceNames: (args.services ?? []).map((service) => service.name ?? name),
    services,
    ready: [controller, ...sizes],
  };
}

/** Fields of the controller that others set later. */
function ignoredChanges(args: WorkloadArgs): Pick<pulumi.CustomResourceOptions, "ignoreChanges"> {
  const ignored = [
    // To say no number is to give it up: without this, the API server would fall back to one pod.
    ...(args.autoscale === undefined ? [] : ["spec.replicas"]),
    ...(setsSizes(args) ? templateTerms : []),
  ];
  return ignored.length === 0 ? {} : { ignoreChanges: ignored };
}

/** How long the engine waits for the controller. */
function timeouts(args: WorkloadArgs): Pick<pulumi.CustomResourceOptions, "customTimeouts"> {
  const seconds = readySeconds(args);
  const timeout = args.readyTimeout ?? (seconds === undefined ? undefined : `${seconds}s`);
  return timeout === undefined || args.await === false
    ? {}
    : { customTimeouts: { create: timeout, update: timeout } };
}

const isBalancer = (args: WorkloadArgs, index: number): boolean =>
  args.services?.[index]?.type === "LoadBalancer";
