/**
 * Config files of the user accounts and of the whitelist, as TOML. They hold secrets in the clear:
 * build them inside an `Output` marked secret.
 *
 * Words and defaults that bind to loopback: facts/skywire.md 4.16.
 */
import { authPorts, whitelistPorts } from "./ports.ts";
import { toml, type TomlTable } from "./toml.ts";
import { authMails, type MailText, whitelistMails } from "./whitelist-mails.ts";
import type { WhitelistConfig } from "./whitelist.schema.ts";

/** A database as its program is told it. */
export interface DatabaseFile {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

/** What both files hold. */
export interface SharedFile {
  readonly database: DatabaseFile;
  readonly jwtKey: string;
  readonly mailKey: string;
  /** `host:port` of the other program's RPC. */
  readonly peer: string;
}

/** The whitelist's shop, where it has one. */
export interface ShopLogin {
  readonly user: string;
  readonly password: string;
}

const anywhere = "0.0.0.0";

const database = (file: DatabaseFile, migrations: string): TomlTable => ({
  user: file.user,
  password: file.password,
  host: file.host,
  port: file.port,
  name: file.name,
  sslmode: "disable",
  "migration-source": migrations,
  "log-mode": false,
});

const server = (port: number, page: string): TomlTable => ({
  // Their own default is the loopback address.
  ip: anywhere,
  port,
  "frontend-endpoint": page,
  "release-mode": true,
  "log-level": "info",
});

const jwt = ({ jwt: { realm, timeoutMinutes } }: WhitelistConfig, key: string): TomlTable => ({
  realm,
  key,
  timeout: `${timeoutMinutes}m`,
  "max-refresh": `${timeoutMinutes}m`,
  algorithm: "HS256",
});

const crossOrigin = (headers: readonly string[]): TomlTable => ({
  "allowed-headers": ["Content-Type", "Authorization", "Origin", ...headers],
  "allowed-methods": ["GET", "POST", "PATCH"],
  "max-age": "12h",
});

const texts = (mails: Readonly<Record<string, MailText>>): TomlTable =>
  Object.fromEntries(
    Object.entries(mails).flatMap(([name, { subject, content }]) => [
      [`${name}-subject`, subject],
      [`${name}-content`, content],
    ]),
  );

const mail = ({ mail: { from, fromName, sending } }: WhitelistConfig, key: string): TomlTable => ({
  "api-key": key,
  "from-email": from,
  "from-name": fromName,
  "disable-email-sending": !sending,
});

/** Mails of the stack over those of the program. */
const worded = (
  own: Readonly<Record<string, MailText>>,
  stack: Readonly<Partial<Record<string, MailText>>>,
): Record<string, MailText> =>
  Object.fromEntries(Object.entries(own).map(([name, text]) => [name, stack[name] ?? text]));

/** `user-config.toml`. */
export function authFile(config: WhitelistConfig, shared: SharedFile): string {
  const { auth } = config;
  return toml({
    database: database(shared.database, auth.migrations),
    server: {
      ...server(authPorts.http, `https://${auth.host}/`),
      "user-confirmation-page": "verify-profile?token=",
      "forgot-password-page": "change-password",
      "forgot-password-query": "?token=%s&email=%s",
      "two-factor-enabled": auth.twoFactor,
    },
    rpc: {
      protocol: "tcp",
      host: `${anywhere}:${authPorts.rpc}`,
      whitelist: { protocol: "tcp", address: shared.peer },
    },
    c0rs: crossOrigin(["2fa"]),
    token: { "expiration-in-days": auth.linkDays },
    jwt: jwt(config, shared.jwtKey),
    template: {
      ...mail(config, shared.mailKey),
      "send-email-after-import": false,
      ...texts(worded(authMails, config.mail.auth)),
    },
  });
}

function shop(config: WhitelistConfig, login: ShopLogin | undefined): TomlTable {
  const { shopify } = config.whitelist;
  return shopify === undefined || login === undefined
    ? { "disable-shopify": true }
    : {
        "disable-shopify": false,
        "refresh-interval": `${shopify.refreshMinutes}m`,
        "shop-user": login.user,
        "shop-password": login.password,
        "shop-url": shopify.url,
        "product-id": shopify.productId,
        "email-notification-sending": shopify.mails,
      };
}

const reminder = (on: boolean): TomlTable => ({
  "schedule-uptime-notification": on,
  "uptime-notification-at-startup": false,
  "enable-uptime-reward-add-address-reminder": on,
  "days-until-end-of-month": 5,
  // Spelt so by the program.
  "run-uptime-reward-add-adddress-reminder-at-startup": false,
});

/** `whitelist-config.toml`. */
export function whitelistFile(
  config: WhitelistConfig,
  shared: SharedFile,
  login: ShopLogin | undefined,
): string {
  const { whitelist, auth } = config;
  return toml({
    database: database(shared.database, whitelist.migrations),
    server: {
      ...server(whitelistPorts.http, `https://${whitelist.host}/`),
      "route-login": "login",
      "route-miners-page": "user-miners",
    },
    uptime: {
      "uptime-service": `${whitelist.uptimeService.replace(/\/$/, "")}/`,
      "uptime-getuptime-endpoint": "info/getNodeInfo?nodes=",
      "uptime-getuptime-export": "info/getNodeInfoExport?nodes=",
      "uptime-get-all-uptimes-endpoint": "info/getAllUptimes",
    },
    shopify: shop(config, login),
    reminder: reminder(whitelist.reminders),
    rpc: {
      protocol: "tcp",
      host: `${anywhere}:${whitelistPorts.rpc}`,
      user: { protocol: "tcp", address: shared.peer },
    },
    bucket: {
      region: whitelist.bucket.region,
      name: whitelist.bucket.name,
      "disable-image-upload": false,
    },
    c0rs: crossOrigin([]),
    token: { "expiration-in-days": auth.linkDays },
    jwt: jwt(config, shared.jwtKey),
    fixup: { "import-created-at": false, "change-created-date-of-miners": false },
    export: { threads: 20, "reward-percentage": 0.75 },
    template: {
      ...mail(config, shared.mailKey),
      "every-mail-intro": config.mail.intro,
      "every-mail-signature": config.mail.signature,
      ...texts(worded(whitelistMails, config.mail.whitelist)),
    },
  });
}
