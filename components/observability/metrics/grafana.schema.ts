/** `fleet:observability.metrics.grafana`. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { Hostname } from "../../base/scalars.ts";
import { reference } from "../../base/secrets.ts";
import { Storage } from "../../workload/storage.schema.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";

/** An address of the identity provider. */
const ProviderUrl = z
  .url({
    protocol: /^https$/,
    message: "must be an https URL, e.g. https://login.example.com/auth",
  })
  .refine((value) => !value.includes("@"), "must not carry credentials: use fleet:secrets");

/** Name of a group, or of a claim, as the identity provider says it. */
const ProviderWord = z
  .string()
  .regex(
    /^[A-Za-z0-9_.:@/ -]{1,128}$/,
    "must be letters, digits, spaces and any of _ . : @ / -, e.g. grafana-admins",
  );

/**
 * Log-in by an identity provider that speaks OAuth 2: Google, GitLab, Keycloak and the like. Whoever is
 * let in there and is of no group named here may look, unless `others` says `none`.
 */
export const SingleSignOn = z
  .strictObject({
    /** What the button says. */
    name: z
      .string()
      .trim()
      .min(1, "must say whose log-in it is, e.g. Google")
      .max(40, "must have at most 40 characters"),
    clientId: z.string().regex(/^\S{1,256}$/, "must be the client's id at the provider, one word"),
    clientSecret: reference("token"),
    authorizeUrl: ProviderUrl,
    tokenUrl: ProviderUrl,
    userInfoUrl: ProviderUrl,
    scopes: z
      .array(z.string().regex(/^\S{1,200}$/, "must be one word, e.g. openid"))
      .min(1, "must name at least one scope")
      .default(["openid", "email", "profile"]),
    /** Mail domains whose people are let in. Default: whomever the provider lets in. */
    allowedDomains: z.array(Hostname).default([]),
    /** Claim that lists a person's groups. */
    groupsClaim: ProviderWord.regex(
      /^[A-Za-z_][A-Za-z0-9_]*$/,
      "must be one word, e.g. groups",
    ).default("groups"),
    /** Groups that may change everything. */
    admins: z.array(ProviderWord).default([]),
    /** Groups that may make dashboards and silence alerts. */
    editors: z.array(ProviderWord).default([]),
    /** What those of no group above may do. */
    others: z.enum(["view", "none"], { message: "must be view or none" }).default("view"),
  })
  .superRefine(({ admins, editors, others }, context) => {
    if (others === "none" && admins.length + editors.length === 0) {
      context.addIssue({
        code: "custom",
        path: ["others"],
        message: "must be view, or admins or editors must name a group: else nobody gets in",
      });
    }
  });
/** {@inheritDoc SingleSignOn} */
export type SingleSignOn = z.infer<typeof SingleSignOn>;

/** Grafana: one pod with a disk, on which what people add by hand is kept. */
export const GrafanaConfig = z.strictObject({
  image: ImageReference.default("docker.io/grafana/grafana:12.4.8"),
  host: Hostname.default("grafana.skycoin.com"),
  /** Of the user `admin`, when Grafana first starts; later it is changed in Grafana. */
  adminPassword: reference("password").prefault("grafana-admin"),
  /**
   * What Grafana encrypts its database's secrets by: the passwords of its datasources, above all. Its own default is
   * published. It stays as it is for as long as the disk does: by another one nothing on it can be read.
   */
  encryption: reference("token").prefault("grafana-encryption"),
  singleSignOn: SingleSignOn.optional(),
  resources: Resources.prefault({
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { memory: "512Mi" },
  }),
  placement: Placement.optional(),
  storage: Storage.prefault({}),
});
/** {@inheritDoc GrafanaConfig} */
export type GrafanaConfig = z.infer<typeof GrafanaConfig>;
