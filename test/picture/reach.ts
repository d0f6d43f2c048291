/** Who reaches whom: ways in, calls that both ends' policies allow, ways out. */
import { slotLabel } from "../../components/base/labels.ts";
import { type PodSet, selects, type Service, type World } from "../../policy/graph/objects.ts";
import { allows, internet } from "../../policy/graph/policies.ts";

/** A port that is listened on. */
export interface ListenedPort {
  readonly port: number;
  readonly protocol: string;
}

/** A way in from the internet. */
export interface Door {
  /** Id of the card it leads to. */
  readonly to: string;
  /** Port that clients dial. */
  readonly port: number;
  readonly protocol: string;
  /** Port on which the pod listens. */
  readonly targetPort: number;
  /** Slot whose address is dialled; undefined where that is a load balancer's. */
  readonly slot: number | undefined;
}

/** A call that both ends' policies allow. */
export interface Call extends ListenedPort {
  readonly from: string;
  readonly to: string;
}

/** Id of a card. */
export const idOf = ({ namespace, name }: PodSet): string => `${namespace}/${name}`;

/** Ports of the pods' own containers; what is listened on for scrapers and probes only is left out. */
export function listened({ spec }: PodSet): ListenedPort[] {
  return spec.containers
    .flatMap(({ ports }) => ports ?? [])
    .filter(({ name }) => name !== "metrics" && name !== "ping" && name !== "health")
    .map(({ containerPort, protocol }) => ({ port: containerPort, protocol }));
}

/** Number of the container's port that a Service's port leads to. */
function targetOf(pods: PodSet, port: Service["spec"]["ports"][number]): number {
  const target = port.targetPort ?? port.port;
  if (typeof target === "number") {
    return target;
  }
  const found = pods.spec.containers
    .flatMap(({ ports }) => ports ?? [])
    .find(({ name }) => name === target);
  if (found === undefined) {
    throw new Error(`${idOf(pods)} has no port named ${target}, to which a Service leads`);
  }
  return found.containerPort;
}

/** Whether a Service leads to pods. */
export const serves = (service: Service, pods: PodSet): boolean =>
  service.metadata.namespace === pods.namespace &&
  service.spec.selector !== undefined &&
  selects(service.spec.selector, pods.labels);

/** What of the internet pods may call. */
export function outboundOf(world: World, pods: PodSet): string[] {
  const open = (port: number, protocol: string): boolean =>
    allows(world, { from: { kind: "pods", pods }, to: internet, port, protocol });
  // Two ports that nobody declares by number tell a rule without ports from a list of some.
  return open(2, "TCP") && open(64_999, "UDP")
    ? ["every port"]
    : [80, 443].filter((port) => open(port, "TCP")).map((port) => `${port}`);
}

/** Ports of nodes and load balancers that lead to pods. */
export function doorsOf(world: World, pods: PodSet): Door[] {
  const to = idOf(pods);
  const selected = pods.spec.nodeSelector?.[slotLabel];
  const slot = selected === undefined ? undefined : Number(selected);
  const onNode = pods.spec.containers
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ hostPort, containerPort, protocol }) =>
      hostPort === undefined
        ? []
        : [{ to, port: hostPort, protocol, targetPort: containerPort, slot }],
    );
  const throughServices = world.services
    .filter((service) => serves(service, pods))
    .flatMap(({ spec }): Door[] =>
      spec.ports.flatMap((port) => {
        const common = { to, protocol: port.protocol, targetPort: targetOf(pods, port) };
        if (spec.type === "LoadBalancer") {
          return [{ ...common, port: port.port, slot: undefined }];
        }
        return spec.type === "NodePort" && port.nodePort !== undefined
          ? [{ ...common, port: port.nodePort, slot }]
          : [];
      }),
    );
  return [...onNode, ...throughServices];
}

/** Every call between pods that both ends allow. */
export function callsOf(world: World): Call[] {
  return world.pods.flatMap((from) =>
    world.pods
      .filter((to) => to !== from)
      .flatMap((to) =>
        listened(to)
          .filter(({ port, protocol }) =>
            allows(world, {
              from: { kind: "pods", pods: from },
              to: { kind: "pods", pods: to },
              port,
              protocol,
            }),
          )
          .map((port) => ({ from: idOf(from), to: idOf(to), ...port })),
      ),
  );
}
