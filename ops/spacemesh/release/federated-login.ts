/**
 * A log-in at Google by what somebody else knows of who asks: a job's forge, say, as `make live-login` and the action
 * google-github-actions/auth write it. Whoever vouches is asked, what it says is changed for a token of Google's, and
 * that for one of a service account, where the file names one.
 *
 * Sources: google.aip.dev/auth/4117 (file and order); cloud.google.com/iam/docs/reference/sts and
 * …/credentials (what the two services take and answer); RFC 8693.
 */
import { readFileSync } from "node:fs";

import * as z from "zod";

import { CommandError } from "../../command.ts";
import { askForToken, jsonOf } from "./token-request.ts";

const Format = z.looseObject({
  type: z.enum(["text", "json"]).default("text"),
  subject_token_field_name: z.string().optional(),
});

/** Who vouches: a service, or a file that somebody keeps fresh. */
const Source = z.union([
  z.looseObject({
    url: z.string(),
    headers: z.record(z.string(), z.string()).default({}),
    format: Format.prefault({}),
  }),
  z.looseObject({ file: z.string(), format: Format.prefault({}) }),
]);

/** The file, as far as it is read. */
export const ExternalAccount = z.looseObject({
  type: z.literal("external_account"),
  audience: z.string(),
  subject_token_type: z.string(),
  token_url: z.string(),
  service_account_impersonation_url: z.string().optional(),
  service_account_impersonation: z
    .looseObject({ token_lifetime_seconds: z.int().positive().default(3600) })
    .prefault({}),
  credential_source: Source,
});
/** {@inheritDoc ExternalAccount} */
export type ExternalAccount = z.infer<typeof ExternalAccount>;

const Exchanged = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

const Impersonated = z.object({
  accessToken: z.string().min(1),
  expireTime: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
});

/** Scope of a token that is only good for another account's. */
const anyScope = "https://www.googleapis.com/auth/cloud-platform";

/** A token, and until when it is good, in milliseconds. */
export interface Token {
  readonly token: string;
  readonly until: number;
}

/**
 * Logs in.
 *
 * @param scope What the token is for.
 * @throws CommandError where one of those that are asked refuses; it tells which, and no secret.
 */
export async function federatedToken(
  account: ExternalAccount,
  scope: string,
  now: () => number,
): Promise<Token> {
  const { service_account_impersonation_url: url } = account;
  const own = await exchanged(account, url === undefined ? scope : anyScope);
  if (url === undefined) {
    return { token: own.access_token, until: now() + own.expires_in * 1000 };
  }
  const seconds = account.service_account_impersonation.token_lifetime_seconds;
  const { accessToken, expireTime } = await askForToken({
    ...{ url, field: "service_account_impersonation_url", answer: Impersonated },
    init: {
      method: "POST",
      headers: {
        authorization: `Bearer ${own.access_token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ scope: [scope], lifetime: `${seconds}s` }),
    },
    hint: "may whoever asks act as that account (roles/iam.workloadIdentityUser)?",
  });
  return { token: accessToken, until: Date.parse(expireTime) };
}

/** What is said of who asks, changed for a token of Google's. */
async function exchanged(
  account: ExternalAccount,
  scope: string,
): Promise<z.infer<typeof Exchanged>> {
  const subject = await vouchedFor(account.credential_source);
  return askForToken({
    ...{ url: account.token_url, field: "token_url", answer: Exchanged },
    init: {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: account.audience,
        scope,
        subject_token: subject,
        subject_token_type: account.subject_token_type,
      }),
    },
    hint: "does the pool of identities let whoever asks in?",
  });
}

/** What is said of who asks. */
async function vouchedFor(source: z.infer<typeof Source>): Promise<string> {
  const text = isFile(source)
    ? read(source.file)
    : await askForToken({
        ...{ url: source.url, field: "credential_source.url", answer: z.string(), isText: true },
        init: { headers: source.headers },
        hint: "does the job still run, and may it ask who it is (id-token: write)?",
      });
  return subjectOf(text, source.format);
}

const isFile = (
  source: z.infer<typeof Source>,
): source is Extract<typeof source, { file: string }> => "file" in source;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new CommandError(
      `GOOGLE_APPLICATION_CREDENTIALS: ${path}, which its credential_source names, cannot be read: whoever keeps it fresh must write it first`,
    );
  }
}

function subjectOf(text: string, { type, subject_token_field_name: name }: z.infer<typeof Format>) {
  const told =
    type === "text"
      ? text.trim()
      : z.record(z.string(), z.unknown()).safeParse(jsonOf(text)).data?.[name ?? ""];
  if (typeof told !== "string" || told === "") {
    throw new CommandError(
      `GOOGLE_APPLICATION_CREDENTIALS: what its credential_source gives has no token${type === "json" ? ` in ${name ?? "any field: subject_token_field_name is missing"}` : ""}`,
    );
  }
  return told;
}
