/** What the environments of all programs are computed from. Pure. */
import type { FxaConfig } from "./fxa.schema.ts";
import { hostTable, type HostTable, type PublicName } from "./hosts.ts";
import type { ServerFile } from "./files.ts";
import type { Environment } from "./settings.ts";
import type { Program } from "./roles.ts";
import { PublicAddress, builtinStore, publicHost, publicUrl } from "./urls.ts";

/** A host with its port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The system, and what it finds round it. */
export interface FxaContext {
  readonly config: FxaConfig;
  readonly hosts: HostTable;
  /** Where each store is dialled. */
  readonly mysql: Endpoint;
  readonly redis: Endpoint;
  readonly memcached: Endpoint;
  /** The exporter of StatsD, where the stack has one: host inside the cluster and UDP port. */
  readonly statsd: Endpoint | undefined;
  /** Whether a program runs. */
  readonly runs: (program: Program) => boolean;
}

/** All that a program is told. */
export interface ServerPlan {
  readonly environment: Environment;
  readonly files: readonly ServerFile[];
}

/** Whether the file has a program run. */
function runsIn({ servers, mail, demos, sync }: FxaConfig, program: Program): boolean {
  switch (program) {
    case "mozilla-sync":
      return sync.enabled;
    case "mail-service":
      return mail.kind === "mail-service" && servers["mail-service"].enabled;
    case "123done":
    case "321done":
    case "fortress":
      return demos !== undefined && servers[program].enabled;
    default:
      return servers[program].enabled;
  }
}

/** The context of a config. */
export function contextOf(config: FxaConfig, statsd?: Endpoint): FxaContext {
  const { mysql, redis } = config;
  return {
    config,
    hosts: hostTable(config.domain, config.hosts),
    mysql:
      mysql.kind === "external" ? { host: mysql.host, port: mysql.port } : builtinStore("mysql"),
    redis:
      redis.kind === "external"
        ? { host: redis.host, port: redis.port }
        : builtinStore("redis-master"),
    memcached: builtinStore("memcached"),
    statsd,
    runs: (program) => runsIn(config, program),
  };
}

/** URL of one of the public hosts. */
export const urlOf = ({ hosts }: FxaContext, name: PublicName, path = ""): PublicAddress =>
  publicUrl(name, hosts[name], path);

/**
 * Where browsers find users' pictures, with what comes before an id: below the bucket's address, or at the static
 * server, which has those of the cluster's disk alone.
 */
export function picturesUrl(context: FxaContext): PublicAddress {
  const { images } = context.config.servers["profile-server"].settings;
  return images.kind === "aws"
    ? new PublicAddress("images", `${images.url}/`)
    : urlOf(context, "images", "/a/");
}

/** The same without a path, for what pages may show. */
export const picturesOrigin = (context: FxaContext): PublicAddress =>
  new PublicAddress("images", new URL(picturesUrl(context).text).origin);

/** One of the public hosts. */
export const nameOf = ({ hosts }: FxaContext, name: PublicName): PublicAddress =>
  publicHost(name, hosts[name]);

/**
 * CLIENT_ADDRESS_DEPTH: the place of the client's address in the chain of X-Forwarded-For and the address that the
 * pod itself sees, counted from its end. The last proxy is in that chain, so that it is one more than there are.
 */
export const addressDepth = ({ config }: FxaContext): number => config.proxies + 1;
