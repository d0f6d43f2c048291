/**
 * Every address that pods are told, with its port: texts like `host:port`, and pairs of variables, as most of these
 * programs take them: REDIS_HOST beside REDIS_PORT. Pure.
 */
import {
  describePods,
  namespaceOf,
  type PodSet,
  type Service,
  type World,
} from "../../policy/graph/objects.ts";
import { allows, internet, refusals } from "../../policy/graph/policies.ts";
import { targets } from "../../policy/graph/ports.ts";
import { textsOf } from "../../policy/graph/texts.ts";

/** An address that pods are told. */
export interface Dialled {
  readonly from: PodSet;
  /** Where it stands, e.g. `fxa-auth-server: variable REDIS_HOST`. */
  readonly place: string;
  readonly host: string;
  /** Undefined where a host stands alone and no variable beside it says the port. */
  readonly port: number | undefined;
}

/** Services by every name that pods of a namespace have for them. */
export function servicesOf(world: World, namespace: string): ReadonlyMap<string, Service> {
  return new Map(
    world.services.flatMap((service) => {
      const { name } = service.metadata;
      const home = namespaceOf(service);
      const names = ["", ".svc", ".svc.cluster.local"].map((end) => `${name}.${home}${end}`);
      return [...names, ...(home === namespace ? [name] : [])].map((one) => [one, service]);
    }),
  );
}

/** Hosts with ports that are no URL's of the world outside: those are test/stacks.test.ts's. */
const written = /(?<![\w.-])([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):(\d{2,5})(?![\w-])/g;

const hostVariable = /^(?:[A-Z0-9_]+_)?HOST$/;

/** The port that stands beside a host. */
const portNames = (host: string): readonly string[] =>
  host === "DD_AGENT_HOST" ? ["DD_DOGSTATSD_PORT"] : [host.replace(/HOST$/, "PORT")];

const loopback = /^(0\.0\.0\.0|127\.|localhost$)/;

/** Addresses in variables, arguments and files of pods. */
export function dialledBy(world: World, from: PodSet): readonly Dialled[] {
  const told = textsOf(world, from);
  const services = servicesOf(world, from.namespace);
  const variables = told.flatMap(({ place, text }) => {
    const [container = "", name] = place.split(": variable ");
    return name === undefined ? [] : [{ container, name, text }];
  });
  const pairs = variables
    .filter(({ name, text }) => hostVariable.test(name) && !loopback.test(text))
    .map(({ container, name, text }): Dialled => {
      const beside = variables.find(
        (one) => one.container === container && portNames(name).includes(one.name),
      );
      return {
        ...{ from, place: `${container}: variable ${name}`, host: text },
        port: beside === undefined ? undefined : Number(beside.text),
      };
    });
  const texts = told.flatMap(({ place, text }) =>
    [...text.matchAll(written)]
      .filter(([, host = ""]) => services.has(host))
      .map(([, host = "", port]): Dialled => ({ from, place, host, port: Number(port) })),
  );
  return [...pairs, ...texts];
}

/** Why an address cannot be dialled; empty where it can, or where it is the caller's own. */
export function barriers(world: World, { from, place, host, port }: Dialled): readonly string[] {
  const where = `${describePods(from)} ${place} ${host}:${port ?? "?"}`;
  if (port === undefined) {
    return [`${where}: no port stands beside it`];
  }
  const service = servicesOf(world, from.namespace).get(host);
  if (service === undefined) {
    const call = {
      from: { kind: "pods", pods: from },
      to: internet,
      port,
      protocol: "TCP",
    } as const;
    return allows(world, call) ? [] : [`${where}: is not let out`];
  }
  const found = service.spec.ports.find((one) => one.port === port);
  const answering = found === undefined ? [] : targets(world, service, found);
  if (answering.length === 0) {
    return [`${where}: nobody answers there`];
  }
  return answering
    .filter(({ pods }) => pods !== from)
    .flatMap(({ pods, port: target, protocol }) =>
      refusals(world, {
        from: { kind: "pods", pods: from },
        to: { kind: "pods", pods },
        port: target,
        protocol,
      }).map((end) => `${where}: is refused by ${end} (${protocol} ${target})`),
    );
}
