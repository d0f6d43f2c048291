/** Variables that several programs share, and their values. */
import { type AwsKeys } from "./credentials.schema.ts";
import { type FxaContext } from "./context.ts";
import { nodeEnv, type NodeEnv, sentryEnv } from "./node-env.ts";
import type { Program } from "./roles.ts";
import type { SecretReference } from "../base/secrets.ts";
import { type SecretText, whole } from "./secret-text.ts";
import { may, must } from "./settings.ts";
import { type Sender, statsdPrefix } from "./statsd.ts";
import { type InternalAddress, storeHost } from "./urls.ts";

/** Of each program that comes from the one image: its launcher asks for `server`. */
export const launched = { server: must("word"), NODE_ENV: must("node-env") } as const;

/** Values of {@link launched}. */
export const launchedValues = (
  program: Exclude<Program, "mozilla-sync">,
  selector: string,
  { config }: FxaContext,
): { readonly server: string; readonly NODE_ENV: NodeEnv } => ({
  server: selector,
  NODE_ENV: nodeEnv(program, config.environment) ?? "production",
});

/** Where errors are told of. */
export const sentrySettings = { SENTRY_DSN: may("secret") } as const;

/** Values of {@link sentrySettings}. */
export const sentryValues = (
  dsn: SecretReference | undefined,
): { readonly SENTRY_DSN: SecretText | undefined } => ({
  SENTRY_DSN: dsn === undefined ? undefined : whole(dsn),
});

/** The word of those that ask for one: content-server, graphql-api and event-broker (facts/fxa.md 5). */
export const sentryWord = ({ config }: FxaContext): "prod" | "dev" => sentryEnv(config.environment);

/** Keys of AWS, by the names that its libraries look for. */
export const awsSettings = {
  AWS_ACCESS_KEY_ID: may("secret"),
  AWS_SECRET_ACCESS_KEY: may("secret"),
} as const;

/** Values of {@link awsSettings}; `node` leaves them to the node's own account. */
export const awsValues = (
  keys: AwsKeys | "node" | undefined,
): {
  readonly AWS_ACCESS_KEY_ID: SecretText | undefined;
  readonly AWS_SECRET_ACCESS_KEY: SecretText | undefined;
} =>
  keys === undefined || keys === "node"
    ? { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
    : { AWS_ACCESS_KEY_ID: whole(keys.keyId), AWS_SECRET_ACCESS_KEY: whole(keys.secret) };

/** StatsD as auth-server and payments-server ask for it. */
export const dogstatsdSettings = {
  STATSD_ENABLE: must("flag"),
  DD_AGENT_HOST: may("store"),
  DD_DOGSTATSD_PORT: may("port"),
  STATSD_PREFIX: may("word"),
} as const;

/** Values of {@link dogstatsdSettings}. */
export const dogstatsdValues = (
  sender: Sender,
  { statsd }: FxaContext,
): {
  readonly STATSD_ENABLE: boolean;
  readonly DD_AGENT_HOST: InternalAddress | undefined;
  readonly DD_DOGSTATSD_PORT: number | undefined;
  readonly STATSD_PREFIX: string | undefined;
} => ({
  STATSD_ENABLE: statsd !== undefined,
  DD_AGENT_HOST: statsd && storeHost("statsd", statsd.host),
  DD_DOGSTATSD_PORT: statsd?.port,
  STATSD_PREFIX: statsd && statsdPrefix(sender),
});

/** StatsD as content-server, graphql-api and event-broker ask for it. */
export const metricSettings = {
  METRIC_HOST: may("store"),
  METRIC_PORT: may("port"),
  METRIC_PREFIX: may("word"),
} as const;

/** Values of {@link metricSettings}. */
export const metricValues = (
  sender: Sender,
  { statsd }: FxaContext,
): {
  readonly METRIC_HOST: InternalAddress | undefined;
  readonly METRIC_PORT: number | undefined;
  readonly METRIC_PREFIX: string | undefined;
} => ({
  METRIC_HOST: statsd && storeHost("statsd", statsd.host),
  METRIC_PORT: statsd?.port,
  METRIC_PREFIX: statsd && statsdPrefix(sender),
});

/** MySQL, as the store that it is. */
export const mysqlHost = ({ mysql }: FxaContext): InternalAddress => storeHost("mysql", mysql.host);

/** Redis, as the store that it is. */
export const redisHost = ({ redis }: FxaContext): InternalAddress =>
  storeHost("redis-master", redis.host);
