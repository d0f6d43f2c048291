/** Environment of fxa-auth-server (facts/fxa.md 4.3 and 6). */
import { clientsFile, type KeyFiles, keyFiles } from "./auth-server-files.ts";
import { authServerSettings } from "./auth-server-settings.ts";
import {
  awsValues,
  dogstatsdValues,
  launchedValues,
  mysqlHost,
  redisHost,
  sentryValues,
} from "./common-settings.ts";
import { addressDepth, type FxaContext, nameOf, type ServerPlan, urlOf } from "./context.ts";
import { pathOf, type ServerFile } from "./files.ts";
import { part, type SecretText, whole } from "./secret-text.ts";
import { servers } from "./servers.ts";
import { environmentOf } from "./settings.ts";
import { internal, internalHost, storeAddress } from "./urls.ts";

const { selector, port } = servers["auth-server"];

const addresses = (context: FxaContext) => ({
  HTTPDB_URL: internal("auth-db-mysql"),
  CUSTOMS_SERVER_URL: internal("customs-server"),
  PROFILE_SERVER_URL: internal("profile-server"),
  VERIFICATION_URL: internal("browserid-verifier", "/v2"),
  MEMCACHE_METRICS_CONTEXT_ADDRESS: storeAddress(
    "memcached",
    context.memcached.host,
    context.memcached.port,
  ),
  // Its host becomes the domain of assertions, and is what they are issued by.
  PUBLIC_URL: urlOf(context, "api"),
  ISSUER: nameOf(context, "api"),
  AUTH_SERVER_URL: urlOf(context, "api"),
  OAUTH_URL: urlOf(context, "oauth"),
  // Links in mails begin with it.
  CONTENT_SERVER_URL: urlOf(context, "accounts"),
  CONTENT_URL: urlOf(context, "accounts", "/oauth/"),
  FXA_OPENID_ISSUER: urlOf(context, "accounts"),
  SYNC_TOKENSERVER_URL: urlOf(context, "token", "/token"),
  PAYMENTS_SERVER_URL: urlOf(context, "subscriptions"),
  REDIRECT_DOMAIN: context.config.domain,
});

function storeValues(context: FxaContext) {
  const { config, redis, mysql } = context;
  const { user, password, databases } = config.mysql;
  const redisAt = redisHost(context);
  return {
    REDIS_HOST: redisAt,
    REDIS_PORT: redis.port,
    ACCESS_TOKEN_REDIS_HOST: redisAt,
    ACCESS_TOKEN_REDIS_PORT: redis.port,
    REFRESH_TOKEN_REDIS_HOST: redisAt,
    REFRESH_TOKEN_REDIS_PORT: redis.port,
    METRICS_REDIS_HOST: redisAt,
    METRICS_REDIS_PORT: redis.port,
    CUSTOMS_REDIS_HOST: redisAt,
    CUSTOMS_REDIS_PORT: redis.port,
    RATELIMIT_REDIS_HOST: redisAt,
    RATELIMIT_REDIS_PORT: redis.port,
    AUTH_CACHE_REDIS_HOST: redisAt,
    AUTH_CACHE_REDIS_PORT: redis.port,
    RECOVERY_PHONE_REDIS_HOST: redisAt,
    RECOVERY_PHONE_REDIS_PORT: redis.port,
    DB: "mysql",
    MYSQL_USERNAME: user,
    MYSQL_DATABASE: databases.oauth,
    MYSQL_HOST: mysqlHost(context),
    MYSQL_PORT: mysql.port,
    MYSQL_PASSWORD: whole(password),
    CREATE_MYSQL_SCHEMA: config.servers["auth-server"].settings.createSchema,
    AUTH_MYSQL_HOST: mysqlHost(context),
    AUTH_MYSQL_PORT: mysql.port,
    AUTH_MYSQL_DATABASE: databases.auth,
    AUTH_MYSQL_USERNAME: user,
    AUTH_MYSQL_PASSWORD: whole(password),
  };
}

/** By which way mails leave: the server sends all of them by itself, or none. */
function mailValues({ config: { mail } }: FxaContext) {
  const none = {
    ...{ EMAIL_SERVICE_HOST: undefined, EMAIL_SERVICE_PORT: undefined },
    ...{ EMAIL_SERVICE_FORCE_EMAIL_REGEX: undefined, SMTP_HOST: undefined, SMTP_PORT: undefined },
    ...{ SMTP_SECURE: undefined, SMTP_SENDER: undefined, SMTP_USER: undefined },
    ...{ SMTP_PASS: undefined, SES_CONFIGURATION_SET: undefined },
  };
  switch (mail.kind) {
    case "auth-server":
      return {
        ...none,
        SMTP_HOST: mail.smtp.host,
        SMTP_PORT: mail.smtp.port,
        SMTP_SECURE: mail.smtp.secure,
        SMTP_SENDER: mail.sender,
        SMTP_USER: mail.smtp.user && whole(mail.smtp.user),
        SMTP_PASS: mail.smtp.password && whole(mail.smtp.password),
        SES_CONFIGURATION_SET: mail.sesConfigurationSet,
      };
    case "mail-service":
      return {
        ...none,
        EMAIL_SERVICE_HOST: internalHost("mail-service"),
        EMAIL_SERVICE_PORT: servers["mail-service"].port,
        // All of them: it knows no mail server for those that it would send by itself.
        EMAIL_SERVICE_FORCE_EMAIL_REGEX: ".*",
        SMTP_SENDER: `${mail.sender.name} <${mail.sender.address}>`,
      };
  }
}

/** What it does with AWS, if anything: without a topic the notifier is switched off, not left without one (4.3). */
function awsPart({ config }: FxaContext) {
  const { aws, sms } = config.servers["auth-server"].settings;
  return {
    ...awsValues(aws?.keys),
    SNS_TOPIC_ARN: aws?.topicArn ?? "disabled",
    BOUNCE_REGION: aws?.mailQueues?.region,
    BOUNCE_QUEUE_URL: aws?.mailQueues?.bounce,
    COMPLAINT_QUEUE_URL: aws?.mailQueues?.complaint,
    DELIVERY_QUEUE_URL: aws?.mailQueues?.delivery,
    NOTIFICATION_QUEUE_URL: aws?.mailQueues?.notification,
    PROFILE_MESSAGING_REGION: aws?.profileUpdates?.region,
    PROFILE_UPDATES_QUEUE_URL: aws?.profileUpdates?.queue,
    // Its OAuth half would want a queue of its own in production.
    EVENTS_ENABLED: false,
    SMS_ENABLED: sms,
  };
}

function secretPart({ config }: FxaContext) {
  const { credentials, servers: all } = config;
  const { settings } = all["auth-server"];
  const { subscriptions, zendesk } = settings;
  const { oauthServerSecret, oauthAlsoAccepted } = credentials;
  // What it signs with is the first that it accepts: the pair cannot differ.
  const accepted: SecretText = [oauthServerSecret, ...oauthAlsoAccepted].flatMap((secret, index) =>
    index === 0 ? [part(secret)] : [",", part(secret)],
  );
  return {
    FLOW_ID_KEY: whole(credentials.flowIdKey),
    OAUTH_SERVER_SECRET_KEY: whole(oauthServerSecret),
    OAUTH_SERVER_SECRETS: accepted,
    AUTH_SERVER_SHARED_SECRET: whole(oauthServerSecret),
    AUTH_SERVER_SECRETS: accepted,
    PROFILE_SERVER_AUTH_SECRET_BEARER_TOKEN: whole(credentials.profileToken),
    SUPPORT_PANEL_AUTH_SECRET_BEARER_TOKEN: whole(settings.supportPanelToken),
    SUPPORT_AUTH_SECRET_BEARER_TOKEN: whole(settings.supportToken),
    PUSHBOX_KEY: whole(settings.pushboxKey),
    SUBSCRIPTIONS_SHARED_SECRET: whole(credentials.subscriptionsSecret),
    PPID_SALT: whole(settings.ppidSalt),
    IP_HMAC_KEY: whole(credentials.ipHmacKey),
    SUBHUB_KEY: subscriptions?.subhubKey && whole(subscriptions.subhubKey),
    SUBHUB_STRIPE_APIKEY: subscriptions && whole(subscriptions.stripeKey),
    STRIPE_WEBHOOK_SECRET: subscriptions && whole(subscriptions.stripeWebhookSecret),
    ZENDESK_USERNAME: zendesk?.username,
    ZENDESK_TOKEN: zendesk && whole(zendesk.token),
  };
}

const filesOf = ({ secret, public: open, vapid, openid, next, previous }: KeyFiles): ServerFile[] =>
  [secret, open, vapid, openid, next, previous].filter((file) => file !== undefined);

/** All that it is told. */
export function authServerPlan(context: FxaContext): ServerPlan {
  const { logLevel, settings } = context.config.servers["auth-server"];
  const files = keyFiles(context);
  const clients = clientsFile(context);
  const environment = environmentOf(authServerSettings, {
    ...launchedValues("auth-server", selector, context),
    ...sentryValues(settings.sentryDsn),
    ...dogstatsdValues("auth-server", context),
    ...addresses(context),
    ...storeValues(context),
    ...mailValues(context),
    ...awsPart(context),
    ...secretPart(context),
    LOG_LEVEL: logLevel,
    IP_ADDRESS: "0.0.0.0",
    PORT: port,
    HOST: "0.0.0.0",
    HOST_INTERNAL: "0.0.0.0",
    PORT_INTERNAL: 9011,
    SUBSCRIPTIONS_ENABLED: settings.subscriptions !== undefined,
    PUSHBOX_ENABLED: settings.pushbox !== undefined,
    PUSHBOX_URL: settings.pushbox?.url,
    GEODB_ENABLED: settings.geodb,
    CORS_ORIGIN: settings.corsOrigins,
    CLIENT_ADDRESS_DEPTH: addressDepth(context),
    SECRET_KEY_FILE: pathOf(files.secret),
    PUBLIC_KEY_FILE: pathOf(files.public),
    VAPID_KEYS_FILE: pathOf(files.vapid),
    FXA_OPENID_KEYFILE: pathOf(files.openid),
    FXA_OPENID_NEWKEYFILE: files.next && pathOf(files.next),
    FXA_OPENID_OLDKEYFILE: files.previous && pathOf(files.previous),
    CONFIG_FILES: clients && pathOf(clients),
  });
  return {
    environment,
    files: [...filesOf(files), ...(clients === undefined ? [] : [clients])],
  };
}
