/** Environments of the servers that few variables describe: database API, customs, verifier, payments. */
import {
  dogstatsdSettings,
  dogstatsdValues,
  launched,
  launchedValues,
  mysqlHost,
  sentrySettings,
  sentryValues,
} from "./common-settings.ts";
import {
  addressDepth,
  type FxaContext,
  picturesOrigin,
  type ServerPlan,
  urlOf,
} from "./context.ts";
import { whole } from "./secret-text.ts";
import { servers } from "./servers.ts";
import { environmentOf, may, must, type Settings } from "./settings.ts";
import { internal, storeAddress, storeHost } from "./urls.ts";

/** Variables of fxa-auth-db-mysql: the one that says MYSQL_USER (facts/fxa.md 6). */
export const authDbSettings = {
  ...launched,
  ...sentrySettings,
  LOG_LEVEL: must("word"),
  HOST: must("bind"),
  PORT: must("port"),
  MYSQL_USER: must("word"),
  MYSQL_HOST: must("store"),
  MYSQL_PORT: must("port"),
  MYSQL_PASSWORD: must("secret"),
  MYSQL_CONNECTION_LIMIT: must("number"),
  // Reads go there, and its default is localhost: without a copy, it is the database itself.
  MYSQL_SLAVE_USER: must("word"),
  MYSQL_SLAVE_HOST: must("store"),
  MYSQL_SLAVE_PORT: must("port"),
  MYSQL_SLAVE_PASSWORD: must("secret"),
  SCHEMA_PATCH_KEY: must("word"),
  ENABLE_PRUNING: must("flag"),
  PRUNE_EVERY: may("number"),
  IP_HMAC_KEY: must("secret"),
} as const;

/** All that fxa-auth-db-mysql is told; its patch Job, too. */
export function authDbPlan(context: FxaContext): ServerPlan {
  const { config, mysql } = context;
  const { logLevel, settings } = config.servers["auth-db-mysql"];
  const { readReplica, pruning } = settings;
  const { user, password } = config.mysql;
  const { selector, port } = servers["auth-db-mysql"];
  return {
    environment: environmentOf(authDbSettings, {
      ...launchedValues("auth-db-mysql", selector, context),
      ...sentryValues(settings.sentryDsn),
      LOG_LEVEL: logLevel,
      HOST: "0.0.0.0",
      PORT: port,
      MYSQL_USER: user,
      MYSQL_HOST: mysqlHost(context),
      MYSQL_PORT: mysql.port,
      MYSQL_PASSWORD: whole(password),
      MYSQL_CONNECTION_LIMIT: settings.connectionLimit,
      MYSQL_SLAVE_USER: user,
      MYSQL_SLAVE_HOST:
        readReplica === undefined ? mysqlHost(context) : storeHost("mysql", readReplica.host),
      MYSQL_SLAVE_PORT: readReplica?.port ?? mysql.port,
      MYSQL_SLAVE_PASSWORD: whole(password),
      SCHEMA_PATCH_KEY: settings.schemaPatchKey,
      ENABLE_PRUNING: pruning !== undefined,
      PRUNE_EVERY: pruning && pruning.everySeconds * 1_000,
      IP_HMAC_KEY: whole(config.credentials.ipHmacKey),
    }),
    files: [],
  };
}

/** Variables of fxa-customs-server beside its limits. */
const customsSettings = {
  ...launched,
  ...sentrySettings,
  LOG_LEVEL: must("word"),
  IP_ADDRESS: must("bind"),
  PORT: must("port"),
  // A URL of its own by which nobody dials it: it is never public (7).
  PUBLIC_URL: must("internal"),
  MEMCACHE_ADDRESS: must("store"),
  ALLOWED_IPS: may("list"),
  // Its default is restmail.net, where anybody has a mailbox: passwords could be tried without end.
  ALLOWED_EMAIL_DOMAINS: must("list"),
  DATAFLOW_ENABLED: must("flag"),
  REPUTATION_SERVICE_ENABLE: must("flag"),
  REPUTATION_SERVICE_BASE_URL: may("outside"),
  REPUTATION_SERVICE_HAWK_ID: may("word"),
  REPUTATION_SERVICE_HAWK_KEY: may("secret"),
} as const;

/** The variables with the limits that a config names. */
export const customsTable = ({ config }: FxaContext): Settings => ({
  ...customsSettings,
  ...Object.fromEntries(
    Object.keys(config.servers["customs-server"].settings.limits).map((name) => [
      name,
      may("number"),
    ]),
  ),
});

/** All that fxa-customs-server is told. */
export function customsPlan(context: FxaContext): ServerPlan {
  const { logLevel, settings } = context.config.servers["customs-server"];
  const { selector, port } = servers["customs-server"];
  const { reputation, allowedIps, allowedEmailDomains, limits } = settings;
  const { host, port: memcachedPort } = context.memcached;
  const { plain, ...environment } = environmentOf(customsSettings, {
    ...launchedValues("customs-server", selector, context),
    ...sentryValues(settings.sentryDsn),
    LOG_LEVEL: logLevel,
    IP_ADDRESS: "0.0.0.0",
    PORT: port,
    PUBLIC_URL: internal("customs-server"),
    MEMCACHE_ADDRESS: storeAddress("memcached", host, memcachedPort),
    ALLOWED_IPS: allowedIps.length === 0 ? undefined : allowedIps,
    // No domain is called so: it stands for none, as an empty text may be no list.
    ALLOWED_EMAIL_DOMAINS:
      allowedEmailDomains.length === 0 ? ["none.invalid"] : allowedEmailDomains,
    DATAFLOW_ENABLED: false,
    REPUTATION_SERVICE_ENABLE: reputation !== undefined,
    REPUTATION_SERVICE_BASE_URL: reputation?.url,
    REPUTATION_SERVICE_HAWK_ID: reputation?.hawkId,
    REPUTATION_SERVICE_HAWK_KEY: reputation && whole(reputation.hawkKey),
  });
  const own = Object.entries(limits).map(([name, value]) => [name, String(value)] as const);
  return {
    environment: {
      ...environment,
      plain: { ...plain, ...Object.fromEntries(own) },
      // Its own name is no call.
      calls: environment.calls.filter((callee) => callee !== "customs-server"),
    },
    files: [],
  };
}

/** Variables of browserid-verifier, whose default port is drawn by chance (6). */
export const verifierSettings = {
  ...launched,
  IP_ADDRESS: must("bind"),
  PORT: must("port"),
  HTTP_TIMEOUT: must("number"),
  TOOBUSY_MAX_LAG: must("number"),
} as const;

/** All that browserid-verifier is told. */
export function verifierPlan(context: FxaContext): ServerPlan {
  const { settings } = context.config.servers["browserid-verifier"];
  const { selector, port } = servers["browserid-verifier"];
  return {
    environment: environmentOf(verifierSettings, {
      ...launchedValues("browserid-verifier", selector, context),
      IP_ADDRESS: "0.0.0.0",
      PORT: port,
      HTTP_TIMEOUT: settings.httpTimeoutSeconds,
      TOOBUSY_MAX_LAG: settings.maximumLagMilliseconds,
    }),
    files: [],
  };
}

/** Variables of fxa-payments-server: its addresses go into the page, so that they are public. */
export const paymentsSettings = {
  ...launched,
  ...sentrySettings,
  ...dogstatsdSettings,
  LOG_LEVEL: must("word"),
  IP_ADDRESS: must("bind"),
  PORT: must("port"),
  PUBLIC_URL: must("public"),
  STATIC_RESOURCE_URL: must("public"),
  AUTH_SERVER_URL: must("public"),
  CONTENT_SERVER_URL: must("public"),
  OAUTH_SERVER_URL: must("public"),
  PROFILE_SERVER_URL: must("public"),
  FXA_PROFILE_IMAGES_URL: must("public"),
  STATIC_DIRECTORY: must("word"),
  CSP_ENABLED: must("flag"),
  // Browsers tell there of what a page must not do; their defaults are Mozilla's.
  CSP_REPORT_URI: must("public"),
  CSP_REPORT_ONLY_URI: must("public"),
  HSTS_ENABLED: must("flag"),
  CLIENT_ADDRESS_DEPTH: must("number"),
  PRODUCT_REDIRECT_URLS: must("json"),
  PAYPAL_CLIENT_ID: may("word"),
  PAYPAL_API_URL: may("outside"),
  STRIPE_API_URL: must("outside"),
  STRIPE_API_KEY: may("secret"),
} as const;

/** All that one of the three payments programs is told. */
export function paymentsPlan(
  context: FxaContext,
  program: "payments-server" | "payments-server-worker" | "payments-server-static",
): ServerPlan {
  const { settings } = context.config.servers["payments-server"];
  const { logLevel } = context.config.servers[program];
  const { selector, port } = servers[program];
  return {
    environment: environmentOf(paymentsSettings, {
      ...launchedValues(program, selector, context),
      ...sentryValues(settings.sentryDsn),
      ...dogstatsdValues(program, context),
      LOG_LEVEL: logLevel,
      IP_ADDRESS: "0.0.0.0",
      PORT: port,
      PUBLIC_URL: urlOf(context, "subscriptions"),
      STATIC_RESOURCE_URL: urlOf(context, "subscriptions"),
      AUTH_SERVER_URL: urlOf(context, "api"),
      CONTENT_SERVER_URL: urlOf(context, "accounts"),
      OAUTH_SERVER_URL: urlOf(context, "oauth"),
      PROFILE_SERVER_URL: urlOf(context, "profile"),
      FXA_PROFILE_IMAGES_URL: picturesOrigin(context),
      STATIC_DIRECTORY: "build",
      CSP_ENABLED: settings.csp,
      CSP_REPORT_URI: urlOf(context, "accounts", "/_/csp-violation"),
      CSP_REPORT_ONLY_URI: urlOf(context, "accounts", "/_/csp-violation-report-only"),
      HSTS_ENABLED: settings.hsts,
      CLIENT_ADDRESS_DEPTH: addressDepth(context),
      PRODUCT_REDIRECT_URLS: settings.productRedirects,
      PAYPAL_CLIENT_ID: settings.paypal?.clientId,
      PAYPAL_API_URL: settings.paypal?.apiUrl,
      STRIPE_API_URL: settings.stripeApiUrl,
      STRIPE_API_KEY: settings.stripeKey && whole(settings.stripeKey),
    }),
    files: [],
  };
}
