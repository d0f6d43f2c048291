/** Pure builder of a pod template: data in, data out, no resource. */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { dropped, logsAnnotation } from "../base/annotations.ts";
import { groupLabel, workloadLabels } from "../base/labels.ts";
import { kubernetesContainer } from "./container.ts";
import { usualGraceSeconds, usualScratch } from "./defaults.ts";
import { placementOf } from "./placement.ts";
import type { Container, GivenFiles, WorkloadArgs } from "./types.ts";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Volume = k8s.types.input.core.v1.Volume;

/** Template of a Workload's pods. */
export interface PodTemplate {
  readonly metadata: k8s.types.input.meta.v1.ObjectMeta;
  readonly spec: PodSpec;
}

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

/** Every container of a Workload, in the order Kubernetes starts them. */
export function containersOf(args: WorkloadArgs): readonly Container[] {
  return [...(args.initContainers ?? []), args.container, ...(args.sidecars ?? [])];
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
  const givenFiles = (args.givenFiles ?? []).map(givenVolume);
  const scratch = (args.scratch ?? []).map(({ name, sizeLimit, memory }) => ({
    name,
    emptyDir: {
      sizeLimit: sizeLimit ?? usualScratch,
      ...(memory === true ? { medium: "Memory" } : {}),
    },
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
  const givenClaims = (args.givenClaims ?? []).map(({ name, claim }) => ({
    name,
    persistentVolumeClaim: { claimName: claim },
  }));
  return [
    ...[...files, ...secretFiles, ...givenFiles],
    ...[...scratch, ...hostPaths, ...claims, ...givenClaims],
  ];
}

function givenVolume({ name, kind, object, keys }: GivenFiles): Volume {
  const items = keys === undefined ? {} : { items: keys.map((key) => ({ key, path: key })) };
  return kind === "Secret"
    ? { name, secret: { secretName: object, defaultMode: 0o440, ...items } }
    : { name, configMap: { name: object, ...items } };
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

/**
 * Ports below 1024 belong to root. The network of a pod is its own, so that its user may have them:
 * NET_BIND_SERVICE would not do, as a program that does not start as root is given no capability.
 */
function lowPorts(args: WorkloadArgs): k8s.types.input.core.v1.Sysctl[] {
  const ports = containersOf(args).flatMap((container) => container.ports ?? []);
  const lowest = Math.min(1024, ...ports.map(({ port }) => port));
  // In the node's network the setting would be the node's own, and the API server refuses it.
  return args.security.user === 0 || lowest === 1024 || args.hostNetwork === true
    ? []
    : [{ name: "net.ipv4.ip_unprivileged_port_start", value: `${lowest}` }];
}

function securityContext(args: WorkloadArgs): k8s.types.input.core.v1.PodSecurityContext {
  const { user, group = user, volumeGroup = group } = args.security;
  const sysctls = lowPorts(args);
  return {
    runAsNonRoot: user !== 0,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: volumeGroup,
    // A large disk is not walked again at each start.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
    ...(sysctls.length === 0 ? {} : { sysctls }),
  };
}

function podSpec(name: string, args: WorkloadArgs, sources: PodSources): PodSpec {
  const build = (container: Container) => kubernetesContainer(container, args, sources.secretEnv);
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
    ...(args.hostNetwork === true
      ? // Without the policy such a pod asks the node's own resolvers, which know no Service.
        { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" }
      : {}),
    ...(args.hostAliases === undefined || args.hostAliases.length === 0
      ? {}
      : {
          // All of it or nothing is known: the provider looks for what is not into no list, and would ask
          // the API server about a pod whose address is no address.
          hostAliases: pulumi.all(
            args.hostAliases.map(({ ip, hostnames }) => ({ ip, hostnames: [...hostnames] })),
          ),
        }),
    ...(args.kind === "Job" ? { restartPolicy: args.job?.restartPolicy ?? "Never" } : {}),
    serviceAccountName: args.group?.account ?? name,
    automountServiceAccountToken: args.group?.usesApi ?? hasRules(args),
    // Variables of every Service of the namespace would overwrite a program's own, such as REDIS_PORT.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: args.terminationGraceSeconds ?? usualGraceSeconds,
    securityContext: securityContext(args),
  };
}

/** Whether the pods talk to the Kubernetes API, and so need a token. */
export function hasRules(args: Pick<WorkloadArgs, "rules" | "clusterRules">): boolean {
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
      labels: {
        ...workloadLabels(name, args.system),
        ...(args.group === undefined ? {} : { [groupLabel]: args.group.name }),
        ...args.podLabels,
      },
      annotations: {
        [logsAnnotation]: args.logs?.ship === false ? dropped : "ship",
        ...(args.security.exception === undefined
          ? {}
          : { "fleet/security-exception": args.security.exception }),
        ...args.podAnnotations,
      },
    },
    spec: podSpec(name, args, sources),
  };
}
