/** Addresses in what pods are started with: of Services of the stack, and of the world outside. */
import { namespaceOf, type PodSet, type Service, type World } from "./objects.ts";
import { podsBehind, targetPort } from "./ports.ts";
import { textsOf } from "./texts.ts";

/** An address that a pod was given, and the Service behind it. */
export interface Address {
  /** Where it stands, e.g. `argument --redis`. */
  readonly place: string;
  /** Without user and password. */
  readonly text: string;
  readonly service: Service;
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

const token =
  /(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:[^\s/@"']*@)?)?(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d{1,5}))?/g;

const indices = new WeakMap<World, ReadonlyMap<string, Service>>();

/** The Service a host name means, seen from a namespace. */
function resolve(world: World, host: string, namespace: string): Service | undefined {
  let index = indices.get(world);
  if (index === undefined) {
    index = new Map(
      world.services.map((one) => [`${one.metadata.name}.${namespaceOf(one)}`, one] as const),
    );
    indices.set(world, index);
  }
  const [name = "", in_ = namespace, ...rest] = host.split(".");
  const suffix = rest.join(".");
  return ["", "svc", "svc.cluster.local"].includes(suffix)
    ? index.get(`${name}.${in_}`)
    : undefined;
}

/** An address as it was written, less the user and the password in it: those are nobody's business. */
const withoutLogin = (text: string): string => text.replace(/:\/\/[^\s/]*@/, "://");

/** Arguments and variables whose bare word is a host: users and databases have Services' names, too. */
const hostPlace = /: (argument|variable) .*(host|addr|server|url)/i;

/**
 * Every address of a Service that a pod is started with.
 *
 * A bare word that happens to be a Service's name counts only where it is the whole text of an
 * argument or variable that means a host: inside files it would be any word.
 */
export function serviceAddresses(world: World, pods: PodSet): readonly Address[] {
  return textsOf(world, pods).flatMap(({ place, text }) =>
    [...text.matchAll(token)].flatMap((match): Address[] => {
      const { scheme, host = "", port } = match.groups ?? {};
      const service = resolve(world, host, pods.namespace);
      if (service === undefined) {
        return [];
      }
      const whole = match[0] === text || text.endsWith(`=${match[0]}`);
      const addressed = scheme !== undefined || port !== undefined || host.includes(".");
      if (!addressed && !(whole && hostPlace.test(place))) {
        return [];
      }
      const number = port === undefined ? schemePorts[scheme ?? ""] : Number(port);
      return [{ place, text: withoutLogin(match[0]), service, port: number }];
    }),
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
  return textsOf(world, pods).flatMap(({ place, text }) =>
    [...text.matchAll(token)].flatMap((match): OutsideAddress[] => {
      const { scheme, host = "", port } = match.groups ?? {};
      const number = port === undefined ? schemePorts[scheme ?? ""] : Number(port);
      // A name of the internet has a dot and ends in letters; else it is an address in numbers.
      const outside = /\.[a-z]{2,}$/.test(host) || /^\d+(\.\d+){3}$/.test(host);
      const loopback = /^127\.|^0\.0\.0\.0$/.test(host);
      return number === undefined ||
        !outside ||
        loopback ||
        resolve(world, host, pods.namespace) !== undefined
        ? []
        : [{ place, text: withoutLogin(match[0]), port: number }];
    }),
  );
}
