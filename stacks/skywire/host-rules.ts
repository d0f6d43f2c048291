/** Rules about a Skywire stack's public hosts: zones, the other deployment, and one service behind each. */
import { pagesOf } from "../../components/observability/shape.ts";
import { type HostUse, zoneFaults } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { foreignHost, hostTable, type PublicService } from "../../components/skywire/hosts.ts";
import { oncePerDomain, repeatedHostFaults, strayHostFaults } from "../rules.ts";
import { extraHosts } from "./extras-shape.ts";
import { publicHosts } from "./hosts.ts";
import type { SkywireStack } from "./schema.ts";
import { domainOf, hostsOf } from "./shape.ts";

type Rule = (stack: SkywireStack) => PlatformFault[];

/** Faults at one place with one text are told once: eight hosts follow from one domain. */
function once(faults: readonly PlatformFault[]): PlatformFault[] {
  const seen = new Map(faults.map((fault) => [`${fault.path.join(".")} ${fault.message}`, fault]));
  return [...seen.values()];
}

/** Hosts that lie in no zone of the stack. */
const hostZoneFaults: Rule = (stack) => oncePerDomain(zoneFaults(publicHosts(stack), stack.dns));

/** A stack of one deployment with a host of the other would register with it (9, point 9). */
const foreignHostFaults: Rule = (stack) => {
  const own = stack.environment === "test" ? "*.skywire.dev" : "*.skycoin.com";
  return once(
    publicHosts(stack)
      .filter(({ host }) => foreignHost(stack.environment, host))
      .map(({ path, host }) => ({
        path,
        message: `${path[0] === "domain" ? domainOf(stack) : host} belongs to the other deployment: ${stack.environment} has hosts like ${own}`,
      })),
  );
};

/** Two services behind one host: a controller would serve either. */
const duplicateHostFaults: Rule = (stack) => {
  const uses = publicHosts(stack);
  const isDerived = ({ path }: HostUse): boolean => path[0] === "domain";
  // What was written by hand is what must change, not the domain that the other one follows from.
  return repeatedHostFaults([...uses.filter(isDerived), ...uses.filter((use) => !isDerived(use))]);
};

/** A dmsg-server's name leads past the controllers. */
const ingressHostFaults: Rule = (stack) =>
  strayHostFaults(stack.ingress, [
    ...Object.values(hostsOf(stack)),
    ...[...extraHosts(stack), ...pagesOf(stack.observability)].map(({ host }) => host),
  ]);

/** Services whose URLs the config-bootstrapper tells visors. */
const toldServices: readonly PublicService[] = [
  "address-resolver",
  "dmsg-discovery",
  "route-finder",
  "service-discovery",
  "transport-discovery",
  "uptime-tracker",
];

/**
 * The config-bootstrapper makes the URLs that it tells out of the domain alone, and has no word for another host
 * (4.8): visors would be sent to names that nothing answers.
 */
const untoldHostFaults: Rule = (stack) => {
  const told = hostTable(domainOf(stack));
  return stack.services["config-bootstrapper"].enabled
    ? toldServices.flatMap((service): PlatformFault[] => {
        const host = stack.hosts[service];
        return host === undefined || host === told[service]
          ? []
          : [
              {
                path: ["hosts", service],
                message: `must be ${told[service]}, or left out: the config-bootstrapper tells visors that name, which it makes of the domain. For another one say services.config-bootstrapper: { enabled: false }`,
              },
            ];
      })
    : [];
};

const rules: readonly Rule[] = [
  hostZoneFaults,
  foreignHostFaults,
  duplicateHostFaults,
  ingressHostFaults,
];

/** Faults of the hosts. */
export function hostFaults(stack: SkywireStack): PlatformFault[] {
  const faults = rules.flatMap((rule) => rule(stack));
  // A host that may not be there at all is told to change already.
  const told = new Set(faults.map(({ path }) => path.join(".")));
  const untold = untoldHostFaults(stack).filter(({ path }) => !told.has(path.join(".")));
  return [...faults, ...untold];
}
