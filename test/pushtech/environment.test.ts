/**
 * What each container is told: facts/pushtech.md 5 ("Per-container env"), line by line, with the values that stand in
 * the objects in the end. That the programs read them so is the images' affair.
 */
import { beforeAll, describe, expect, it } from "vitest";

import type { Collected } from "../harness.ts";
import { containerOf, dataOf, renderSystem, valuesOf } from "./system.ts";

let all: Collected;

beforeAll(async () => {
  all = await renderSystem();
});

const inside = (service: string, port: number): string =>
  `http://${service}.pushtech.svc.cluster.local:${port}`;

const tracker = inside("tracker", 5222);
const storage = inside("storage", 5011);
const images = inside("imageserver", 5061);
const notify = inside("notificationserver", 5041);
const assets = "https://assets.staging.pushtech.de";
const www = "https://www.staging.pushtech.de";

const login = (prefix: string, from: string): Record<string, string> => ({
  [`${prefix}_USER`]: `<${from}_USER>`,
  [`${prefix}_PASSWORD`]: `<${from}_PASSWORD>`,
});

const pool = { DB_POOL_SIZE: "20", DB_TIMEOUT_MSEC: "5000" };
const rack = (seconds: string) => ({
  WEB_CONCURRENCY: "5",
  WEB_TIMEOUT: seconds,
  RACK_ENV: "production",
});

/** Not in the facts: whoever is not root needs a home of his own. */
const home = { HOME: "/tmp" };

const consumer = (name: string, database: number) => ({
  CONSUMER_NAME: name,
  REDIS_CONSUMER: `redis://consumers-nodejs-redis:6379?db=${database}`,
  ZOOKEEPER_HOST: "zookeeper:2181",
});

const workerOfRuby = {
  IMAGE_HOST: images,
  ...login("IMAGE_API", "IMAGESERVER_API"),
  PUSHTECH_API_HOST: storage,
  ...login("PUSHTECH_API", "PUSHTECH_API"),
  TRACKER_HOST: tracker,
  RACK_ENV: "production",
  ...home,
};

/** Controller, container, variables. */
const table: readonly (readonly [string, string, Record<string, string>])[] = [
  [
    "tracker",
    "tracker",
    {
      PORT: "5222",
      REDIS_URL: "redis://localhost:6379?db=6",
      POD_IP: "pod:status.podIP",
      COOKIE_SECRET: "<TRACKER_COOKIE_SECRET>",
    },
  ],
  [
    "tracker",
    "kafkastore",
    { REDIS_TRACKING: "redis://localhost:6379?db=6", ZOOKEEPER_HOST: "zookeeper:2181" },
  ],
  ["tracker", "redis-tracker", {}],
  [
    "storage",
    "storage",
    {
      COOKIE_SECRET: "<STORAGE_COOKIE_SECRET>",
      GOOGLE_API_KEY: "<GOOGLE_API_KEY>",
      IMAGE_HOST: assets,
      MONGOHQ_URL: "mongodb://storage-db:27017/store",
      PORT: "5011",
      TRACKER_HOST: tracker,
      WEB_CONCURRENCY: "4",
      ...login("API", "PUSHTECH_API"),
      NOTIFY_HOST: notify,
      ...login("NOTIFY_API", "NOTIFICATION_API"),
    },
  ],
  [
    "website",
    "website",
    {
      ASSETS_HOST: images,
      ...login("ASSETS_API", "IMAGESERVER_API"),
      EXTERNAL_ASSETS_HOST: assets,
      CDN_HOSTS: "www1.staging.pushtech.de,www2.staging.pushtech.de,www3.staging.pushtech.de",
      DATABASE_URL: "postgres://webs:password-of-webs@website-db:5432/webs",
      GOOGLE_API_KEY: "<GOOGLE_API_KEY>",
      LOGIN_HOST: www,
      PROFILE_HOST: www,
      MANDRILL_API_KEY: "<MANDRILL_API_KEY>",
      NOTIFIER_HOST: notify,
      ...login("NOTIFIER_API", "NOTIFICATION_API"),
      PORT: "5123",
      PUSHTECH_API_HOST: storage,
      ...login("PUSHTECH_API", "PUSHTECH_API"),
      SENDBIRD_API_ID: "<SENDBIRD_API_ID>",
      SENDBIRD_API_TOKEN: "<SENDBIRD_API_TOKEN>",
      TRACKER_HOST: tracker,
      COOKIE_SECRET: "<WEBSITE_COOKIE_SECRET>",
      PASSWORD_PEPPER: "<WEBSITE_PASSWORD_PEPPER>",
      CRED_KEY_BASE64: "<WEBSITE_CRED_KEY_BASE64>",
      CRED_IV_BASE64: "<WEBSITE_CRED_IV_BASE64>",
      RSA_PRIVATE_KEY_BASE64: "<WEBSITE_RSA_PRIVATE_KEY_BASE64>",
      RSA_PUBLIC_KEY_BASE64: "<WEBSITE_RSA_PUBLIC_KEY_BASE64>",
      ...pool,
      ...rack("30"),
      ...home,
    },
  ],
  [
    "notificationserver",
    "notificationserver",
    {
      DATABASE_URL: "postgres://notserver:password-of-notserver@notifserver-db:5432/notserver",
      REDISTOGO_URL: "redis://notifserver-redis:6379/12",
      ONESIGNAL_API_KEY: "<ONESIGNAL_API_KEY>",
      ONESIGNAL_APP_ID: "<ONESIGNAL_APP_ID>",
      ONESIGNAL_USER_AUTH_KEY: "<ONESIGNAL_USER_AUTH_KEY>",
      PORT: "5041",
      PUSHTECH_API_HOST: storage,
      SENDBIRD_APP_ID: "<SENDBIRD_API_ID>",
      SENDBIRD_API_TOKEN: "<SENDBIRD_API_TOKEN>",
      TRACKER_HOST: tracker,
      RATE_LIMIT_SECONDS: "300",
      ...login("API", "NOTIFICATION_API"),
      COOKIE_SECRET: "<NOTIFICATION_SERVER_COOKIE_SECRET>",
      ...pool,
      ...rack("30"),
      ...home,
    },
  ],
  [
    // Without NFS_MOUNT_POINT and NFS_REMOTE_MP: the node mounts the folder, the program does not.
    "imageserver",
    "imageserver",
    {
      DATABASE_URL: "postgres://imgserver:password-of-imgserver@imgserver-db:5432/imgserver",
      PORT: "5061",
      ...login("API", "IMAGESERVER_API"),
      COOKIE_SECRET: "<IMAGESERVER_COOKIE_SECRET>",
      DOCKER_FILE_STORE: "/var/lib/imagesrv/store",
      ...pool,
      ...rack("45"),
      ...home,
    },
  ],
  [
    "offerserver",
    "offerserver",
    {
      COOKIE_SECRET: "<OFFERSERVER_COOKIE_SECRET>",
      PORT: "5000",
      REDISTOGO_URL: "redis://offerserver-redis:6379?db=6",
      REDIS_POOL_SIZE: "20",
      ...login("API", "OFFERSERVER_API"),
      ...rack("15"),
      ...home,
    },
  ],
  [
    "consumers-ruby",
    "consumers-ruby",
    {
      COOKIE_SECRET: "<CONSUMERS_RUBY_COOKIE_SECRET>",
      PORT: "5051",
      REDISTOGO_URL: "redis://consumers-ruby-redis:6379?db=6",
      REDIS_POOL_SIZE: "25",
      ...login("API", "CONSUMER_API"),
      ...rack("15"),
      TRACKER_HOST: tracker,
      ZOOKEEPER_HOST: "zookeeper:2181",
      ...home,
    },
  ],
  [
    "consumers-ruby-worker",
    "consumers-ruby-worker",
    {
      ...workerOfRuby,
      KAFKA_TOPIC: "test",
      LIBRATO_TOKEN: "<LIBRATO_TOKEN>",
      LIBRATO_USER: "<LIBRATO_USER>",
      REDISTOGO_URL: "redis://consumers-ruby-redis:6379?db=6",
      REDIS_POOL_SIZE: "25",
      SENDBIRD_API_TOKEN: "<SENDBIRD_API_TOKEN>",
      ZOOKEEPER_HOST: "zookeeper:2181",
    },
  ],
  [
    "offerserver-worker",
    "offerserver-worker",
    {
      ...workerOfRuby,
      REDISTOGO_URL: "redis://offerserver-redis:6379?db=6",
      REDIS_POOL_SIZE: "20",
    },
  ],
  [
    "kafidx",
    "kafidx",
    {
      REDIS_URL: "redis://consumers-nodejs-redis:6379?db=",
      PORT: "5031",
      WEB_CONCURRENCY: "3",
      WEB_SOCKET_SCHEMA: "wss",
      ZOOKEEPER_HOST: "zookeeper:2181",
      API_USER: "<KAFIDX_USER>",
      API_PASSWORD: "<KAFIDX_PASSWORD>",
      COOKIE_SECRET: "<KAFIDX_COOKIE_SECRET>",
    },
  ],
  [
    "consumers-nodejs-event-counter",
    "consumers-nodejs-event-counter",
    consumer("event_counter", 12),
  ],
  [
    "consumers-nodejs-metadata-counter",
    "consumers-nodejs-metadata-counter",
    consumer("metadata_counter", 10),
  ],
  [
    "consumers-nodejs-search-counter",
    "consumers-nodejs-search-counter",
    consumer("search_counter", 9),
  ],
  [
    "consumers-nodejs-stats-consumer",
    "consumers-nodejs-stats-consumer",
    consumer("stats_collector", 11),
  ],
  ...(
    [
      ["website", "webs", "website-db"],
      ["imageserver", "imgserver", "imgserver-db"],
      ["notificationserver", "notserver", "notifserver-db"],
    ] as const
  ).map(
    ([program, database, host]) =>
      [
        `${program}-migrate`,
        `${program}-migrate`,
        {
          DATABASE_URL: `postgres://${database}:password-of-${database}@${host}:5432/${database}`,
          RACK_ENV: "production",
          ...home,
        },
      ] as const,
  ),
];

describe("the environment of each container", () => {
  it.each(table)("of %s, %s, is what the facts say", (controller, container, variables) => {
    expect(valuesOf(all, containerOf(all, controller, container))).toEqual(variables);
  });
});

describe("the objects that programs are told by", () => {
  it("show what is no secret, and hide what is, under the same names", () => {
    expect(Object.keys(dataOf(all, "Secret", "k8scfg")).sort()).toEqual([
      "IMGSERVER_DB_URL",
      "NOTIFSERVER_DB_URL",
      "WEBSITE_DB_URL",
    ]);
    expect(dataOf(all, "ConfigMap", "k8scfg")).toMatchObject({
      ZOOKEEPER_HOST: "zookeeper:2181",
      TRACKER_HOST: tracker,
      NOTIFSERVER_REDIS_URL: "redis://notifserver-redis:6379/12",
    });
    expect(dataOf(all, "ConfigMap", "extcfg")).toEqual({
      WEB_SOCKET_SCHEMA: "wss",
      ASSETS_HOST: assets,
      LOGIN_HOST: www,
      PROFILE_HOST: www,
      WEBSITE_CDN_HOSTS:
        "www1.staging.pushtech.de,www2.staging.pushtech.de,www3.staging.pushtech.de",
    });
    expect(Object.keys(dataOf(all, "Secret", "envsecrets"))).toHaveLength(34);
    expect(dataOf(all, "ConfigMap", "envsecrets")).toEqual({});
  });

  it("hide the address of a store that asks for a password", async () => {
    const guarded = await renderSystem({
      stores: {
        mongo: {
          host: "mongo.example.com",
          port: 27_017,
          url: "mongodb://storage:secret-of-mongo@mongo.example.com:27017/store",
          isSecret: true,
        },
      },
    });
    expect(dataOf(guarded, "Secret", "k8scfg")["STORAGE_DB_URL"]).toContain("secret-of-mongo");
    expect(JSON.stringify(dataOf(guarded, "ConfigMap", "k8scfg"))).not.toContain("secret-of-mongo");
    expect(valuesOf(guarded, containerOf(guarded, "storage", "storage"))["MONGOHQ_URL"]).toContain(
      "secret-of-mongo",
    );
  });

  it("have no value of the environment file in a pod itself", () => {
    const pods = all.resources.filter(({ type }) => /:(Deployment|Job)$/.test(type));
    expect(pods).toHaveLength(17);
    expect(JSON.stringify(pods)).not.toMatch(/<[A-Z_0-9]+>|password-of-/);
  });
});
