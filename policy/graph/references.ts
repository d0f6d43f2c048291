/** Whether what objects name exists: ConfigMaps and Secrets and their keys, claims, accounts, roles. */
import * as z from "zod";

import {
  allContainers,
  type Container,
  type Data,
  describe,
  describePods,
  type Ingress,
  type KubernetesObject,
  namespaceOf,
  type PodSet,
  type World,
} from "./objects.ts";
import { accountOf } from "./subjects.ts";

type DataKind = "ConfigMap" | "Secret";

/** Something that a pod names. A missing key of an optional one stops no pod. */
interface Reference {
  readonly name: string;
  readonly optional?: boolean | undefined;
}

/** Made by the cluster itself in every namespace. */
const everywhere = ["kube-root-ca.crt"];

/** Keys of a ConfigMap or Secret; undefined where there is no such object. */
function keysOf(
  all: readonly Data[],
  namespace: string,
  name: string,
): ReadonlySet<string> | undefined {
  const found = all.find(
    (object) => namespaceOf(object) === namespace && object.metadata.name === name,
  );
  return found === undefined
    ? undefined
    : new Set(
        [found.data, found.stringData, found.binaryData].flatMap((one) => Object.keys(one ?? {})),
      );
}

function dataFault(
  kind: DataKind,
  world: World,
  namespace: string,
  { name, optional }: Reference,
  key?: string,
): string[] {
  if (optional === true || (kind === "ConfigMap" && everywhere.includes(name))) {
    return [];
  }
  const keys = keysOf(kind === "Secret" ? world.secrets : world.configMaps, namespace, name);
  if (keys === undefined) {
    return [`names the ${kind} ${name}, which does not exist`];
  }
  return key === undefined || keys.has(key)
    ? []
    : [`names the key ${key}, which the ${kind} ${name} does not have`];
}

function variableFaults(world: World, namespace: string, container: Container): string[] {
  const single = (container.env ?? []).flatMap(({ valueFrom }) => {
    const { secretKeyRef: secret, configMapKeyRef: map } = valueFrom ?? {};
    return [
      ...(secret === undefined ? [] : dataFault("Secret", world, namespace, secret, secret.key)),
      ...(map === undefined ? [] : dataFault("ConfigMap", world, namespace, map, map.key)),
    ];
  });
  const whole = (container.envFrom ?? []).flatMap(({ secretRef: secret, configMapRef: map }) => [
    ...(secret === undefined ? [] : dataFault("Secret", world, namespace, secret)),
    ...(map === undefined ? [] : dataFault("ConfigMap", world, namespace, map)),
  ]);
  return [...single, ...whole];
}

/** Names of the variables that stand in a text as `$(NAME)`. */
const usedIn = (text = ""): readonly string[] =>
  [...text.matchAll(/(?<!\$)\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g)].map((match) => match[1] ?? "");

/** Names of the variables that a container takes all at once; undefined where the stack does not tell them all. */
function takenNames(
  world: World,
  namespace: string,
  { envFrom = [] }: Container,
): readonly string[] | undefined {
  const all = envFrom.flatMap(({ prefix = "", secretRef: secret, configMapRef: map }) =>
    [
      secret === undefined ? [] : [keysOf(world.secrets, namespace, secret.name)],
      map === undefined ? [] : [keysOf(world.configMaps, namespace, map.name)],
    ]
      .flat()
      .map((keys) => keys && [...keys].map((key) => prefix + key)),
  );
  return all.every((names) => names !== undefined) ? all.flat() : undefined;
}

/**
 * Where the API server is: variables that kubelets give every container, however its pod forgoes those of Services, before
 * all others (kubernetes/kubernetes, pkg/kubelet/kubelet_pods.go, getServiceEnvVarMap; pkg/kubelet/envvars).
 */
const given = new Set([
  ...["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "KUBERNETES_SERVICE_PORT_HTTPS"],
  ...["KUBERNETES_PORT", "KUBERNETES_PORT_443_TCP", "KUBERNETES_PORT_443_TCP_PROTO"],
  ...["KUBERNETES_PORT_443_TCP_PORT", "KUBERNETES_PORT_443_TCP_ADDR"],
]);

/**
 * `$(NAME)` is replaced only where the container has such a variable, and in another variable only by one that stands
 * before it (the kubelet's `makeEnvironmentVariables`).
 */
function commandFaults(world: World, namespace: string, container: Container): string[] {
  const { args = [], command = [], env = [] } = container;
  const taken = takenNames(world, namespace, container);
  if (taken === undefined) {
    return [];
  }
  const first = [...given, ...taken];
  const names = [...first, ...env.map(({ name }) => name)];
  return [
    ...[...command, ...args]
      .flatMap(usedIn)
      .filter((name) => !names.includes(name))
      .map((name) => `uses $(${name}), a variable it does not have`),
    ...env.flatMap(({ name, value }, index) =>
      usedIn(value)
        .filter((used) => !names.slice(0, first.length + index).includes(used))
        .map((used) => `uses $(${used}) in ${name}, before which it has no such variable`),
    ),
  ];
}

function mountFaults(world: World, pods: PodSet, container: Container): string[] {
  const volumes = new Map((pods.spec.volumes ?? []).map((volume) => [volume.name, volume]));
  return (container.volumeMounts ?? []).flatMap(({ name, subPath }) => {
    const volume = volumes.get(name);
    if (volume === undefined) {
      return pods.claimTemplates.includes(name) ? [] : [`mounts ${name}, which is no volume`];
    }
    if (subPath === undefined) {
      return [];
    }
    const { configMap: map, secret } = volume;
    return [
      ...(map === undefined ? [] : dataFault("ConfigMap", world, pods.namespace, map, subPath)),
      ...(secret === undefined
        ? []
        : dataFault("Secret", world, pods.namespace, named(secret), subPath)),
    ];
  });
}

const named = ({
  secretName,
  optional,
}: {
  readonly secretName: string;
  readonly optional?: boolean | undefined;
}): Reference => ({ name: secretName, optional });

/** Whether an object of a kind is there. */
const exists = (world: World, kind: string, namespace: string, name: string): boolean =>
  world.objects.some(
    (object) =>
      object.kind === kind && object.metadata.name === name && namespaceOf(object) === namespace,
  );

function volumeFaults(world: World, pods: PodSet): string[] {
  const whole = (
    kind: DataKind,
    reference: Reference,
    items: readonly { readonly key: string }[] = [],
  ): string[] =>
    items.length === 0
      ? dataFault(kind, world, pods.namespace, reference)
      : items.flatMap(({ key }) => dataFault(kind, world, pods.namespace, reference, key));
  return (pods.spec.volumes ?? []).flatMap((volume) => {
    const { configMap: map, secret, projected, persistentVolumeClaim } = volume;
    const claim = persistentVolumeClaim?.claimName;
    return [
      ...(map === undefined ? [] : whole("ConfigMap", map, map.items)),
      ...(secret === undefined ? [] : whole("Secret", named(secret), secret.items)),
      ...(projected?.sources ?? []).flatMap((source) => [
        ...(source.configMap === undefined
          ? []
          : whole("ConfigMap", source.configMap, source.configMap.items)),
        ...(source.secret === undefined ? [] : whole("Secret", source.secret, source.secret.items)),
      ]),
      ...(claim === undefined || exists(world, "PersistentVolumeClaim", pods.namespace, claim)
        ? []
        : [`names the claim ${claim}, which does not exist`]),
    ];
  });
}

function accountFaults(world: World, { namespace, spec }: PodSet): string[] {
  const account = spec.serviceAccountName;
  // Every namespace has one of this name by itself.
  return account === undefined ||
    account === "default" ||
    exists(world, "ServiceAccount", namespace, account)
    ? []
    : [`names the service account ${account}, which does not exist`];
}

/** What a pod names and does not exist. */
export function podReferenceFaults(world: World, pods: PodSet): readonly string[] {
  const pulls = (pods.spec.imagePullSecrets ?? []).flatMap((one) =>
    dataFault("Secret", world, pods.namespace, one, ".dockerconfigjson"),
  );
  const containers = allContainers(pods.spec).flatMap((container) =>
    [
      ...variableFaults(world, pods.namespace, container),
      ...commandFaults(world, pods.namespace, container),
      ...mountFaults(world, pods, container),
    ].map((fault) => `container ${container.name} ${fault}`),
  );
  return [...pulls, ...accountFaults(world, pods), ...volumeFaults(world, pods), ...containers].map(
    (fault) => `${describePods(pods)}: ${fault}`,
  );
}

/** Whoever makes a certificate's Secret by what stands on an Ingress. */
const issuers = ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer"];

const Certificate = z.looseObject({
  kind: z.literal("Certificate"),
  metadata: z.looseObject({ namespace: z.string() }),
  spec: z.looseObject({ secretName: z.string() }),
});

/** Whether a Certificate of cert-manager's says that a Secret is made. */
const isOrdered = ({ objects }: World, namespace: string, secretName: string): boolean =>
  objects.some((object) => {
    const { data: certificate } = Certificate.safeParse(object);
    return (
      certificate?.metadata.namespace === namespace && certificate.spec.secretName === secretName
    );
  });

/** Certificates that an Ingress names and nobody makes. */
export function certificateFaults(world: World, ingress: Ingress): readonly string[] {
  const { annotations = {} } = ingress.metadata;
  const namespace = namespaceOf(ingress);
  return issuers.some((issuer) => annotations[issuer] !== undefined)
    ? []
    : (ingress.spec.tls ?? [])
        .filter(
          ({ secretName }) =>
            !exists(world, "Secret", namespace, secretName) &&
            !isOrdered(world, namespace, secretName),
        )
        .map(
          ({ secretName }) =>
            `${describe(ingress)}: names the Secret ${secretName}, which does not exist and which no issuer makes`,
        );
}

const Binding = z.looseObject({
  roleRef: z.looseObject({ kind: z.string(), name: z.string() }),
  subjects: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
    .optional(),
});

const Scaler = z.looseObject({
  spec: z.looseObject({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) }),
});

/** Roles that a cluster brings along begin so, or are these. */
const ownRoles = /^(system:|cluster-admin$|admin$|edit$|view$)/;

/** What bindings of roles and autoscalers name and does not exist. */
export function objectReferenceFaults(world: World, object: KubernetesObject): readonly string[] {
  const namespace = namespaceOf(object);
  const where = describe(object);
  if (object.kind === "RoleBinding" || object.kind === "ClusterRoleBinding") {
    const { roleRef, subjects = [] } = Binding.parse(object);
    const home = roleRef.kind === "Role" ? namespace : "";
    return [
      ...(ownRoles.test(roleRef.name) || exists(world, roleRef.kind, home, roleRef.name)
        ? []
        : [`${where}: names the ${roleRef.kind} ${roleRef.name}, which does not exist`]),
      ...subjects
        .flatMap((subject) => accountOf(subject, namespace) ?? [])
        .filter(
          (account) =>
            world.namespaces.has(account.namespace) &&
            !exists(world, "ServiceAccount", account.namespace, account.name),
        )
        .map(({ name }) => `${where}: gives its role to the account ${name}, which does not exist`),
    ];
  }
  if (object.kind === "HorizontalPodAutoscaler") {
    const { kind, name } = Scaler.parse(object).spec.scaleTargetRef;
    return exists(world, kind, namespace, name)
      ? []
      : [`${where}: scales the ${kind} ${name}, which does not exist`];
  }
  return [];
}
