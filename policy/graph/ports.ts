/** Whether port names agree all the way: Ingress → Service → container, and probe → container. */
import {
  allContainers,
  type Container,
  describe,
  describePods,
  type Ingress,
  lastingContainers,
  namespaceOf,
  type PodSet,
  selects,
  type Service,
  type World,
} from "./objects.ts";

function probeFaults(container: Container): string[] {
  const probes = [container.readinessProbe, container.livenessProbe, container.startupProbe];
  return probes.flatMap((probe) => {
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
    // Each of the three ways to ask is TCP's, whatever protocol a name's port has.
    const exists = (container.ports ?? []).some(
      ({ name, containerPort, protocol }) =>
        protocol === "TCP" && (name === port || containerPort === port),
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

/** Where a call arrives. */
export interface Target {
  readonly pods: PodSet;
  readonly port: number;
  readonly protocol: string;
}

type ServicePort = Service["spec"]["ports"][number];

/** Where a port of a Service leads, which may be another number in each of the pods that have it. */
export function targets(world: World, service: Service, port: ServicePort): readonly Target[] {
  const wanted = port.targetPort ?? port.port;
  return podsBehind(world, service).flatMap((pods) =>
    lastingContainers(pods.spec)
      .flatMap(({ ports }) => ports ?? [])
      .filter(
        ({ name, containerPort, protocol }) =>
          protocol === port.protocol && (name === wanted || containerPort === wanted),
      )
      .slice(0, 1)
      .map(({ containerPort, protocol }) => ({ pods, port: containerPort, protocol })),
  );
}

/** Why a Service would have no endpoints. Empty when it has some. */
export function serviceFaults(world: World, service: Service): readonly string[] {
  if (podsBehind(world, service).length === 0) {
    return [`${describe(service)}: selects no pods`];
  }
  return service.spec.ports.flatMap((port) => {
    const where = `${describe(service)}: port ${port.port} leads to ${port.protocol} ${port.targetPort ?? port.port}`;
    const found = targets(world, service, port).map(({ pods }) => pods);
    const deaf = podsBehind(world, service).filter((pods) => !found.includes(pods));
    return found.length === 0
      ? [`${where}, on which no container listens`]
      : deaf.map((pods) => `${where}, on which no container of ${describePods(pods)} listens`);
  });
}

type Backend = Ingress["spec"]["rules"][number]["http"]["paths"][number]["backend"]["service"];

const serviceOf = (world: World, ingress: Ingress, name: string): Service | undefined =>
  world.services.find(
    (one) => one.metadata.name === name && namespaceOf(one) === namespaceOf(ingress),
  );

const portOf = (service: Service, { port }: Backend): ServicePort | undefined =>
  service.spec.ports.find((one) =>
    port.name === undefined ? one.port === port.number : one.name === port.name,
  );

/** Where a backend of an Ingress leads: nowhere, if there is no such Service or port. */
export function backendOf(world: World, ingress: Ingress, backend: Backend): readonly Target[] {
  const service = serviceOf(world, ingress, backend.name);
  const port = service === undefined ? undefined : portOf(service, backend);
  return service === undefined || port === undefined ? [] : targets(world, service, port);
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
