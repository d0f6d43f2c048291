/** Files of fxa-auth-server: its keys, and the OAuth clients that it is told of (facts/fxa.md 4.3 and 6). */
import type { OauthClient } from "./auth-server.schema.ts";
import type { FxaContext } from "./context.ts";
import { demoClients } from "./demo-clients.ts";
import type { ServerFile } from "./files.ts";
import { part, type SecretText, whole } from "./secret-text.ts";

const keys = { volume: "keys", folder: "/etc/fxa/keys" } as const;

/** The key files by what they are for. */
export interface KeyFiles {
  readonly secret: ServerFile;
  readonly public: ServerFile;
  readonly vapid: ServerFile;
  readonly openid: ServerFile;
  readonly next?: ServerFile;
  readonly previous?: ServerFile;
}

/** Its key files. The image must not hold them: whoever has it would have them. */
export function keyFiles({ config }: FxaContext): KeyFiles {
  const { secretKey, vapidKeys, openid } = config.servers["auth-server"].settings;
  const file = (name: string, text: SecretText): ServerFile => ({ ...keys, name, text });
  return {
    secret: file("secret-key.json", whole(secretKey)),
    public: file("public-key.json", [part(secretKey, "public-web-key")]),
    vapid: file("vapid-keys.json", whole(vapidKeys)),
    openid: file("openid-key.json", whole(openid.current)),
    ...(openid.next === undefined ? {} : { next: file("openid-next.json", whole(openid.next)) }),
    // Its public half is enough: nothing is signed with it any more.
    ...(openid.previous === undefined
      ? {}
      : { previous: file("openid-previous.json", [part(openid.previous, "public-web-key")]) }),
  };
}

/** A client as the server wants it: each of them has a hash, public ones that of nothing. */
function clientText({ secret, ...client }: OauthClient): SecretText {
  const known = JSON.stringify(client).slice(0, -1);
  const hash = secret === undefined ? "0".repeat(64) : part(secret, "sha256-of-hex");
  return [known, ',"hashedSecret":"', hash, '"}'];
}

/**
 * The OAuth clients, as a file. OAUTH_CLIENTS cannot hold them: the config library takes a list's text apart at its
 * commas, those of JSON as well (test/judges/fxa-loaders.test.ts).
 */
export function clientsFile(context: FxaContext): ServerFile | undefined {
  const clients = [
    ...context.config.servers["auth-server"].settings.clients,
    ...demoClients(context),
  ];
  return clients.length === 0
    ? undefined
    : {
        volume: "clients",
        folder: "/etc/fxa/clients",
        name: "clients.json",
        text: [
          '{"oauthServer":{"clients":[',
          ...clients.flatMap((client, index) => [index === 0 ? "" : ",", ...clientText(client)]),
          "]}}",
        ],
      };
}
