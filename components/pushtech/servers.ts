/**
 * The servers with programs of PushTech's own (facts/pushtech.md 3.1, 5). Kafka, ZooKeeper and the NFS server, which
 * the facts count among the servers, are stores here (stores.ts).
 */
import { environmentPorts } from "./environment-file.ts";
import { foreman } from "./start.ts";
import {
  cluster,
  type Environment,
  login,
  open,
  pod,
  same,
  secret,
  type ServerTraits,
  webConcurrency,
} from "./types.ts";

/** Names of the servers, which are also their Services'. */
export const serverNames = [
  "tracker",
  "storage",
  "website",
  "imageserver",
  "notificationserver",
  "offerserver",
  "consumers-ruby",
  "kafidx",
] as const;
/** {@inheritDoc serverNames} */
export type PushtechServer = (typeof serverNames)[number];

/** Starts a server of the Procfile, once its database has all that its migrations make. */
const checkedWeb = [
  "/bin/bash",
  "-c",
  // Where an image was exchanged under its tag, the Job has not run: better a pod that says so than wrong data.
  `rake docker:if_db_is_migrated || { echo "the database lacks migrations of this image: make its Job run (docs/pushtech.md)" >&2; exit 1; }; exec ${foreman("web").join(" ")}`,
];

const web = foreman("web");

/** What all servers on Rack say of their processes and of their database's connections. */
const rack = (timeoutSeconds: string): Environment => ({
  WEB_CONCURRENCY: webConcurrency,
  WEB_TIMEOUT: same(timeoutSeconds),
  RACK_ENV: same("production"),
});
const pool: Environment = { DB_POOL_SIZE: same("20"), DB_TIMEOUT_MSEC: same("5000") };

/** Where uploaded images lie in every pod of the imageserver. */
export const imageFolder = "/var/lib/imagesrv/store";

/** Where its uploads wait until they are cut to size: CarrierWave's own folder below the public one. */
export const uploadFolder = "/usr/src/app/public/uploads";

/** List of events that the tracker writes and the kafkastore empties. */
const eventList = "redis://localhost:6379?db=6";

/** Variables of the tracker's side-car that sends its events on. */
export const kafkastoreEnvironment: Environment = {
  REDIS_TRACKING: same(eventList),
  ZOOKEEPER_HOST: cluster("ZOOKEEPER_HOST"),
};

/** The table. */
export const servers: Readonly<Record<PushtechServer, ServerTraits>> = {
  tracker: {
    image: "tracker",
    runtime: "node",
    port: environmentPorts.TRACKER_PORT,
    subdomain: "trk",
    replicas: 3,
    strategy: "Recreate",
    resources: {
      requests: { cpu: "50m", memory: "100Mi" },
      limits: { cpu: "200m", memory: "200Mi" },
    },
    stores: ["zookeeper", "kafkasrv"],
    after: [],
    calls: [],
    env: {
      PORT: same(`${environmentPorts.TRACKER_PORT}`),
      REDIS_URL: same(eventList),
      POD_IP: pod("status.podIP"),
      COOKIE_SECRET: secret("TRACKER_COOKIE_SECRET"),
    },
  },
  storage: {
    image: "storage",
    runtime: "node",
    port: environmentPorts.STORAGE_PORT,
    subdomain: "store",
    replicas: 3,
    webConcurrency: 4,
    strategy: "RollingUpdate",
    resources: {
      requests: { cpu: "300m", memory: "400Mi" },
      limits: { cpu: "600m", memory: "800Mi" },
    },
    stores: ["storage-db"],
    // It tells the notificationserver of matches, which itself needs the storage to start: this end of the
    // circle waits for nothing.
    after: ["tracker", "imageserver"],
    calls: ["tracker", "notificationserver"],
    env: {
      COOKIE_SECRET: secret("STORAGE_COOKIE_SECRET"),
      GOOGLE_API_KEY: secret("GOOGLE_API_KEY"),
      IMAGE_HOST: open("ASSETS_HOST"),
      MONGOHQ_URL: cluster("STORAGE_DB_URL"),
      PORT: same(`${environmentPorts.STORAGE_PORT}`),
      TRACKER_HOST: cluster("TRACKER_HOST"),
      WEB_CONCURRENCY: webConcurrency,
      ...login("API", "PUSHTECH_API_USER", "PUSHTECH_API_PASSWORD"),
      NOTIFY_HOST: cluster("NOTIFY_HOST"),
      ...login("NOTIFY_API", "NOTIFICATION_API_USER", "NOTIFICATION_API_PASSWORD"),
    },
  },
  website: {
    image: "website",
    runtime: "ruby",
    command: checkedWeb,
    port: environmentPorts.WEBSITE_PORT,
    subdomain: "www",
    replicas: 3,
    webConcurrency: 5,
    strategy: "Recreate",
    resources: {
      requests: { cpu: "40m", memory: "200Mi" },
      limits: { cpu: "80m", memory: "400Mi" },
    },
    stores: ["website-db"],
    after: ["storage", "imageserver", "notificationserver", "tracker"],
    calls: ["storage", "imageserver", "notificationserver", "tracker"],
    internet: true,
    migrates: true,
    env: {
      ASSETS_HOST: cluster("IMAGE_HOST"),
      ...login("ASSETS_API", "IMAGESERVER_API_USER", "IMAGESERVER_API_PASSWORD"),
      EXTERNAL_ASSETS_HOST: open("ASSETS_HOST"),
      CDN_HOSTS: open("WEBSITE_CDN_HOSTS"),
      DATABASE_URL: cluster("WEBSITE_DB_URL"),
      GOOGLE_API_KEY: secret("GOOGLE_API_KEY"),
      LOGIN_HOST: open("LOGIN_HOST"),
      PROFILE_HOST: open("PROFILE_HOST"),
      MANDRILL_API_KEY: secret("MANDRILL_API_KEY"),
      NOTIFIER_HOST: cluster("NOTIFY_HOST"),
      ...login("NOTIFIER_API", "NOTIFICATION_API_USER", "NOTIFICATION_API_PASSWORD"),
      PORT: same(`${environmentPorts.WEBSITE_PORT}`),
      PUSHTECH_API_HOST: cluster("PUSHTECH_API_HOST"),
      ...login("PUSHTECH_API", "PUSHTECH_API_USER", "PUSHTECH_API_PASSWORD"),
      SENDBIRD_API_ID: secret("SENDBIRD_API_ID"),
      SENDBIRD_API_TOKEN: secret("SENDBIRD_API_TOKEN"),
      TRACKER_HOST: cluster("TRACKER_HOST"),
      COOKIE_SECRET: secret("WEBSITE_COOKIE_SECRET"),
      PASSWORD_PEPPER: secret("WEBSITE_PASSWORD_PEPPER"),
      CRED_KEY_BASE64: secret("WEBSITE_CRED_KEY_BASE64"),
      CRED_IV_BASE64: secret("WEBSITE_CRED_IV_BASE64"),
      RSA_PRIVATE_KEY_BASE64: secret("WEBSITE_RSA_PRIVATE_KEY_BASE64"),
      RSA_PUBLIC_KEY_BASE64: secret("WEBSITE_RSA_PUBLIC_KEY_BASE64"),
      ...pool,
      ...rack("30"),
    },
  },
  imageserver: {
    image: "imageserver",
    runtime: "ruby",
    command: checkedWeb,
    port: environmentPorts.IMAGE_SERVER_PORT,
    subdomain: "assets",
    replicas: 2,
    webConcurrency: 5,
    strategy: "Recreate",
    resources: {
      requests: { cpu: "40m", memory: "400Mi" },
      limits: { cpu: "300m", memory: "800Mi" },
    },
    stores: ["imgserver-db"],
    after: [],
    calls: [],
    migrates: true,
    env: {
      DATABASE_URL: cluster("IMGSERVER_DB_URL"),
      PORT: same(`${environmentPorts.IMAGE_SERVER_PORT}`),
      ...login("API", "IMAGESERVER_API_USER", "IMAGESERVER_API_PASSWORD"),
      COOKIE_SECRET: secret("IMAGESERVER_COOKIE_SECRET"),
      // NFS_MOUNT_POINT and NFS_REMOTE_MP are for the mount inside the container, which the node makes instead.
      DOCKER_FILE_STORE: same(imageFolder),
      ...pool,
      ...rack("45"),
    },
  },
  notificationserver: {
    image: "notificationserver",
    runtime: "ruby",
    command: checkedWeb,
    port: environmentPorts.NOTIFICATION_SERVER_PORT,
    subdomain: "notify",
    replicas: 1,
    webConcurrency: 5,
    strategy: "RollingUpdate",
    resources: {
      requests: { cpu: "10m", memory: "300Mi" },
      limits: { cpu: "100m", memory: "600Mi" },
    },
    stores: ["notifserver-db", "notifserver-redis"],
    after: ["storage", "tracker"],
    waitsFor: ["storage", "tracker"],
    calls: ["storage", "tracker"],
    internet: true,
    publicHosts: true,
    migrates: true,
    env: {
      DATABASE_URL: cluster("NOTIFSERVER_DB_URL"),
      REDISTOGO_URL: cluster("NOTIFSERVER_REDIS_URL"),
      ONESIGNAL_API_KEY: secret("ONESIGNAL_API_KEY"),
      ONESIGNAL_APP_ID: secret("ONESIGNAL_APP_ID"),
      ONESIGNAL_USER_AUTH_KEY: secret("ONESIGNAL_USER_AUTH_KEY"),
      PORT: same(`${environmentPorts.NOTIFICATION_SERVER_PORT}`),
      PUSHTECH_API_HOST: cluster("PUSHTECH_API_HOST"),
      // The one name that differs from the file's.
      SENDBIRD_APP_ID: secret("SENDBIRD_API_ID"),
      SENDBIRD_API_TOKEN: secret("SENDBIRD_API_TOKEN"),
      TRACKER_HOST: cluster("TRACKER_HOST"),
      RATE_LIMIT_SECONDS: same("300"),
      ...login("API", "NOTIFICATION_API_USER", "NOTIFICATION_API_PASSWORD"),
      COOKIE_SECRET: secret("NOTIFICATION_SERVER_COOKIE_SECRET"),
      ...pool,
      ...rack("30"),
    },
  },
  offerserver: {
    image: "offerserver",
    runtime: "ruby",
    command: web,
    port: environmentPorts.OFFERSERVER_PORT,
    subdomain: "offers",
    admin: true,
    replicas: 1,
    webConcurrency: 5,
    strategy: "RollingUpdate",
    resources: {
      requests: { cpu: "40m", memory: "200Mi" },
      limits: { cpu: "60m", memory: "400Mi" },
    },
    stores: ["offerserver-redis"],
    after: [],
    calls: [],
    env: {
      COOKIE_SECRET: secret("OFFERSERVER_COOKIE_SECRET"),
      PORT: same(`${environmentPorts.OFFERSERVER_PORT}`),
      REDISTOGO_URL: cluster("OFFERSERVER_REDIS_URL"),
      REDIS_POOL_SIZE: same("20"),
      ...login("API", "OFFERSERVER_API_USER", "OFFERSERVER_API_PASSWORD"),
      ...rack("15"),
    },
  },
  "consumers-ruby": {
    image: "consumers.ruby",
    runtime: "ruby",
    command: web,
    port: environmentPorts.CONSUMERS_RUBY_PORT,
    subdomain: "consumers",
    admin: true,
    replicas: 1,
    single: "each process deletes every queue when it starts, its neighbours' too",
    webConcurrency: 5,
    strategy: "Recreate",
    resources: {
      requests: { cpu: "30m", memory: "200Mi" },
      limits: { cpu: "60m", memory: "400Mi" },
    },
    stores: ["consumers-ruby-redis", "zookeeper", "kafkasrv"],
    after: [],
    calls: ["tracker"],
    env: {
      COOKIE_SECRET: secret("CONSUMERS_RUBY_COOKIE_SECRET"),
      PORT: same(`${environmentPorts.CONSUMERS_RUBY_PORT}`),
      REDISTOGO_URL: cluster("CONSUMERS_RUBY_REDIS_URL"),
      REDIS_POOL_SIZE: same("25"),
      TRACKER_HOST: cluster("TRACKER_HOST"),
      ZOOKEEPER_HOST: cluster("ZOOKEEPER_HOST"),
      ...login("API", "CONSUMER_API_USER", "CONSUMER_API_PASSWORD"),
      ...rack("15"),
    },
  },
  kafidx: {
    image: "kafidx",
    runtime: "node",
    port: environmentPorts.KAFIDX_PORT,
    subdomain: "kafidx",
    admin: true,
    replicas: 2,
    webConcurrency: 3,
    strategy: "RollingUpdate",
    resources: {
      requests: { cpu: "100m", memory: "150Mi" },
      limits: { cpu: "300m", memory: "300Mi" },
    },
    stores: ["zookeeper", "kafkasrv", "consumers-nodejs-redis"],
    after: [],
    calls: [],
    env: {
      REDIS_URL: cluster("KAFIDX_REDIS_URL"),
      PORT: same(`${environmentPorts.KAFIDX_PORT}`),
      WEB_CONCURRENCY: webConcurrency,
      WEB_SOCKET_SCHEMA: open("WEB_SOCKET_SCHEMA"),
      ZOOKEEPER_HOST: cluster("ZOOKEEPER_HOST"),
      ...login("API", "KAFIDX_USER", "KAFIDX_PASSWORD"),
      COOKIE_SECRET: secret("KAFIDX_COOKIE_SECRET"),
    },
  },
};
