/** Docker Swarm services: facts/clouds-linode-cloudflare-docker.md 5.3 and 5.4. */
import type { Fault } from "../../check.ts";
import { asText, isUnknown } from "../../values.ts";
import type { Properties } from "../../values.ts";
import type { World } from "../../world.ts";
import {
  bag,
  bags,
  flag,
  given,
  list,
  number,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import { configType, dockerId, networkType, secretType, serviceType } from "./objects.ts";

/** Go's durations: "10s", "1m30s"; a number without unit is refused. */
const duration = /^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$|^0$/;

/** A Swarm service. */
export const service: Rule = {
  replaces: (olds, news) => [
    "name",
    "auth",
    "taskSpec.networksAdvanceds",
    "taskSpec.containerSpec.hosts",
    "taskSpec.containerSpec.sysctl",
    "taskSpec.runtime",
    ...(modeOf(olds) === modeOf(news) ? [] : ["mode"]),
  ],
  sets: [
    "labels",
    "taskSpec.networksAdvanceds",
    "taskSpec.networksAdvanceds.*.aliases",
    "taskSpec.placement.constraints",
    "taskSpec.placement.prefs",
    "taskSpec.containerSpec.mounts",
    "taskSpec.containerSpec.secrets",
    "taskSpec.containerSpec.configs",
    "taskSpec.containerSpec.hosts",
  ],
  autoName: { property: "name", maxLength: 63 },
  check: (inputs) => [
    ...modeFaults(inputs),
    ...updateFaults(bag(inputs, "updateConfig"), "updateConfig", ["pause", "continue", "rollback"]),
    ...updateFaults(bag(inputs, "rollbackConfig"), "rollbackConfig", ["pause", "continue"]),
    ...durations(bag(inputs, "convergeConfig"), "convergeConfig", ["delay", "timeout"]),
    ...endpointFaults(bag(inputs, "endpointSpec")),
    ...taskFaults(bag(inputs, "taskSpec")),
  ],
  create: ({ seed, inputs }, world) => {
    const name = text(inputs, "name");
    const others = world.all(serviceType);
    refuseUnless(
      !others.some((known) => text(known.inputs, "name") === name),
      `name conflicts with an existing object: service ${name} already exists`,
    );
    refuseParts(inputs, world);
    refusePorts(inputs, world, "");
    return { id: dockerId(seed) };
  },
  update: ({ self, inputs }, world) => {
    refuseParts(inputs, world);
    refusePorts(inputs, world, self.id);
    return self.facts;
  },
  outputs: ({ id, inputs }) => ({
    labels: [...list(inputs, "labels")],
    mode: given(inputs, "mode") ? bag(inputs, "mode") : { replicated: { replicas: 1 } },
    endpointSpec: {
      mode: "vip",
      ...bag(inputs, "endpointSpec"),
      ports: bags(bag(inputs, "endpointSpec"), "ports").map((port, index) => ({
        protocol: "tcp",
        publishMode: "ingress",
        publishedPort: 30_000 + ((Number.parseInt(id.slice(0, 4), 36) + index) % 2_000),
        ...port,
      })),
    },
  }),
};

function modeOf(inputs: Properties): string {
  return flag(bag(inputs, "mode"), "global", false) ? "global" : "replicated";
}

function modeFaults(inputs: Properties): Fault[] {
  const mode = bag(inputs, "mode");
  const global = flag(mode, "global", false);
  const replicas = number(bag(mode, "replicated"), "replicas", 1);
  return [
    ...unless(!global || !given(mode, "replicated"), "mode", "is either replicated or global"),
    ...unless(
      !global || !given(inputs, "convergeConfig"),
      "convergeConfig",
      "excludes a global mode",
    ),
    ...unless(
      Number.isInteger(replicas) && replicas >= 0,
      "mode.replicated.replicas",
      "must be a whole number, at least 0",
    ),
  ];
}

function updateFaults(config: Properties, path: string, actions: readonly string[]): Fault[] {
  const ratio = config["maxFailureRatio"];
  return [
    ...durations(config, path, ["delay", "monitor"]),
    ...oneOf(config, "failureAction", actions, `${path}.failureAction`),
    ...oneOf(config, "order", ["stop-first", "start-first"], `${path}.order`),
    ...unless(
      typeof ratio !== "string" || isUnknown(ratio) || /^(0(\.\d)?|1(\.0)?)$/.test(ratio),
      `${path}.maxFailureRatio`,
      'must be a text from "0.0" to "1.0" with one decimal: with two it drifts for ever',
    ),
  ];
}

function endpointFaults(endpoint: Properties): Fault[] {
  const roundRobin = text(endpoint, "mode", "vip") === "dnsrr";
  return [
    ...oneOf(endpoint, "mode", ["vip", "dnsrr"], "endpointSpec.mode"),
    ...bags(endpoint, "ports").flatMap((port, index) => {
      const path = `endpointSpec.ports[${index}]`;
      return [
        ...oneOf(port, "protocol", ["tcp", "udp", "sctp"], `${path}.protocol`),
        ...oneOf(port, "publishMode", ["ingress", "host"], `${path}.publishMode`),
        ...unless(
          !roundRobin || text(port, "publishMode", "ingress") === "host",
          `${path}.publishMode`,
          "must be host where the endpoint mode is dnsrr",
        ),
      ];
    }),
  ];
}

function taskFaults(task: Properties): Fault[] {
  const container = bag(task, "containerSpec");
  const resources = bag(task, "resources");
  const restart = bag(task, "restartPolicy");
  return [
    ...durations(restart, "taskSpec.restartPolicy", ["delay", "window"]),
    ...oneOf(
      restart,
      "condition",
      ["none", "on-failure", "any"],
      "taskSpec.restartPolicy.condition",
    ),
    ...oneOf(task, "runtime", ["container", "plugin"], "taskSpec.runtime"),
    ...durations(container, "taskSpec.containerSpec", ["stopGracePeriod"]),
    ...durations(bag(container, "healthcheck"), "taskSpec.containerSpec.healthcheck", [
      "interval",
      "timeout",
      "startPeriod",
    ]),
    ...["limits", "reservation"].flatMap((side) =>
      resourceFaults(bag(resources, side), `taskSpec.resources.${side}`),
    ),
    ...bags(task, "networksAdvanceds").flatMap((network, index) =>
      unless(
        !given(network, "name"),
        `taskSpec.networksAdvanceds[${index}].name`,
        "is deprecated and replaces the service at every run: write id",
      ),
    ),
  ];
}

function resourceFaults(resources: Properties, path: string): Fault[] {
  const cpus = number(resources, "nanoCpus", 1_000_000);
  const memory = number(resources, "memoryBytes", 4_194_304);
  return [
    ...unless(
      Number.isInteger(cpus) && cpus >= 1_000_000,
      `${path}.nanoCpus`,
      "counts billionths of a CPU, from 1000000: half a CPU is 500000000",
    ),
    ...unless(
      Number.isInteger(memory) && memory >= 4_194_304,
      `${path}.memoryBytes`,
      "counts bytes, from 4194304 (4 MiB): 256 MiB is 268435456",
    ),
  ];
}

function durations(config: Properties, path: string, names: readonly string[]): Fault[] {
  return names.flatMap((name) => {
    const value = config[name];
    const fits = typeof value !== "string" || isUnknown(value) || duration.test(value);
    return unless(fits, `${path}.${name}`, 'must be a duration with its unit, as "10s" or "1m30s"');
  });
}

/** Networks, secrets and configs must be there before the service that names them. */
function refuseParts(inputs: Properties, world: World): void {
  const task = bag(inputs, "taskSpec");
  const container = bag(task, "containerSpec");
  for (const network of bags(task, "networksAdvanceds")) {
    if (given(network, "id")) world.need(networkType, network["id"] ?? null);
  }
  for (const secret of bags(container, "secrets"))
    world.need(secretType, secret["secretId"] ?? null);
  for (const config of bags(container, "configs"))
    world.need(configType, config["configId"] ?? null);
}

function refusePorts(inputs: Properties, world: World, self: string): void {
  const mine = ingressPorts(inputs);
  for (const other of world.all(serviceType)) {
    if (other.id === self) continue;
    const [clash] = ingressPorts(other.inputs).filter((port) => mine.includes(port));
    refuseUnless(
      clash === undefined,
      `port '${clash ?? ""}' is already in use by service '${text(other.inputs, "name")}'`,
    );
  }
}

function ingressPorts(inputs: Properties): string[] {
  return bags(bag(inputs, "endpointSpec"), "ports")
    .filter(
      (port) => given(port, "publishedPort") && text(port, "publishMode", "ingress") === "ingress",
    )
    .map((port) => `${asText(port["publishedPort"])}/${text(port, "protocol", "tcp")}`);
}
