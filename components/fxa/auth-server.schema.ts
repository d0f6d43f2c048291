/** `fleet:servers.auth-server.settings` of a stack file (facts/fxa.md 6). */
import * as z from "zod";

import { HttpUrl } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { AwsKeys } from "./credentials.schema.ts";

/** Id of an OAuth client. */
export const ClientId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "must be the id of an OAuth client: 16 lower-case hex digits");

/** Address that a browser is sent back to. http is refused by the server itself. */
const Redirect = z
  .string()
  .regex(
    /^(https:\/\/[^\s/]+\.[^\s/]+(\/\S*)?|urn:ietf:wg:oauth:2\.0:\S+)$/,
    "must be an https URL or a urn of OAuth, e.g. https://notes.example.org/oauth",
  );

/** An OAuth client that is written into the database when the server starts. */
export const OauthClient = z
  .strictObject({
    id: ClientId,
    name: z.string().min(1, "must not be empty").max(256),
    redirectUri: Redirect,
    /** Entry with the client's secret, of which the server is told the hash alone. Public clients have none. */
    secret: reference("client-secret").optional(),
    /** Trusted clients ask nobody for consent. */
    trusted: z.boolean().default(false),
    /** May give itself a token without asking. */
    canGrant: z.boolean().default(false),
    publicClient: z.boolean().default(false),
    imageUri: z.union([z.literal(""), HttpUrl]).default(""),
    allowedScopes: z.string().optional(),
  })
  .refine(({ secret, publicClient }) => (secret === undefined) === publicClient, {
    path: ["secret"],
    message: "must be there unless publicClient is true: a client proves itself by it",
  });
/** {@inheritDoc OauthClient} */
export type OauthClient = z.infer<typeof OauthClient>;

/** Topic and queues at AWS. */
const queueRule =
  "must be the URL of an SQS queue with its region: https://sqs.eu-west-1.amazonaws.com/123456789012/name";
const QueueUrl = z
  .string(queueRule)
  .regex(
    /^https:\/\/sqs\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?\/\d{12}\/[A-Za-z0-9_-]{1,80}(\.fifo)?$/,
    queueRule,
  );
export { QueueUrl };

const Region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region of AWS, e.g. eu-west-1");

/** What it does with AWS. Left out, nothing: SNS_TOPIC_ARN is `disabled`, and there are no queues. */
const Aws = z.strictObject({
  keys: AwsKeys,
  /** Topic of account events, from which the event-broker's queue is filled. */
  topicArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      "must be the ARN of an SNS topic, e.g. arn:aws:sns:eu-west-1:123456789012:accounts",
    ),
  /** Queues by which SES tells what became of a mail. */
  mailQueues: z
    .strictObject({
      region: Region,
      bounce: QueueUrl,
      complaint: QueueUrl,
      delivery: QueueUrl.optional(),
      notification: QueueUrl.optional(),
    })
    .optional(),
  /** Queue of changed profiles, filled by the profile-server. */
  profileUpdates: z.strictObject({ region: Region, queue: QueueUrl }).optional(),
});

/** Paid subscriptions. */
const Subscriptions = z.strictObject({
  stripeKey: reference("token").prefault("stripe-secret-key"),
  stripeWebhookSecret: reference("token").prefault("stripe-webhook-secret"),
  /** Key of SubHub, where it still stands. */
  subhubKey: reference("shared-secret").optional(),
});

/** `fleet:servers.auth-server.settings` of a stack file. */
export const AuthServerSettings = z.strictObject({
  /** Key that signs assertions; its public half is taken from it. Mounted as files, not baked into the image. */
  secretKey: reference("web-key").prefault("auth-secret-key"),
  vapidKeys: reference("vapid-keys").prefault("vapid-keys"),
  /**
   * Keys that sign OpenID tokens. Rotation in three runs, a day apart: name the new one in `next`, so that everybody
   * learns it; make it `current` and the old one `previous`, by which old tokens are still verified; take that out.
   */
  openid: z
    .strictObject({
      current: reference("web-key").prefault("openid-key"),
      next: reference("web-key").optional(),
      previous: reference("web-key").optional(),
    })
    .prefault({}),
  /** The server refuses to start in production with this one's default, whether Pushbox is on or off. */
  pushboxKey: reference("shared-secret").prefault("pushbox-key"),
  /** Pushbox, which keeps what devices send each other. */
  pushbox: z
    .strictObject({
      url: HttpUrl.refine((url) => url.startsWith("https:"), "must be https: its key goes along"),
    })
    .optional(),
  /** Of the support panel; the server refuses to start with its default. */
  supportPanelToken: reference("shared-secret").prefault("support-panel-token"),
  /** Of those who open tickets for users. Newer versions know it, and start with its published default. */
  supportToken: reference("shared-secret").prefault("support-token"),
  /** Salt of pseudonyms that clients get. A change gives every user another name at every client. */
  ppidSalt: reference("shared-secret").prefault("ppid-salt"),
  aws: Aws.optional(),
  /** Text messages, by AWS. */
  sms: z.boolean().default(false),
  subscriptions: Subscriptions.optional(),
  zendesk: z
    .strictObject({
      username: z.string().min(1, "must not be empty"),
      token: reference("token").prefault("zendesk-token"),
    })
    .optional(),
  /** Where in the world a log-in came from, by the file in the image. */
  geodb: z.boolean().default(true),
  /** Pages whose scripts may ask the API. Default: any, as the program's own. */
  corsOrigins: z
    .array(
      HttpUrl.refine(
        (url) => URL.canParse(url) && new URL(url).origin === url,
        "must be an origin, as browsers send it: https://accounts.example.org, without a path",
      ),
    )
    .min(1, "must list an origin: leave it out for any")
    .optional(),
  /** OAuth clients beside the demos'. */
  clients: z
    .array(OauthClient)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "must list each id once")
    .default([]),
  /**
   * Makes and changes the OAuth tables when it starts. Pods that did so at once would race: more than one is had by
   * `autoscale` alone, whose first pod is ready before there is a second; an update exchanges them one by one.
   */
  createSchema: z.boolean().default(true),
  sentryDsn: reference("url").optional(),
});
/** {@inheritDoc AuthServerSettings} */
export type AuthServerSettings = z.infer<typeof AuthServerSettings>;
