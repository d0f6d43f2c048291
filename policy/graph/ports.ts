/** Whether port names agree all the way: Ingress → Service → container, and probe → container. */
import {
  allContainers,
  type Container,
  describe,
  describePods,
  type Ingress,
  namespaceOf,
  type PodSet,
  selects,
  type Service,
  type World,
} from "./objects.ts";

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

/** Probes of ports that their container does not have. */
export function podPortFaults(pods: PodSet): readonly string[] {
  return allContainers(pods.spec).flatMap((container) =>
    probeFaults(container).map(
      (fault) => `${describePods(pods)}: container ${container.name} ${fault}`,
    ),
  );
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

type Backend = Ingress["spec"]["rules"][number]["http"]["paths"][number]["backend"]["service"];

const serviceOf = (world: World, ingress: Ingress, name: string): Service | undefined =>
  world.services.find(
    (one) => one.metadata.name === name && namespaceOf(one) === namespaceOf(ingress),
  );

const portOf = (
  service: Service,
  { port }: Backend,
): Service["spec"]["ports"][number] | undefined =>
  service.spec.ports.find((one) =>
    port.name === undefined ? one.port === port.number : one.name === port.name,
  );

/** The pods and ports that a backend of an Ingress leads to; undefined where it leads nowhere. */
export function backendOf(
  world: World,
  ingress: Ingress,
  backend: Backend,
):
  | readonly { readonly pods: PodSet; readonly port: number; readonly protocol: string }[]
  | undefined {
  const service = serviceOf(world, ingress, backend.name);
  const port = service === undefined ? undefined : portOf(service, backend);
  const target =
    service === undefined || port === undefined ? undefined : targetPort(world, service, port);
  return service === undefined || port === undefined || target === undefined
    ? undefined
    : podsBehind(world, service).map((pods) => ({ pods, port: target, protocol: port.protocol }));
}

/** Where an Ingress leads to nothing: a class, a Service, a port of it that is not there. */
export function ingressFaults(world: World, ingress: Ingress): readonly string[] {
  const { ingressClassName: wanted, rules } = ingress.spec;
  const served = world.classes.some(({ metadata }) => metadata.name === wanted);
  const backends = rules.flatMap(({ host, http }) =>
    http.paths.flatMap(({ path, backend: { service: backend } }) => {
      const where = `${describe(ingress)}: ${host}${path}`;
      const service = serviceOf(world, ingress, backend.name);
      if (service === undefined) {
        return [`${where} leads to the Service ${backend.name}, which does not exist`];
      }
      const { name, number } = backend.port;
      return portOf(service, backend) === undefined
        ? [
            `${where} leads to the port ${name ?? number} of ${backend.name}, which it does not have`,
          ]
        : [];
    }),
  );
  return served
    ? backends
    : [`${describe(ingress)}: its class ${wanted ?? ""} is none of the stack's`, ...backends];
}
