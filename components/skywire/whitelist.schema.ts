/** What a stack file says about the whitelist and the user accounts (facts/skywire.md 4.16). */
import * as z from "zod";

import { DnsLabel, Hostname, HttpUrl } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { PostgresConfig } from "../data/postgres.schema.ts";
import { exactlyOne, programFields } from "./options.schema.ts";
import { authMails, type MailText, whitelistMails } from "./whitelist-mails.ts";

const Text = z.string().min(1, "must not be empty");

/** A mail that the stack words otherwise. */
const Mail = z.strictObject({ subject: Text, content: Text });

const mailsOf = <Mails extends Readonly<Record<string, MailText>>>(mails: Mails) =>
  z.partialRecord(z.enum(Object.keys(mails) as (keyof Mails & string)[]), Mail).default({});

const Minutes = z
  .int("must be whole minutes, e.g. 60")
  .min(1, "must be at least 1")
  .max(10_080, "must be at most 10080, a week");

/** Folder of the image in which the program finds its migrations, as the library reads it. */
const Migrations = z
  .string()
  .regex(/^file:\/\/\S+$/, "must be a file source, e.g. file://script/user-migration");

/** Sources of orders whose buyers are given an account. */
const ShopifyConfig = z.strictObject({
  url: HttpUrl,
  productId: Text,
  user: reference("token").prefault("shopify-user"),
  password: reference("token").prefault("shopify-password"),
  refreshMinutes: Minutes.default(720),
  /** Write to the buyers. */
  mails: z.boolean().default(false),
});
/** {@inheritDoc ShopifyConfig} */
export type ShopifyConfig = z.infer<typeof ShopifyConfig>;

const once = "it writes mails by its own clock, and two would write each of them twice";

/** The user accounts. */
const AuthConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne("it changes its database when it starts, and two would do so at once"),
  /** Its own host: the pages of the whitelist log in there. */
  host: Hostname.default("auth.skycoin.com"),
  migrations: Migrations.default("file://script/user-migration"),
  twoFactor: z.boolean().default(false),
  /** Days for which a link in a mail holds. */
  linkDays: z.int().min(1, "must be at least 1").max(365).default(3),
});

/** The whitelist of miners. */
const MinersConfig = z.strictObject({
  ...programFields,
  replicas: exactlyOne(once),
  host: Hostname.default("whitelist.skycoin.com"),
  migrations: Migrations.default("file://script/whitelist-migration"),
  /** Where pictures of miners are kept. */
  bucket: z.strictObject({
    region: DnsLabel,
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of an S3 bucket"),
    accessKey: reference("token").prefault("whitelist-aws-access-key"),
    secretKey: reference("token").prefault("whitelist-aws-secret-key"),
  }),
  /** API that tells how long a node was up, up to and with its version. */
  uptimeService: HttpUrl.default("https://whitelist.skycoin.com:8402/api/v1"),
  /** Orders of a shop become accounts. Default: they do not. */
  shopify: ShopifyConfig.optional(),
  /** Mails about missing uptime and addresses, towards the end of each month. */
  reminders: z.boolean().default(false),
});

/** `fleet:extras.whitelist`. */
export const WhitelistConfig = z.strictObject({
  namespace: DnsLabel.default("whitelist"),
  /** Tokens of the user accounts, which the whitelist checks with the same key. */
  jwt: z
    .strictObject({
      key: reference("token").prefault("whitelist-jwt-key"),
      realm: Hostname.default("skycoin.com"),
      timeoutMinutes: Minutes.default(60),
    })
    .prefault({}),
  /** Mandrill. Both programs ask it when they start, and die if it refuses the key. */
  mail: z.strictObject({
    apiKey: reference("token").prefault("whitelist-mail-api-key"),
    from: z.email("must be an e-mail address"),
    fromName: Text.default("Skycoin"),
    /** Whether mails really go out. */
    sending: z.boolean().default(true),
    intro: Text.default("Hello,<br><br>"),
    signature: Text.default("<br><br>The Skycoin team"),
    auth: mailsOf(authMails),
    whitelist: mailsOf(whitelistMails),
  }),
  auth: AuthConfig.prefault({}),
  whitelist: MinersConfig,
  /** One server with a database for each of the two. */
  postgres: PostgresConfig.prefault({
    kind: "builtin",
    databases: {
      auth: { password: "postgres-auth" },
      whitelist: { password: "postgres-whitelist" },
    },
  }).superRefine(({ databases }, context) => {
    for (const name of ["auth", "whitelist"]) {
      if (!Object.hasOwn(databases, name)) {
        context.addIssue({
          code: "custom",
          path: ["databases"],
          message: `must list a database ${name}: each of the two programs has one`,
        });
      }
    }
  }),
});
/** {@inheritDoc WhitelistConfig} */
export type WhitelistConfig = z.infer<typeof WhitelistConfig>;
