/**
 * A job's log-in at Google, with no key that lasts: a file out of which Google's libraries ask GitHub who this job is,
 * and have that changed for an hour of a service account, as often as they need to. Read by what runs the official
 * engine (state in a bucket, keys in KMS), by the Google provider and by what logs in at clusters of Google's.
 *
 * Sources: google.aip.dev/auth/4117 (the file); docs.github.com/actions, «OpenID Connect» (what a job asks, and that it
 * needs `id-token: write`); cloud.google.com/iam/docs, «Workload Identity Federation» (names, audience).
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { isAbsolute } from "node:path";

import * as z from "zod";

import { CommandError } from "../command.ts";
import { isMap, type StackFile } from "../stack-file.ts";

/** The file to write. It holds what GitHub knows the job by: a secret, as long as the job runs. */
export interface GoogleLogin {
  readonly path: string;
  readonly text: string;
}

const pathVariable = "GOOGLE_APPLICATION_CREDENTIALS";

/**
 * What a stack needs Google for, in words; undefined where it needs nothing there.
 *
 * @param environment PULUMI_BACKEND_URL says where its state is.
 */
export function needOfGoogle(
  { config, settings }: StackFile,
  { PULUMI_BACKEND_URL: state = "" }: NodeJS.ProcessEnv,
): string | undefined {
  const cluster = isMap(config["fleet:cluster"]) ? config["fleet:cluster"] : {};
  const needs: readonly (readonly [boolean, string])[] = [
    [cluster["kind"] === "gke", "its cluster is made there"],
    [cluster["google"] !== undefined, "its addresses are reserved there"],
    [isPublished(config["fleet:system"]), "what it publishes lies there"],
    [state.startsWith("gs://"), "its state lies there"],
    [String(settings["secretsprovider"]).startsWith("gcpkms://"), "its secrets' key lies there"],
  ];
  return needs.find(([isSo]) => isSo)?.[1];
}

/** Networks publish their config, and the list of them, in a bucket of Google's wherever they run. */
const isPublished = (system: unknown): boolean =>
  system === "spacemesh" || system === "spacemesh-discovery";

/**
 * Judges what a job was given, and says what to write where.
 *
 * @param why What the stack needs Google for.
 * @throws CommandError where something is missing or is not what it should be; it tells no secret.
 */
export function googleLogin(why: string, environment: NodeJS.ProcessEnv): GoogleLogin {
  const path = environment[pathVariable] ?? "";
  if (!isAbsolute(path)) {
    throw new CommandError(
      `${pathVariable} must be a path from the root on: the log-in goes there`,
    );
  }
  if (existsSync(path)) {
    throw new CommandError(`${pathVariable}=${path} is there already: it is not written over`);
  }
  const provider = variable(environment, "GOOGLE_WORKLOAD_IDENTITY_PROVIDER", why, providerName);
  const account = variable(environment, "GOOGLE_SERVICE_ACCOUNT", why, accountName);
  const source = credentialSource(`https://iam.googleapis.com/${provider}`, environment);
  const content = {
    type: "external_account",
    audience: `//iam.googleapis.com/${provider}`,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: "https://sts.googleapis.com/v1/token",
    service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
    // The most that Google gives without a policy of the organisation's: whoever needs longer asks again.
    service_account_impersonation: { token_lifetime_seconds: 3600 },
    credential_source: source,
  };
  return { path, text: `${JSON.stringify(content, null, 2)}\n` };
}

interface NameRule {
  readonly form: RegExp;
  readonly told: string;
}

/** By number: Google refuses a project's id here, and only at the first request. */
const providerName: NameRule = {
  form: /^projects\/[1-9]\d*\/locations\/global\/workloadIdentityPools\/[-a-z0-9]{4,32}\/providers\/[-a-z0-9]{4,32}$/,
  told: "the whole name of a provider, projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>",
};

const accountName: NameRule = {
  form: /^[a-z][-a-z0-9]{4,28}[a-z0-9]@[a-z][-.a-z0-9]*\.iam\.gserviceaccount\.com$/,
  told: "a service account's address, <name>@<project>.iam.gserviceaccount.com",
};

function variable(
  environment: NodeJS.ProcessEnv,
  name: string,
  why: string,
  { form, told }: NameRule,
): string {
  const given = environment[name] ?? "";
  if (given === "") {
    throw new CommandError(
      `${name} is empty, and ${why}: set the variable of that name, ${told} (docs/live.md, Pipelines at Google)`,
    );
  }
  if (!form.test(given)) {
    throw new CommandError(`${name} must be ${told} (it is ${JSON.stringify(given)})`);
  }
  return given;
}

/**
 * How a library asks GitHub who this job is. What it is told holds for five minutes and for this provider alone; the
 * question may be put as long as the job runs, so that an update of hours asks anew whenever its hour is over.
 */
function credentialSource(audience: string, environment: NodeJS.ProcessEnv): object {
  const asked = environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
  const token = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "";
  if (asked === "" || token === "") {
    throw new CommandError(
      "this job may not ask GitHub who it is: give it `permissions: id-token: write` (docs/live.md, Pipelines at Google)",
    );
  }
  const url = URL.parse(asked);
  const isLoopback = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url === null || (url.protocol !== "https:" && !isLoopback)) {
    throw new CommandError(
      "ACTIONS_ID_TOKEN_REQUEST_URL must be an address that begins with https://",
    );
  }
  if (/[^\x21-\x7e]/.test(token)) {
    throw new CommandError("ACTIONS_ID_TOKEN_REQUEST_TOKEN is no token: there is a blank in it");
  }
  url.searchParams.set("audience", audience);
  return {
    url: url.href,
    headers: { Authorization: `Bearer ${token}` },
    format: { type: "json", subject_token_field_name: "value" },
  };
}

/** What {@link googleLogin} writes, and no key of a service account, nor what `gcloud` leaves. */
const Written = z.looseObject({
  type: z.literal("external_account"),
  credential_source: z.looseObject({
    headers: z.looseObject({ Authorization: z.string().startsWith("Bearer ") }),
  }),
});

/**
 * Takes the log-in away. Fine where there is none.
 *
 * @returns what was left where it is, in a line: on an operator's machine the variable may name a key that is kept nowhere else.
 */
export function endGoogleLogin(environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment[pathVariable] ?? "";
  if (!existsSync(path)) {
    return undefined;
  }
  if (!isWritten(path)) {
    return `${pathVariable}=${path} was not written by live-login: it stays`;
  }
  rmSync(path);
  return undefined;
}

function isWritten(path: string): boolean {
  try {
    return Written.safeParse(JSON.parse(readFileSync(path, "utf8"))).success;
  } catch {
    return false;
  }
}
