import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { workloadLabel, workloadLabels } from "../base/labels.ts";
import { containersOf, hasRules, podTemplate, type PodSources, secretEnvKey } from "./pod.ts";
import { networkPolicySpec } from "./policy.ts";
import type { ApiRule, ServiceSpec, WorkloadArgs } from "./types.ts";

type Metadata = k8s.types.input.meta.v1.ObjectMeta;

/**
 * Pods that run one program, with all that belongs to them: Service, budget, autoscaler, network
 * policy, service account, configuration, secrets and disks.
 *
 * Only the names that others dial or operators know are fixed: controller, Services, claims, service
 * account. ConfigMaps and Secrets keep the engine's names, so that changed content makes a new
 * object, and the pods that read it are exchanged.
 */
export class Workload extends pulumi.ComponentResource {
  /** Names under which the pods are dialled, in the order they were given. */
  readonly serviceNames: readonly string[];
  /** Label selector of the pods. */
  readonly selector: Readonly<Record<string, string>>;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    // Component inputs are written to state: a summary, never files or secrets.
    const summary = { kind: args.kind, image: args.container.image, replicas: args.replicas ?? 1 };
    super("fleet:workload:Workload", name, summary, opts);
    refuseImpossible(name, args);
    const parent = { parent: this };
    const labels = workloadLabels(name, args.system);
    const metadata: Metadata = { name, namespace: args.namespace, labels };

    this.selector = { [workloadLabel]: name };
    const account = serviceAccount(name, args, metadata, parent);
    const sources = podSources(name, args, metadata, parent);
    if (args.networkPolicy !== false) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-policy`,
        { metadata, spec: networkPolicySpec(name, args.flows) },
        parent,
      );
    }
    this.serviceNames = (args.services ?? []).map((service) =>
      makeService(name, service, args, metadata, parent),
    );
    const controller = makeController(name, args, metadata, sources, {
      ...parent,
      dependsOn: account,
      ...(args.readyTimeout === undefined
        ? {}
        : { customTimeouts: { create: args.readyTimeout, update: args.readyTimeout } }),
    });
    makeBudget(name, args, metadata, parent);
    makeAutoscaler(name, args, metadata, { parent: this, dependsOn: controller });

    this.registerOutputs({ serviceNames: this.serviceNames, selector: this.selector });
  }
}

/** Faults of code, not of config: a component that composes a Workload so is wrong everywhere. */
function refuseImpossible(name: string, args: WorkloadArgs): void {
  const faults: string[] = [];
  const { exception, user } = args.security;
  const hostAccess =
    (args.hostPaths ?? []).length > 0 ||
    containersOf(args).some(
      ({ capabilities, ports }) =>
        (capabilities ?? []).some((capability) => capability !== "NET_BIND_SERVICE") ||
        (ports ?? []).some(({ hostPort }) => hostPort !== undefined),
    );
  if (exception === undefined && (user === 0 || hostAccess)) {
    faults.push("user 0, host ports, host paths and capabilities need a named security.exception");
  }
  if ((args.claims ?? []).some(({ perPod }) => perPod === true) && args.kind !== "StatefulSet") {
    faults.push("a claim for each pod needs a StatefulSet");
  }
  const shared = (args.claims ?? []).some(({ perPod }) => perPod !== true);
  if (shared && (args.replicas ?? 1) > 1) {
    faults.push("a claim can be mounted by one pod only: set perPod");
  }
  if (shared && args.kind === "Deployment" && args.update?.strategy !== "Recreate") {
    faults.push(
      "a Deployment with a claim must use Recreate: the new pod waits for the disk for ever",
    );
  }
  if (faults.length > 0) {
    throw new Error(`Workload ${name}: ${faults.join("; ")}`);
  }
}

function serviceAccount(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata, automountServiceAccountToken: hasRules(args) },
    opts,
  );
  const subjects = [{ kind: "ServiceAccount", name, namespace: args.namespace }];
  const made: pulumi.Resource[] = [account];
  const rules = (list: readonly ApiRule[]) =>
    list.map(({ apiGroups, resources, verbs, resourceNames }) => ({
      apiGroups: [...apiGroups],
      resources: [...resources],
      verbs: [...verbs],
      ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
    }));
  const apiGroup = "rbac.authorization.k8s.io";
  if (args.rules !== undefined) {
    made.push(
      new k8s.rbac.v1.Role(`${name}-role`, { metadata, rules: rules(args.rules) }, opts),
      new k8s.rbac.v1.RoleBinding(
        `${name}-role-binding`,
        { metadata, subjects, roleRef: { apiGroup, kind: "Role", name } },
        opts,
      ),
    );
  }
  if (args.clusterRules !== undefined) {
    const clusterMetadata = { name, ...(metadata.labels ? { labels: metadata.labels } : {}) };
    made.push(
      new k8s.rbac.v1.ClusterRole(
        `${name}-cluster-role`,
        { metadata: clusterMetadata, rules: rules(args.clusterRules) },
        opts,
      ),
      new k8s.rbac.v1.ClusterRoleBinding(
        `${name}-cluster-role-binding`,
        { metadata: clusterMetadata, subjects, roleRef: { apiGroup, kind: "ClusterRole", name } },
        opts,
      ),
    );
  }
  return made;
}

/** Makes the objects that volumes and variables come from, and tells their names. */
function podSources(
  name: string,
  args: WorkloadArgs,
  { namespace, labels }: Metadata,
  opts: pulumi.CustomResourceOptions,
): PodSources {
  // No name: the engine's own changes with the content, which rolls the pods.
  const metadata = { namespace, labels } as Metadata;
  const files = (args.files ?? []).map((set) => {
    const map = new k8s.core.v1.ConfigMap(
      `${name}-${set.name}`,
      { metadata, data: set.files },
      opts,
    );
    return [set.name, map.metadata.name] as const;
  });
  const secretFiles = (args.secretFiles ?? []).map((set) => {
    const stringData = set.files;
    const secret = new k8s.core.v1.Secret(`${name}-${set.name}`, { metadata, stringData }, opts);
    return [set.name, secret.metadata.name] as const;
  });
  const variables = containersOf(args).flatMap((container) =>
    Object.entries(container.secretEnv ?? {}).map(
      ([variable, value]) => [secretEnvKey(container.name, variable), value] as const,
    ),
  );
  const stringData = Object.fromEntries(variables);
  return {
    files: Object.fromEntries(files),
    secretFiles: Object.fromEntries(secretFiles),
    secretEnv:
      variables.length === 0
        ? undefined
        : new k8s.core.v1.Secret(`${name}-env`, { metadata, stringData }, opts).metadata.name,
    claims: makeClaims(name, args, { namespace, labels } as Metadata, opts),
  };
}

function makeClaims(
  name: string,
  args: WorkloadArgs,
  { namespace, labels }: Metadata,
  opts: pulumi.CustomResourceOptions,
): Record<string, pulumi.Output<string>> {
  const policy = args.data ?? "protect";
  const claims = (args.claims ?? [])
    .filter(({ perPod }) => perPod !== true)
    .map((claim) => {
      const claimName = `${name}-${claim.name}`;
      // A class that waits for a consumer leaves the claim Pending until the pod exists: awaiting it
      // here would be a deadlock, or a race with quick consumers (toolchain.md).
      const annotations = { "pulumi.com/skipAwait": "true" };
      const made = new k8s.core.v1.PersistentVolumeClaim(
        claimName,
        {
          metadata: { name: claimName, namespace, labels, annotations } as Metadata,
          spec: claimSpec(claim),
        },
        { ...opts, protect: policy === "protect", retainOnDelete: policy !== "delete" },
      );
      return [claim.name, made.metadata.name] as const;
    });
  return Object.fromEntries(claims);
}

function claimSpec(claim: {
  readonly size: string;
  readonly storageClass?: string;
}): k8s.types.input.core.v1.PersistentVolumeClaimSpec {
  return {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: claim.size } },
    ...(claim.storageClass === undefined ? {} : { storageClassName: claim.storageClass }),
  };
}

function makeService(
  workload: string,
  service: ServiceSpec,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): string {
  const name = service.name ?? workload;
  const type = service.type ?? "ClusterIP";
  const containerPorts = [args.container, ...(args.sidecars ?? [])].flatMap(
    ({ ports }) => ports ?? [],
  );
  const ports = service.ports.map((port) => {
    const target = containerPorts.find((candidate) => candidate.name === port.name);
    if (target === undefined) {
      throw new Error(`Service ${name}: no container of ${workload} has a port ${port.name}`);
    }
    return {
      name: port.name,
      port: port.port ?? target.port,
      targetPort: port.name,
      protocol: target.protocol ?? "TCP",
      ...(port.nodePort === undefined ? {} : { nodePort: port.nodePort }),
    };
  });
  new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata: {
        ...metadata,
        name,
        annotations: {
          ...service.annotations,
          // The Workload behind it is awaited; the provider's own wait would add ten seconds each.
          ...(type === "LoadBalancer" ? {} : { "pulumi.com/skipAwait": "true" }),
        },
      },
      spec: {
        type: type === "Headless" ? "ClusterIP" : type,
        ...(type === "Headless" ? { clusterIP: "None" } : {}),
        selector: { [workloadLabel]: workload },
        ports,
        ...(service.externalTrafficPolicy === undefined
          ? {}
          : { externalTrafficPolicy: service.externalTrafficPolicy }),
        ...(service.publishNotReady === true ? { publishNotReadyAddresses: true } : {}),
      },
    },
    opts,
  );
  return name;
}

function makeController(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  sources: PodSources,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const template = podTemplate(name, args, sources);
  const selector = { matchLabels: { [workloadLabel]: name } };
  const replicas = args.autoscale === undefined ? { replicas: args.replicas ?? 1 } : {};
  const { minReadySeconds = 0 } = args.update ?? {};
  switch (args.kind) {
    case "Deployment":
      return new k8s.apps.v1.Deployment(
        name,
        { metadata, spec: { ...replicas, selector, template, ...deploymentUpdate(args) } },
        opts,
      );
    case "StatefulSet":
      return new k8s.apps.v1.StatefulSet(
        name,
        {
          metadata,
          spec: {
            ...replicas,
            serviceName: headlessService(name, args),
            selector,
            template,
            minReadySeconds,
            ...claimTemplates(args),
          },
        },
        opts,
      );
    case "DaemonSet":
      return new k8s.apps.v1.DaemonSet(
        name,
        { metadata, spec: { selector, template, minReadySeconds } },
        opts,
      );
    case "Job": {
      // A Job's template cannot change: without a fixed name the next one is made beside it.
      const { namespace, labels } = metadata;
      return new k8s.batch.v1.Job(
        name,
        {
          metadata: { namespace, labels } as Metadata,
          spec: { template, backoffLimit: args.backoffLimit ?? 6 },
        },
        opts,
      );
    }
  }
}

function deploymentUpdate(args: WorkloadArgs): Partial<k8s.types.input.apps.v1.DeploymentSpec> {
  const update = args.update ?? {};
  return {
    minReadySeconds: update.minReadySeconds ?? 0,
    progressDeadlineSeconds: update.progressDeadlineSeconds ?? 600,
    revisionHistoryLimit: 3,
    strategy:
      update.strategy === "Recreate"
        ? { type: "Recreate" }
        : {
            type: "RollingUpdate",
            rollingUpdate: {
              maxSurge: update.maxSurge ?? 1,
              maxUnavailable: update.maxUnavailable ?? 0,
            },
          },
  };
}

function headlessService(name: string, args: WorkloadArgs): string {
  const headless = args.services?.find(({ type }) => type === "Headless");
  return headless === undefined ? name : (headless.name ?? name);
}

function claimTemplates(args: WorkloadArgs): Partial<k8s.types.input.apps.v1.StatefulSetSpec> {
  const perPod = (args.claims ?? []).filter((claim) => claim.perPod === true);
  if (perPod.length === 0) {
    return {};
  }
  const whenDeleted = args.data === "delete" ? "Delete" : "Retain";
  return {
    volumeClaimTemplates: perPod.map((claim) => ({
      metadata: { name: claim.name },
      spec: claimSpec(claim),
    })),
    // Scaling down keeps the disk: the pod of that number comes back to it.
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: "Retain" },
  };
}

function makeBudget(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  if (args.kind !== "Deployment" && args.kind !== "StatefulSet") {
    return;
  }
  const { minAvailable, maxUnavailable } = args.disruption ?? { maxUnavailable: 1 };
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-budget`,
    {
      metadata,
      spec: {
        selector: { matchLabels: { [workloadLabel]: name } },
        ...(minAvailable === undefined ? {} : { minAvailable }),
        ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
        // A pod that is broken anyway must not keep a node from being drained.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    opts,
  );
}

function makeAutoscaler(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  const { autoscale, kind } = args;
  if (autoscale === undefined || (kind !== "Deployment" && kind !== "StatefulSet")) {
    return;
  }
  const target = { type: "Utilization", averageUtilization: autoscale.cpuPercent };
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    `${name}-autoscaler`,
    {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind, name },
        minReplicas: autoscale.min,
        maxReplicas: autoscale.max,
        metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      },
    },
    opts,
  );
}
