/** How pods of what watches are asked how they are. */
import type { Probe, Probes } from "../workload/types.ts";

type Check = Probe["check"];

/**
 * Asks a pod every ten seconds whether it may be called, and starts it anew when it has not answered for
 * two minutes: whoever watches must not go while all is slow.
 *
 * @param alive Default: what makes it ready shows that it lives, too.
 */
export const readyAndAlive = (
  ready: Check,
  alive: Check = ready,
): Required<Pick<Probes, "readiness" | "liveness">> => ({
  readiness: { check: ready, periodSeconds: 10, timeoutSeconds: 5 },
  liveness: { check: alive, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
});

const answers = (path: string): Check => ({ kind: "http", path, port: "http" });

/** Of programs that answer Prometheus' two questions. */
export const prometheusProbes = readyAndAlive(answers("/-/ready"), answers("/-/healthy"));
