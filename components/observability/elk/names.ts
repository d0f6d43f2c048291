/** Names and ports of the log store: what others dial, and whom its users are. */

/** Workloads, which are also the Services that lead to them. */
export const elkNames = {
  elasticsearch: "elasticsearch",
  /** Headless: the members find one another by it. */
  members: "elasticsearch-members",
  /** Record of how many members the cluster was first made of. */
  founders: "elasticsearch-founders",
  kibana: "kibana",
  setUp: "elk-set-up",
  exporter: "elasticsearch-exporter",
} as const;

/** Port of Elasticsearch, TLS. */
export const elasticsearchPort = 9200;

/** Port by which the members talk to each other, TLS. */
export const transportPort = 9300;

/** Port of the exporter, on which Prometheus reads. */
export const exporterPort = 9114;

/** Port of Kibana. */
export const kibanaPort = 5601;

/**
 * Programs that log in to Elasticsearch, each with no more rights than it needs: the two shippers add
 * lines, Grafana reads them, Prometheus' exporter sees how the store is and none of them.
 */
export type StoreUser = "filebeat" | "vector" | "grafana" | "prometheus";
