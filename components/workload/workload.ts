import type { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";

import { workloadLabel, workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import { serviceAccount } from "./account.ts";
import { setClaimSizes, setsSizes, templateSizes } from "./claim-sizes.ts";
import { makeController } from "./controller.ts";
import { makeAutoscaler, makeBudget } from "./disruption.ts";
import type { Metadata } from "./metadata.ts";
import { readySeconds } from "./patience.ts";
import { networkPolicySpec } from "./policy.ts";
import { refuseImpossible } from "./refuse.ts";
import { makeService } from "./service.ts";
import { podSources } from "./sources.ts";
import type { WorkloadArgs } from "./types.ts";

/** What the objects of a Workload are known by. */
export interface WorkloadObjects extends Awaitable {
  /** Names under which the pods are dialled, in the order they were given. */
  readonly serviceNames: readonly string[];
  /** Label selector of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** The controller, which is awaited, and waits itself for account and Services; after it, sizes of its own disks. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * Makes the objects of a Workload as children of the component that they are the whole of: a
 * dmsg-server is its Deployment with what belongs to it, and a node of its own between the two would
 * only lengthen previews and state. What has no component of its own takes {@link Workload}.
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
): WorkloadObjects & { readonly services: readonly Service[] } {
  refuseImpossible(name, args);
  const timeout = args.readyTimeout ?? goDuration(readySeconds(args));
  const labels = workloadLabels(name, args.system);
  const metadata: Metadata = { name, namespace: args.namespace, labels };
  const { group } = args;
  const account =
    group === undefined ? serviceAccount(name, args, metadata, opts) : (group.ready ?? []);
  const sources = podSources(name, args, metadata, opts);
  // Of pods in their node's network a policy would speak without effect.
  if (group === undefined && args.networkPolicy !== false && args.hostNetwork !== true) {
    new NetworkPolicy(
      `${name}-policy`,
      { metadata, spec: networkPolicySpec(name, args.flows) },
      opts,
    );
  }
  const services = (args.services ?? []).map((service) =>
    makeService(name, service, args, metadata, opts),
  );
  const ignored = [
    // To say no number is to give it up: without this, the API server would fall back to one pod.
    ...(args.autoscale === undefined ? [] : ["spec.replicas"]),
    ...(setsSizes(args) ? [templateSizes] : []),
  ];
  const controller = makeController(name, args, metadata, sources, {
    ...opts,
    // Not on load balancers: those wait for the pods themselves.
    dependsOn: [
      ...dependsOn,
      ...account,
      ...services.filter((_, index) => !isBalancer(args, index)),
    ],
    ...(ignored.length === 0 ? {} : { ignoreChanges: ignored }),
    ...(timeout === undefined || args.await === false
      ? {}
      : { customTimeouts: { create: timeout, update: timeout } }),
  });
  if (group === undefined) {
    makeBudget(name, args, metadata, opts);
  }
  makeAutoscaler(name, args, metadata, { ...opts, dependsOn: controller });
  const sizes = setClaimSizes(name, args, metadata, { ...opts, dependsOn: controller });
  return {
    serviceNames: (args.services ?? []).map((service) => service.name ?? name),
    services,
    selector: { [workloadLabel]: name },
    ready: [controller, ...sizes],
  };
}

/**
 * Pods that run one program, with all that belongs to them: Service, budget, autoscaler, network
 * policy, service account, configuration, secrets and disks.
 *
 * Only the names that others dial or operators know are fixed: controller, Services, claims, service
 * account. ConfigMaps and Secrets keep the engine's names, so that changed content makes a new
 * object, and the pods that read it are exchanged.
 */
export class Workload extends pulumi.ComponentResource implements WorkloadObjects {
  /** {@inheritDoc WorkloadObjects.serviceNames} */
  readonly serviceNames: readonly string[];
  /** {@inheritDoc WorkloadObjects.selector} */
  readonly selector: Readonly<Record<string, string>>;
  /** {@inheritDoc WorkloadObjects.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    // Component inputs are written to state: a summary, never files or secrets.
    const summary = { kind: args.kind, image: args.container.image, replicas: args.replicas ?? 1 };
    super("fleet:workload:Workload", name, summary, opts);
    const made = makeWorkload(name, args, { parent: this });
    this.serviceNames = made.serviceNames;
    this.selector = made.selector;
    this.ready = made.ready;
    this.registerOutputs({ serviceNames: this.serviceNames, selector: this.selector });
  }
}

/** Seconds as the engine reads them. */
const goDuration = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : `${seconds}s`;

const isBalancer = (args: WorkloadArgs, index: number): boolean =>
  args.services?.[index]?.type === "LoadBalancer";
