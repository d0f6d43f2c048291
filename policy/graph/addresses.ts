/** Addresses of Services of the stack in what pods are started with. */
import { allContainers, type Container, namespaceOf, type PodSet, type World } from "./objects.ts";
import { podsBehind, targetPort } from "./references.ts";

/** An address that a pod was given, and the Service behind it. */
export interface Address {
  /** Where it stands, e.g. `argument --redis`. */
  readonly place: string;
  readonly text: string;
  readonly service: World["services"][number];
  /** Port of the Service; undefined where a bare name stands and any of its ports may be meant. */
  readonly port: number | undefined;
}

/** Ports that a scheme means when none is written. */
const schemePorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  redis: 6379,
  postgres: 5432,
  postgresql: 5432,
};

/** Texts a pod reads at start, by place. Contents of Secrets are taken in: config files stand there. */
function texts(world: World, pods: PodSet, container: Container): [string, string][] {
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  const words = command.map((word, index): [string, string] => [
    `argument ${word.startsWith("-") ? "" : (command[index - 1] ?? "")}`.trim(),
    word,
  ]);
  const variables = (container.env ?? []).flatMap(({ name, value }): [string, string][] =>
    value === undefined ? [] : [[`variable ${name}`, value]],
  );
  const mounted = new Set((container.volumeMounts ?? []).map(({ name }) => name));
  const files = (pods.spec.volumes ?? [])
    .filter(({ name }) => mounted.has(name))
    .flatMap(({ configMap, secret }) => {
      const name = configMap?.name ?? secret?.secretName;
      return [...world.configMaps, ...world.secrets].filter(
        (object) =>
          object.metadata.name === name &&
          namespaceOf(object) === pods.namespace &&
          object.kind === (configMap === undefined ? "Secret" : "ConfigMap"),
      );
    })
    .flatMap(({ data, stringData }) => Object.entries({ ...data, ...stringData }))
    .map(([key, text]): [string, string] => [`file ${key}`, text]);
  return [...words, ...variables, ...files];
}

const token =
  /(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:[^\s/@"']*@)?)?(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d{1,5}))?/g;

/** The Service a host name means, seen from a namespace. */
function resolve(
  world: World,
  host: string,
  namespace: string,
): World["services"][number] | undefined {
  const [name, in_ = namespace, ...rest] = host.split(".");
  const suffix = rest.join(".");
  if (!["", "svc", "svc.cluster.local"].includes(suffix)) {
    return undefined;
  }
  return world.services.find(
    (service) => service.metadata.name === name && namespaceOf(service) === in_,
  );
}

/** Arguments and variables whose bare word is a host: users and databases have Services' names, too. */
const hostPlace = /^(argument|variable) .*(host|addr|server|url)/i;

/**
 * Every address of a Service that a pod is started with.
 *
 * A bare word that happens to be a Service's name counts only where it is the whole text of an
 * argument or variable that means a host: inside files it would be any word.
 */
export function serviceAddresses(world: World, pods: PodSet): readonly Address[] {
  return allContainers(pods.spec).flatMap((container) =>
    texts(world, pods, container).flatMap(([place, text]) =>
      [...text.matchAll(token)].flatMap((match): Address[] => {
        const { scheme, host = "", port } = match.groups ?? {};
        const service = resolve(world, host, pods.namespace);
        const whole = match[0] === text || text.endsWith(`=${match[0]}`);
        const addressed = scheme !== undefined || port !== undefined || host.includes(".");
        if (service === undefined || !(addressed || whole)) {
          return [];
        }
        const number = port === undefined ? schemePorts[scheme ?? ""] : Number(port);
        return !addressed && !hostPlace.test(place)
          ? []
          : [{ place: `${container.name}: ${place}`, text: match[0], service, port: number }];
      }),
    ),
  );
}

/** The pods and ports an address leads to. */
export function destinations(
  world: World,
  { service, port }: Address,
): readonly { pods: PodSet; port: number; protocol: string }[] {
  const wanted = service.spec.ports.filter((one) => port === undefined || one.port === port);
  return wanted.flatMap((one) => {
    const target = targetPort(world, service, one);
    return target === undefined
      ? []
      : podsBehind(world, service).map((pods) => ({
          pods,
          port: target,
          protocol: one.protocol,
        }));
  });
}

/** An address outside the cluster that a pod was given. */
export interface OutsideAddress {
  readonly place: string;
  readonly text: string;
  readonly port: number;
}

/** URLs and `host:port` of the world outside in what a pod is started with. */
export function outsideAddresses(world: World, pods: PodSet): readonly OutsideAddress[] {
  return allContainers(pods.spec).flatMap((container) =>
    texts(world, pods, container).flatMap(([place, text]) =>
      [...text.matchAll(token)].flatMap((match): OutsideAddress[] => {
        const { scheme, host = "", port } = match.groups ?? {};
        const number = port === undefined ? schemePorts[scheme ?? ""] : Number(port);
        // A name of the internet has a dot and ends in letters; else it is an address in numbers.
        const outside = /\.[a-z]{2,}$/.test(host) || /^\d+(\.\d+){3}$/.test(host);
        const inside = resolve(world, host, pods.namespace) !== undefined;
        const loopback = /^127\.|^0\.0\.0\.0$/.test(host);
        return number === undefined || !outside || inside || loopback
          ? []
          : [{ place: `${container.name}: ${place}`, text: match[0], port: number }];
      }),
    ),
  );
}
