/** Rules about a Skywire stack's public hosts: zones, the other deployment, and one service behind each. */
import { pagesOf } from "../../components/observability/shape.ts";
import { zoneFaults } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { foreignHost, publicServices } from "../../components/skywire/hosts.ts";
import { repeated } from "../rules.ts";
import { extraHosts } from "./extras-shape.ts";
import type { SkywireStack } from "./schema.ts";
import { dmsgServersOf, domainOf, hostsOf } from "./shape.ts";

type Rule = (stack: SkywireStack) => PlatformFault[];

/** Whether a host is an address, which needs no record. */
export const isAddress = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host);

/** Public hosts with their places in the file; a derived one stands at the domain. */
function hostUses(stack: SkywireStack): { path: PlatformFault["path"]; host: string }[] {
  const hosts = hostsOf(stack);
  return [
    ...publicServices.map((service) => ({
      path: Object.hasOwn(stack.hosts, service) ? ["hosts", service] : ["domain"],
      host: hosts[service],
    })),
    ...dmsgServersOf(stack)
      .filter(({ host }) => !isAddress(host))
      .map(({ name, host }) => ({
        path: ["services", "dmsg-servers", "members", name, "host"],
        host,
      })),
    // Elsewhere extras are refused as a whole.
    ...(stack.environment === "production" ? extraHosts(stack) : []),
    ...pagesOf(stack.observability),
  ];
}

/** Faults at one place with one text are told once: eight hosts follow from one domain. */
function once(faults: readonly PlatformFault[]): PlatformFault[] {
  const seen = new Map(faults.map((fault) => [`${fault.path.join(".")} ${fault.message}`, fault]));
  return [...seen.values()];
}

/** Hosts that lie in no zone of the stack. */
const hostZoneFaults: Rule = (stack) => {
  const faults = zoneFaults(hostUses(stack), stack.dns);
  const derived = faults.filter(({ path }) => path[0] === "domain");
  const own = faults.filter(({ path }) => path[0] !== "domain");
  // One domain, one fault, whichever of its hosts was found first.
  return [...derived.slice(0, 1), ...own];
};

/** A stack of one deployment with a host of the other would register with it (9, point 9). */
const foreignHostFaults: Rule = (stack) => {
  const own = stack.environment === "test" ? "*.skywire.dev" : "*.skycoin.com";
  return once(
    hostUses(stack)
      .filter(({ host }) => foreignHost(stack.environment, host))
      .map(({ path, host }) => ({
        path,
        message: `${path[0] === "domain" ? domainOf(stack) : host} belongs to the other deployment: ${stack.environment} has hosts like ${own}`,
      })),
  );
};

/** Two services behind one host: a controller would serve either. */
const duplicateHostFaults: Rule = (stack) => {
  const uses = hostUses(stack).map(({ path, host }) => [path, host] as const);
  const isDerived = ([path]: (typeof uses)[number]): boolean => path[0] === "domain";
  // What was written by hand is what must change, not the domain that the other one follows from.
  return repeated(
    [...uses.filter(isDerived), ...uses.filter((use) => !isDerived(use))],
    (host, first) => `host ${host} already stands at ${first}: give each service its own`,
  );
};

/** A host in the ingress section that no service has acts on nothing. */
const ingressHostFaults: Rule = (stack) => {
  const known = new Set<string>([
    ...Object.values(hostsOf(stack)),
    ...extraHosts(stack).map(({ host }) => host),
    ...pagesOf(stack.observability).map(({ host }) => host),
  ]);
  return Object.keys(stack.ingress.hosts)
    .filter((host) => !known.has(host))
    .map((host) => ({
      path: ["ingress", "hosts", host],
      message: `must be a host of this stack: ${[...known].sort().join(", ")}`,
    }));
};

const rules: readonly Rule[] = [
  hostZoneFaults,
  foreignHostFaults,
  duplicateHostFaults,
  ingressHostFaults,
];

/** Faults of the hosts. */
export const hostFaults = (stack: SkywireStack): PlatformFault[] =>
  rules.flatMap((rule) => rule(stack));
