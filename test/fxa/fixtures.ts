/** Configs of Firefox Accounts for tests: what a file must say, and what production says. */
import { createHash } from "node:crypto";

import type { SecretReference } from "../../components/base/secrets.ts";
import { generateSecret } from "../../components/base/secrets.ts";
import { contextOf, type FxaContext } from "../../components/fxa/context.ts";
import { type FxaConfig, FxaSections } from "../../components/fxa/fxa.schema.ts";
import { fxaFaults } from "../../components/fxa/rules.ts";
import { fillText, type SecretText } from "../../components/fxa/secret-text.ts";
import { throwAwayGoogleKey, throwAwayVapidKeys, throwAwayWebKey } from "../web-keys.ts";

type Input = Readonly<Record<string, unknown>>;

/** The least that a file says. */
export const least = {
  domain: "example.org",
  environment: "production",
  mysql: { kind: "external", host: "mysql.example.net" },
  servers: {
    "profile-server": {
      settings: {
        images: {
          kind: "aws",
          bucket: "avatars",
          url: "https://avatars.example.net",
          keys: "node",
        },
      },
    },
  },
  mail: {
    kind: "auth-server",
    smtp: { host: "smtp.example.net", user: "smtp-user", password: "smtp-password" },
    sender: "Accounts <accounts@example.org>",
  },
  sync: { image: "docker.io/mozilla/syncserver:1.9.1" },
} as const satisfies Input;

/** What the event-broker needs, on its own side and on the auth-server's. */
export const broker = {
  enabled: true,
  settings: {
    sqsQueueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/accounts",
    aws: { keyId: "broker-aws-id", secret: "broker-aws-secret" },
    gcpProjectId: "accounts-1234",
  },
};

/** AWS of the auth-server. */
export const topic = {
  keys: { keyId: "auth-aws-id", secret: "auth-aws-secret" },
  topicArn: "arn:aws:sns:eu-west-1:123456789012:accounts",
};

/** Mail by the program of its own. */
export const mailService = {
  kind: "mail-service",
  image: "docker.io/mozilla/fxa-email-service:v1.200.0",
  sender: { address: "accounts@example.org" },
  aws: { keyId: "mail-aws-id", secret: "mail-aws-secret" },
};

/** Everything at once. */
export const everything = merge(least, {
  mail: { ...mailService, queues: {} },
  demos: {},
  debug: { target: "event-broker" },
  servers: {
    "auth-server": {
      settings: {
        aws: topic,
        subscriptions: { subhubKey: "subhub-key" },
        zendesk: { username: "support" },
        pushbox: { url: "https://pushbox.example.net" },
        openid: { next: "openid-next", previous: "openid-previous" },
        sentryDsn: "sentry",
      },
    },
    "event-broker": { ...broker, settings: { ...broker.settings, push: {} } },
    "payments-server": { settings: { stripeKey: "stripe-publishable-key" } },
    "payments-server-worker": { enabled: true },
    "payments-server-static": { enabled: true },
    "customs-server": {
      settings: { reputation: { url: "http://iprepd:8080", hawkId: "fxa" } },
    },
  },
});

/** One input over another, section by section; lists and texts are replaced. */
export function merge(below: Input, above: Input): Input {
  const isMap = (value: unknown): value is Input =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const other = (name: string): boolean => {
    const [first, second] = [below[name], above[name]];
    // Another kind is another section: nothing of the first is meant.
    return isMap(first) && isMap(second) && first["kind"] !== second["kind"];
  };
  return {
    ...below,
    ...Object.fromEntries(
      Object.entries(above).map(([name, value]) => {
        const under = below[name];
        return [
          name,
          isMap(value) && isMap(under) && !("kind" in value && other(name))
            ? merge(under, value)
            : value,
        ];
      }),
    ),
  };
}

/** The config of an input. */
export const fxaConfig = (input: Input): FxaConfig => FxaSections.parse(input);

/** The context of what stands over the least. */
export const fxa = (
  above: Input = {},
  statsd: FxaContext["statsd"] = { host: "statsd.metrics.svc", port: 8125 },
): FxaContext => contextOf(fxaConfig(merge(least, above)), statsd);

/** All complaints about what stands over the least: those of the fields, else those of the rules. */
export function complaints(above: Input): string[] {
  const parsed = FxaSections.safeParse(merge(least, above));
  return (
    parsed.success
      ? fxaFaults(contextOf(parsed.data))
      : parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message }))
  ).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** A value for an entry, the same in every run of a test. */
export function valueOf({ kind, name }: SecretReference): string {
  switch (kind) {
    case "web-key":
      return throwAwayWebKey;
    case "vapid-keys":
      return throwAwayVapidKeys;
    case "google-key":
      return throwAwayGoogleKey;
    case "url":
      return `https://${name}.invalid/1`;
    case "client-secret":
      return createHash("sha256").update(name).digest("hex");
    case "shared-secret":
    case "password":
    case "token":
      return `value-of-${name}`;
    default:
      return generateSecret(kind);
  }
}

/** A text with its values. */
export const filled = (text: SecretText): string => fillText(text, valueOf);
