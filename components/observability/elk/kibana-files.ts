/** Kibana's settings. Pure. */
import { hkdfSync } from "node:crypto";

import { parseQuantity } from "../../base/quantity.ts";
import { yamlText } from "../../base/yaml.ts";
import { kibanaPort } from "./names.ts";

/** Where things lie in the pod. */
export const kibanaFolders = {
  settings: "/etc/fleet/settings",
  data: "/usr/share/kibana/data",
} as const;

/**
 * Kibana's keys: each is a variable that its settings name, as no secret may stand in them. The names
 * are none of those that the image turns into arguments.
 */
export const kibanaKeys = {
  KEY_OF_SESSIONS: "xpack.security.encryptionKey",
  KEY_OF_SAVED_SECRETS: "xpack.encryptedSavedObjects.encryptionKey",
  KEY_OF_REPORTS: "xpack.reporting.encryptionKey",
} as const;

/** Variable with the password of `kibana_system`. */
export const kibanaPasswordVariable = "STORE_PASSWORD";

/** A key of its own for each purpose, from the one secret: 64 hex digits. */
export const kibanaKey = (secret: string, variable: string): string =>
  Buffer.from(hkdfSync("sha256", secret, "", `fleet kibana ${variable}`, 32)).toString("hex");

/** What `kibana.yml` depends on. */
export interface KibanaSettings {
  readonly host: string;
  /** Whether the host has a certificate. */
  readonly secure: boolean;
  readonly storeUrl: string;
}

/** Name of the authorities' file. */
export const kibanaAuthorities = "authorities.pem";

/** `kibana.yml`. */
export const kibanaFile = ({ host, secure, storeUrl }: KibanaSettings): string =>
  yamlText({
    "server.host": "0.0.0.0",
    "server.port": kibanaPort,
    "server.name": "kibana",
    "server.publicBaseUrl": `${secure ? "https" : "http"}://${host}`,
    "server.shutdownTimeout": "10s",
    "path.data": kibanaFolders.data,
    "elasticsearch.hosts": [storeUrl],
    "elasticsearch.username": "kibana_system",
    "elasticsearch.password": `\${${kibanaPasswordVariable}}`,
    "elasticsearch.ssl.certificateAuthorities": [`${kibanaFolders.settings}/${kibanaAuthorities}`],
    // Who signed it, not the name: the authority has signed this one certificate, and its key is gone.
    "elasticsearch.ssl.verificationMode": "certificate",
    ...Object.fromEntries(
      Object.entries(kibanaKeys).map(([variable, setting]) => [setting, `\${${variable}}`]),
    ),
    // Cookies of the log-in travel over HTTPS only, where there is such.
    "xpack.security.secureCookies": secure,
    // It may call nobody but the store: each of these would wait for an answer that does not come.
    "telemetry.optIn": false,
    "telemetry.allowChangingOptInStatus": false,
    "newsfeed.enabled": false,
    "map.includeElasticMapsService": false,
    "xpack.fleet.isAirGapped": true,
  });

/** Share of the memory's limit that JavaScript's objects may have. */
const heapShare = 0.7;

/** Node's options: without them it would take its share from the whole node's memory. */
export const kibanaNodeOptions = (limit: string): string =>
  `--max-old-space-size=${Math.floor((parseQuantity(limit) * heapShare) / 2 ** 20)}`;
