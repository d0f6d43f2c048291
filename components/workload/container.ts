/** Pure builder of one container of a pod. */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { parseImage } from "../base/images.ts";
import { parseQuantity } from "../base/quantity.ts";
import { usualScratch } from "./defaults.ts";
import { probeFields } from "./probes.ts";
import type { Container, Scratch, WorkloadArgs } from "./types.ts";

type KubernetesContainer = k8s.types.input.core.v1.Container;

/** Secret behind every container's `secretEnv`, where any has one. */
type SecretName = pulumi.Input<string> | undefined;

/** Key of one container's variable in the Secret that all containers share. */
export const secretEnvKey = (container: string, variable: string): string =>
  `${container}.${variable}`;

function environment(
  container: Container,
  secretEnv: SecretName,
): k8s.types.input.core.v1.EnvVar[] {
  const plain = Object.entries(container.env ?? {}).map(([name, value]) => ({ name, value }));
  const fields = Object.entries(container.fieldEnv ?? {}).map(([name, fieldPath]) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  }));
  const secrets = Object.keys(container.secretEnv ?? {}).map((name) => {
    if (secretEnv === undefined) {
      throw new Error(`container ${container.name}: no Secret holds its variable ${name}`);
    }
    const key = secretEnvKey(container.name, name);
    return { name, valueFrom: { secretKeyRef: { name: secretEnv, key } } };
  });
  const given = Object.entries(container.givenEnv ?? {}).map(([name, { kind, object, key }]) => ({
    name,
    valueFrom:
      kind === "Secret"
        ? { secretKeyRef: { name: object, key } }
        : { configMapKeyRef: { name: object, key } },
  }));
  // Secrets first: a variable may use only those defined before it as $(NAME).
  return [...secrets, ...given, ...fields, ...plain];
}

function mounts(container: Container, args: WorkloadArgs): k8s.types.input.core.v1.VolumeMount[] {
  const fileSets = new Set(
    [...(args.files ?? []), ...(args.secretFiles ?? []), ...(args.givenFiles ?? [])].map(
      (set) => set.name,
    ),
  );
  return (container.mounts ?? []).map((mount) => {
    const readOnly = mount.readOnly ?? fileSets.has(mount.volume);
    return {
      name: mount.volume,
      mountPath: mount.path,
      ...(mount.subPath === undefined ? {} : { subPath: mount.subPath }),
      ...(readOnly ? { readOnly } : {}),
      ...(mount.propagation === undefined ? {} : { mountPropagation: mount.propagation }),
    };
  });
}

/** A container of a Workload in Kubernetes' words. */
export function kubernetesContainer(
  container: Container,
  args: WorkloadArgs,
  secretEnv: SecretName,
): KubernetesContainer {
  const { resources } = container;
  const env = environment(container, secretEnv);
  const volumeMounts = mounts(container, args);
  const { image, digest } = container;
  const disk = boundOf(args);
  const pinned = digest !== undefined || parseImage(image).digest !== undefined;
  return {
    name: container.name,
    image: digest === undefined ? image : pulumi.interpolate`${image}@${digest}`,
    // A tag moves: the node must ask each time. A digest cannot.
    imagePullPolicy:
      container.pullPolicy ?? args.pullPolicy ?? (pinned ? "IfNotPresent" : "Always"),
    ...(container.command === undefined ? {} : { command: [...container.command] }),
    ...(container.args === undefined ? {} : { args: [...container.args] }),
    ...(container.workingFolder === undefined ? {} : { workingDir: container.workingFolder }),
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
    ...probeFields(container),
    ...(container.preStop === undefined
      ? {}
      : { lifecycle: { preStop: before(container.preStop) } }),
    resources: {
      requests: { ...resources.requests, ...roomFor(container, args), ...disk },
      limits: {
        ...disk,
        ...(resources.limits.cpu === undefined ? {} : { cpu: resources.limits.cpu }),
        ...(resources.limits.memory === undefined ? {} : { memory: resources.limits.memory }),
        // Requested in the same number: the scheduler knows no other for what cannot be shared.
        ...Object.fromEntries(
          Object.entries(container.devices ?? {}).map(([device, count]) => [device, `${count}`]),
        ),
      },
    },
    ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
    securityContext: rightsOf(container, args),
  };
}

/** What comes before a container is told to stop. */
const before = (
  preStop: NonNullable<Container["preStop"]>,
): k8s.types.input.core.v1.LifecycleHandler =>
  "seconds" in preStop
    ? { sleep: { seconds: preStop.seconds } }
    : { exec: { command: [...preStop] } };

/**
 * What the pod's scratch folders take of its node's disk. They are the pod's, and only containers ask: the first
 * does, as the scheduler and the kubelet add up those of all.
 */
function roomFor(container: Container, args: WorkloadArgs): Readonly<Record<string, string>> {
  const mebibytes = requestedScratch(args.scratch ?? []) / 2 ** 20;
  return container !== args.container || mebibytes === 0
    ? {}
    : { "ephemeral-storage": `${Math.ceil(mebibytes)}Mi` };
}

/** Bytes of its node's own disk that a pod asks for, for scratch folders. */
const requestedScratch = (scratch: readonly Scratch[]): number =>
  scratch
    .filter(({ requested, memory }) => requested === true && memory !== true)
    .reduce((sum, { sizeLimit = usualScratch }) => sum + parseQuantity(sizeLimit), 0);

/** What a container takes of its node's disk. Requested in the same number, which the API server would do by itself. */
const boundOf = ({ security: { writableRoot } }: WorkloadArgs): Readonly<Record<string, string>> =>
  typeof writableRoot === "object" ? { "ephemeral-storage": writableRoot.sizeLimit } : {};

function rightsOf(
  { capabilities }: Container,
  { security: { privileged, writableRoot } }: WorkloadArgs,
): k8s.types.input.core.v1.SecurityContext {
  const readOnlyRootFilesystem = writableRoot === undefined || writableRoot === false;
  return privileged === true
    ? { privileged, readOnlyRootFilesystem }
    : {
        allowPrivilegeEscalation: false,
        capabilities: {
          drop: ["ALL"],
          ...(capabilities === undefined ? {} : { add: [...capabilities] }),
        },
        readOnlyRootFilesystem,
      };
}
