/** Values behind the keys of the environment file. */
import * as pulumi from "@pulumi/pulumi";

import type { SecretStore } from "../base/secret-store.ts";
import { derivedKey, environmentSecrets } from "./environment-file.ts";
import type { SecretKey } from "./types.ts";

/** All of them, marked secret but for the public half. */
export function environmentValues(
  secrets: SecretStore,
): Readonly<Record<SecretKey, pulumi.Input<string>>> {
  const references = environmentSecrets();
  const values = Object.entries(references).map(
    ([key, reference]) => [key, secrets.value(reference)] as const,
  );
  return Object.fromEntries([
    ...values,
    [derivedKey, secrets.rsaPublicKey(references.WEBSITE_RSA_PRIVATE_KEY_BASE64)],
  ]) as Record<SecretKey, pulumi.Input<string>>;
}
