/**
 * Public host names of a Skywire deployment.
 *
 * Source: facts/skywire.md 1.2. The binaries' own defaults point at production (the visualizer's at
 * test), so that every URL is passed explicitly and comes from here (9, point 9).
 */

/** Which of the two published deployments a stack is. */
export type SkywireEnvironment = "production" | "test";

/** Services that are dialled by a public host name. */
export const publicServices = [
  "address-resolver",
  "config-bootstrapper",
  "dmsg-discovery",
  "node-visualizer",
  "route-finder",
  "service-discovery",
  "transport-discovery",
  "uptime-tracker",
] as const;

/** A service with a public host name. */
export type PublicService = (typeof publicServices)[number];

/** Host name of every public service. */
export type HostTable = Readonly<Record<PublicService, string>>;

/** Domain of each published deployment; also what the config-bootstrapper is told. */
export const publishedDomains: Readonly<Record<SkywireEnvironment, string>> = {
  production: "skywire.skycoin.com",
  test: "skywire.dev",
};

/** First label of each host name. */
const prefixes: HostTable = {
  "address-resolver": "ar",
  "config-bootstrapper": "conf",
  "dmsg-discovery": "dmsgd",
  "node-visualizer": "nv",
  "route-finder": "rf",
  "service-discovery": "sd",
  "transport-discovery": "tpd",
  "uptime-tracker": "ut",
};

/** Hosts of production that do not stand under its domain (1.2; 9, point 8). */
const productionExceptions: Partial<HostTable> = {
  "service-discovery": "sd.skycoin.com",
  "node-visualizer": "nv.skycoin.com",
};

/** Host name of the IP service: compiled into service-discovery and uptime-tracker (4.1, 4.7). */
export const ipServiceHost = "ip.skycoin.com";

/**
 * Host names of a deployment.
 *
 * @param domain Its domain, e.g. `skywire.dev`. Production's own domain brings its exceptions.
 * @param overrides Hosts that are named otherwise.
 */
export function hostTable(domain: string, overrides: Partial<HostTable> = {}): HostTable {
  const derived = Object.fromEntries(
    publicServices.map((service) => [service, `${prefixes[service]}.${domain}`]),
  ) as Record<PublicService, string>;
  const exceptions = domain === publishedDomains.production ? productionExceptions : {};
  return { ...derived, ...exceptions, ...overrides };
}

/** URL of a host, as visors have it built in: plain http and without a port (1.2). */
export const publicUrl = (host: string): string => `http://${host}`;

/**
 * Whether a host name belongs to the other deployment, so that a stack that used it would talk to it.
 *
 * The IP service is shared: test has none of its own (1.2).
 */
export function foreignHost(environment: SkywireEnvironment, host: string): boolean {
  const under = (zone: string) => host === zone || host.endsWith(`.${zone}`);
  return environment === "test"
    ? under("skycoin.com") && host !== ipServiceHost
    : under("skywire.dev");
}
