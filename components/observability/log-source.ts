/** The log store as Grafana asks it. */
import type * as pulumi from "@pulumi/pulumi";

import type { SecretStore } from "../base/secret-store.ts";
import { logStoreOf } from "./elk/access.ts";
import { elkNames } from "./elk/names.ts";
import type { LogsConfig } from "./logs/logs.schema.ts";
import type { LogSource } from "./metrics/grafana-datasources.ts";

/** What Grafana shows of the logs: a datasource for each family, where the stack has a store. */
export function grafanaLogs(
  { store, namespace, families }: LogsConfig,
  secrets: SecretStore,
): { readonly source: LogSource; readonly password: pulumi.Output<string> } | undefined {
  if (store === undefined) {
    return undefined;
  }
  const { url, authorities, verifyName, readerPassword } = logStoreOf(store, namespace, secrets);
  return {
    source: {
      url,
      user: "grafana",
      families: Object.keys(families),
      authorities,
      // What make keys writes into the certificate is this one name, not that of the Service in its namespace.
      certificateName: verifyName ? undefined : elkNames.elasticsearch,
    },
    password: readerPassword,
  };
}
