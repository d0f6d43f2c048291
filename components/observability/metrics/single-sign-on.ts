/** Grafana's log-in by an identity provider, as variables. Pure. */
import type { SingleSignOn } from "./grafana.schema.ts";

/** A text in an expression of JMESPath. */
const literal = (text: string): string => `'${text}'`;

/** Whether the person is in any of the groups. */
const inAny = (claim: string, groups: readonly string[]): string =>
  groups.map((group) => `contains(${claim}[*], ${literal(group)})`).join(" || ");

/** Which role a person gets: an expression over what the provider says of them. */
export function roleExpression({
  groupsClaim,
  admins,
  editors,
  others,
}: Pick<SingleSignOn, "groupsClaim" | "admins" | "editors" | "others">): string {
  const roles = [
    ["Admin", admins],
    ["Editor", editors],
  ] as const;
  return [
    ...roles
      .filter(([, groups]) => groups.length > 0)
      .map(([role, groups]) => `(${inAny(groupsClaim, groups)}) && ${literal(role)}`),
    ...(others === "view" ? [literal("Viewer")] : []),
  ].join(" || ");
}

/** The settings; the client's secret is a variable of its own, from a Secret. */
export function singleSignOnVariables(config: SingleSignOn): Record<string, string> {
  return Object.fromEntries(
    Object.entries({
      ENABLED: "true",
      NAME: config.name,
      CLIENT_ID: config.clientId,
      AUTH_URL: config.authorizeUrl,
      TOKEN_URL: config.tokenUrl,
      API_URL: config.userInfoUrl,
      SCOPES: config.scopes.join(" "),
      USE_PKCE: "true",
      // The provider says who there is: nobody makes people in Grafana by hand.
      ALLOW_SIGN_UP: "true",
      ROLE_ATTRIBUTE_PATH: roleExpression(config),
      // Whoever has no role by the expression is not let in, instead of getting one by default.
      ROLE_ATTRIBUTE_STRICT: "true",
      ...(config.allowedDomains.length === 0
        ? {}
        : { ALLOWED_DOMAINS: config.allowedDomains.join(" ") }),
    }).map(([name, value]) => [`GF_AUTH_GENERIC_OAUTH_${name}`, value]),
  );
}

/** Variable of the client's secret. */
export const clientSecretVariable = "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET";

/** Ports of the provider that Grafana itself calls: people's browsers go to the first address alone. */
export const singleSignOnPorts = ({ tokenUrl, userInfoUrl }: SingleSignOn): number[] => [
  ...new Set(
    [tokenUrl, userInfoUrl].map((url) => {
      const { port } = new URL(url);
      return port === "" ? 443 : Number(port);
    }),
  ),
];
