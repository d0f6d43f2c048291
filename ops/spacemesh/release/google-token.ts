/**
 * An access token for Google's APIs, from what an operator or a pipeline has: GOOGLE_OAUTH_ACCESS_TOKEN (the
 * Google provider reads the same), the file that GOOGLE_APPLICATION_CREDENTIALS names, or gcloud's own
 * log-in. Sources: developers.google.com/identity/protocols/oauth2/service-account; RFC 7523.
 *
 * No token and nothing of a key file is ever part of a message.
 */
import { spawnSync } from "node:child_process";
import { createSign } from "node:crypto";
import { readFileSync } from "node:fs";

import * as z from "zod";

import { CommandError } from "../../command.ts";
import { ExternalAccount, federatedToken, type Token } from "./federated-login.ts";
import { askForToken, safeUrl } from "./token-request.ts";

/** Gives a token that is good for a minute at least. */
export type GoogleToken = () => Promise<string>;

const storageScope = "https://www.googleapis.com/auth/devstorage.read_write";

const KeyFile = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("service_account"),
    client_email: z.string(),
    private_key: z.string(),
    private_key_id: z.string().optional(),
    token_uri: z.string(),
  }),
  z.looseObject({
    type: z.literal("authorized_user"),
    client_id: z.string(),
    client_secret: z.string(),
    refresh_token: z.string(),
    token_uri: z.string().default("https://oauth2.googleapis.com/token"),
  }),
  ExternalAccount,
]);
type KeyFile = z.infer<typeof KeyFile>;
/** One that holds all that a log-in takes. */
type OwnKey = Exclude<KeyFile, ExternalAccount>;

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** What a token is made from, and how time goes: replaced in tests. */
export interface TokenSources {
  readonly environment: NodeJS.ProcessEnv;
  readonly now?: () => number;
  /** What gcloud prints; undefined where it is not there or nobody is logged in. */
  readonly gcloud?: () => string | undefined;
}

/**
 * Where tokens come from; each is kept until a minute before it ends.
 *
 * @throws CommandError, when it is asked, where there is no log-in or it is refused.
 */
export function googleToken({
  environment,
  now = Date.now,
  gcloud = askGcloud,
}: TokenSources): GoogleToken {
  let kept: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (kept === undefined || kept.until <= now()) {
      kept = await freshToken(environment, now, gcloud);
    }
    return kept.token;
  };
}

async function freshToken(
  environment: NodeJS.ProcessEnv,
  now: () => number,
  gcloud: () => string | undefined,
): Promise<Token> {
  const given = environment["GOOGLE_OAUTH_ACCESS_TOKEN"] ?? "";
  if (given !== "") {
    return { token: given, until: Number.POSITIVE_INFINITY };
  }
  const path = environment["GOOGLE_APPLICATION_CREDENTIALS"] ?? "";
  if (path !== "") {
    const { token, until } = await logIn(readKeyFile(path), now);
    return { token, until: until - 60_000 };
  }
  const token = gcloud();
  if (token === undefined) {
    throw new CommandError(
      "no log-in for Google's storage: set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run gcloud auth login",
    );
  }
  // It does not say until when; it gives out none that ends within minutes.
  return { token, until: now() + 240_000 };
}

function askGcloud(): string | undefined {
  const { status, stdout } = spawnSync("gcloud", ["auth", "print-access-token", "--quiet"], {
    encoding: "utf8",
    timeout: 30_000,
  });
  const token = status === 0 ? stdout.trim() : "";
  return token === "" ? undefined : token;
}

function readKeyFile(path: string): KeyFile {
  const what = "GOOGLE_APPLICATION_CREDENTIALS";
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // A parser's message quotes what it could not read.
    throw new CommandError(`${what}: ${path} cannot be read, or is no JSON`);
  }
  const parsed = KeyFile.safeParse(content);
  if (!parsed.success) {
    throw new CommandError(
      `${what}: ${path} must be the key of a service account, what gcloud auth application-default login writes, or a log-in by ` +
        "workload identity federation whose credential_source is a url or a file; with another kind of log-in set GOOGLE_OAUTH_ACCESS_TOKEN",
    );
  }
  return parsed.data;
}

async function logIn(key: KeyFile, now: () => number): Promise<Token> {
  if (key.type === "external_account") {
    return federatedToken(key, storageScope, now);
  }
  // Before anything is signed for it.
  safeUrl(key.token_uri, "token_uri");
  const { access_token: token, expires_in: seconds } = await askForToken({
    ...{ url: key.token_uri, field: "token_uri", answer: Granted },
    init: { method: "POST", body: new URLSearchParams(grant(key, now())) },
    hint: "is the key still valid?",
  });
  return { token, until: now() + seconds * 1000 };
}

function grant(key: OwnKey, now: number): Record<string, string> {
  if (key.type === "authorized_user") {
    const { client_id, client_secret, refresh_token } = key;
    return { grant_type: "refresh_token", client_id, client_secret, refresh_token };
  }
  return {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: assertion(key, Math.floor(now / 1000)),
  };
}

function assertion(key: Extract<KeyFile, { type: "service_account" }>, seconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    ...{ iss: key.client_email, aud: key.token_uri, scope: storageScope },
    ...{ iat: seconds, exp: seconds + 3600 },
  };
  const header = { alg: "RS256", typ: "JWT", kid: key.private_key_id };
  const signed = `${part(header)}.${part(claims)}`;
  try {
    const signature = createSign("RSA-SHA256").update(signed).sign(key.private_key, "base64url");
    return `${signed}.${signature}`;
  } catch {
    throw new CommandError(
      "GOOGLE_APPLICATION_CREDENTIALS: the private key in it is none: make a new key",
    );
  }
}
