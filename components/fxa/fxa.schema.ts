/** What a stack file says of Firefox Accounts itself, without cluster, names, certificates and what watches it. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { DnsLabel, Hostname } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { AuthServerSettings, ClientId } from "./auth-server.schema.ts";
import { Credentials } from "./credentials.schema.ts";
import { EventBrokerSettings } from "./event-broker.schema.ts";
import { HostsConfig } from "./hosts.ts";
import { MailConfig } from "./mail.schema.ts";
import type { Program } from "./roles.ts";
import { serverFields } from "./server-options.schema.ts";
import {
  AuthDbSettings,
  ContentSettings,
  CustomsSettings,
  GraphqlSettings,
  PaymentsSettings,
  ProfileSettings,
  VerifierSettings,
} from "./server-settings.schema.ts";
import { UserNumber } from "./surroundings.schema.ts";
import { MemcachedConfig, MysqlConfig, RedisConfig } from "./stores.schema.ts";

const plain = (program: Program, { enabled = true } = {}) =>
  z.strictObject(serverFields(program, { enabled })).prefault({});

/** A server with settings that all have defaults. */
const server = <Settings extends z.ZodRawShape>(
  program: Program,
  settings: z.ZodObject<Settings>,
) =>
  z
    .strictObject({
      ...serverFields(program, { enabled: true }),
      settings: settings.prefault({} as never),
    })
    .prefault({} as never);

/** `fleet:servers` of a stack file. */
const ServersConfig = z.strictObject({
  "auth-db-mysql": server("auth-db-mysql", AuthDbSettings),
  "auth-server": server("auth-server", AuthServerSettings),
  "content-server": server("content-server", ContentSettings),
  "customs-server": server("customs-server", CustomsSettings),
  "graphql-api": server("graphql-api", GraphqlSettings),
  "profile-server": z.strictObject({
    ...serverFields("profile-server", { enabled: true }),
    settings: ProfileSettings,
  }),
  "profile-server-worker": plain("profile-server-worker"),
  "profile-server-static": plain("profile-server-static"),
  "payments-server": server("payments-server", PaymentsSettings),
  // The seed's spelling. No pod of the seed uses it, and the launcher does not know it (facts/fxa.md 2).
  "payments-server-worker": plain("payments-server-worker", { enabled: false }),
  "payments-server-static": plain("payments-server-static", { enabled: false }),
  "event-broker": z
    .strictObject({
      ...serverFields("event-broker", { enabled: false }),
      /** Said with its settings, whether on or off. Without any, it is off. */
      enabled: z.boolean().optional(),
      /** All of it, or the server is off. */
      settings: EventBrokerSettings.optional(),
    })
    .refine(({ enabled, settings }) => enabled !== undefined || settings === undefined, {
      path: ["enabled"],
      message: "must be true or false beside its settings: without the word it would be off",
    })
    .transform(({ enabled = false, ...rest }) => ({ ...rest, enabled }))
    .prefault({})
    .refine(({ enabled, settings }) => !enabled || settings !== undefined, {
      path: ["settings"],
      message:
        "must say sqsQueueUrl, aws and gcpProjectId: without them it exits at its start; or say enabled: false",
    }),
  /** Runs where `fleet:mail` says so. */
  "mail-service": plain("mail-service"),
  "browserid-verifier": server("browserid-verifier", VerifierSettings),
  /** Run where `fleet:demos` says so. */
  fortress: plain("fortress"),
  "123done": plain("123done"),
  "321done": plain("321done"),
});

/** `fleet:sync` of a stack file: mozilla-sync, with an image of its own. */
const SyncConfig = z.strictObject({
  ...serverFields("mozilla-sync", { enabled: true }),
  /** A tag that stays: the original had none. */
  image: ImageReference.refine((image) => !/:latest(@|$)/.test(image), "must not be :latest"),
  /** Number of the user that it runs as, where that is not the publisher's 1001. */
  runAsUser: UserNumber.optional(),
  /** What keys-secret holds. A change makes every client log in to Sync anew. */
  key: reference("shared-secret").prefault("sync-key"),
  batchUpload: z.boolean().default(true),
});

/** A demo: an OAuth client with a page. */
const demo = (name: string, clientId: string, { trusted }: { readonly trusted: boolean }) =>
  z
    .strictObject({
      clientId: ClientId.default(clientId),
      /** The client's secret: the auth-server gets its hash. */
      secret: reference("client-secret").prefault(`demo-${name}`),
      /** Trusted clients ask nobody for consent. */
      trusted: z.boolean().default(trusted),
    })
    .prefault({});

const Demos = z.strictObject(
  {
    "123done": demo("123done", "dcdb5ae7add825d2", { trusted: true }),
    "321done": demo("321done", "325b4083e32fe8e7", { trusted: false }),
    fortress: demo("fortress", "7f368c6886429f19", { trusted: true }),
    /** Secret of the demos' cookies. */
    cookieSecret: reference("shared-secret").prefault("demo-cookies"),
  },
  {
    error: ({ code }) =>
      code === "invalid_type"
        ? "must be a section, which may be empty ({}), or be left out: then there are none"
        : undefined,
  },
);

/** Servers whose place the debug pod can take: those of the one image. */
const debugTargets = [
  "auth-db-mysql",
  "auth-server",
  "content-server",
  "customs-server",
  "graphql-api",
  "profile-server",
  "profile-server-worker",
  "profile-server-static",
  "payments-server",
  "event-broker",
  "browserid-verifier",
  "123done",
  "321done",
  "fortress",
] as const satisfies readonly Program[];

/** Sections of the file that are Firefox Accounts' own. */
export const fxaSections = {
  /** Domain of all public hosts, e.g. example.org. */
  domain: Hostname,
  hosts: HostsConfig,
  namespace: DnsLabel.default("fxa"),
  /** ConfigMap that is there before everything. Its DEVENV follows from `environment`, and is told to no server. */
  rootConfig: z.strictObject({ name: DnsLabel.default("root-config") }).prefault({}),
  environment: z.enum(["production", "development"], {
    message: "must be production or development: each server's own word follows from it",
  }),
  /**
   * Proxies between a client and a pod that each add to X-Forwarded-For: the ingress controller is one, a CDN before
   * it the second. A wrong number makes all clients one, whom customs then blocks.
   */
  proxies: z
    // A number at the top of a file comes as a text.
    .preprocess(
      (given) => (typeof given === "string" && /^\d{1,9}$/.test(given) ? Number(given) : given),
      z
        .int("must be a whole number, e.g. 1")
        .min(1, "must be at least 1: the ingress controller")
        .max(9, "must be at most 9"),
    )
    .default(1),
  mysql: MysqlConfig,
  redis: RedisConfig,
  memcached: MemcachedConfig,
  credentials: Credentials,
  servers: ServersConfig,
  mail: MailConfig,
  sync: SyncConfig,
  /** Relying parties that show how to log in. Left out, there are none; the section may be empty. */
  demos: Demos.optional(),
  /** A pod with all that a server is told, for looking round: `kubectl exec`. Left out, there is none. */
  debug: z
    .strictObject(
      {
        target: z.enum(debugTargets, {
          message: `must be a server of the one image: ${debugTargets.join(", ")}`,
        }),
        /** None until somebody scales it up. */
        replicas: z
          .int("must be 0 or 1")
          .min(0, "must be 0 or 1")
          .max(1, "must be 0 or 1")
          .default(0),
      },
      {
        error: ({ code }) =>
          code === "invalid_type"
            ? "must say its target, or be left out: then there is none"
            : undefined,
      },
    )
    .optional(),
};

/** All of them. A stack's schema is these and the platform's. */
export const FxaSections = z.strictObject(fxaSections);
/** {@inheritDoc FxaSections} */
export type FxaConfig = z.infer<typeof FxaSections>;
