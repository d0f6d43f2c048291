/** Environment of fxa-graphql-api: what the settings page asks (facts/fxa.md 6). */
import {
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
import { type FxaContext, type ServerPlan, urlOf } from "./context.ts";
import { whole } from "./secret-text.ts";
import { servers } from "./servers.ts";
import { environmentOf, may, must } from "./settings.ts";
import { internal } from "./urls.ts";

/** Variables of fxa-graphql-api, which reads three databases by itself. */
export const graphqlSettings = {
  ...launched,
  ...sentrySettings,
  ...metricSettings,
  METRIC_USE_TELEGRAF: must("flag"),
  SENTRY_ENV: must("word"),
  LOG_LEVEL: must("word"),
  PORT: must("port"),
  AUTH_SERVER_URL: must("internal"),
  PROFILE_SERVER_URL: must("internal"),
  CUSTOMS_SERVER_URL: must("internal"),
  CORS_ORIGIN: must("public"),
  SETTINGS_SERVER_URL: must("public"),
  AUTH_MYSQL_HOST: must("store"),
  AUTH_MYSQL_PORT: must("port"),
  AUTH_MYSQL_DATABASE: must("word"),
  AUTH_MYSQL_USERNAME: must("word"),
  AUTH_MYSQL_PASSWORD: must("secret"),
  PROFILE_MYSQL_HOST: must("store"),
  PROFILE_MYSQL_PORT: must("port"),
  PROFILE_MYSQL_DATABASE: must("word"),
  PROFILE_MYSQL_USERNAME: must("word"),
  PROFILE_MYSQL_PASSWORD: must("secret"),
  OAUTH_MYSQL_HOST: must("store"),
  OAUTH_MYSQL_PORT: must("port"),
  OAUTH_MYSQL_DATABASE: must("word"),
  OAUTH_MYSQL_USERNAME: must("word"),
  OAUTH_MYSQL_PASSWORD: must("secret"),
  REDIS_HOST: must("store"),
  REDIS_PORT: must("port"),
  ACCESS_TOKEN_REDIS_HOST: must("store"),
  ACCESS_TOKEN_REDIS_PORT: must("port"),
  OAUTH_CLIENT_ID: must("word"),
  SNS_TOPIC_ARN: may("outside"),
  PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN: must("secret"),
} as const;

/** All that fxa-graphql-api is told. */
export function graphqlPlan(context: FxaContext): ServerPlan {
  const { config, mysql, redis } = context;
  const { logLevel, settings } = config.servers["graphql-api"];
  const { selector, port } = servers["graphql-api"];
  const { user, password, databases } = config.mysql;
  return {
    environment: environmentOf(graphqlSettings, {
      ...launchedValues("graphql-api", selector, context),
      ...sentryValues(settings.sentryDsn),
      ...metricValues("graphql-api", context),
      METRIC_USE_TELEGRAF: true,
      SENTRY_ENV: sentryWord(context),
      LOG_LEVEL: logLevel,
      PORT: port,
      AUTH_SERVER_URL: internal("auth-server", "/v1"),
      PROFILE_SERVER_URL: internal("profile-server", "/v1"),
      CUSTOMS_SERVER_URL: internal("customs-server"),
      CORS_ORIGIN: urlOf(context, "accounts"),
      SETTINGS_SERVER_URL: urlOf(context, "accounts"),
      AUTH_MYSQL_HOST: mysqlHost(context),
      AUTH_MYSQL_PORT: mysql.port,
      AUTH_MYSQL_DATABASE: databases.auth,
      AUTH_MYSQL_USERNAME: user,
      AUTH_MYSQL_PASSWORD: whole(password),
      PROFILE_MYSQL_HOST: mysqlHost(context),
      PROFILE_MYSQL_PORT: mysql.port,
      PROFILE_MYSQL_DATABASE: databases.profile,
      PROFILE_MYSQL_USERNAME: user,
      PROFILE_MYSQL_PASSWORD: whole(password),
      OAUTH_MYSQL_HOST: mysqlHost(context),
      OAUTH_MYSQL_PORT: mysql.port,
      OAUTH_MYSQL_DATABASE: databases.oauth,
      OAUTH_MYSQL_USERNAME: user,
      OAUTH_MYSQL_PASSWORD: whole(password),
      REDIS_HOST: redisHost(context),
      REDIS_PORT: redis.port,
      ACCESS_TOKEN_REDIS_HOST: redisHost(context),
      ACCESS_TOKEN_REDIS_PORT: redis.port,
      OAUTH_CLIENT_ID: settings.oauthClientId,
      SNS_TOPIC_ARN: settings.topicArn,
      PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN: whole(config.credentials.profileToken),
    }),
    files: [],
  };
}
