/**
 * How nodes are watched: where they push their metrics, whether they show them, whose profiles are taken
 * (facts/spacemesh.md 2.1, 2.5, 6.4). Pure.
 */
import type { PlatformFault } from "../platform/fault.ts";
import type { MetricsPath } from "./miner.schema.ts";

/** Whether the nodes push their metrics. */
export const isPushed = (path: MetricsPath): boolean => path !== "scrape";

/** Whether Prometheus reads the nodes. */
export const isScraped = (path: MetricsPath): boolean => path !== "push";

/** Label `job` of what nodes push. */
export const pushJob = "spacemesh";

/** Seconds between two pushes of a node: its own default. Versions write others in different ways. */
export const pushSeconds = 60;

/**
 * Address to which a node pushes.
 *
 * The node adds `/metrics/job/go-spacemesh/node_id/<its peer id>/network_id/…` to it, and the gateway
 * reads a path of that kind as pairs of labels after the first job: so what is pushed bears the very
 * labels that reading the pod would give it, and `via="metrics"` for the word that pairs the rest off.
 *
 * @param gateway The push gateway, e.g. `http://push-gateway.metrics.svc:9091`.
 */
export const pushUrl = (gateway: string, namespace: string, workload: string): string =>
  `${gateway}/metrics/job/${pushJob}/namespace/${namespace}/workload/${workload}/via`;

/**
 * Miners that push metrics where there is nobody to push them to.
 *
 * @param stack What of `fleet:observability.metrics` they depend on; undefined where nothing is measured.
 */
export const telemetryFaults = (
  path: MetricsPath,
  stack: { readonly pushGateway?: object | undefined } | undefined,
): PlatformFault[] =>
  stack !== undefined && stack.pushGateway === undefined && isPushed(path)
    ? [
        {
          path: ["miners", "metrics"],
          message: `is ${path}, and there is no push gateway: say observability.metrics.pushGateway: {}, or scrape here`,
        },
      ]
    : [];

/** Numbers of the miners that are profiled: of those that the file lists, the ones that there are. */
export const profiledMiners = (listed: readonly number[], miners: readonly number[]): number[] =>
  listed.filter((one) => miners.includes(one));
