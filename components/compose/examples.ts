/** One example for each word of a service, in the order in which a person would read them. */

/** A word, said. */
export interface Example {
  /** The words it shows: paths in a service, `[]` for an item of a list, `*` for any name. */
  readonly words: readonly string[];
  /** What the service says already. */
  readonly without?: Record<string, unknown>;
  /** What it says then. */
  readonly says: Record<string, unknown>;
}

const one = (word: string, says: Record<string, unknown>, without?: Record<string, unknown>) => ({
  words: [word],
  says,
  ...(without === undefined ? {} : { without }),
});

/** A word of a block of `deploy`. */
const deployed = (block: string, word: string, value: unknown, without?: Record<string, unknown>) =>
  one(
    `deploy.${block}.${word}`,
    { deploy: { ...without, [block]: { [word]: value } } },
    {
      deploy: { ...without },
    },
  );

const update = (word: string, value: unknown, without?: Record<string, unknown>) =>
  deployed("update_config", word, value, without);
const rollback = (word: string, value: unknown) => deployed("rollback_config", word, value);
const restart = (word: string, value: unknown, without?: Record<string, unknown>) =>
  deployed("restart_policy", word, value, without);
const constraint = (text: string) => deployed("placement", "constraints", [text]);

const check = { test: "curl -f http://localhost/health" };

/** A word of a health check that has a test. */
const checked = (word: string, value: unknown, more: Record<string, unknown> = {}) =>
  one(
    `healthcheck.${word}`,
    { healthcheck: { ...check, ...more, [word]: value } },
    { healthcheck: { ...check, ...more } },
  );

const kept = (word: "limits" | "reservations" | "softLimit", part: string, value: unknown) =>
  one(`deploy.resources.${word}.${part}`, { deploy: { resources: { [word]: { [part]: value } } } });

const gpu = [{ capabilities: ["gpu"], driver: "nvidia", count: 1 }];
const devices = (word: "reservations" | "softLimit"): Example => ({
  words: ["", "[].capabilities", "[].driver", "[].count"].map(
    (part) => `deploy.resources.${word}.devices${part}`,
  ),
  says: { deploy: { resources: { [word]: { devices: gpu } } } },
});

const job = { mode: "replicated-job" };

/** The examples. */
export const examples: readonly Example[] = [
  one("image", { image: "example/worker:v2" }),
  one("entrypoint", { entrypoint: ["/bin/worker"] }),
  one("command", { command: "--queue votes" }),
  one("environment", { environment: { REDIS_HOST: "redis" } }),
  one("user", { user: "1000:1000" }),
  one("read_only", { read_only: true }),
  one("labels", { labels: { team: "votes" } }),
  one("networks", { networks: ["voteapp", "outside"] }),
  one("networks.*.aliases", { networks: { voteapp: { aliases: ["workers"] } } }),
  one("depends_on", { depends_on: ["db"] }),
  one("depends_on.*.condition", {
    depends_on: { migration: { condition: "service_completed_successfully" } },
  }),
  one("expose", { expose: [8080] }),
  one("ports", { ports: ["5000:80"] }),
  {
    words: ["ports[].target", "ports[].published", "ports[].protocol", "ports[].mode"],
    says: { ports: [{ target: 53, published: 53, protocol: "udp", mode: "host" }] },
  },
  one("secrets", { secrets: ["db-password"] }),
  {
    words: ["source", "target", "uid", "gid", "mode"].map((word) => `secrets[].${word}`),
    says: {
      secrets: [
        { source: "db-password", target: "/etc/pass", uid: "1000", gid: "1000", mode: "0400" },
      ],
    },
  },
  one("configs", { configs: ["settings"] }),
  {
    words: ["source", "target", "uid", "gid", "mode"].map((word) => `configs[].${word}`),
    says: {
      configs: [
        { source: "settings", target: "/etc/app.yaml", uid: "1000", gid: "1000", mode: "0444" },
      ],
    },
  },
  one("volumes", { volumes: ["data:/var/lib/data"] }),
  {
    words: ["type", "source", "target", "read_only"].map((word) => `volumes[].${word}`),
    says: { volumes: [{ type: "volume", source: "shared", target: "/srv", read_only: true }] },
  },
  one("volumes[].tmpfs.size", {
    volumes: [{ type: "tmpfs", target: "/tmp", tmpfs: { size: 67_108_864 } }],
  }),
  one("volumes[].type", { volumes: [{ type: "bind", source: "/srv", target: "/srv" }] }),
  one("healthcheck.test", { healthcheck: check }),
  checked("interval", "10s"),
  checked("timeout", "2s"),
  checked("retries", 5),
  checked("start_period", "60s"),
  checked("start_interval", "2s", { start_period: "60s" }),
  one("healthcheck.disable", { healthcheck: { disable: true } }),
  one("stop_grace_period", { stop_grace_period: "1m" }),

  one("deploy.mode", { deploy: { mode: "global" } }),
  one("deploy.mode", { deploy: job }),
  one("deploy.replicas", { deploy: { replicas: 2 } }),
  one("deploy.endpoint_mode", { deploy: { endpoint_mode: "dnsrr" } }, { expose: [8080] }),
  one("deploy.labels", { deploy: { labels: ["APP=VOTING"] } }),

  kept("limits", "cpus", "0.25"),
  kept("limits", "memory", "512M"),
  kept("reservations", "cpus", "0.25"),
  kept("reservations", "memory", "256M"),
  devices("reservations"),
  kept("softLimit", "cpus", "0.25"),
  kept("softLimit", "memory", "256M"),
  devices("softLimit"),

  restart("condition", "on-failure"),
  restart("condition", "none"),
  restart("condition", "none", job),
  restart("delay", "10s"),
  restart("max_attempts", 3),
  restart("max_attempts", 3, job),
  restart("window", "120s"),
  restart("window", "120s", job),

  update("parallelism", 2),
  update("parallelism", 0),
  update("order", "start-first"),
  update("delay", "10s"),
  update("monitor", "60s"),
  update("max_failure_ratio", 0.3),
  update("failure_action", "continue"),
  update("failure_action", "rollback"),
  rollback("parallelism", 2),
  rollback("delay", "10s"),
  rollback("monitor", "60s"),
  rollback("max_failure_ratio", 0.3),
  rollback("order", "start-first"),
  rollback("failure_action", "continue"),

  constraint("node.role == worker"),
  constraint("node.role == manager"),
  constraint("node.labels.disk == ssd"),
  constraint("node.labels.disk != hdd"),
  constraint("node.hostname == node-1"),
  constraint("node.platform.os == linux"),
  constraint("node.platform.arch == x86_64"),
  constraint("engine.labels.storage == ssd"),
  constraint("node.id == 2ivku8v2gvtg4"),
  constraint("node.ip != 192.0.2.7"),
  {
    words: ["deploy.placement.preferences", "deploy.placement.preferences[].spread"],
    says: { deploy: { placement: { preferences: [{ spread: "node.labels.zone" }] } } },
  },
  deployed("placement", "max_replicas_per_node", 1),
  deployed("placement", "max_replicas_per_node", 2),
];
