/** A service in Swarm's words as a Workload. Pure: data in, data and warnings out. */
import type * as pulumi from "@pulumi/pulumi";

import { type Flow, flowsOf } from "../base/flows.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { SecretReference } from "../base/secrets.ts";
import { podText } from "../workload/pod-text.ts";
import type { Container, Security, WorkloadArgs } from "../workload/types.ts";
import type { Autoscale, Resources } from "../workload/workload.schema.ts";
import type { ComposeStack } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { swarmStopGrace } from "./defaults.ts";
import { waitContainers } from "./dependencies.ts";
import { toFiles } from "./files.ts";
import { stackFlows } from "./flows.ts";
import { toProbes } from "./healthcheck.ts";
import { kubernetesFaults } from "./kubernetes-faults.ts";
import { podLabels, serviceLabels } from "./labels.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { type Publish, toServices } from "./names.ts";
import { toPlacement } from "./placement.ts";
import { toContainerPorts } from "./ports.ts";
import { toDevices, toResources } from "./resources.ts";
import { restartWarnings, toJobRun } from "./restart.ts";
import { pairsOf, wordsOf } from "./text.ts";
import { wholeSeconds } from "./units.ts";
import { type ExchangingKind, rollbackWarnings, toUpdate } from "./update.ts";
import { hasOwnDisks, ownDiskWarnings, toVolumes, writerFaults } from "./volumes.ts";
import type { Translated, Warning } from "./warning.ts";

/** What a Workload needs to know beside what its service says. */
export interface KubernetesContext {
  /** The service's name: of the Workload, and under which others dial it. */
  readonly name: string;
  /** System it belongs to: a label. */
  readonly system: string;
  readonly namespace: pulumi.Input<string>;
  readonly namespaceName: string;
  /** All services of the stack, and what they share. */
  readonly stack: ComposeStack;
  /** Content of a secret. */
  readonly secret: (reference: SecretReference) => pulumi.Output<string>;
  /** User of images whose service says none, and why restricted does not hold where it does not. */
  readonly security: Pick<Security, "user" | "group" | "exception">;
  /** Requests of services that reserve nothing. */
  readonly requests: Resources["requests"];
  /** Image with `sh` and `nc`, in which pods wait for what they depend on. */
  readonly waitImage: string;
  readonly publish: Publish;
  /** Whether pods can be put on nodes of the control plane: not on those of a managed cluster. */
  readonly controlPlaneNodes: boolean;
  /** Who may call whom. Default: whoever shares a network, as in Swarm. */
  readonly flows?: readonly Flow[];
  /** The number of pods follows the load: Swarm has no word for it. Not beside replicas. */
  readonly autoscale?: Autoscale;
  /** After how long without progress an update has failed, which Swarm does not ask. Default 600. */
  readonly progressDeadlineSeconds?: number;
  /** How long the run waits for the service, e.g. `20m`. Default: as long as its update may take. */
  readonly readyTimeout?: string;
  /** What the stack does when an update fails. */
  readonly onFailure: "pause" | "rollback";
  /** With failure_action: continue, exchange the rest too when new pods do not get ready. */
  readonly replaceRegardless?: boolean;
  /** What happens to disks when their service goes. */
  readonly data: DataPolicy;
  readonly pullSecrets?: readonly pulumi.Input<string>[];
  readonly networkPolicy?: boolean;
}

/** A service as a Workload. */
export interface WorkloadTranslation {
  readonly args: WorkloadArgs;
  readonly warnings: readonly Warning[];
}

/** The controller that keeps a service's pods. Disks of their own need a StatefulSet's numbers. */
export function kindOf(service: ComposeService, { volumes }: ComposeStack): WorkloadArgs["kind"] {
  switch (service.deploy?.mode ?? "replicated") {
    case "replicated":
      return hasOwnDisks(service, volumes) ? "StatefulSet" : "Deployment";
    case "global":
      return "DaemonSet";
    case "replicated-job":
      return "Job";
  }
}

/**
 * A service as a Workload, filled with Swarm's defaults where it says nothing.
 *
 * @throws Error where the service asks for what Kubernetes cannot do: {@link kubernetesFaults} says
 * so before anything is touched.
 */
export function toWorkload(
  service: ComposeService,
  context: KubernetesContext,
): WorkloadTranslation {
  refuse(service, context);
  const { name, stack } = context;
  const layout = layoutOf(service);
  const kind = kindOf(service, stack);
  const warnings: Warning[] = [...layout.warnings];
  const take = <Value>(translated: Translated<Value>): Value => {
    warnings.push(...translated.warnings);
    return translated.value;
  };
  const volumes = take(toVolumes(service, stack.volumes, kind === "StatefulSet"));
  const mostPods = context.autoscale?.max ?? layout.deploy.replicas ?? 1;
  warnings.push(...ownDiskWarnings(service, stack.volumes, mostPods));
  const files = take(toFiles(service, stack.configs, context.secret));
  const waits = take(waitContainers(service, stack.services, context.waitImage));
  const services = take(toServices(name, service, context.publish));
  const labels = take(serviceLabels(layout.deploy.labels, ["deploy", "labels"]));
  const pods = take(podLabels(service.labels, ["labels"]));
  const placement = take(placementOf(layout));
  const run = take(runOf(kind, layout, context));
  const container = take(containerOf(service, context, [...files.mounts, ...volumes.mounts]));
  const args: WorkloadArgs = {
    kind,
    system: context.system,
    namespace: context.namespace,
    container,
    ...(waits.length === 0 ? {} : { initContainers: waits }),
    ...run,
    ...(Object.keys(placement).length === 0 ? {} : { placement }),
    security: securityOf(service, context),
    flows: flowsOf(context.flows ?? stackFlows(stack, context), name, context.namespaceName),
    ...(files.files.length === 0 ? {} : { files: files.files }),
    ...(files.secretFiles.length === 0 ? {} : { secretFiles: files.secretFiles }),
    ...(volumes.scratch.length === 0 ? {} : { scratch: volumes.scratch }),
    ...(volumes.claims.length === 0 ? {} : { claims: volumes.claims, data: context.data }),
    services,
    ...(context.pullSecrets === undefined ? {} : { pullSecrets: context.pullSecrets }),
    terminationGraceSeconds: stopGraceOf(service),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(pods.labels).length === 0 ? {} : { podLabels: pods.labels }),
    ...(Object.keys(pods.annotations).length === 0 ? {} : { podAnnotations: pods.annotations }),
    ...(context.readyTimeout === undefined ? {} : { readyTimeout: context.readyTimeout }),
    ...(context.networkPolicy === undefined ? {} : { networkPolicy: context.networkPolicy }),
  };
  return { args, warnings };
}

function refuse(service: ComposeService, context: KubernetesContext): void {
  const { volumes } = context.stack;
  const { controlPlaneNodes, security } = context;
  const faults = [
    ...writerFaults(service, volumes),
    ...kubernetesFaults(service, { volumes, controlPlaneNodes, exception: security.exception }),
  ];
  if (faults.length > 0) {
    const texts = faults.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new Error(`service ${context.name}: ${texts.join("; ")}`);
  }
}

const placementOf = ({ deploy: { mode = "replicated", placement = {} }, at }: Layout) =>
  toPlacement({ mode, placement }, (...words) => at("placement", ...words));

/** How many pods, how they are exchanged and started again, and whether the run waits for them. */
function runOf(
  kind: WorkloadArgs["kind"],
  { deploy, at }: Layout,
  context: KubernetesContext,
): Translated<Pick<WorkloadArgs, "replicas" | "autoscale" | "update" | "await" | "job">> {
  const policy = deploy.restart_policy ?? {};
  const restartAt = (...words: string[]) => at("restart_policy", ...words);
  if (kind === "Job") {
    const { value, warnings } = toJobRun(policy, deploy.replicas ?? 1, restartAt);
    // An autoscaler is handed on to be refused, as of whatever is not counted.
    const { autoscale } = context;
    return { value: { job: value, ...(autoscale === undefined ? {} : { autoscale }) }, warnings };
  }
  const exchange = exchangeOf(kind, { deploy, at }, context);
  return {
    value: {
      ...numberOf(kind, deploy, context),
      update: {
        ...exchange.value.update,
        ...(context.progressDeadlineSeconds === undefined
          ? {}
          : { progressDeadlineSeconds: context.progressDeadlineSeconds }),
      },
      ...(exchange.value.await ? {} : { await: false }),
    },
    warnings: [...restartWarnings(policy, restartAt), ...exchange.warnings],
  };
}

/** Swarm's default of one task gives way to the autoscaler; a number that is written does not. */
function numberOf(
  kind: ExchangingKind,
  { replicas }: Layout["deploy"],
  { autoscale }: KubernetesContext,
): Pick<WorkloadArgs, "replicas" | "autoscale"> {
  if (autoscale !== undefined) {
    return { autoscale, ...(replicas === undefined ? {} : { replicas }) };
  }
  return kind === "DaemonSet" ? {} : { replicas: replicas ?? 1 };
}

function exchangeOf(
  kind: ExchangingKind,
  { deploy, at }: Pick<Layout, "deploy" | "at">,
  { onFailure, replaceRegardless }: KubernetesContext,
) {
  const { value, warnings } = toUpdate(
    deploy.update_config ?? {},
    { kind, onFailure, ...(replaceRegardless === undefined ? {} : { replaceRegardless }) },
    (...words) => at("update_config", ...words),
  );
  const back = rollbackWarnings(deploy.rollback_config ?? {}, (...words) =>
    at("rollback_config", ...words),
  );
  return { value, warnings: [...warnings, ...back] };
}

/**
 * Never 0: the API server then forgets a pod before its container has ended, and the next one of its
 * number would write to the same disk.
 */
const stopGraceOf = ({ stop_grace_period: grace = swarmStopGrace }: ComposeService): number =>
  Math.max(1, wholeSeconds(grace));

/** User and root file system. Swarm's containers write to theirs unless they say otherwise. */
function securityOf(service: ComposeService, { security }: KubernetesContext): Security {
  const [user, group] = (service.user ?? "").split(":");
  return {
    ...security,
    ...(service.user === undefined ? {} : { user: Number(user) }),
    ...(group === undefined ? {} : { group: Number(group) }),
    writableRoot: service.read_only !== true,
  };
}

function containerOf(
  service: ComposeService,
  context: KubernetesContext,
  mounts: NonNullable<Container["mounts"]>,
): Translated<Container> {
  const { deploy } = layoutOf(service);
  const env = Object.entries(pairsOf(service.environment ?? {}));
  const devices = toDevices(deploy.resources ?? {});
  const ports = toContainerPorts(service);
  const job = deploy.mode === "replicated-job";
  const probes =
    job && service.healthcheck === undefined
      ? undefined
      : toProbes(service.healthcheck, ["healthcheck"]);
  const words = (command: NonNullable<ComposeService["command"]>) => wordsOf(command).map(podText);
  return {
    value: {
      name: context.name,
      image: service.image,
      ...(service.entrypoint === undefined ? {} : { command: words(service.entrypoint) }),
      ...(service.command === undefined ? {} : { args: words(service.command) }),
      ...(env.length === 0
        ? {}
        : { env: Object.fromEntries(env.map(([key, value]) => [key, podText(value)])) }),
      ...(ports.length === 0 ? {} : { ports }),
      ...(probes === undefined ? {} : { probes: probes.value }),
      resources: toResources(deploy.resources ?? {}, context.requests),
      ...(Object.keys(devices).length === 0 ? {} : { devices }),
      ...(mounts.length === 0 ? {} : { mounts }),
    },
    warnings: [...(probes?.warnings ?? []), ...templateWarnings(env)],
  };
}

/** Swarm fills `{{.Node.Hostname}}` and its like into variables. */
function templateWarnings(env: readonly (readonly [string, string])[]): Warning[] {
  return env
    .filter(([, value]) => /\{\{\s*\./.test(value))
    .map(([key]) => ({
      path: ["environment", key],
      message: "is taken literally: Kubernetes fills in no templates",
    }));
}
