/** `fleet:observability.metrics.alertmanager`: who is told of an alert, and how often. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { Hostname, Port } from "../../base/scalars.ts";
import { reference } from "../../base/secrets.ts";
import { Storage } from "../../workload/storage.schema.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";
import { PromDuration } from "../rules/rules.schema.ts";
import { LabelName, Retention } from "./words.ts";

/** Receiver of what nobody wants to hear. */
export const nobody = "nobody";

const ReceiverName = z
  .string()
  .max(63, "must have at most 63 characters")
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    "must be lower-case letters, digits and dashes, e.g. on-call",
  );

/** A channel of Slack: a bot's token, or the address of an incoming webhook. */
const Slack = z
  .strictObject({
    channel: z
      .string()
      .regex(/^[#@]?[\w.-]{1,80}$/, "must be a channel of Slack, e.g. #alerts or its id"),
    /** Token of a bot that may write there (`chat:write`). */
    token: reference("token").optional(),
    /** Address of an incoming webhook, which is as good as a token. */
    webhook: reference("url").optional(),
  })
  .superRefine(({ token, webhook }, context) => {
    if ((token === undefined) === (webhook === undefined)) {
      context.addIssue({
        code: "custom",
        path: ["token"],
        message:
          token === undefined
            ? "must name the entry of fleet:secrets with the bot's token, e.g. slack-token; or webhook the one with an incoming webhook's address"
            : "must not stand beside webhook: say one of them",
      });
    }
  });

const MailAddress = z.email("must be a mail address, e.g. on-call@example.com");

/** Mails, by the server of `mail`. */
const Email = z.strictObject({
  to: z.array(MailAddress).min(1, "must name at least one address"),
});

/** A POST of Alertmanager's own JSON. */
const Webhook = z.strictObject({
  /** Its address is a secret: it often carries a token. */
  url: reference("url"),
  /** Sent as `Authorization: Bearer`. */
  token: reference("token").optional(),
  /** Port of the address, which the network policy opens. */
  port: Port.default(443),
});

/** Everything that one receiver sets going. */
const Receiver = z
  .strictObject({
    slack: z.array(Slack).default([]),
    email: z.array(Email).default([]),
    webhook: z.array(Webhook).default([]),
  })
  .refine(
    ({ slack, email, webhook }) => slack.length + email.length + webhook.length > 0,
    "must have at least one of slack, email and webhook",
  );
/** {@inheritDoc Receiver} */
export type Receiver = z.infer<typeof Receiver>;

const Waiting = PromDuration.refine((value) => /[1-9]/.test(value), "must be more than zero");

/** When alerts of one group are sent. */
const pace = {
  /** Labels whose values alerts of one message share. */
  groupBy: z.array(LabelName).optional(),
  /** How long a first alert waits for others of its group. */
  groupWait: PromDuration.optional(),
  /** How long the group waits before it tells of new ones. */
  groupInterval: Waiting.optional(),
  /** After how long what still fires is said again. */
  repeatInterval: Waiting.optional(),
};

/** Alerts that go another way than the rest. The first that matches is taken. */
const Route = z.strictObject({
  receiver: ReceiverName,
  /** Label → its value, or any of several. All must match. */
  match: z
    .record(
      LabelName,
      z.union(
        [
          z.string().min(1, "must not be empty"),
          z.array(z.string().min(1, "must not be empty")).min(1, "must name at least one value"),
        ],
        "must be a quoted value or a list of values",
      ),
    )
    .refine((match) => Object.keys(match).length > 0, "must name at least one label"),
  /** Go on: later routes are looked at, too. */
  continue: z.boolean().default(false),
  ...pace,
});
/** {@inheritDoc Route} */
export type Route = z.infer<typeof Route>;

/** A mail server that sends. */
const Mail = z.strictObject({
  host: Hostname,
  port: Port.default(587),
  from: MailAddress,
  /** Log-in, where it asks for one. */
  login: z
    .strictObject({
      user: z.string().regex(/^\S{1,256}$/, "must be one word, e.g. alerts@example.com"),
      password: reference("token"),
    })
    .optional(),
});

/** A message at fixed intervals that says: alerts work. Who gets it must raise the alarm when it stays away. */
const DeadMan = z.strictObject({
  receiver: ReceiverName,
  /** Between two messages. */
  every: Waiting.default("5m"),
});

/** Alertmanager: one pod, with a disk for silences and what was already said. */
export const AlertmanagerConfig = z
  .strictObject({
    image: ImageReference.default("docker.io/prom/alertmanager:v0.34.2"),
    resources: Resources.prefault({
      requests: { cpu: "25m", memory: "64Mi" },
      limits: { memory: "256Mi" },
    }),
    placement: Placement.optional(),
    storage: Storage.prefault({ size: "1Gi" }),
    /** How long ended silences and what was said are remembered. */
    retention: Retention.default("120h"),
    mail: Mail.optional(),
    receivers: z
      .record(
        ReceiverName.refine(
          (name) => name !== nobody,
          `must not be ${nobody}: that is the receiver of what is dropped`,
        ),
        Receiver,
      )
      .refine((receivers) => Object.keys(receivers).length > 0, "must name at least one receiver"),
    route: z.strictObject({
      /** Who gets what no route takes. */
      receiver: ReceiverName,
      routes: z.array(Route).default([]),
      ...pace,
    }),
    /** Default: nobody is told that alerts work. */
    deadMan: DeadMan.optional(),
  })
  .superRefine((config, context) => {
    const known = [...Object.keys(config.receivers), nobody];
    const { route, deadMan, mail, receivers } = config;
    const named = [
      [["route", "receiver"], route.receiver],
      ...route.routes.map(
        ({ receiver }, index) => [["route", "routes", index, "receiver"], receiver] as const,
      ),
      ...(deadMan === undefined ? [] : [[["deadMan", "receiver"], deadMan.receiver] as const]),
    ] as const;
    for (const [path, receiver] of named) {
      if (!known.includes(receiver)) {
        const message = `must be one of receivers (${known.join(", ")})`;
        context.addIssue({ code: "custom", path: [...path], message });
      }
    }
    for (const [name, { email }] of Object.entries(receivers)) {
      if (email.length > 0 && mail === undefined) {
        const message = "needs alertmanager.mail: the server that sends (host, from, login)";
        context.addIssue({ code: "custom", path: ["receivers", name, "email"], message });
      }
    }
  });
/** {@inheritDoc AlertmanagerConfig} */
export type AlertmanagerConfig = z.infer<typeof AlertmanagerConfig>;
