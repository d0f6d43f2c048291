/** Pure builder of a pod template: data in, data out, no resource. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { parseImage } from "../base/images.ts";
import { slotLabel, workloadLabel, workloadLabels } from "../base/labels.ts";
import type { Placement } from "./workload.schema.ts";
import type { Container, Probe, WorkloadArgs } from "./types.ts";

type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;
type PodSpec = k8s.types.input.core.v1.PodSpec;
type KubernetesContainer = k8s.types.input.core.v1.Container;
type Volume = k8s.types.input.core.v1.Volume;

/** Names, given by the engine, of the objects that a pod's volumes and variables come from. */
export interface PodSources {
  /** File set → ConfigMap. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret file set → Secret. */
  readonly secretFiles: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret behind every container's `secretEnv`. */
  readonly secretEnv: pulumi.Input<string> | undefined;
  /** Claim → PersistentVolumeClaim; claims made per pod are not in it. */
  readonly claims: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Key of one container's variable in the Secret that all containers share. */
export const secretEnvKey = (container: string, variable: string): string =>
  `${container}.${variable}`;

/** Every container of a Workload, in the order Kubernetes starts them. */
export function containersOf(args: WorkloadArgs): readonly Container[] {
  return [...(args.initContainers ?? []), args.container, ...(args.sidecars ?? [])];
}

function probe(probe: Probe): k8s.types.input.core.v1.Probe {
  const { check, ...times } = probe;
  switch (check.kind) {
    case "http":
      return { ...times, httpGet: { path: check.path, port: check.port } };
    case "tcp":
      return { ...times, tcpSocket: { port: check.port } };
    case "exec":
      return { ...times, exec: { command: [...check.command] } };
  }
}

function environment(container: Container, sources: PodSources): k8s.types.input.core.v1.EnvVar[] {
  const plain = Object.entries(container.env ?? {}).map(([name, value]) => ({ name, value }));
  const fields = Object.entries(container.fieldEnv ?? {}).map(([name, fieldPath]) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  }));
  const secrets = Object.keys(container.secretEnv ?? {}).map((name) => {
    if (sources.secretEnv === undefined) {
      throw new Error(`container ${container.name}: no Secret holds its variable ${name}`);
    }
    const key = secretEnvKey(container.name, name);
    return { name, valueFrom: { secretKeyRef: { name: sources.secretEnv, key } } };
  });
  // Secrets first: a variable may use only those defined before it as $(NAME).
  return [...secrets, ...fields, ...plain];
}

function mounts(container: Container, args: WorkloadArgs): k8s.types.input.core.v1.VolumeMount[] {
  const fileSets = new Set(
    [...(args.files ?? []), ...(args.secretFiles ?? [])].map((set) => set.name),
  );
  return (container.mounts ?? []).map((mount) => {
    const readOnly = mount.readOnly ?? fileSets.has(mount.volume);
    return {
      name: mount.volume,
      mountPath: mount.path,
      ...(mount.subPath === undefined ? {} : { subPath: mount.subPath }),
      ...(readOnly ? { readOnly } : {}),
    };
  });
}

function kubernetesContainer(
  container: Container,
  args: WorkloadArgs,
  sources: PodSources,
): KubernetesContainer {
  const { probes, resources } = container;
  const env = environment(container, sources);
  const volumeMounts = mounts(container, args);
  const pinned = parseImage(container.image).digest !== undefined;
  return {
    name: container.name,
    image: container.image,
    // A tag moves: the node must ask each time. A digest cannot.
    imagePullPolicy: container.pullPolicy ?? (pinned ? "IfNotPresent" : "Always"),
    ...(container.command === undefined ? {} : { command: [...container.command] }),
    ...(container.args === undefined ? {} : { args: [...container.args] }),
    ...(env.length === 0 ? {} : { env }),
    ...(container.ports === undefined
      ? {}
      : {
          ports: container.ports.map(({ name, port, protocol, hostPort }) => ({
            name,
            containerPort: port,
            protocol: protocol ?? "TCP",
            ...(hostPort === undefined ? {} : { hostPort }),
          })),
        }),
    ...(probes?.readiness === undefined ? {} : { readinessProbe: probe(probes.readiness) }),
    ...(probes?.liveness === undefined ? {} : { livenessProbe: probe(probes.liveness) }),
    ...(probes?.startup === undefined ? {} : { startupProbe: probe(probes.startup) }),
    ...(container.preStop === undefined
      ? {}
      : { lifecycle: { preStop: { exec: { command: [...container.preStop] } } } }),
    resources: {
      requests: { ...resources.requests },
      limits: {
        ...(resources.limits.cpu === undefined ? {} : { cpu: resources.limits.cpu }),
        ...(resources.limits.memory === undefined ? {} : { memory: resources.limits.memory }),
      },
    },
    ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: {
        drop: ["ALL"],
        ...(container.capabilities === undefined ? {} : { add: [...container.capabilities] }),
      },
      readOnlyRootFilesystem: args.security.writableRoot !== true,
    },
  };
}

function volumes(args: WorkloadArgs, sources: PodSources): Volume[] {
  const files = (args.files ?? []).map(({ name, executable }) => ({
    name,
    configMap: {
      name: source(sources.files, name),
      ...(executable === true ? { defaultMode: 0o555 } : {}),
    },
  }));
  const secretFiles = (args.secretFiles ?? []).map(({ name }) => ({
    name,
    // Readable for the volume's group only, which is the pod's.
    secret: { secretName: source(sources.secretFiles, name), defaultMode: 0o440 },
  }));
  const scratch = (args.scratch ?? []).map(({ name, sizeLimit, memory }) => ({
    name,
    emptyDir: { sizeLimit: sizeLimit ?? "64Mi", ...(memory === true ? { medium: "Memory" } : {}) },
  }));
  const hostPaths = (args.hostPaths ?? []).map(({ name, path, type }) => ({
    name,
    hostPath: { path, type },
  }));
  const claims = (args.claims ?? [])
    .filter(({ perPod }) => perPod !== true)
    .map(({ name }) => ({
      name,
      persistentVolumeClaim: { claimName: source(sources.claims, name) },
    }));
  return [...files, ...secretFiles, ...scratch, ...hostPaths, ...claims];
}

function source(
  names: Readonly<Record<string, pulumi.Input<string>>>,
  volume: string,
): pulumi.Input<string> {
  const name = names[volume];
  if (name === undefined) {
    throw new Error(`volume ${volume} has no object behind it`);
  }
  return name;
}

/** Pods of one workload on different nodes and, where nodes carry zones, in different zones. */
function spread(name: string, placement: Partial<Placement>): Partial<PodSpec> {
  if (placement.slot !== undefined || placement.spread === "none") {
    return {};
  }
  const whenUnsatisfiable = placement.spread === "required" ? "DoNotSchedule" : "ScheduleAnyway";
  return {
    topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(
      (topologyKey, index) => ({
        maxSkew: 1,
        topologyKey,
        // Zones stay a wish: a node without the label would otherwise take no pod at all.
        whenUnsatisfiable: index === 0 ? whenUnsatisfiable : "ScheduleAnyway",
        labelSelector: { matchLabels: { [workloadLabel]: name } },
        matchLabelKeys: ["pod-template-hash"],
      }),
    ),
  };
}

function placementOf(name: string, args: WorkloadArgs): Partial<PodSpec> {
  const placement = args.placement ?? {};
  const nodeSelector = {
    ...placement.nodeSelector,
    ...(placement.slot === undefined ? {} : { [slotLabel]: `${placement.slot}` }),
  };
  const tolerations = placement.tolerations ?? [];
  const spreads = args.kind === "Deployment" || args.kind === "StatefulSet";
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerations.length === 0
      ? {}
      : {
          tolerations: tolerations.map(({ key, value, effect }) => ({
            key,
            operator: value === undefined ? "Exists" : "Equal",
            ...(value === undefined ? {} : { value }),
            ...(effect === undefined ? {} : { effect }),
          })),
        }),
    ...(spreads ? spread(name, placement) : {}),
  };
}

function securityContext(args: WorkloadArgs): k8s.types.input.core.v1.PodSecurityContext {
  const { user, group = user, volumeGroup = group } = args.security;
  return {
    runAsNonRoot: user !== 0,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: volumeGroup,
    // A large disk is not walked again at each start.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

function podSpec(name: string, args: WorkloadArgs, sources: PodSources): PodSpec {
  const build = (container: Container) => kubernetesContainer(container, args, sources);
  const allVolumes = volumes(args, sources);
  return {
    containers: [args.container, ...(args.sidecars ?? [])].map(build),
    ...(args.initContainers === undefined
      ? {}
      : { initContainers: args.initContainers.map(build) }),
    ...(allVolumes.length === 0 ? {} : { volumes: allVolumes }),
    ...placementOf(name, args),
    ...(args.pullSecrets === undefined || args.pullSecrets.length === 0
      ? {}
      : { imagePullSecrets: args.pullSecrets.map((secret) => ({ name: secret })) }),
    ...(args.hostAliases === undefined
      ? {}
      : {
          hostAliases: args.hostAliases.map(({ ip, hostnames }) => ({
            ip,
            hostnames: [...hostnames],
          })),
        }),
    ...(args.kind === "Job" ? { restartPolicy: "Never" } : {}),
    serviceAccountName: name,
    automountServiceAccountToken: hasRules(args),
    // Variables of every Service of the namespace would overwrite a program's own, such as REDIS_PORT.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: args.terminationGraceSeconds ?? 30,
    securityContext: securityContext(args),
  };
}

/** Whether the pods talk to the Kubernetes API, and so need a token. */
export function hasRules(args: WorkloadArgs): boolean {
  return (args.rules ?? []).length + (args.clusterRules ?? []).length > 0;
}

/**
 * Template of a Workload's pods.
 *
 * @param name Name of the Workload: label, selector and service account.
 * @throws Error when a volume or a secret variable has no object behind it.
 */
export function podTemplate(name: string, args: WorkloadArgs, sources: PodSources): PodTemplate {
  return {
    metadata: {
      labels: { ...workloadLabels(name, args.system), ...args.podLabels },
      annotations: {
        "fleet/logs": args.logs?.ship === false ? "drop" : "ship",
        ...(args.security.exception === undefined
          ? {}
          : { "fleet/security-exception": args.security.exception }),
        ...args.podAnnotations,
      },
    },
    spec: podSpec(name, args, sources),
  };
}
