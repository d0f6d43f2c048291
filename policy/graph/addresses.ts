/** Addresses in what pods are started with: of Services of the stack, and of the world outside. */
import { namespaceOf, type PodSet, type Service, type World } from "./objects.ts";
import { ofPods } from "./once.ts";
import { listened } from "./policies.ts";
import { podsBehind, type Target, targets } from "./ports.ts";
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

/** A port ends where its digits do: of `user:0a9f`, a login, nothing is one. */
const token =
  /(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:[^\s/@"']*@)?)?(?<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d{1,5})(?![\w-]))?/g;

const indices = new WeakMap<World, ReadonlyMap<string, Service>>();

/** The Service a host name means, seen from a namespace: its own name, or that of one of its pods. */
function resolve(world: World, host: string, namespace: string): Service | undefined {
  const service = serviceOf(world, host, namespace);
  if (service !== undefined) {
    return service;
  }
  // A StatefulSet's pods have names below that of a Service without an address: store-0.store.
  const [, behind = ""] = /^[a-z0-9-]+-\d+\.(.+)$/.exec(host) ?? [];
  const home = serviceOf(world, behind, namespace);
  return home !== undefined && isHeadless(home) ? home : undefined;
}

function serviceOf(world: World, host: string, namespace: string): Service | undefined {
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

/** Names of arguments, variables and settings whose bare word is a host: users and databases have Services' names, too. */
const meansHost = "(?:host|addr|address|server|url|endpoint)s?";
const hostPlace = new RegExp(`: (?:argument|variable) .*${meansHost}`, "i");
const hostFlag = new RegExp(`^--?[\\w-]*${meansHost}[\\w-]*=`, "i");
/** What stands before a value in YAML, TOML, JSON and the like. */
const hostSetting = new RegExp(`${meansHost}[\\w-]*["']?\\s*[:=]\\s*["']?$`, "i");

/** What the launcher of Firefox Accounts' image takes its role by: the Services are called as the roles (facts/fxa.md 2). */
const role = ": variable server";

/** Whether a bare word means a host by where it stands. */
function isHost(place: string, text: string, match: RegExpExecArray): boolean {
  const [word] = match;
  if (place.endsWith(role)) {
    return false;
  }
  if (/: file /.test(place)) {
    return hostSetting.test(text.slice(Math.max(0, match.index - 60), match.index));
  }
  return (
    (text === word && hostPlace.test(place)) ||
    (text.endsWith(`=${word}`) && (hostPlace.test(place) || hostFlag.test(text)))
  );
}

/** An address outside the cluster that a pod was given. */
export interface OutsideAddress {
  readonly place: string;
  readonly text: string;
  /** A name, or an address in numbers. */
  readonly host: string;
  readonly port: number;
}

/** The whole name of a Service that is not there, in a namespace of the stack. */
export interface StrayAddress {
  readonly place: string;
  readonly text: string;
  /** Its namespace. */
  readonly home: string;
}

/** The namespace that a whole name within the cluster has in it; undefined of any other name. */
const homeOf = (host: string): string | undefined =>
  /\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/.exec(host)?.[1];

/** What reads like an address in what a pod is started with: each text is gone over once. */
const addressesOf = ofPods(
  (
    world,
    pods,
  ): {
    readonly services: readonly Address[];
    readonly strays: readonly StrayAddress[];
    readonly outside: readonly OutsideAddress[];
  } => {
    const [services, strays, outside]: [Address[], StrayAddress[], OutsideAddress[]] = [[], [], []];
    for (const { place, text } of textsOf(world, pods)) {
      for (const match of text.matchAll(token)) {
        const { scheme, host = "", port: digits } = match.groups ?? {};
        const port = digits === undefined ? schemePorts[scheme ?? ""] : Number(digits);
        const service = resolve(world, host, pods.namespace);
        const addressed = scheme !== undefined || digits !== undefined || host.includes(".");
        const home = homeOf(host);
        if (service === undefined) {
          if (home !== undefined && world.namespaces.has(home)) {
            strays.push({ place, text: withoutLogin(match[0]), home });
          } else if (port !== undefined && isOutside(host)) {
            outside.push({ place, text: withoutLogin(match[0]), host, port });
          }
        } else if (addressed || isHost(place, text, match)) {
          services.push({ place, text: withoutLogin(match[0]), service, port });
        }
      }
    }
    return { services, strays, outside };
  },
);

/** A name of the internet has a dot and ends in letters; else it is an address in numbers, and not one's own. */
const isOutside = (host: string): boolean =>
  (/\.[a-z]{2,}$/.test(host) || /^\d+(\.\d+){3}$/.test(host)) && !/^127\.|^0\.0\.0\.0$/.test(host);

/**
 * Every address of a Service that a pod is started with.
 *
 * A bare word that happens to be a Service's name counts only as the value of an argument, a variable or
 * a setting that means a host: elsewhere it would be any word.
 */
export const serviceAddresses = (world: World, pods: PodSet): readonly Address[] =>
  addressesOf(world, pods).services;

/** Names of the cluster's that lead to nothing. */
export const strayAddresses = (world: World, pods: PodSet): readonly StrayAddress[] =>
  addressesOf(world, pods).strays;

/** URLs and `host:port` of the world outside in what a pod is started with. */
export const outsideAddresses = (world: World, pods: PodSet): readonly OutsideAddress[] =>
  addressesOf(world, pods).outside;

const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === "None";

/**
 * The pods and ports an address leads to. Of a Service without an address of its own names lead to the pods themselves:
 * nobody exchanges the port that is dialled (kubernetes.io, Headless Services).
 */
export function destinations(world: World, { service, port }: Address): readonly Target[] {
  return isHeadless(service) && port !== undefined
    ? podsBehind(world, service).flatMap((pods) =>
        listened(pods)
          .filter((one) => one.port === port)
          .map((one) => ({ pods, ...one })),
      )
    : service.spec.ports
        .filter((one) => port === undefined || one.port === port)
        .flatMap((one) => targets(world, service, one));
}
