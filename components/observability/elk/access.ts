/** How the log store is reached: by its shippers, by Grafana, by Kibana. */
import type * as pulumi from "@pulumi/pulumi";

import type { Peer } from "../../base/flows.ts";
import type { SecretStore } from "../../base/secret-store.ts";
import { outsidePeer } from "../../data/flows.ts";
import type { StoreConfig } from "./elk.schema.ts";
import { elasticsearchPort, elkNames } from "./names.ts";

/** The store as its callers' network policies see it. */
export interface StoreEnd {
  readonly peer: Peer;
  readonly port: number;
}

/** The store as its callers dial it. */
export interface LogStore {
  /** E.g. `https://elasticsearch.logs.svc:9200`, without a slash at its end. */
  readonly url: string;
  /** Authorities that its certificate is checked against, in PEM. Undefined: the public ones. */
  readonly authorities: string | undefined;
  /**
   * Whether the certificate bears the name in the URL. Where it does not, callers check who signed it
   * and not the name: its authority has signed no other, and its key is gone.
   */
  readonly verifyName: boolean;
  /** Password of the user `filebeat` or `vector`, whichever ships. */
  readonly shipperPassword: pulumi.Output<string>;
  /** Password of the user `grafana`. */
  readonly readerPassword: pulumi.Output<string>;
  /** Password of the user `prometheus`. */
  readonly watcherPassword: pulumi.Output<string>;
}

/** URL of the store. Pure. */
export const storeUrl = (config: StoreConfig, namespace: string): string =>
  config.kind === "builtin"
    ? `https://${elkNames.elasticsearch}.${namespace}.svc:${elasticsearchPort}`
    : config.url.replace(/\/$/, "");

/**
 * Where callers reach the store. Pure.
 *
 * @param namespace Of the builtin one.
 */
export function storeEnd(config: StoreConfig, namespace: string): StoreEnd {
  if (config.kind === "builtin") {
    return {
      peer: { kind: "workload", name: elkNames.elasticsearch, namespace },
      port: elasticsearchPort,
    };
  }
  const { port } = new URL(config.url);
  return { peer: outsidePeer(config.addresses), port: port === "" ? 443 : Number(port) };
}

/** The store, with the passwords of those that call it. */
export function logStoreOf(config: StoreConfig, namespace: string, secrets: SecretStore): LogStore {
  return {
    url: storeUrl(config, namespace),
    authorities:
      config.kind === "builtin"
        ? secrets.certificates(config.certificates).authorities
        : config.authority,
    verifyName: config.kind === "external",
    shipperPassword: secrets.value(config.shipper),
    readerPassword: secrets.value(config.reader),
    watcherPassword: secrets.value(config.watcher),
  };
}
