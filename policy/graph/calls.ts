/**
 * Calls that a stack needs, each with what it follows from: an address that a program is told, an
 * Ingress, a published port, metrics that are read, a webhook, an account with rights.
 *
 * What programs tell one another only once they run stands in no object and is not found here.
 */
import { isIPv4 } from "node:net";

import { kubeletPort } from "../../components/base/flows.ts";
import { destinations, outsideAddresses, serviceAddresses } from "./addresses.ts";
import {
  allContainers,
  describe,
  describePods,
  lastingContainers,
  namespaceOf,
  type PodSet,
  type Service,
  type World,
} from "./objects.ts";
import { mounts } from "./mounts.ts";
import { allows, type Call, internet, node, privateNetwork } from "./policies.ts";
import { backendOf, targets } from "./ports.ts";
import { samplesOf } from "./samples.ts";
import { announcedPort, readsKubelets, scrapedBy } from "./scrape-configs.ts";
import { readWebhooks } from "./webhooks.ts";

/** A call that has to be let through. */
export interface NeededCall extends Call {
  /** What it follows from, e.g. `web: argument --redis redis://store:6379`. */
  readonly why: string;
  /** Whether the protocol is a guess: then either will do. */
  readonly anyProtocol?: boolean;
}

const podsEnd = (pods: PodSet) => ({ kind: "pods", pods }) as const;

/** Whether pods are members of one store, which find each other by the address that all are told. Others tell it to clients. */
const areMembers = ({ kind, replicas }: PodSet): boolean => kind === "StatefulSet" && replicas > 1;

/**
 * Calls that follow from the addresses of Services which programs are told. Of a name without a port, any
 * of the Service's ports may be meant: those that are open count, and all of them where none is.
 */
function toldCalls(world: World, pods: PodSet): NeededCall[] {
  return serviceAddresses(world, pods).flatMap((address) => {
    const calls = destinations(world, address)
      .filter((target) => target.pods !== pods || areMembers(pods))
      .map(({ pods: callee, port, protocol }) => ({
        from: podsEnd(pods),
        to: podsEnd(callee),
        port,
        protocol,
        why: `${address.place} ${address.text}`,
      }));
    const open = address.port === undefined ? calls.filter((call) => allows(world, call)) : [];
    return open.length > 0 ? open : calls;
  });
}

/** A call to the world outside. */
export interface OutsideCall extends NeededCall {
  /** Whether the host is a name: where it leads to is known when it is looked up. */
  readonly named: boolean;
}

/** Calls to the world outside that follow from what programs are told: of a name, as if it were on the internet. */
export function outsideCalls(world: World, pods: PodSet): OutsideCall[] {
  return outsideAddresses(world, pods).map(({ place, text, host, port }) => ({
    from: podsEnd(pods),
    to: isIPv4(host) ? { kind: "address", ip: host } : internet,
    named: !isIPv4(host),
    port,
    protocol: "TCP",
    why: `${place} ${text}`,
    anyProtocol: true,
  }));
}

/** Pods that serve a class of Ingresses: those that are told its name as such, in one word with the flag or in the next. */
export function controllersOf(world: World, ingressClass: string): readonly PodSet[] {
  const flag = /ingress-?class(-by-name)?(?:=(.*))?$/i;
  return world.pods.filter(({ spec }) =>
    allContainers(spec).some(({ command = [], args = [] }) => {
      const words = [...command, ...args];
      return words.some((word, index) => {
        const match = flag.exec(word);
        return match !== null && (match[2] ?? words[index + 1]) === ingressClass;
      });
    }),
  );
}

/** Calls of the ingress controllers to what is behind their Ingresses. */
function backendCalls(world: World): NeededCall[] {
  return world.ingresses.flatMap((ingress) =>
    ingress.spec.rules.flatMap(({ host, http }) =>
      http.paths.flatMap(({ path, backend }) => {
        const behind = backendOf(world, ingress, backend.service);
        return controllersOf(world, ingress.spec.ingressClassName ?? "").flatMap((controller) =>
          behind.map(({ pods, port, protocol }) => ({
            from: podsEnd(controller),
            to: podsEnd(pods),
            port,
            protocol,
            why: `${describe(ingress)} ${host}${path}`,
          })),
        );
      }),
    ),
  );
}

/** Google's balancers before such a Service hand packets on as they came: nobody stands between. */
const passedThrough = "cloud.google.com/l4-rbs";

/**
 * Clients of a published port as its node sees them, those of one range together: their own address and, where a balancer
 * stands between, its.
 */
function clientsOf(world: World, { spec, metadata }: Service): Call["from"][][] {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const clients =
    ranges.length === 0
      ? [[internet]]
      : ranges.map((range) =>
          // Whoever may come is the internet, and not each private address that is in that range, too.
          range.endsWith("/0")
            ? [internet]
            : samplesOf(world, range).map((ip) => ({ kind: "address", ip }) as const),
        );
  const isBalanced =
    spec.type === "LoadBalancer" && metadata.annotations?.[passedThrough] === undefined;
  return isBalanced ? [...clients, [privateNetwork]] : clients;
}

/**
 * Whom a published port's pods see: clients where nodes keep calls to themselves, and a node where they pass them on to
 * one another. Cilium in kube-proxy's place does the latter only of a call whose pod is on another node; at its own one
 * it is still the client's (docs.cilium.io, Kubernetes Without kube-proxy, on SNAT).
 */
function sources(world: World, service: Service): Call["from"][][] {
  const clients = clientsOf(world, service);
  if (service.spec.externalTrafficPolicy === "Local") {
    return clients;
  }
  return world.network.plugins.includes("Cilium") ? [[node], ...clients] : [[node]];
}

/** Of calls that differ by their caller alone the one that is refused; the first where none is. */
const worst = (world: World, calls: readonly NeededCall[]): readonly NeededCall[] =>
  [calls.find((call) => !allows(world, call)) ?? calls[0]].flatMap((call) => call ?? []);

/** Calls from outside that arrive by Services of nodes and balancers, and by ports of the nodes. */
function publishedCalls(world: World): NeededCall[] {
  const services = world.services
    .filter(({ spec }) => spec.type === "NodePort" || spec.type === "LoadBalancer")
    .flatMap((service) =>
      service.spec.ports.flatMap((published) =>
        targets(world, service, published).flatMap(({ pods, port, protocol }) =>
          sources(world, service).flatMap((callers) =>
            worst(
              world,
              callers.map((from) => ({
                from,
                to: podsEnd(pods),
                port,
                protocol,
                why: `${describe(service)} port ${published.port} of type ${service.spec.type}`,
              })),
            ),
          ),
        ),
      ),
    );
  const nodes = world.pods.flatMap((pods) =>
    lastingContainers(pods.spec)
      .flatMap(({ ports }) => ports ?? [])
      .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
      .map(({ hostPort, containerPort, protocol }) => ({
        from: internet,
        to: podsEnd(pods),
        port: containerPort,
        protocol,
        why: `${describePods(pods)} port ${hostPort ?? 0} of its node`,
      })),
  );
  return [...services, ...nodes];
}

/** Whoever reads metrics, and what it reads. */
function scrapeCalls(world: World): NeededCall[] {
  return world.pods.flatMap((reader) => {
    const scraped = scrapedBy(world, reader);
    return scraped === undefined
      ? []
      : world.pods
          .filter(
            ({ namespace }) =>
              scraped.namespaces === "all" || scraped.namespaces.includes(namespace),
          )
          .flatMap((pods) => {
            const port = Number(announcedPort(pods));
            return Number.isInteger(port)
              ? [
                  {
                    from: podsEnd(reader),
                    to: podsEnd(pods),
                    port,
                    protocol: "TCP",
                    why: `the metrics that ${describePods(pods)} announces`,
                  },
                ]
              : [];
          });
  });
}

/** Calls to the kubelets, on the nodes themselves. */
const kubeletCalls = (world: World): NeededCall[] =>
  world.pods
    .filter((pods) => readsKubelets(world, pods))
    .map((pods) => ({
      from: podsEnd(pods),
      to: node,
      port: kubeletPort,
      protocol: "TCP",
      why: "the kubelets that it reads",
    }));

/** Calls of the nodes to servers whose files they mount. */
const mountCalls = (world: World): NeededCall[] =>
  mounts(world).flatMap(({ where, service, ports }) =>
    service.spec.ports
      .filter(({ port }) => ports.includes(port))
      .flatMap((dialled) =>
        targets(world, service, dialled).map(({ pods, port, protocol }) => ({
          from: node,
          to: podsEnd(pods),
          port,
          protocol,
          why: `${where}, which the nodes mount`,
        })),
      ),
  );

/**
 * The API server's calls to webhooks. It may be on a node or outside, and at Google they come from pods of kube-system
 * (tigera/operator#5212): what lets in nodes, by a rule without peers, lets in all of them.
 */
function webhookCalls(world: World): NeededCall[] {
  return readWebhooks(world).flatMap(({ where, service, port }) => {
    const found = world.services.find(
      (one) => one.metadata.name === service.name && namespaceOf(one) === service.namespace,
    );
    const wanted = found?.spec.ports.find((one) => one.port === port);
    return found === undefined || wanted === undefined
      ? []
      : targets(world, found, wanted).map((target) => ({
          from: node,
          to: podsEnd(target.pods),
          port: target.port,
          protocol: "TCP",
          why: where,
        }));
  });
}

/** Every call that pods of the stack need to take or to make within the cluster, or take from outside. */
export function neededCalls(world: World): readonly NeededCall[] {
  return [
    ...world.pods.flatMap((pods) => toldCalls(world, pods)),
    ...backendCalls(world),
    ...publishedCalls(world),
    ...scrapeCalls(world),
    ...kubeletCalls(world),
    ...mountCalls(world),
    ...webhookCalls(world),
  ];
}
