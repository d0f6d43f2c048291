import type { Container, WorkloadArgs } from "../../components/workload/types.ts";

/** A container that says nothing of probes. */
export const unchecked: Container = {
  name: "echo",
  image: "docker.io/example/echo:v1",
  ports: [{ name: "http", port: 8080 }],
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
};

/** The least a Workload can say. */
export const workload = (change: Partial<WorkloadArgs>): WorkloadArgs => ({
  kind: "Deployment",
  system: "demo",
  namespace: "demo",
  container: {
    ...unchecked,
    probes: { readiness: { check: { kind: "http", path: "/health", port: "http" } } },
  },
  security: { user: 10_001 },
  flows: { callers: [], calls: [] },
  ...change,
});
