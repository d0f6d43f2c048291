/** How a pod tells that it has metrics: Prometheus reads whoever says so, and has no list of its own. */

/** Port on which the pod's metrics are read. */
export const metricsPortAnnotation = "fleet/metrics-port";

/** Path of the metrics. Default: `/metrics`. */
export const metricsPathAnnotation = "fleet/metrics-path";

/**
 * Whose labels hold where the pod's series carry a `namespace`, `pod` or `job` of their own: `own` is for
 * what tells of others (objects of the cluster, jobs that push). Default: those of the pod that is read.
 */
export const metricsLabelsAnnotation = "fleet/metrics-labels";

/** Annotations of a pod whose metrics are about itself. */
export const announces = (port: number): Record<string, string> => ({
  [metricsPortAnnotation]: `${port}`,
});

/** Annotations of a pod whose metrics are about others, and say so in labels of their own. */
export const announcesOthers = (port: number): Record<string, string> => ({
  ...announces(port),
  [metricsLabelsAnnotation]: "own",
});
