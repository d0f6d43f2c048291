/**
 * The discovery services and the address-resolver, each with its Redis, its database and the keys that may take
 * entries out of it.
 */
import type { Awaitable } from "../../components/base/ready.ts";
import { clusterUrl } from "../../components/skywire/addresses.ts";
import { AddressResolver } from "../../components/skywire/address-resolver.ts";
import type { WhitelistingService } from "../../components/skywire/daemon-kinds.ts";
import { DailyDataBackup } from "../../components/skywire/daily-data-backup.ts";
import { dailyDataPath, DiscoveryService } from "../../components/skywire/discovery-service.ts";
import { cleanersOf } from "./daemon-shape.ts";
import { keyOf } from "./identity.ts";
import { after, type ServicesInput } from "./services-input.ts";

/** Public keys that may take entries out of a service: the monitors', and its own daemons'. */
function whitelistKeys({ stack, keys }: ServicesInput, service: WhitelistingService): string[] {
  const { alsoWhitelisted } = stack.services["network-monitor"];
  const daemons = cleanersOf(stack, service).map((name) => keyOf(keys.daemons, name).publicKey);
  return [...new Set([keys.services["network-monitor"].publicKey, ...alsoWhitelisted, ...daemons])];
}

/** Who may take entries out of a service, and by which list (2.8; 9, point 16). */
const whitelisting = (input: ServicesInput, service: WhitelistingService) => ({
  whitelistKeys: whitelistKeys(input, service),
  testEnvironment: input.stack.environment === "test",
});

/** Where the dmsg-discovery is dialled inside the cluster. */
const dmsgDiscoveryUrl = ({ foundation }: ServicesInput): string =>
  clusterUrl("dmsg-discovery", foundation.around.namespaceName);

/**
 * The IP service's compiled-in name, past the balancer, for those that ask it by that name (6.4). Of
 * production: test asks by way of the internet.
 */
const ipServiceAlias = ({ geoip }: ServicesInput) =>
  geoip === undefined ? {} : { hostAliases: [geoip.hostAlias] };

/** The IP service, for those that wait for it. */
const ipService = ({ geoip }: ServicesInput): Awaitable[] => (geoip === undefined ? [] : [geoip]);

/** The dmsg-discovery: ready without any dmsg-server. */
export function makeDmsgDiscovery(input: ServicesInput): DiscoveryService {
  const { stack, keys, foundation, stores } = input;
  const options = stack.services["dmsg-discovery"];
  const redis = stores.redis("dmsg-discovery");
  return new DiscoveryService(
    "dmsg-discovery",
    {
      ...foundation.around,
      command: {
        service: "dmsg-discovery",
        redisUrl: redis.url,
        ...whitelisting(input, "dmsg-discovery"),
      },
      image: foundation.image("dmsg-discovery"),
      key: keys.services["dmsg-discovery"],
      options,
      replicas: options.replicas,
      disruption: options.disruption,
      redisPassword: redis.password,
    },
    after(input, ...redis.resources),
  );
}

/** The address-resolver, at the node whose address its host leads to. */
export function makeAddressResolver(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const redis = stores.redis("address-resolver");
  return new AddressResolver(
    "address-resolver",
    {
      ...foundation.around,
      command: {
        service: "address-resolver",
        redisUrl: redis.url,
        dmsgDiscoveryUrl: dmsgDiscoveryUrl(input),
        ...whitelisting(input, "address-resolver"),
      },
      image: foundation.image("address-resolver"),
      key: keys.services["address-resolver"],
      redisPassword: redis.password,
      resolver: stack.services["address-resolver"],
    },
    after(input, ...before, foundation.nodes, ...redis.resources),
  );
}

/** The transport-discovery, which makes its tables when it starts. */
export function makeTransportDiscovery(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const redis = stores.redis("transport-discovery");
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "transport-discovery",
    {
      ...foundation.around,
      command: {
        service: "transport-discovery",
        redisUrl: redis.url,
        postgres: address,
        dmsgDiscoveryUrl: dmsgDiscoveryUrl(input),
        // Images of 2023 exit on the flag: it is for those that a tpd-monitor comes with.
        ...(cleanersOf(stack, "transport-discovery").length === 0
          ? {}
          : { whitelistKeys: whitelistKeys(input, "transport-discovery") }),
      },
      image: foundation.image("transport-discovery"),
      key: keys.services["transport-discovery"],
      options: stack.services["transport-discovery"],
      redisPassword: redis.password,
      database: stores.database("transport-discovery"),
    },
    after(input, ...before, ...redis.resources, ...resources),
  );
}

/** The route-finder, after the transport-discovery: it reads the very tables that one makes (4.6). */
export function makeRouteFinder(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "route-finder",
    {
      ...foundation.around,
      command: {
        service: "route-finder",
        postgres: address,
        dmsgDiscoveryUrl: dmsgDiscoveryUrl(input),
      },
      image: foundation.image("route-finder"),
      key: keys.services["route-finder"],
      options: stack.services["route-finder"],
      database: stores.database("route-finder"),
    },
    after(input, ...before, ...resources),
  );
}

/** The uptime-tracker, which keeps a file for each day. */
export function makeUptimeTracker(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const options = stack.services["uptime-tracker"];
  const { size, storageClass, cutoffDays } = options.dailyData;
  const redis = stores.redis("uptime-tracker");
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "uptime-tracker",
    {
      ...foundation.around,
      command: {
        service: "uptime-tracker",
        redisUrl: redis.url,
        postgres: address,
        dmsgDiscoveryUrl: dmsgDiscoveryUrl(input),
        dailyDataPath,
        dailyDataCutoffDays: cutoffDays,
      },
      image: foundation.image("uptime-tracker"),
      key: keys.services["uptime-tracker"],
      options,
      redisPassword: redis.password,
      database: stores.database("uptime-tracker"),
      dailyData: { size, ...(storageClass === undefined ? {} : { storageClass }) },
      ...ipServiceAlias(input),
    },
    after(input, ...before, ...ipService(input), ...redis.resources, ...resources),
  );
}

/** Backups of the uptime-tracker's daily files, where they are on. */
export function backUpDailyData(input: ServicesInput, uptimeTracker: DiscoveryService): void {
  const { stack, foundation } = input;
  const { backup, image } = stack.stores.dailyData;
  if (backup.kind === "scheduled") {
    new DailyDataBackup(
      "daily-data-backup",
      { ...foundation.around, plan: backup, image, owner: uptimeTracker.serviceName },
      after(input, uptimeTracker),
    );
  }
}

/** The service-discovery. */
export function makeServiceDiscovery(input: ServicesInput, before: readonly Awaitable[]) {
  const { stack, keys, foundation, stores } = input;
  const options = stack.services["service-discovery"];
  const redis = stores.redis("service-discovery");
  const { address, resources } = stores.postgres;
  return new DiscoveryService(
    "service-discovery",
    {
      ...foundation.around,
      command: {
        service: "service-discovery",
        redisUrl: redis.url,
        postgres: address,
        dmsgDiscoveryUrl: dmsgDiscoveryUrl(input),
        ...whitelisting(input, "service-discovery"),
      },
      image: foundation.image("service-discovery"),
      key: keys.services["service-discovery"],
      options,
      replicas: options.replicas,
      disruption: options.disruption,
      redisPassword: redis.password,
      database: stores.database("service-discovery"),
      ...ipServiceAlias(input),
    },
    after(input, ...before, ...ipService(input), ...redis.resources, ...resources),
  );
}
