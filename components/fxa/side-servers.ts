/** Environments of event-broker, mail-service, mozilla-sync and the demos (facts/fxa.md 4.1, 4.2 and 6). */
import {
  awsSettings,
  awsValues,
  launched,
  launchedValues,
  metricSettings,
  metricValues,
  sentrySettings,
  sentryValues,
  sentryWord,
} from "./common-settings.ts";
import { type FxaContext, type ServerPlan, urlOf } from "./context.ts";
import { demoFile } from "./demo-clients.ts";
import { pathOf } from "./files.ts";
import { nodeEnv } from "./node-env.ts";
import type { Demo } from "./roles.ts";
import { part, whole } from "./secret-text.ts";
import { servers } from "./servers.ts";
import { environmentOf, may, must } from "./settings.ts";
import { internal, storeHost } from "./urls.ts";

/** Variables of fxa-event-broker. */
export const eventBrokerSettings = {
  ...launched,
  ...sentrySettings,
  ...awsSettings,
  ...metricSettings,
  METRIC_USE_TELEGRAF: must("flag"),
  SENTRY_ENV: must("word"),
  LOG_LEVEL: must("word"),
  PUBSUB_PROXY_PORT: must("port"),
  SERVICE_NOTIFICATION_QUEUE_URL: must("outside"),
  AWS_REGION: must("word"),
  CAPABILITY_URL: must("internal"),
  CAPABILITY_FAIL_ON_START: must("flag"),
  CAPABILITY_AUTH_TOKEN: must("secret"),
  OPENID_ISSUER: must("public"),
  OPENID_KEYFILE: must("path"),
  FIRESTORE_ENABLED: must("flag"),
  FIRESTORE_PROJECT_ID: must("word"),
  FIRESTORE_KEY_FILE: must("path"),
  FIRESTORE_COLLECTION_PREFIX: must("word"),
  GOOGLE_APPLICATION_CREDENTIALS: must("path"),
  GOOGLE_CLOUD_PROJECT: must("word"),
  PUBSUB_QUEUE_PREFIX: must("word"),
  PUBSUB_AUTHENTICATE: must("flag"),
  PUBSUB_AUDIENCE: may("public"),
  PUBSUB_VERIFICATION_TOKEN: may("secret"),
  DISABLE_QUEUE_WORKER: must("flag"),
} as const;

/**
 * Whether the auth-server tells what clients' users have paid for. Without subscriptions it has no such route
 * (mozilla/fxa, packages/fxa-auth-server/lib/routes/subscriptions/index.ts), and a broker that insists ends at each
 * start, as it takes the answer 404 for a fault (packages/fxa-event-broker/src/client-capability). With them, a
 * restart that tells why is better than a broker that tells clients nothing.
 */
const hasCapabilities = ({ config: { servers } }: FxaContext): boolean =>
  servers["auth-server"].settings.subscriptions !== undefined;

/** Region of a queue, which the program takes from its URL and exits without. */
const queueRegion = (url: string): string => /\/\/sqs\.([^.]+)\./.exec(url)?.[1] ?? "";

/**
 * All that fxa-event-broker is told.
 *
 * @throws Error without its settings, which the schema does not let through.
 */
export function eventBrokerPlan(context: FxaContext): ServerPlan {
  const { config } = context;
  const { logLevel, settings } = config.servers["event-broker"];
  if (settings === undefined) {
    throw new Error("fleet:servers.event-broker.settings: must be there where it runs");
  }
  const openid = { volume: "openid", folder: "/etc/fxa/openid", name: "openid-key.json" };
  const google = { volume: "google", folder: "/etc/fxa/google", name: "key.json" };
  const { push } = settings;
  const { selector, port } = servers["event-broker"];
  return {
    environment: environmentOf(eventBrokerSettings, {
      ...launchedValues("event-broker", selector, context),
      ...sentryValues(settings.sentryDsn),
      ...awsValues(settings.aws),
      ...metricValues("event-broker", context),
      METRIC_USE_TELEGRAF: true,
      SENTRY_ENV: sentryWord(context),
      LOG_LEVEL: logLevel,
      PUBSUB_PROXY_PORT: port,
      SERVICE_NOTIFICATION_QUEUE_URL: settings.sqsQueueUrl,
      AWS_REGION: queueRegion(settings.sqsQueueUrl),
      CAPABILITY_URL: internal("auth-server", "/v1/oauth/subscriptions/clients"),
      CAPABILITY_FAIL_ON_START: hasCapabilities(context),
      CAPABILITY_AUTH_TOKEN: whole(config.credentials.subscriptionsSecret),
      OPENID_ISSUER: urlOf(context, "accounts"),
      OPENID_KEYFILE: pathOf(openid),
      FIRESTORE_ENABLED: true,
      FIRESTORE_PROJECT_ID: settings.gcpProjectId,
      FIRESTORE_KEY_FILE: pathOf(google),
      FIRESTORE_COLLECTION_PREFIX: settings.collectionPrefix,
      // Pub/Sub has no settings of the program's own: Google's library looks here.
      GOOGLE_APPLICATION_CREDENTIALS: pathOf(google),
      GOOGLE_CLOUD_PROJECT: settings.gcpProjectId,
      PUBSUB_QUEUE_PREFIX: settings.topicPrefix,
      PUBSUB_AUTHENTICATE: true,
      PUBSUB_AUDIENCE: push && urlOf(context, "eventbroker"),
      PUBSUB_VERIFICATION_TOKEN: push && whole(push.verificationToken),
      DISABLE_QUEUE_WORKER: !settings.queueWorker,
    }),
    files: [
      { ...openid, text: whole(settings.openidKey) },
      { ...google, text: whole(settings.googleKey) },
    ],
  };
}

/** Variables of fxa-email-service: each key of its config after FXA_EMAIL_, an underscore for each level. */
export const mailServiceSettings = {
  NODE_ENV: must("node-env"),
  ROCKET_ENV: must("word"),
  FXA_EMAIL_ENV: must("word"),
  FXA_EMAIL_LOG_LEVEL: must("word"),
  FXA_EMAIL_HOST: must("bind"),
  FXA_EMAIL_PORT: must("port"),
  FXA_EMAIL_AUTHDB_BASEURI: must("internal"),
  FXA_EMAIL_REDIS_HOST: must("store"),
  FXA_EMAIL_REDIS_PORT: must("port"),
  FXA_EMAIL_PROVIDER_DEFAULT: must("word"),
  FXA_EMAIL_SMTP_HOST: may("outside"),
  FXA_EMAIL_SMTP_PORT: may("port"),
  FXA_EMAIL_SMTP_CREDENTIALS_USER: may("secret"),
  FXA_EMAIL_SMTP_CREDENTIALS_PASSWORD: may("secret"),
  FXA_EMAIL_AWS_REGION: must("word"),
  FXA_EMAIL_AWS_KEYS_ACCESS: may("secret"),
  FXA_EMAIL_AWS_KEYS_SECRET: may("secret"),
  FXA_EMAIL_AWS_SQSURLS_BOUNCE: may("secret"),
  FXA_EMAIL_AWS_SQSURLS_COMPLAINT: may("secret"),
  FXA_EMAIL_AWS_SQSURLS_DELIVERY: may("secret"),
  FXA_EMAIL_AWS_SQSURLS_NOTIFICATION: may("secret"),
  FXA_EMAIL_SENDGRID_KEY: may("secret"),
  FXA_EMAIL_SENDER_ADDRESS: must("word"),
  FXA_EMAIL_SENDER_NAME: must("word"),
  FXA_EMAIL_HMACKEY: must("secret"),
  FXA_EMAIL_SECRETKEY: must("secret"),
} as const;

/** The words of its log, which has fewer than the others'. */
const mailLogLevel = {
  trace: "debug",
  debug: "debug",
  info: "normal",
  warn: "critical",
  error: "critical",
};

/**
 * All that fxa-mail-service is told. It is a program with an image of its own, and so without `server`.
 *
 * @throws Error where fleet:mail says otherwise.
 */
export function mailServicePlan(context: FxaContext): ServerPlan {
  const { config, redis } = context;
  const { mail, environment, servers: all } = config;
  if (mail.kind !== "mail-service") {
    throw new Error("fleet:mail.kind: is auth-server, and mail-service does not run");
  }
  const { smtp, queues, aws } = mail;
  return {
    environment: environmentOf(mailServiceSettings, {
      NODE_ENV: nodeEnv("mail-service", environment) ?? "production",
      // With it the program refuses the HMAC key that it is published with.
      ROCKET_ENV: environment,
      FXA_EMAIL_ENV: environment,
      FXA_EMAIL_LOG_LEVEL: mailLogLevel[all["mail-service"].logLevel],
      FXA_EMAIL_HOST: "0.0.0.0",
      FXA_EMAIL_PORT: servers["mail-service"].port,
      // The slash at its end must stay: the heartbeat appends to it.
      FXA_EMAIL_AUTHDB_BASEURI: internal("auth-db-mysql", "/"),
      FXA_EMAIL_REDIS_HOST: storeHost("redis-master", redis.host),
      FXA_EMAIL_REDIS_PORT: redis.port,
      FXA_EMAIL_PROVIDER_DEFAULT: mail.provider,
      FXA_EMAIL_SMTP_HOST: smtp?.host,
      FXA_EMAIL_SMTP_PORT: smtp?.port,
      FXA_EMAIL_SMTP_CREDENTIALS_USER: smtp?.user && whole(smtp.user),
      FXA_EMAIL_SMTP_CREDENTIALS_PASSWORD: smtp?.password && whole(smtp.password),
      FXA_EMAIL_AWS_REGION: mail.region,
      FXA_EMAIL_AWS_KEYS_ACCESS: aws && whole(aws.keyId),
      FXA_EMAIL_AWS_KEYS_SECRET: aws && whole(aws.secret),
      FXA_EMAIL_AWS_SQSURLS_BOUNCE: queues && whole(queues.bounce),
      FXA_EMAIL_AWS_SQSURLS_COMPLAINT: queues && whole(queues.complaint),
      FXA_EMAIL_AWS_SQSURLS_DELIVERY: queues && whole(queues.delivery),
      FXA_EMAIL_AWS_SQSURLS_NOTIFICATION: queues && whole(queues.notification),
      FXA_EMAIL_SENDGRID_KEY: mail.sendgridKey && whole(mail.sendgridKey),
      FXA_EMAIL_SENDER_ADDRESS: mail.sender.address,
      FXA_EMAIL_SENDER_NAME: mail.sender.name,
      FXA_EMAIL_HMACKEY: whole(mail.hmacKey),
      // Rocket wants 256 bits in base64, whatever the entry looks like.
      FXA_EMAIL_SECRETKEY: [part(mail.secretKey, "sha256-base64")],
    }),
    files: [],
  };
}

/** Variables of mozilla-sync. */
export const syncSettings = {
  PORT: must("port"),
  SYNCSERVER_PUBLIC_URL: must("public"),
  // Asked once, when it starts, for the addresses that browsers are told: without an answer it exits.
  SYNCSERVER_IDENTITY_PROVIDER: must("internal"),
  SYNCSERVER_OAUTH_VERIFIER: must("internal"),
  SYNCSERVER_BROWSERID_VERIFIER: must("internal"),
  SYNCSERVER_FORCE_WSGI_ENVIRON: must("flag"),
  SYNCSERVER_BATCH_UPLOAD_ENABLED: must("flag"),
  SYNCSERVER_SQLURI: must("secret"),
  SYNCSERVER_SECRET: must("secret"),
} as const;

/** All that mozilla-sync is told. */
export function syncPlan(context: FxaContext): ServerPlan {
  const { config, mysql } = context;
  const { user, password, databases } = config.mysql;
  const { environment, ...plan } = {
    files: [],
    environment: environmentOf(syncSettings, {
      PORT: servers["mozilla-sync"].port,
      SYNCSERVER_PUBLIC_URL: urlOf(context, "token"),
      SYNCSERVER_IDENTITY_PROVIDER: internal("content-server"),
      SYNCSERVER_OAUTH_VERIFIER: internal("auth-server"),
      SYNCSERVER_BROWSERID_VERIFIER: internal("browserid-verifier"),
      // Behind a proxy, whose words for host and scheme it then believes.
      SYNCSERVER_FORCE_WSGI_ENVIRON: true,
      SYNCSERVER_BATCH_UPLOAD_ENABLED: config.sync.batchUpload,
      // A file in the container, its default, would be gone with each restart.
      SYNCSERVER_SQLURI: [
        `pymysql://${user}:`,
        part(password),
        `@${mysql.host}:${mysql.port}/${databases.sync}`,
      ],
      SYNCSERVER_SECRET: whole(config.sync.key),
    }),
  };
  // Its database stands in a secret URL, where no address is seen.
  return { ...plan, environment: { ...environment, calls: [...environment.calls, "mysql"] } };
}

/** Variables of the demos. */
export const demoSettings = {
  ...launched,
  PORT: must("port"),
  CONFIG_123DONE: may("path"),
  CONFIG_FORTRESS: may("path"),
  COOKIE_SECRET: may("secret"),
} as const;

/**
 * All that a demo is told. 321done is 123done with another file.
 *
 * @throws Error where the demos are off.
 */
export function demoPlan(context: FxaContext, demo: Demo): ServerPlan {
  const file = demoFile(context, demo);
  const { demos } = context.config;
  const { selector, port } = servers[demo];
  const isFortress = demo === "fortress";
  return {
    environment: environmentOf(demoSettings, {
      ...launchedValues(demo, selector, context),
      PORT: port,
      CONFIG_123DONE: isFortress ? undefined : pathOf(file),
      CONFIG_FORTRESS: isFortress ? pathOf(file) : undefined,
      COOKIE_SECRET: isFortress || demos === undefined ? undefined : whole(demos.cookieSecret),
    }),
    files: [file],
  };
}
