/** Words of one service that contradict each other, wherever it runs. Pure. */
import { memoryBytes, milliCpus } from "./units.ts";
import type { ComposeService } from "./compose.schema.ts";
import { configFile, fullVolume, secretFile } from "./files.schema.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { fullPort } from "./ports.schema.ts";
import { reservationsOf } from "./resources.ts";
import { type ComposeFault, when } from "./warning.ts";

type Rule = (service: ComposeService, layout: Layout) => ComposeFault[];

/** A number of tasks is for those that Swarm counts. */
const countFaults: Rule = (_, { deploy: { mode, replicas, placement }, at }) => [
  ...when(
    mode === "global" && replicas !== undefined,
    ["deploy", "replicas"],
    "must go: a global service has one task on each node",
  ),
  ...when(
    mode !== undefined && mode !== "replicated" && placement?.max_replicas_per_node !== undefined,
    at("placement", "max_replicas_per_node"),
    "must go: only a replicated service is counted by node",
  ),
];

/** A job ends: nothing of it is exchanged, and what ended well is not started again. */
const jobFaults: Rule = (_, { deploy, at }) => {
  if (deploy.mode !== "replicated-job") {
    return [];
  }
  return [
    ...(["update_config", "rollback_config"] as const).flatMap((block) =>
      when(deploy[block] !== undefined, at(block), "must go: a job is run anew, not exchanged"),
    ),
    ...when(
      deploy.restart_policy?.condition === "any",
      at("restart_policy", "condition"),
      "must be on-failure or none: a job that succeeded is done",
    ),
  ];
};

/** Both systems take a task for too large that reserves more than it may use. */
const reservationFaults: Rule = (_, { deploy: { resources = {} }, at }) => {
  const { limits, reservations, softLimit } = resources;
  const kept = reservationsOf(resources);
  const word = softLimit === undefined ? "reservations" : "softLimit";
  return [
    ...when(
      reservations !== undefined && softLimit !== undefined,
      at("resources", "softLimit"),
      "must go where reservations are said: it is another name for them",
    ),
    ...when(
      limits?.cpus !== undefined &&
        kept.cpus !== undefined &&
        milliCpus(kept.cpus) > milliCpus(limits.cpus),
      at("resources", word, "cpus"),
      "must not be above limits.cpus",
    ),
    ...when(
      limits?.memory !== undefined &&
        kept.memory !== undefined &&
        memoryBytes(kept.memory) > memoryBytes(limits.memory),
      at("resources", word, "memory"),
      "must not be above limits.memory",
    ),
  ];
};

/** Ports: each once, and none where nothing could answer. */
const portFaults: Rule = ({ ports = [] }, { deploy, at }) => {
  const full = ports.map(fullPort);
  const taken = new Map<string, number>();
  return full.flatMap(({ published, protocol, mode }, index) => {
    const key = `${published ?? ""}/${protocol}`;
    const first = taken.get(key);
    if (published !== undefined && first === undefined) {
      taken.set(key, index);
    }
    return [
      ...when(
        first !== undefined,
        ["ports", index],
        `publishes ${key}, as ports[${first ?? 0}] does: give each its own`,
      ),
      ...when(
        deploy.endpoint_mode === "dnsrr" && mode === "ingress",
        ["ports", index],
        "must have mode: host, or endpoint_mode must be vip: without an address of its own a service is reached at its nodes only",
      ),
      ...when(
        mode === "host" && deploy.update_config?.order === "start-first",
        at("update_config", "order"),
        "must be stop-first: a port of the node can be bound by one task at a time",
      ),
    ];
  });
};

/** One path of a container, one thing. */
const pathFaults: Rule = ({ secrets = [], configs = [], volumes = [] }) => {
  const taken = new Map<string, string>();
  const places = [
    ...secrets.map((use, index) => ["secrets", index, secretFile(use).path] as const),
    ...configs.map((use, index) => ["configs", index, configFile(use).path] as const),
    ...volumes.map((use, index) => ["volumes", index, fullVolume(use).target] as const),
  ];
  return places.flatMap(([word, index, path]) => {
    const first = taken.get(path);
    taken.set(path, first ?? `${word}[${index}]`);
    return when(
      first !== undefined,
      [word, index],
      `puts something at ${path}, as ${first ?? ""} does`,
    );
  });
};

const rules: readonly Rule[] = [countFaults, jobFaults, reservationFaults, portFaults, pathFaults];

/** Every contradiction of a service. */
export function serviceFaults(service: ComposeService): ComposeFault[] {
  const layout = layoutOf(service);
  return rules.flatMap((rule) => rule(service, layout));
}
