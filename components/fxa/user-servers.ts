/** Environments of what users see: content-server and the three programs of profiles (facts/fxa.md 6). */
import {
  awsSettings,
  awsValues,
  launched,
  launchedValues,
  metricSettings,
  metricValues,
  mysqlHost,
  redisHost,
  sentrySettings,
  sentryValues,
  sentryWord,
} from "./common-settings.ts";
import {
  addressDepth,
  type FxaContext,
  picturesOrigin,
  picturesUrl,
  type ServerPlan,
  urlOf,
} from "./context.ts";
import { pathOf, type ServerFile } from "./files.ts";
import { part, whole } from "./secret-text.ts";
import { servers } from "./servers.ts";
import { environmentOf, may, must } from "./settings.ts";
import { internal, PublicAddress } from "./urls.ts";

/** Variables of fxa-content-server: nearly all of its addresses go to browsers. */
export const contentSettings = {
  ...launched,
  ...sentrySettings,
  ...metricSettings,
  METRIC_ENABLED: must("flag"),
  SENTRY_ENV: must("word"),
  LOG_LEVEL: must("word"),
  PORT: must("port"),
  PUBLIC_URL: must("public"),
  FXA_URL: must("public"),
  FXA_OAUTH_URL: must("public"),
  FXA_PROFILE_URL: must("public"),
  FXA_PROFILE_IMAGES_URL: must("public"),
  FXA_GQL_URL: must("public"),
  SUBSCRIPTIONS_MANAGEMENT_URL: must("public"),
  SYNC_TOKENSERVER_URL: must("public"),
  STATIC_RESOURCE_URL: must("public"),
  PAIRING_SERVER_BASE_URI: must("outside"),
  REDIRECT_CHECK_ALLOW_LIST: must("list"),
  FXA_OAUTH_CLIENT_ID: must("word"),
  SUBSCRIPTIONS_ENABLED: must("flag"),
  FEATURE_FLAGS_ENABLED: must("flag"),
  FEATURE_FLAGS_REDIS_HOST: must("store"),
  FEATURE_FLAGS_REDIS_PORT: must("port"),
  CSP_ENABLED: must("flag"),
  GEODB_ENABLED: must("flag"),
  CLIENT_ADDRESS_DEPTH: must("number"),
  STATIC_DIRECTORY: must("word"),
  PAGE_TEMPLATE_SUBDIRECTORY: must("word"),
  CONFIG_FILES: must("path"),
  FLOW_ID_KEY: must("secret"),
} as const;

/** The secret of its sessions has no variable: it is read from a file. */
const sessionFile = ({ config }: FxaContext): ServerFile => ({
  volume: "session",
  folder: "/etc/fxa/session",
  name: "session.json",
  text: [
    '{"client_sessions":{"secret":',
    part(config.servers["content-server"].settings.sessionSecret, "json"),
    "}}",
  ],
});

/** All that fxa-content-server is told. */
export function contentPlan(context: FxaContext): ServerPlan {
  const { config, redis, statsd } = context;
  const { logLevel, settings } = config.servers["content-server"];
  const { selector, port } = servers["content-server"];
  const session = sessionFile(context);
  return {
    environment: environmentOf(contentSettings, {
      ...launchedValues("content-server", selector, context),
      ...sentryValues(settings.sentryDsn),
      ...metricValues("content-server", context),
      METRIC_ENABLED: statsd !== undefined,
      SENTRY_ENV: sentryWord(context),
      LOG_LEVEL: logLevel,
      PORT: port,
      PUBLIC_URL: urlOf(context, "accounts"),
      FXA_URL: urlOf(context, "api"),
      FXA_OAUTH_URL: urlOf(context, "oauth"),
      FXA_PROFILE_URL: urlOf(context, "profile"),
      FXA_PROFILE_IMAGES_URL: picturesOrigin(context),
      FXA_GQL_URL: urlOf(context, "graphql"),
      SUBSCRIPTIONS_MANAGEMENT_URL: urlOf(context, "subscriptions"),
      SYNC_TOKENSERVER_URL: urlOf(context, "token", "/token"),
      STATIC_RESOURCE_URL: urlOf(context, "accounts"),
      PAIRING_SERVER_BASE_URI: settings.pairingServer,
      REDIRECT_CHECK_ALLOW_LIST: [config.domain, `*.${config.domain}`],
      FXA_OAUTH_CLIENT_ID: settings.oauthClientId,
      SUBSCRIPTIONS_ENABLED: config.servers["auth-server"].settings.subscriptions !== undefined,
      FEATURE_FLAGS_ENABLED: settings.featureFlags,
      FEATURE_FLAGS_REDIS_HOST: redisHost(context),
      FEATURE_FLAGS_REDIS_PORT: redis.port,
      CSP_ENABLED: settings.csp,
      GEODB_ENABLED: settings.geodb,
      CLIENT_ADDRESS_DEPTH: addressDepth(context),
      // What the image has built, not the sources beside it.
      STATIC_DIRECTORY: "dist",
      PAGE_TEMPLATE_SUBDIRECTORY: "dist",
      CONFIG_FILES: pathOf(session),
      FLOW_ID_KEY: whole(config.credentials.flowIdKey),
    }),
    files: [session],
  };
}

/** Variables of fxa-profile-server, its worker and its static server: one config file in one package. */
export const profileSettings = {
  ...launched,
  ...sentrySettings,
  ...awsSettings,
  LOG_LEVEL: must("word"),
  HOST: must("bind"),
  PORT: must("port"),
  WORKER_HOST: must("bind"),
  WORKER_PORT: must("port"),
  WORKER_URL: must("internal"),
  AUTH_SERVER_URL: must("internal"),
  OAUTH_SERVER_URL: must("internal"),
  CUSTOMS_SERVER_URL: must("internal"),
  PUBLIC_URL: must("public"),
  IMG: must("word"),
  IMG_UPLOADS_DEST_PUBLIC: must("word"),
  IMG_URL: must("public"),
  IMG_PROVIDERS_FXA: must("word"),
  // The program's default is memory.
  DB: must("word"),
  MYSQL_USERNAME: must("word"),
  MYSQL_DATABASE: must("word"),
  MYSQL_HOST: must("store"),
  MYSQL_PORT: must("port"),
  MYSQL_PASSWORD: must("secret"),
  CREATE_MYSQL_SCHEMA: must("flag"),
  USE_REDIS: must("flag"),
  REDIS_HOST: must("store"),
  REDIS_PORT: must("port"),
  EVENTS_ENABLED: must("flag"),
  EVENTS_REGION: may("word"),
  EVENTS_QUEUE_URL: may("outside"),
  CLIENT_ADDRESS_DEPTH: must("number"),
  AUTH_SECRET_BEARER_TOKEN: must("secret"),
} as const;

/** The folder that all three share where pictures are kept in the cluster. */
export const avatarFolder = "/var/lib/fxa/avatars";

/** The programs of profiles. */
export type ProfileProgram = "profile-server" | "profile-server-worker" | "profile-server-static";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** All that one of the three is told. They differ in `server` alone: each port stands in the config of all. */
export function profilePlan(context: FxaContext, program: ProfileProgram): ServerPlan {
  const { config, mysql, redis } = context;
  const { settings } = config.servers["profile-server"];
  const { logLevel } = config.servers[program];
  const { images, events } = settings;
  const { user, password, databases } = config.mysql;
  const pictures = picturesUrl(context).text;
  return {
    environment: environmentOf(profileSettings, {
      ...launchedValues(program, servers[program].selector, context),
      ...sentryValues(settings.sentryDsn),
      ...awsValues(images.kind === "aws" ? images.keys : undefined),
      LOG_LEVEL: logLevel,
      HOST: "0.0.0.0",
      // Of all three: the static server listens one above it.
      PORT: servers["profile-server"].port,
      WORKER_HOST: "0.0.0.0",
      WORKER_PORT: servers["profile-server-worker"].port,
      WORKER_URL: internal("profile-server-worker"),
      AUTH_SERVER_URL: internal("auth-server", "/v1"),
      OAUTH_SERVER_URL: internal("auth-server", "/v1"),
      CUSTOMS_SERVER_URL: internal("customs-server"),
      PUBLIC_URL: urlOf(context, "profile"),
      IMG: images.kind,
      IMG_UPLOADS_DEST_PUBLIC: images.kind === "aws" ? images.bucket : avatarFolder,
      IMG_URL: new PublicAddress("images", `${pictures}{id}`),
      IMG_PROVIDERS_FXA: `^${escaped(pictures)}[0-9a-f]{32}$`,
      DB: "mysql",
      MYSQL_USERNAME: user,
      MYSQL_DATABASE: databases.profile,
      MYSQL_HOST: mysqlHost(context),
      MYSQL_PORT: mysql.port,
      MYSQL_PASSWORD: whole(password),
      CREATE_MYSQL_SCHEMA: settings.createSchema,
      USE_REDIS: settings.cache,
      REDIS_HOST: redisHost(context),
      REDIS_PORT: redis.port,
      EVENTS_ENABLED: events !== undefined,
      EVENTS_REGION: events?.region,
      EVENTS_QUEUE_URL: events?.queue,
      CLIENT_ADDRESS_DEPTH: addressDepth(context),
      AUTH_SECRET_BEARER_TOKEN: whole(config.credentials.profileToken),
    }),
    files: [],
  };
}
