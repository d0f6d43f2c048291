/** `settings` of the smaller servers in a stack file (facts/fxa.md 6). */
import * as z from "zod";

import { Bytes, DnsLabel, Hostname, HttpUrl, Ipv4, Port, Seconds } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { OutsideAddresses } from "../data/outside.schema.ts";
import { mysqlPort } from "../data/ports.ts";
import { ClientId, QueueUrl } from "./auth-server.schema.ts";
import { AwsKeys } from "./credentials.schema.ts";

const sentryDsn = reference("url").optional();

/** Connections of one pod to MySQL: those of all pods together must be below what MySQL allows. */
const connectionLimit = z
  .int("must be a whole number, e.g. 10")
  .min(1, "must be at least 1")
  .max(1_000, "must be at most 1000")
  .default(10);

/** `fleet:servers.auth-db-mysql.settings`. */
export const AuthDbSettings = z.strictObject({
  connectionLimit,
  /** A copy of the database that reads go to. Default: the database itself, as the program's default is localhost. */
  readReplica: z
    .strictObject({
      host: z.union([Ipv4, Hostname], "must be a bare host name"),
      port: Port.default(mysqlPort),
      /** Where it stands, where that is not the internet. */
      addresses: OutsideAddresses,
    })
    .optional(),
  /** Deletes tokens that have expired. */
  pruning: z.strictObject({ everySeconds: Seconds.min(60).default(3_600) }).optional(),
  /** Row that holds how far the schema is. */
  schemaPatchKey: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,255}$/)
    .default("schema-patch-level"),
  /**
   * What the Job runs that brings the schema up to date, before any server. The server does it, too, when it starts,
   * and then finds nothing to do; two at once would race (facts/fxa.md 6).
   */
  patch: z
    .array(z.string().min(1))
    .min(1, "must name a program")
    .default(["sh", "-c", "cd packages/fxa-auth-db-mysql && exec node bin/db_patcher.js"]),
  sentryDsn,
});
/** {@inheritDoc AuthDbSettings} */
export type AuthDbSettings = z.infer<typeof AuthDbSettings>;

/** `fleet:servers.content-server.settings`. */
export const ContentSettings = z.strictObject({
  /** Secret of its session cookies, which it reads from a file alone; its default is nowhere refused. */
  sessionSecret: reference("shared-secret").prefault("content-session-secret"),
  csp: z.boolean().default(true),
  geodb: z.boolean().default(true),
  /** Reads switches of features from Redis. */
  featureFlags: z.boolean().default(true),
  /** Server by which devices are paired, a WebSocket of somebody else. */
  pairingServer: z
    .string()
    .regex(/^wss:\/\/\S+$/, "must be a wss URL")
    .default("wss://channelserver.services.mozilla.com"),
  /** Id of the content server among the OAuth clients. */
  oauthClientId: ClientId.default("ea3ca969f8c6bb0d"),
  sentryDsn,
});
/** {@inheritDoc ContentSettings} */
export type ContentSettings = z.infer<typeof ContentSettings>;

/** Where pictures of users are kept. */
const Avatars = z.discriminatedUnion(
  "kind",
  [
    /** A bucket. The static server has none of its pictures. */
    z.strictObject({
      kind: z.literal("aws"),
      /** Without dots: the server exits at its start over one. */
      bucket: z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
          "must be the name of a bucket, without dots: the server ends at its start over one",
        ),
      /**
       * Where browsers read the bucket: each picture lies below it by its id, and the default one must be put there by
       * hand, as 00000000000000000000000000000000, with _small and _large behind it for the others.
       */
      url: HttpUrl.refine(
        (url) => url.startsWith("https:") && !url.endsWith("/"),
        "must be https, and without a slash at its end: https://avatars.example.net",
      ),
      /** Keys that may write there; `node`: those that the node's own account has, without network policies alone. */
      keys: z.union([z.literal("node"), AwsKeys], "must name the keys of AWS, or say node"),
    }),
    /** A folder that server, worker and static server share. */
    z.strictObject({
      kind: z.literal("local"),
      size: Bytes.default("10Gi"),
      /** Default: the cluster's, for `one-node`. With `many-nodes` it must be one with ReadWriteMany, e.g. of NFS. */
      storageClass: DnsLabel.optional(),
      /** `many-nodes` needs a class with ReadWriteMany; `one-node` keeps all three on the node of the disk. */
      share: z.enum(["many-nodes", "one-node"], {
        message:
          "must be many-nodes, with a class that lets many nodes write, or one-node, which holds all three programs there",
      }),
    }),
  ],
  { error: "must say kind: aws or local" },
);
/** {@inheritDoc Avatars} */
export type Avatars = z.infer<typeof Avatars>;

/** `fleet:servers.profile-server.settings`: of the worker and the static server, too. */
export const ProfileSettings = z.strictObject(
  {
    images: Avatars,
    /** Account events from AWS. Left out, the profile-server hears of none. */
    events: z
      .strictObject({
        region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region, e.g. eu-west-1"),
        queue: QueueUrl,
      })
      .optional(),
    /** Makes and changes its tables when it starts, as the auth-server does: more than one pod by `autoscale` alone. */
    createSchema: z.boolean().default(true),
    /** Keeps answers in Redis. */
    cache: z.boolean().default(true),
    sentryDsn,
  },
  {
    error: ({ code }) =>
      code === "invalid_type"
        ? "must say where pictures of users are kept: images: { kind: aws, bucket, url, keys }, or { kind: local, share }"
        : undefined,
  },
);
/** {@inheritDoc ProfileSettings} */
export type ProfileSettings = z.infer<typeof ProfileSettings>;

/** `fleet:servers.graphql-api.settings`. */
export const GraphqlSettings = z.strictObject({
  /** Id by which it is known to the profile-server. */
  oauthClientId: ClientId.default("98e6508e88680e1a"),
  /** Topic of account events, in versions that know it. */
  topicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:\S+$/, "must be the ARN of an SNS topic")
    .optional(),
  sentryDsn,
});
/** {@inheritDoc GraphqlSettings} */
export type GraphqlSettings = z.infer<typeof GraphqlSettings>;

/** `fleet:servers.payments-server.settings`. */
export const PaymentsSettings = z.strictObject({
  /** Stripe's publishable key. It is public, and yet an entry: a secret key by mistake stays hidden (facts/fxa.md 6). */
  stripeKey: reference("token").optional(),
  stripeApiUrl: HttpUrl.default("https://api.stripe.com"),
  paypal: z
    .strictObject({
      clientId: z.string().min(1, "must not be empty"),
      apiUrl: HttpUrl.default("https://www.paypal.com"),
    })
    .optional(),
  /** Product → page that whoever has paid is sent to. */
  productRedirects: z
    .record(
      z.string().min(1),
      HttpUrl.refine((url) => url.startsWith("https:"), "must be https"),
    )
    .default({}),
  csp: z.boolean().default(true),
  hsts: z.boolean().default(true),
  sentryDsn,
});
/** {@inheritDoc PaymentsSettings} */
export type PaymentsSettings = z.infer<typeof PaymentsSettings>;

/** `fleet:servers.customs-server.settings`. */
export const CustomsSettings = z.strictObject({
  /** Its limits by their own names, e.g. `MAX_BAD_LOGINS: 3`. */
  limits: z
    .record(
      z
        .string()
        .regex(
          /^(MAX_[A-Z0-9_]+|[A-Z0-9_]+_INTERVAL_SECONDS)$/,
          "must be a limit of the program: MAX_… or …_INTERVAL_SECONDS",
        ),
      z.int("must be a whole number").min(0, "must not be negative"),
    )
    .default({}),
  /** Addresses that no limit holds for. */
  allowedIps: z.array(z.ipv4("must be an IPv4 address")).default([]),
  /** Domains of mail addresses that no limit holds for. Default: none, where the program has its makers' test domains. */
  allowedEmailDomains: z.array(Hostname).default([]),
  /** A service that knows bad addresses. */
  reputation: z
    .strictObject({
      url: HttpUrl,
      hawkId: z.string().min(1, "must not be empty"),
      hawkKey: reference("shared-secret").prefault("reputation-hawk-key"),
    })
    .optional(),
  sentryDsn,
});
/** {@inheritDoc CustomsSettings} */
export type CustomsSettings = z.infer<typeof CustomsSettings>;

/** `fleet:servers.browserid-verifier.settings`. */
export const VerifierSettings = z.strictObject({
  /** How long it waits for whoever issued an assertion. */
  httpTimeoutSeconds: Seconds.min(1).max(120).default(8),
  /** Milliseconds that its work may lag before it refuses requests. */
  maximumLagMilliseconds: z.int().min(20).max(10_000).default(70),
});
/** {@inheritDoc VerifierSettings} */
export type VerifierSettings = z.infer<typeof VerifierSettings>;
