/** `fleet:mail` of a stack file: who sends the mails (facts/fxa.md 4.1). */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { Hostname, Ipv4, Port } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { OutsideAddresses } from "../data/outside.schema.ts";
import { AwsKeys } from "./credentials.schema.ts";
import { UserNumber } from "./surroundings.schema.ts";

const address = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;

const senderRule = "must be an address, with or without a name: Accounts <accounts@example.org>";

/** A mail server. */
const Smtp = z
  .strictObject(
    {
      host: z.union([Ipv4, Hostname], "must be a bare host name, e.g. smtp.example.org"),
      port: Port.default(465),
      /** Where it stands, where that is not the internet: a relay, or an endpoint of SES in the cloud's own network. */
      addresses: OutsideAddresses,
      /**
       * TLS from the first byte on, as on 465. The auth-server knows no other: where this is false it begins none later
       * either (its mailer says ignoreTLS), and all that it sends can be read on its way.
       */
      secure: z.boolean().default(true),
      /** Account and password: both, or neither. */
      user: reference("token").optional(),
      password: reference("token").optional(),
    },
    {
      error: ({ code }) =>
        code === "invalid_type"
          ? "must say the mail server: host, and entries with user and password, e.g. { host: smtp.example.org, user: smtp-user, password: smtp-password }"
          : undefined,
    },
  )
  .superRefine(({ port, secure, user, password, addresses }, context) => {
    if ((user === undefined) !== (password === undefined)) {
      context.addIssue({
        code: "custom",
        path: [user === undefined ? "user" : "password"],
        message: "must stand beside the other one: a mail server asks for both",
      });
    }
    if (secure && (port === 25 || port === 587)) {
      context.addIssue({
        code: "custom",
        path: ["port"],
        message: `must be one with TLS from the first byte on, e.g. 465: on ${port} it begins after a word (STARTTLS) that the auth-server does not say`,
      });
    }
    if (!secure && (user !== undefined || addresses === undefined)) {
      context.addIssue({
        code: "custom",
        path: ["secure"],
        message:
          "must be true: links that log people in would leave in the open, the account before them; false is for a relay without an account in the network that addresses names",
      });
    }
  });

/** The auth-server sends by itself: no other program takes part. */
const ByAuthServer = z.strictObject({
  kind: z.literal("auth-server"),
  smtp: Smtp,
  /** Who the mails are from, e.g. `Accounts <accounts@example.org>`. */
  sender: z
    .string(senderRule)
    .regex(
      /^([^<>]+ <[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+)$/,
      senderRule,
    ),
  /** Of Amazon's SES: makes it tell of what became of each mail. */
  sesConfigurationSet: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be the name of a configuration set")
    .optional(),
});

/** SQS queues by which SES tells of mails: URLs hold the account's number, so each is a secret. */
const Queues = z.strictObject({
  bounce: reference("url").prefault("mail-bounces"),
  complaint: reference("url").prefault("mail-complaints"),
  delivery: reference("url").prefault("mail-deliveries"),
  notification: reference("url").prefault("mail-notifications"),
  /** Program of the image that reads them, in a pod of its own. */
  command: z
    .array(z.string().min(1))
    .min(1, "must name a program")
    .default(["/app/bin/fxa-email-queues"]),
});

/** fxa-email-service: a program, and an image, of its own. The shared image has no such branch and exits at once. */
const ByMailService = z
  .strictObject({
    kind: z.literal("mail-service"),
    image: ImageReference,
    /** Number of the user that it runs as, where that is not the publisher's 10001. */
    runAsUser: UserNumber.optional(),
    sender: z.strictObject({
      address: z.string().regex(address, "must be an address, e.g. accounts@example.org"),
      name: z.string().min(1, "must not be empty").default("Accounts"),
    }),
    provider: z.enum(["ses", "sendgrid", "smtp", "socketlabs"]).default("ses"),
    /** Region of SES and of the queues. */
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region of AWS, e.g. eu-west-1")
      .default("us-west-2"),
    aws: AwsKeys.optional(),
    sendgridKey: reference("token").optional(),
    smtp: z
      .strictObject({
        host: z.union([Ipv4, Hostname], "must be a bare host name, e.g. smtp.example.org"),
        port: Port.default(25),
        /** Where it stands, where that is not the internet. */
        addresses: OutsideAddresses,
        user: reference("token").optional(),
        password: reference("token").optional(),
      })
      .optional(),
    queues: Queues.optional(),
    /** Refused at its default in production: the program panics with it. */
    hmacKey: reference("shared-secret").prefault("mail-hmac-key"),
    secretKey: reference("shared-secret").prefault("mail-secret-key"),
  })
  .superRefine(({ provider, aws, sendgridKey, smtp, queues }, context) => {
    const lacks = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (provider === "sendgrid" && sendgridKey === undefined) {
      lacks("sendgridKey", "must name its key: the provider is sendgrid");
    }
    if (provider === "smtp" && smtp === undefined) {
      lacks("smtp", "must say the mail server: the provider is smtp");
    }
    if ((provider === "ses" || queues !== undefined) && aws === undefined) {
      lacks("aws", "must name the keys of AWS, by which SES and its queues are asked");
    }
  });

/** `fleet:mail` of a stack file. */
export const MailConfig = z.discriminatedUnion("kind", [ByAuthServer, ByMailService], {
  error: "must say kind: auth-server or mail-service",
});
/** {@inheritDoc MailConfig} */
export type MailConfig = z.infer<typeof MailConfig>;
