/** OAuth clients and config files of the demos 123done, 321done and fortress (facts/fxa.md 6). */
import type { OauthClient } from "./auth-server.schema.ts";
import { type FxaContext, urlOf } from "./context.ts";
import type { ServerFile } from "./files.ts";
import { type Demo, demos } from "./roles.ts";
import { part, type SecretText } from "./secret-text.ts";

/** Where a browser comes back to. */
const paths = {
  "123done": "/api/oauth",
  "321done": "/api/oauth",
  fortress: "/download",
} as const satisfies Record<Demo, string>;

const redirect = (context: FxaContext, demo: Demo): string =>
  urlOf(context, demo, paths[demo]).text;

/** The demos that run, as clients of the OAuth server. */
export function demoClients(context: FxaContext): OauthClient[] {
  const { demos: config } = context.config;
  return config === undefined
    ? []
    : demos
        .filter((demo) => context.runs(demo))
        .map((demo) => ({
          id: config[demo].clientId,
          name: demo,
          redirectUri: redirect(context, demo),
          secret: config[demo].secret,
          trusted: config[demo].trusted,
          canGrant: false,
          publicClient: false,
          imageUri: "",
        }));
}

/**
 * The config file of a demo, in the place of the image's, which names localhost.
 *
 * @throws Error where the demos are off.
 */
export function demoFile(context: FxaContext, demo: Demo): ServerFile {
  const { demos: config } = context.config;
  if (config === undefined) {
    throw new Error(`${demo}: there is no fleet:demos`);
  }
  const known = {
    client_id: config[demo].clientId,
    redirect_uri: redirect(context, demo),
    issuer_uri: urlOf(context, "accounts").text,
    scopes: "profile openid",
  };
  // fortress logs its whole config, and has no use for its secret.
  const text: SecretText =
    demo === "fortress"
      ? [JSON.stringify(known)]
      : [
          `${JSON.stringify(known).slice(0, -1)},"client_secret":`,
          part(config[demo].secret, "json"),
          "}",
        ];
  return { volume: "demo", folder: "/etc/fxa/demo", name: "config.json", text };
}
