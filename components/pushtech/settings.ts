/**
 * What the programs are told, under the names that operators know (facts/pushtech.md 5): `envsecrets` has what the
 * environment file says, `k8scfg` where programs find each other and their stores, `extcfg` what browsers are told.
 *
 * What holds a password is in a Secret, all else in a ConfigMap of the same name, so that a preview shows it. Pure.
 */
import * as pulumi from "@pulumi/pulumi";

import { servers } from "./servers.ts";
import type { StoreName, StoreOf } from "./stores.ts";
import {
  type ClusterKey,
  type Environment,
  publicKeys,
  type PublicKey,
  type SecretKey,
  type Source,
} from "./types.ts";

/** A server of a store, as programs dial it. */
export interface StoreAddress {
  readonly host: string;
  readonly port: number;
}

/** A database with who logs in. */
export interface DatabaseAddress extends StoreAddress {
  readonly user: string;
  readonly database: string;
  readonly password: pulumi.Output<string>;
}

/** A Redis; without a password it asks nobody. */
export interface RedisAddress extends StoreAddress {
  readonly password?: pulumi.Output<string> | undefined;
}

/** A MongoDB. */
export interface MongoAddress extends StoreAddress {
  /** URL of the programs' database. */
  readonly url: pulumi.Input<string>;
  /** Whether a password stands in it. */
  readonly isSecret: boolean;
}

/** Where everything is. */
export interface StoreAddresses {
  readonly mongo: MongoAddress;
  readonly postgres: Readonly<Record<StoreOf<"postgres">, DatabaseAddress>>;
  readonly redis: Readonly<Record<StoreOf<"redis">, RedisAddress>>;
  readonly zookeeper: StoreAddress;
  readonly kafka: StoreAddress;
}

/** Where a store is dialled. */
export function addressOf(addresses: StoreAddresses, name: StoreName): StoreAddress {
  switch (name) {
    case "storage-db":
      return addresses.mongo;
    case "website-db":
    case "imgserver-db":
    case "notifserver-db":
      return addresses.postgres[name];
    case "notifserver-redis":
    case "offerserver-redis":
    case "consumers-nodejs-redis":
    case "consumers-ruby-redis":
      return addresses.redis[name];
    case "zookeeper":
      return addresses.zookeeper;
    case "kafkasrv":
      return addresses.kafka;
  }
}

/** What the settings follow from. */
export interface SettingsInput {
  readonly domain: string;
  /** Namespace of the programs. */
  readonly namespaceName: string;
  readonly stores: StoreAddresses;
  /** Values of the environment file, marked secret; the public half is none. */
  readonly environment: Readonly<Record<SecretKey, pulumi.Input<string>>>;
}

/** An object that settings stand in. */
export type SettingsObject = "envsecrets" | "k8scfg" | "extcfg";

/** One setting. */
export interface Setting {
  readonly object: SettingsObject;
  readonly kind: "Secret" | "ConfigMap";
  readonly value: pulumi.Input<string>;
}

/** Every setting, by object and key. */
export type Settings = Readonly<Record<SettingsObject, Readonly<Record<string, Setting>>>>;

/** `postgres://user:password@host:port/database`: passwords are of letters that no URL quotes. */
const databaseUrl = ({ host, port, user, database, password }: DatabaseAddress) =>
  pulumi.interpolate`postgres://${user}:${password}@${host}:${port}/${database}`;

/** `redis://host:port` and what stands behind it. */
function redisUrl({ host, port, password }: RedisAddress, ending: string): Omit<Setting, "object"> {
  return password === undefined
    ? { kind: "ConfigMap", value: `redis://${host}:${port}${ending}` }
    : {
        kind: "Secret",
        value: pulumi.interpolate`redis://:${password}@${host}:${port}${ending}`,
      };
}

const shown = (value: string): Omit<Setting, "object"> => ({ kind: "ConfigMap", value });
const hidden = (value: pulumi.Input<string>): Omit<Setting, "object"> => ({
  kind: "Secret",
  value,
});

/** Host of a Service, in full, as the facts have it. */
export const serviceHost = (service: string, namespace: string): string =>
  `${service}.${namespace}.svc.cluster.local`;

/** Contents of `k8scfg`. */
function clusterSettings({
  namespaceName,
  stores: { mongo, postgres, redis, zookeeper },
}: SettingsInput): Record<ClusterKey, Omit<Setting, "object">> {
  const server = (name: keyof typeof servers) =>
    shown(`http://${serviceHost(name, namespaceName)}:${servers[name].port}`);
  const counters = redis["consumers-nodejs-redis"];
  return {
    WEBSITE_DB_URL: hidden(databaseUrl(postgres["website-db"])),
    IMGSERVER_DB_URL: hidden(databaseUrl(postgres["imgserver-db"])),
    NOTIFSERVER_DB_URL: hidden(databaseUrl(postgres["notifserver-db"])),
    STORAGE_DB_URL: { kind: mongo.isSecret ? "Secret" : "ConfigMap", value: mongo.url },
    NOTIFSERVER_REDIS_URL: redisUrl(redis["notifserver-redis"], "/12"),
    OFFERSERVER_REDIS_URL: redisUrl(redis["offerserver-redis"], "?db=6"),
    CONSUMERS_RUBY_REDIS_URL: redisUrl(redis["consumers-ruby-redis"], "?db=6"),
    // The program puts the number of each database behind it.
    KAFIDX_REDIS_URL: redisUrl(counters, "?db="),
    EVENT_COUNTER_REDIS_URL: redisUrl(counters, "?db=12"),
    METADATA_COUNTER_REDIS_URL: redisUrl(counters, "?db=10"),
    SEARCH_COUNTER_REDIS_URL: redisUrl(counters, "?db=9"),
    STATS_CONSUMER_REDIS_URL: redisUrl(counters, "?db=11"),
    ZOOKEEPER_HOST: shown(`${zookeeper.host}:${zookeeper.port}`),
    TRACKER_HOST: server("tracker"),
    IMAGE_HOST: server("imageserver"),
    PUSHTECH_API_HOST: server("storage"),
    NOTIFY_HOST: server("notificationserver"),
  };
}

/** Contents of `extcfg`. */
function publicSettings(domain: string): Record<PublicKey, Omit<Setting, "object">> {
  const values: Record<PublicKey, string> = {
    WEB_SOCKET_SCHEMA: "wss",
    ASSETS_HOST: `https://assets.${domain}`,
    LOGIN_HOST: `https://www.${domain}`,
    PROFILE_HOST: `https://www.${domain}`,
    WEBSITE_CDN_HOSTS: [1, 2, 3].map((number) => `www${number}.${domain}`).join(","),
  };
  return Object.fromEntries(publicKeys.map((key) => [key, shown(values[key])])) as Record<
    PublicKey,
    Omit<Setting, "object">
  >;
}

const inObject = (
  object: SettingsObject,
  settings: Readonly<Record<string, Omit<Setting, "object">>>,
): Record<string, Setting> =>
  Object.fromEntries(Object.entries(settings).map(([key, rest]) => [key, { object, ...rest }]));

/** All settings of a stack. */
export const settingsOf = (input: SettingsInput): Settings => ({
  envsecrets: inObject(
    "envsecrets",
    Object.fromEntries(
      Object.entries(input.environment).map(([key, value]) => [key, hidden(value)]),
    ),
  ),
  k8scfg: inObject("k8scfg", clusterSettings(input)),
  extcfg: inObject("extcfg", publicSettings(input.domain)),
});

/** The setting that a variable is taken from, if it is taken from any. */
function settingOf(
  settings: Settings,
  source: Source,
): { key: string; setting: Setting } | undefined {
  switch (source.from) {
    case "envsecrets":
    case "k8scfg":
    case "extcfg": {
      const setting = settings[source.from][source.key];
      if (setting === undefined) {
        throw new Error(`${source.from} has no ${source.key}`);
      }
      return { key: source.key, setting };
    }
    case "table":
    case "pod":
    case "config":
      return undefined;
  }
}

/** Variables that a container takes from the settings. */
export function settingsUsed(
  settings: Settings,
  environment: Environment,
): Readonly<Record<string, { readonly key: string; readonly setting: Setting }>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([variable, source]) => {
      const used = settingOf(settings, source);
      return used === undefined ? [] : [[variable, used] as const];
    }),
  );
}
