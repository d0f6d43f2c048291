/** What a stack file says about the Telegram bots (facts/skywire.md 4.15). */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { DnsLabel } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { exactlyOne, programFields } from "./options.schema.ts";

const Variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, "must be the name of a variable, e.g. TG_BOT_TARGET_ORG_URL");

/** One bot: a program without a port that asks Telegram for its messages. */
export const BotConfig = z
  .strictObject({
    ...programFields,
    replicas: exactlyOne("of two that poll with one token, Telegram turns each away in turns"),
    /** Default: `<private repository>/<name>:<tag>` of `fleet:images`. */
    image: ImageReference.optional(),
    /** Whether `image` is pulled with the login of the private ones. */
    access: z.enum(["public", "private"]).default("private"),
    /** Variables anybody may read. */
    env: z.record(Variable, z.string()).default({}),
    /** Variables whose values are entries of `fleet:secrets`. */
    secretEnv: z.record(Variable, reference("token")).default({}),
  })
  .superRefine(({ env, secretEnv }, context) => {
    for (const name of Object.keys(env).filter((one) => Object.hasOwn(secretEnv, one))) {
      context.addIssue({
        code: "custom",
        path: ["env", name],
        message: "must not stand in secretEnv as well: take one of the two out",
      });
    }
  });
/** {@inheritDoc BotConfig} */
export type BotConfig = z.infer<typeof BotConfig>;

/**
 * Variables of the public bot. It leaves at once without one of them, after its pod has counted as
 * ready: it can only be told here (4.15).
 */
const gitBotVariables = ["TG_BOT_TOKEN", "TG_BOT_TARGET_ORG_URL", "TG_BOT_GROUP_CHAT_ID"];

/** The public bot's name, in its repository and here. */
const gitBot = "git-telegram-bot";

/** `fleet:extras.utilities`. */
export const UtilitiesConfig = z
  .strictObject({
    namespace: DnsLabel.default("utilities"),
    /** Name → bot. The name is also that of its image. */
    bots: z
      .record(DnsLabel, BotConfig)
      .refine((bots) => Object.keys(bots).length > 0, "must list at least one bot"),
  })
  .superRefine(({ bots }, context) => {
    const bot = bots[gitBot];
    for (const name of bot === undefined ? [] : gitBotVariables) {
      if (!Object.hasOwn({ ...bot?.env, ...bot?.secretEnv }, name)) {
        context.addIssue({
          code: "custom",
          path: ["bots", gitBot],
          message: `must have ${name} in env or secretEnv: the bot leaves without it`,
        });
      }
    }
  });
/** {@inheritDoc UtilitiesConfig} */
export type UtilitiesConfig = z.infer<typeof UtilitiesConfig>;
