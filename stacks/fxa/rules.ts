/**
 * Rules across the fields of a stack of Firefox Accounts. Those of the system alone stand beside its components
 * (components/fxa/rules.ts); here is what lies between it and the platform.
 *
 * Each rule is a pure function from the config to faults; each fault says where, what was expected, and how to mend
 * it.
 */
import { outsideFault } from "../../components/data/reach.ts";
import { visitors } from "../../components/fxa/flows.ts";
import { bodyFaults, coverFaults, tlsFaults } from "../../components/fxa/host-rules.ts";
import { hiddenFaults, proxyFaults } from "../../components/fxa/proxy-rules.ts";
import { fxaFaults } from "../../components/fxa/rules.ts";
import { publicFault } from "../../components/fxa/urls.ts";
import { observabilityFaults } from "../../components/observability/faults.ts";
import { pagesOf } from "../../components/observability/shape.ts";
import { balancerFaults } from "../../components/platform/balancer-faults.ts";
import { zoneFaults } from "../../components/platform/dns.schema.ts";
import type { PlatformFault } from "../../components/platform/fault.ts";
import { certificateFaults } from "../../components/platform/ingress.schema.ts";
import { plannedOnControllers, recordFaults } from "../../components/platform/record-faults.ts";
import {
  issuerFaults,
  keptNodeFaults,
  namespaceFaults,
  oncePerDomain,
  pinnedFaults,
  repeatedHostFaults,
  roomFaults,
  strayHostFaults,
} from "../rules.ts";
import { publicHosts } from "./hosts.ts";
import { stackWorkloads } from "./requests.ts";
import type { FxaStack } from "./schema.ts";
import { contextOfStack, namespacesOf } from "./shape.ts";
import { watchedStack } from "./watched.ts";

type Rule = (stack: FxaStack) => PlatformFault[];

/** What must hold of the system alone. */
const systemFaults: Rule = (stack) => fxaFaults(contextOfStack(stack));

const regionFaults: Rule = (stack) => {
  const { runs } = contextOfStack(stack);
  const pages = pagesOf(stack.observability).map(({ host }) => host);
  const hosts = publicHosts(stack).map(({ host }) => host);
  return balancerFaults(stack.ingress, stack.cluster, {
    by: visitors.filter((program) => runs(program)),
    hosts: hosts.filter((host) => !pages.includes(host)),
  });
};

const keeperFaults: Rule = ({ cluster }) => keptNodeFaults(cluster, "Firefox Accounts");

const slotsFaults: Rule = (stack) => pinnedFaults(stack, stackWorkloads(stack));

/** Every public name lies in a zone that somebody keeps, leads to one thing, and is on the certificate. */
const hostFaults: Rule = (stack) => {
  const { cluster, dns, ingress } = stack;
  const hosts = publicHosts(stack);
  // Of a name that no browser finds its zone is not the question.
  const found = hosts.filter(({ host }) => publicFault(host) === undefined);
  return [
    ...oncePerDomain(zoneFaults(found, dns)),
    ...oncePerDomain(recordFaults(plannedOnControllers(found, ingress, cluster), dns)),
    ...oncePerDomain(coverFaults(contextOfStack(stack), ingress)),
    ...certificateFaults(pagesOf(stack.observability), ingress),
    // Two of the system's own of one name are told by its own rules.
    ...repeatedHostFaults(hosts).filter(({ path }) => path[0] === "observability"),
    ...strayHostFaults(
      ingress,
      hosts.map(({ host }) => host),
    ),
  ];
};

/** Browsers need https, pictures room, and clients an address each. */
const wayInFaults: Rule = ({ cluster, ingress, dns, proxies }) => [
  ...tlsFaults(ingress),
  ...bodyFaults(ingress),
  ...proxyFaults(proxies, ingress, dns),
  ...hiddenFaults(ingress, cluster),
];

/** Servers outside that no network policy opens. */
const unreachableFaults: Rule = ({ networkPolicy, mysql, redis, servers, mail }) => {
  if (networkPolicy === "off") {
    return [];
  }
  const { readReplica } = servers["auth-db-mysql"].settings;
  const { smtp } = mail;
  return [
    ...(mysql.kind === "external" ? outsideFault(["mysql"], mysql) : []),
    ...(redis.kind === "external" ? outsideFault(["redis"], redis) : []),
    ...(smtp === undefined ? [] : outsideFault(["mail", "smtp"], smtp)),
    ...(readReplica === undefined
      ? []
      : outsideFault(["servers", "auth-db-mysql", "settings", "readReplica"], readReplica)),
  ];
};

/** Other people's services that a server dials: of all ports outside, the policies open this one to it. */
const outwardFaults: Rule = ({ networkPolicy, servers }) => {
  const { "auth-server": auth, "customs-server": customs } = servers;
  const given: readonly (readonly [path: readonly string[], url: string | undefined])[] = [
    [["auth-server", "settings", "pushbox", "url"], auth.settings.pushbox?.url],
    [["customs-server", "settings", "reputation", "url"], customs.settings.reputation?.url],
  ];
  return networkPolicy === "off"
    ? []
    : given.flatMap(([path, url]) =>
        url === undefined ||
        (publicFault(url) === undefined && new URL(url).port === "" && url.startsWith("https:"))
          ? []
          : [
              {
                path: ["servers", ...path],
                message: `must be the https URL of a public host, without a port: the network policies let ${path[0] ?? ""} out to port 443 of the internet; or set fleet:networkPolicy: "off"`,
              },
            ],
      );
};

/** Keys that a node hands out, at an address that no policy opens: whoever dials it may be the node. */
const nodeKeyFaults: Rule = ({ networkPolicy, servers }) => {
  const { images } = servers["profile-server"].settings;
  const broker = servers["event-broker"];
  const given: readonly (readonly [path: readonly string[], keys: unknown])[] = [
    [["event-broker", "settings", "aws"], broker.enabled ? broker.settings?.aws : undefined],
    [
      ["profile-server", "settings", "images", "keys"],
      images.kind === "aws" ? images.keys : undefined,
    ],
  ];
  return networkPolicy === "off"
    ? []
    : given.flatMap(([path, keys]) =>
        keys === "node"
          ? [
              {
                path: ["servers", ...path],
                message:
                  'must name keys of AWS: the network policies keep pods from where a node hands out its own (169.254.169.254); or set fleet:networkPolicy: "off"',
              },
            ]
          : [],
      );
};

/** A tag that each run looks up is none that somebody reviewed. */
const imageFaults: Rule = ({ environment, images }) =>
  environment === "production" && images.resolve === "run"
    ? [
        {
          path: ["images", "resolve"],
          message: "must go in production: write the digest with make images, or have it built",
        },
      ]
    : [];

const namespaceRule: Rule = (stack) => namespaceFaults(namespacesOf(stack));

const capacityRule: Rule = (stack) => roomFaults(stack.cluster, stackWorkloads(stack));

/** What watches, and what of the stack it names. */
const watchFaults: Rule = (stack) => observabilityFaults(stack.observability, watchedStack(stack));

const rules: readonly Rule[] = [
  systemFaults,
  regionFaults,
  keeperFaults,
  slotsFaults,
  hostFaults,
  wayInFaults,
  issuerFaults,
  unreachableFaults,
  outwardFaults,
  nodeKeyFaults,
  imageFaults,
  namespaceRule,
  watchFaults,
  capacityRule,
];

/**
 * Whether every server is told enough for its environment to be computed. zod tries rules on a section that a check
 * of its own has refused, too.
 */
const isToldEnough = ({ servers: { "event-broker": broker } }: FxaStack): boolean =>
  !broker.enabled || broker.settings !== undefined;

/** Every fault across fields. */
export const findFaults = (stack: FxaStack): PlatformFault[] =>
  isToldEnough(stack) ? rules.flatMap((rule) => rule(stack)) : [];
