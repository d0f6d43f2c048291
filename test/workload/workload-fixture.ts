import type { WorkloadArgs } from "../../components/workload/types.ts";

/** The least a Workload can say. */
export const workload = (change: Partial<WorkloadArgs>): WorkloadArgs => ({
  kind: "Deployment",
  system: "demo",
  namespace: "demo",
  container: {
    name: "echo",
    image: "docker.io/example/echo:v1",
    ports: [{ name: "http", port: 8080 }],
    probes: { readiness: { check: { kind: "http", path: "/health", port: "http" } } },
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  },
  security: { user: 10_001 },
  flows: { callers: [], calls: [] },
  ...change,
});
