/** What a registry asks for before it answers: nothing, a login, or a token that a login opens. */
import * as z from "zod";

import type { RegistryLogin } from "../../components/base/secrets.ts";
import { RegistryFault } from "./registry-fault.ts";

/** A registry that answers with anything else gives no token. */
const Answer = z
  .looseObject({ token: z.string().optional(), access_token: z.string().optional() })
  .catch({});

/** How a token is asked for. */
export interface TokenRequest {
  /** `repository:<name>:pull`. */
  readonly scope: string;
  readonly login: RegistryLogin | undefined;
  readonly ask: (url: string, headers: Readonly<Record<string, string>>) => Promise<Response>;
  /** Whether a login may be sent there. */
  readonly isTrusted: (url: URL) => boolean;
}

/**
 * The header that opens what a challenge guards.
 *
 * @param challenge `WWW-Authenticate` of a refusal: `Bearer realm="…",service="…"`, or `Basic …`.
 * @throws RegistryFault where there is no way in.
 */
export async function authorization(challenge: string, request: TokenRequest): Promise<string> {
  const { login } = request;
  if (/^basic\b/i.test(challenge)) {
    if (login === undefined) {
      throw new RegistryFault("the registry asks for a login", "say its login in the stack file");
    }
    return basic(login);
  }
  const { realm, service } = parameters(challenge);
  if (realm === undefined || !URL.canParse(realm)) {
    throw new RegistryFault(
      "the registry asks for something that this version does not know",
      "is it a registry of version 2?",
    );
  }
  const url = new URL(realm);
  if (login !== undefined && !request.isTrusted(url)) {
    throw new RegistryFault(
      `the registry sends its logins to ${url.host} in plain text`,
      "no login is sent there: make the registry use https",
    );
  }
  url.searchParams.set("scope", request.scope);
  if (service !== undefined) {
    url.searchParams.set("service", service);
  }
  return `Bearer ${await token(url, request)}`;
}

async function token(url: URL, { login, ask }: TokenRequest): Promise<string> {
  const headers: Record<string, string> =
    login === undefined ? {} : { authorization: basic(login) };
  const response = await ask(url.href, headers);
  if (response.status === 401 || response.status === 403) {
    throw new RegistryFault(
      `${url.host} refuses ${login === undefined ? "to answer without a login" : "the login"}`,
      "make keys lists the stack's logins; a withdrawn one is replaced with pulumi config set --secret",
    );
  }
  if (response.status === 429) {
    throw new RegistryFault(`${url.host} was asked too often`, "wait some minutes", true);
  }
  const { token: found, access_token: other } = Answer.parse(
    await response.json().catch(() => undefined),
  );
  const opened = found ?? other;
  if (!response.ok || opened === undefined) {
    throw new RegistryFault(
      `${url.host} gives no token (${response.status})`,
      "see the registry's status page, and ask again",
      response.status >= 500,
    );
  }
  return opened;
}

function basic({ username, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function parameters(challenge: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}
