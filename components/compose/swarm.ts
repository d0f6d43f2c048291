/** A service in Swarm's words as the Docker provider takes it. Pure: data in, data and warnings out. */
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

import { parseImage } from "../base/images.ts";
import type { ComposeService } from "./compose.schema.ts";
import { swarmStopGrace } from "./defaults.ts";
import { dependenciesOf } from "./dependencies.ts";
import { type SwarmFile, toSwarmConfigs, toSwarmSecrets } from "./files.ts";
import { toSwarmHealthcheck } from "./healthcheck.ts";
import { swarmLabels } from "./labels.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { networksOf } from "./networks.ts";
import { toSwarmPlacement } from "./placement.ts";
import { toEndpointSpec } from "./ports.ts";
import { toSwarmResources } from "./resources.ts";
import { toSwarmRestart } from "./restart.ts";
import { swarmFaults } from "./swarm-faults.ts";
import { pairsOf, wordsOf } from "./text.ts";
import { swarmDuration } from "./units.ts";
import { convergenceSeconds, toUpdateConfig } from "./update.ts";
import { toSwarmMounts } from "./volumes.ts";
import type { Translated, Warning } from "./warning.ts";

/** What a Swarm service needs to know beside what it says. */
export interface SwarmContext {
  /** The service's name, under which others on its networks dial it. */
  readonly name: string;
  /** Name of the stack: before the names of its services, so that two stacks share a Swarm. */
  readonly stackName: string;
  /** Id of a network. By its name the provider would replace the service at every run. */
  readonly network: (name: string) => pulumi.Input<string>;
  readonly secret: (name: string) => SwarmFile;
  readonly config: (name: string) => SwarmFile;
}

/** A service as the Docker provider takes it. */
export interface SwarmTranslation {
  readonly spec: docker.ServiceArgs;
  readonly warnings: readonly Warning[];
}

/** Label by which `docker stack ls` and `docker stack ps` find what belongs together. */
export const stackLabel = "com.docker.stack.namespace";

/** Name of a service on the Swarm. */
const swarmName = (stack: string, service: string): string => `${stack}_${service}`;

/**
 * A service as the Docker provider takes it. Swarm's defaults are written out: what is left out the
 * provider sends as zero, which is another thing.
 *
 * @throws Error where the service asks for what the provider cannot do: {@link swarmFaults} says so
 * before anything is touched.
 */
export function toSwarm(service: ComposeService, context: SwarmContext): SwarmTranslation {
  const faults = swarmFaults(service);
  if (faults.length > 0) {
    const texts = faults.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new Error(`service ${context.name}: ${texts.join("; ")}`);
  }
  const layout = layoutOf(service);
  const { deploy } = layout;
  const task = taskOf(service, layout, context);
  const ofStack = { [stackLabel]: context.stackName };
  const global = deploy.mode === "global";
  const replicas = deploy.replicas ?? 1;
  return {
    spec: {
      name: swarmName(context.stackName, context.name),
      labels: swarmLabels({ ...ofStack, ...pairsOf(deploy.labels ?? {}) }),
      mode: global ? { global } : { replicated: { replicas } },
      endpointSpec: toEndpointSpec(service),
      updateConfig: toUpdateConfig(deploy.update_config ?? {}),
      rollbackConfig: toUpdateConfig(deploy.rollback_config ?? {}),
      ...convergence(layout, replicas, service.stop_grace_period),
      taskSpec: task.value,
    },
    warnings: [
      ...layout.warnings,
      ...imageWarnings(service),
      ...task.warnings,
      ...dependencyWarnings(service),
    ],
  };
}

/**
 * Without it the provider waits for nothing: a service whose tasks crash would look well. The
 * provider cannot wait for a global one, and `continue` means not to.
 */
function convergence(
  { deploy }: Layout,
  replicas: number,
  stopGrace = swarmStopGrace,
): Pick<docker.ServiceArgs, "convergeConfig"> {
  const update = deploy.update_config ?? {};
  return deploy.mode === "global" || update.failure_action === "continue"
    ? {}
    : {
        convergeConfig: {
          delay: "7s",
          timeout: `${convergenceSeconds(update, replicas, stopGrace)}s`,
        },
      };
}

/** The daemon writes down what a tag led to, and the provider reads it back as a change. */
function imageWarnings({ image }: ComposeService): Warning[] {
  return parseImage(image).digest === undefined
    ? [
        {
          path: ["image"],
          message:
            "is kept by its digest when the service is made: the next run puts the tag back, which exchanges every task once; write the digest, too (image:tag@sha256:…)",
        },
      ]
    : [];
}

function dependencyWarnings(service: ComposeService): Warning[] {
  return dependenciesOf(service).length === 0
    ? []
    : [
        {
          path: ["depends_on"],
          message:
            "is the order in which services are made: a task that starts later waits for none",
        },
      ];
}

function taskOf(service: ComposeService, { deploy, at }: Layout, context: SwarmContext) {
  const container = containerOf(service, context);
  const placement = toSwarmPlacement(deploy.placement ?? {}, (...words) =>
    at("placement", ...words),
  );
  const resources = toSwarmResources(deploy.resources ?? {});
  return {
    value: {
      containerSpec: container.value,
      ...(Object.keys(resources).length === 0 ? {} : { resources }),
      restartPolicy: toSwarmRestart(deploy.restart_policy ?? {}),
      ...(Object.keys(placement.value).length === 0 ? {} : { placement: placement.value }),
      networksAdvanceds: networksOf(service).map(({ network, aliases }) => ({
        id: context.network(network),
        // Its full name is the stack's too: others dial the short one.
        aliases: [...new Set([context.name, ...aliases])],
      })),
    },
    warnings: [...container.warnings, ...placement.warnings],
  };
}

type ContainerSpec = docker.types.input.ServiceTaskSpecContainerSpec;

function containerOf(service: ComposeService, context: SwarmContext): Translated<ContainerSpec> {
  const env = pairsOf(service.environment ?? {});
  const check =
    service.healthcheck === undefined
      ? undefined
      : toSwarmHealthcheck(service.healthcheck, ["healthcheck"]);
  const mounts = toSwarmMounts(context.stackName, service);
  const secrets = toSwarmSecrets(service, context.secret);
  const configs = toSwarmConfigs(service, context.config);
  const labels = { [stackLabel]: context.stackName, ...pairsOf(service.labels ?? {}) };
  return {
    value: {
      image: service.image,
      // The provider's `commands` is the entry point.
      ...(service.entrypoint === undefined ? {} : { commands: wordsOf(service.entrypoint) }),
      ...(service.command === undefined ? {} : { args: wordsOf(service.command) }),
      ...(Object.keys(env).length === 0 ? {} : { env }),
      ...(service.user === undefined ? {} : { user: service.user }),
      ...(service.read_only === true ? { readOnly: true } : {}),
      labels: swarmLabels(labels),
      ...(mounts.value.length === 0 ? {} : { mounts: mounts.value }),
      ...(secrets.length === 0 ? {} : { secrets }),
      ...(configs.length === 0 ? {} : { configs }),
      ...(check === undefined ? {} : { healthcheck: check.value }),
      stopGracePeriod: swarmDuration(service.stop_grace_period ?? swarmStopGrace),
    },
    warnings: [...mounts.warnings, ...(check?.warnings ?? [])],
  };
}
