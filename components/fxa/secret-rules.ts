/** Which entries of `fleet:secrets` may be the same one, and which must be. Pure. */
import { SecretReference } from "../base/secrets.ts";
import type { PlatformFault } from "../platform/fault.ts";
import type { FxaContext } from "./context.ts";

type Rule = (context: FxaContext) => PlatformFault[];

const isReference = (value: unknown): value is SecretReference => value instanceof SecretReference;

/** Every reference of a config, with its place. */
function references(
  value: unknown,
  path: readonly (string | number)[],
): { readonly path: readonly (string | number)[]; readonly secret: SecretReference }[] {
  if (isReference(value)) {
    return [{ path, secret: value }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => references(item, [...path, index]));
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => references(item, [...path, key]))
    : [];
}

/**
 * One entry for two purposes: whoever learns it by the one has the other, and it cannot be rotated alone. What two
 * servers share has one place in the file, so that pairs are not meant.
 */
const purposeFaults: Rule = ({ config }) => {
  const owners = new Map<string, string>();
  return references(config, [])
    .filter(
      ({ path, secret }) =>
        ["shared-secret", "client-secret", "web-key", "password"].includes(secret.kind) &&
        // Clients verify its tokens by the auth-server's keys: it is meant to be the same one.
        path.join(".") !== "servers.event-broker.settings.openidKey",
    )
    .flatMap(({ path, secret }) => {
      const place = `fleet:${path.join(".")}`;
      const owner = owners.get(secret.name);
      owners.set(secret.name, owner ?? place);
      return owner === undefined
        ? []
        : [
            {
              path,
              message: `must be an entry of its own: ${secret.name} stands at ${owner} already, for something else`,
            },
          ];
    });
};

/** The half of a login that is known beside the half that is not. */
const halves = { keyId: "secret", user: "password" } as const;

/** One entry for a name and for what proves it: one of both is wrong. */
const loginFaults: Rule = ({ config }) => {
  const all = references(config, []);
  return all.flatMap(({ path, secret: { name } }) => {
    const field = path.at(-1);
    if (field !== "keyId" && field !== "user") {
      return [];
    }
    const other = [...path.slice(0, -1), halves[field]];
    const same = all.find((one) => one.path.join(".") === other.join("."))?.secret.name === name;
    return same
      ? [{ path: other, message: `must be an entry of its own: ${name} is its ${field} already` }]
      : [];
  });
};

/** The broker's tokens are verified by the keys that the auth-server publishes: by another one they are refused. */
const brokerKeyFaults: Rule = (context) => {
  const { "auth-server": auth, "event-broker": broker } = context.config.servers;
  const { current, next, previous } = auth.settings.openid;
  const published = [current, next, previous].flatMap((key) => (key === undefined ? [] : key.name));
  const own = broker.settings?.openidKey.name;
  return own === undefined || !context.runs("event-broker") || published.includes(own)
    ? []
    : [
        {
          path: ["servers", "event-broker", "settings", "openidKey"],
          message: `must be a key that the auth-server publishes (${published.join(", ")} of its settings.openid): clients verify the broker's tokens by those`,
        },
      ];
};

/** Entries that are the wrong ones. */
export const secretFaults = (context: FxaContext): PlatformFault[] =>
  [purposeFaults, loginFaults, brokerKeyFaults].flatMap((rule) => rule(context));
