/** The whitelist of miners and the user accounts, with their store (facts/skywire.md 4.16). */
import * as pulumi from "@pulumi/pulumi";

import { Postgres } from "../../components/data/postgres.ts";
import { rpcAddress, WhitelistProgram } from "../../components/skywire/whitelist.ts";
import {
  authFile,
  type SharedFile,
  whitelistFile,
} from "../../components/skywire/whitelist-files.ts";
import type { ShopifyConfig, WhitelistConfig } from "../../components/skywire/whitelist.schema.ts";
import type { StackContext } from "../context.ts";
import {
  backendOf,
  type ExtraBackend,
  type ExtraPlace,
  type ExtrasInput,
  makePlace,
} from "./extras-place.ts";
import { extraNames } from "./extras-shape.ts";

/** The two of them behind their hosts. */
export type WhitelistBackends = Readonly<Record<"auth" | "whitelist", ExtraBackend>>;

/** What both config files hold; marked secret. */
function sharedFile(
  { secrets }: StackContext,
  config: WhitelistConfig,
  postgres: Postgres,
  service: "auth" | "whitelist",
): pulumi.Output<SharedFile> {
  const login = postgres.login(service);
  const peer = rpcAddress(service === "auth" ? "whitelist" : "auth", config.namespace);
  return pulumi.secret(
    pulumi
      .all([login.password, secrets.value(config.jwt.key), secrets.value(config.mail.apiKey)])
      .apply(([password, jwtKey, mailKey]) => ({
        database: {
          host: postgres.host,
          port: postgres.port,
          name: login.database,
          user: login.user,
          password,
        },
        jwtKey,
        mailKey,
        peer,
      })),
  );
}

/** Login of the shop, where there is one. */
const shopLogin = ({ secrets }: StackContext, shop: ShopifyConfig | undefined) =>
  shop === undefined
    ? pulumi.output(undefined)
    : pulumi.output({ user: secrets.value(shop.user), password: secrets.value(shop.password) });

function makeAuth(
  { context, foundation }: ExtrasInput,
  config: WhitelistConfig,
  { around, after }: ExtraPlace,
  postgres: Postgres,
): WhitelistProgram {
  return new WhitelistProgram(
    extraNames.auth,
    {
      ...around,
      service: "auth",
      image: foundation.image("auth"),
      options: config.auth,
      file: sharedFile(context, config, postgres, "auth").apply((file) => authFile(config, file)),
    },
    after(postgres),
  );
}

function makeMiners(
  { context, foundation }: ExtrasInput,
  config: WhitelistConfig,
  { around, after }: ExtraPlace,
  postgres: Postgres,
): WhitelistProgram {
  const { secrets } = context;
  const { bucket, shopify } = config.whitelist;
  return new WhitelistProgram(
    extraNames.whitelist,
    {
      ...around,
      service: "whitelist",
      image: foundation.image("whitelist"),
      options: config.whitelist,
      file: pulumi
        .all([sharedFile(context, config, postgres, "whitelist"), shopLogin(context, shopify)])
        .apply(([file, login]) => whitelistFile(config, file, login)),
      secretEnv: {
        AWS_ACCESS_KEY_ID: secrets.value(bucket.accessKey),
        AWS_SECRET_ACCESS_KEY: secrets.value(bucket.secretKey),
      },
    },
    after(postgres),
  );
}

/** Makes both, where the stack has them. */
export function makeWhitelist(input: ExtrasInput): WhitelistBackends | undefined {
  const { stack, context } = input;
  const { whitelist } = stack.extras;
  if (whitelist === undefined) {
    return undefined;
  }
  const place = makePlace(input, whitelist.namespace, { login: true, hosts: true });
  const postgres = new Postgres(
    extraNames.postgres,
    {
      ...place.around,
      system: "skywire",
      secrets: context.secrets,
      config: whitelist.postgres,
    },
    place.after(),
  );
  return {
    auth: backendOf(makeAuth(input, whitelist, place, postgres), place),
    whitelist: backendOf(makeMiners(input, whitelist, place, postgres), place),
  };
}
