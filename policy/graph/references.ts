/** Whether what objects name exists: keys of ConfigMaps and Secrets, claims, ports, backends. */
import {
  allContainers,
  type Container,
  type Data,
  describe,
  describePods,
  type Ingress,
  namespaceOf,
  type PodSet,
  selects,
  type Service,
  type World,
} from "./objects.ts";

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
    : new Set([...Object.keys(found.data ?? {}), ...Object.keys(found.stringData ?? {})]);
}

function dataFault(
  kind: "ConfigMap" | "Secret",
  world: World,
  namespace: string,
  name: string,
  key?: string,
): string[] {
  const keys = keysOf(kind === "Secret" ? world.secrets : world.configMaps, namespace, name);
  if (keys === undefined) {
    return [`names the ${kind} ${name}, which does not exist`];
  }
  return key === undefined || keys.has(key)
    ? []
    : [`names the key ${key}, which the ${kind} ${name} does not have`];
}

function variableFaults(world: World, namespace: string, container: Container): string[] {
  const single = (container.env ?? []).flatMap(({ valueFrom }) => [
    ...(valueFrom?.secretKeyRef === undefined
      ? []
      : dataFault(
          "Secret",
          world,
          namespace,
          valueFrom.secretKeyRef.name,
          valueFrom.secretKeyRef.key,
        )),
    ...(valueFrom?.configMapKeyRef === undefined
      ? []
      : dataFault(
          "ConfigMap",
          world,
          namespace,
          valueFrom.configMapKeyRef.name,
          valueFrom.configMapKeyRef.key,
        )),
  ]);
  const whole = (container.envFrom ?? []).flatMap(({ secretRef, configMapRef }) => [
    ...(secretRef === undefined ? [] : dataFault("Secret", world, namespace, secretRef.name)),
    ...(configMapRef === undefined
      ? []
      : dataFault("ConfigMap", world, namespace, configMapRef.name)),
  ]);
  return [...single, ...whole];
}

/** `$(NAME)` in a command line is replaced only where the container has such a variable. */
function commandFaults(container: Container): string[] {
  const known = new Set((container.env ?? []).map(({ name }) => name));
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  return words
    .flatMap((word) => [...word.matchAll(/(?<!\$)\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g)])
    .map((match) => match[1] ?? "")
    .filter((name) => !known.has(name) && (container.envFrom ?? []).length === 0)
    .map((name) => `uses $(${name}), a variable it does not have`);
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
    const { configMap, secret } = volume;
    return [
      ...(configMap === undefined
        ? []
        : dataFault("ConfigMap", world, pods.namespace, configMap.name, subPath)),
      ...(secret === undefined
        ? []
        : dataFault("Secret", world, pods.namespace, secret.secretName, subPath)),
    ];
  });
}

function volumeFaults(world: World, pods: PodSet): string[] {
  return (pods.spec.volumes ?? []).flatMap(({ configMap, secret, persistentVolumeClaim }) => {
    const claim = persistentVolumeClaim?.claimName;
    const claimExists = world.objects.some(
      (object) =>
        object.kind === "PersistentVolumeClaim" &&
        object.metadata.name === claim &&
        namespaceOf(object) === pods.namespace,
    );
    const whole = (
      kind: "ConfigMap" | "Secret",
      name: string,
      items: readonly { key: string }[],
    ) =>
      items.length === 0
        ? dataFault(kind, world, pods.namespace, name)
        : items.flatMap(({ key }) => dataFault(kind, world, pods.namespace, name, key));
    return [
      ...(configMap === undefined ? [] : whole("ConfigMap", configMap.name, configMap.items ?? [])),
      ...(secret === undefined ? [] : whole("Secret", secret.secretName, secret.items ?? [])),
      ...(claim === undefined || claimExists
        ? []
        : [`names the claim ${claim}, which does not exist`]),
    ];
  });
}

function accountFaults(world: World, { namespace, spec }: PodSet): string[] {
  const account = spec.serviceAccountName;
  const exists = world.objects.some(
    (object) =>
      object.kind === "ServiceAccount" &&
      object.metadata.name === account &&
      namespaceOf(object) === namespace,
  );
  return account === undefined || exists
    ? []
    : [`names the service account ${account}, which does not exist`];
}

/** What a pod names and does not exist. */
export function podReferenceFaults(world: World, pods: PodSet): readonly string[] {
  const pulls = (pods.spec.imagePullSecrets ?? []).flatMap(({ name }) =>
    dataFault("Secret", world, pods.namespace, name, ".dockerconfigjson"),
  );
  const containers = allContainers(pods.spec).flatMap((container) =>
    [
      ...variableFaults(world, pods.namespace, container),
      ...commandFaults(container),
      ...mountFaults(world, pods, container),
      ...probeFaults(container),
    ].map((fault) => `container ${container.name} ${fault}`),
  );
  return [...pulls, ...accountFaults(world, pods), ...volumeFaults(world, pods), ...containers].map(
    (fault) => `${describePods(pods)}: ${fault}`,
  );
}

function probeFaults(container: Container): string[] {
  const probes = [container.readinessProbe, container.livenessProbe, container.startupProbe];
  return probes.flatMap((probe) => {
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
    const exists = (container.ports ?? []).some(
      ({ name, containerPort }) => name === port || containerPort === port,
    );
    return port === undefined || exists ? [] : [`probes the port ${port}, which it does not have`];
  });
}

/** The pods a Service leads to. */
export function podsBehind(world: World, service: Service): readonly PodSet[] {
  const { selector } = service.spec;
  return selector === undefined
    ? []
    : world.pods.filter(
        ({ namespace, labels }) => namespace === namespaceOf(service) && selects(selector, labels),
      );
}

/** Number of the container port behind a port of a Service; undefined where no pod has it. */
export function targetPort(
  world: World,
  service: Service,
  port: Service["spec"]["ports"][number],
): number | undefined {
  const target = port.targetPort ?? port.port;
  const found = podsBehind(world, service)
    .flatMap(({ spec }) => spec.containers)
    .flatMap(({ ports }) => ports ?? [])
    .find(
      ({ name, containerPort, protocol }) =>
        protocol === port.protocol && (name === target || containerPort === target),
    );
  return found?.containerPort;
}

/** Why a Service would have no endpoints. Empty when it has some. */
export function serviceFaults(world: World, service: Service): readonly string[] {
  if (podsBehind(world, service).length === 0) {
    return [`${describe(service)}: selects no pods`];
  }
  return service.spec.ports
    .filter((port) => targetPort(world, service, port) === undefined)
    .map(
      ({ port, targetPort: target, protocol }) =>
        `${describe(service)}: port ${port} leads to ${protocol} ${target ?? port}, on which no container listens`,
    );
}

/** Backends of an Ingress that do not exist. */
export function ingressFaults(world: World, ingress: Ingress): readonly string[] {
  return ingress.spec.rules.flatMap(({ host, http }) =>
    http.paths.flatMap(({ path, backend: { service } }) => {
      const where = `${describe(ingress)}: ${host}${path}`;
      const found = world.services.find(
        (candidate) =>
          candidate.metadata.name === service.name &&
          namespaceOf(candidate) === namespaceOf(ingress),
      );
      if (found === undefined) {
        return [`${where} leads to the Service ${service.name}, which does not exist`];
      }
      const { name, number } = service.port;
      const exists = found.spec.ports.some((port) =>
        name === undefined ? port.port === number : port.name === name,
      );
      return exists
        ? []
        : [
            `${where} leads to the port ${name ?? number} of ${service.name}, which it does not have`,
          ];
    }),
  );
}
