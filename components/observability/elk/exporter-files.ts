/** How the exporter of Elasticsearch is started, and what it is told. Pure. */
import { storeUrl } from "./access.ts";
import type { StoreConfig } from "./elk.schema.ts";
import { elasticsearchPort, elkNames, exporterPort } from "./names.ts";

/** Folder of the authorities. */
export const exporterFolder = "/etc/elasticsearch-exporter";

/** File of the authorities. */
export const authoritiesFile = "authorities.pem";

/** User of the store as whom it asks. */
export const exporterUser = "prometheus";

/**
 * Where the exporter asks. It has no word for «who signed it, and not the name», as others who call the store
 * have: so it calls the builtin one by the name that `make keys` writes into the certificate, which leads
 * there from the store's own namespace alone.
 */
export const exporterTarget = (config: StoreConfig, namespace: string): string =>
  config.kind === "builtin"
    ? `https://${elkNames.elasticsearch}:${elasticsearchPort}`
    : storeUrl(config, namespace);

/** What the arguments depend on. */
export interface ExporterSettings {
  readonly url: string;
  /** File with the authorities of the store's certificate. Undefined: the public ones. */
  readonly authorities: string | undefined;
}

/**
 * Arguments of the exporter (elasticsearch_exporter v1.10.0, `main.go`). The password is a variable: arguments
 * are read by whoever lists processes.
 */
export const exporterArguments = (
  { url, authorities }: ExporterSettings,
  listen: number = exporterPort,
): string[] => [
  `--web.listen-address=:${listen}`,
  `--es.uri=${url}`,
  ...(authorities === undefined ? [] : [`--es.ca=${authorities}`]),
  // All members, whichever of them answers.
  "--es.all",
  // How many lines each index took, and whether it takes any.
  "--es.indices",
  "--es.indices_settings",
  // It would need the right to see more of an index than its numbers.
  "--no-es.aliases",
];
