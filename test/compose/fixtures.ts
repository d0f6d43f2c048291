/** The lecture's worker with what it depends on, and contexts to translate it in. */
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

import type { ComposeStack } from "../../components/compose/compose-stack.schema.ts";
import { ComposeService } from "../../components/compose/compose.schema.ts";
import type { KubernetesContext } from "../../components/compose/kubernetes.ts";
import type { SwarmContext } from "../../components/compose/swarm.ts";

/** As the lecture writes it: resources, restart policy, update and placement beside `deploy`. */
export const lecture = `
image: gaiadocker/example-voting-app-worker:latest
networks:
  voteapp:
    aliases:
      - workers
depends_on:
  - db
  - redis
deploy:
  mode: replicated
  replicas: 2
  labels: [APP=VOTING]
resources:
  limits:
    cpus: '0.25'
    memory: 512M
  reservations:
    cpus: '0.25'
    memory: 256M
restart_policy:
  condition: on-failure
  delay: 5s
  max_attempts: 3
  window: 120s
update_config:
  parallelism: 1
  delay: 10s
  failure_action: continue
  monitor: 60s
  max_failure_ratio: 0.3
placement:
  constraints: [node.role == worker]
`;

/** The same as compose writes it: all of it under `deploy`. */
export const nested = `
image: gaiadocker/example-voting-app-worker:latest
networks:
  voteapp:
    aliases:
      - workers
depends_on:
  - db
  - redis
deploy:
  mode: replicated
  replicas: 2
  labels: [APP=VOTING]
  resources:
    limits:
      cpus: '0.25'
      memory: 512M
    reservations:
      cpus: '0.25'
      memory: 256M
  restart_policy:
    condition: on-failure
    delay: 5s
    max_attempts: 3
    window: 120s
  update_config:
    parallelism: 1
    delay: 10s
    failure_action: continue
    monitor: 60s
    max_failure_ratio: 0.3
  placement:
    constraints: [node.role == worker]
`;

/** Reads a service, which must have no fault. */
export const service = (text: string): ComposeService => ComposeService.parse(parse(text));

/** A service of which only a part matters. */
export const some = (words: Record<string, unknown> = {}): ComposeService =>
  ComposeService.parse({ image: "docker.io/example/echo:v1", ...words });

/** Faults of a service, as `path message`. */
export function faultsOf(words: Record<string, unknown>): string[] {
  const parsed = ComposeService.safeParse({ image: "docker.io/example/echo:v1", ...words });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);
}

/** The worker among the services it depends on. */
export const votingStack = (worker: ComposeService): ComposeStack => ({
  services: {
    worker,
    db: some({ image: "docker.io/library/postgres:17.5", networks: ["voteapp"], expose: [5432] }),
    redis: some({ image: "docker.io/library/redis:7.4.6", networks: ["voteapp"], expose: [6379] }),
  },
  networks: { voteapp: { internal: true } },
  volumes: {},
  configs: {},
});

/** A managed cluster. */
export const inCluster = (change: Partial<KubernetesContext> = {}): KubernetesContext => ({
  name: "worker",
  system: "voting",
  namespace: "voting",
  namespaceName: "voting",
  stack: { services: {}, networks: {}, volumes: {}, configs: {} },
  secret: (reference) => pulumi.secret(`content of ${reference.name}`),
  security: { user: 10_001 },
  requests: { cpu: "20m", memory: "32Mi" },
  waitImage: "docker.io/library/busybox:1.37.0",
  publish: { kind: "LoadBalancer" },
  controlPlaneNodes: false,
  onFailure: "pause",
  data: "delete",
  ...change,
});

/** A Swarm whose objects have been made. */
export const onSwarm = (change: Partial<SwarmContext> = {}): SwarmContext => ({
  name: "worker",
  stackName: "voting",
  network: (name) => `${name}-id`,
  secret: (name) => ({ id: `${name}-id`, name: `${name}-1a2b3c4` }),
  config: (name) => ({ id: `${name}-id`, name: `${name}-1a2b3c4` }),
  ...change,
});

/** Warnings as `path message`. */
export const texts = (
  warnings: readonly { readonly path: readonly (string | number)[]; readonly message: string }[],
): string[] => warnings.map(({ path, message }) => `${path.join(".")} ${message}`);
