import { Service } from "@pulumi/docker/service.js";
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { ComposeService } from "./compose.schema.ts";
import type { SwarmStack } from "./swarm-stack.ts";
import { toSwarm } from "./swarm.ts";
import { tellWarnings } from "./tell-warnings.ts";

/** What a {@link SwarmService} is given. */
export interface SwarmServiceArgs {
  readonly service: ComposeService;
  /** Networks, secrets, configs and the provider. */
  readonly swarm: SwarmStack;
}

/** A service in Swarm's words, on a Swarm. What does not happen there is told as warnings. */
export class SwarmService extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];
  /** Name on the Swarm, e.g. for `docker service ps`. */
  readonly serviceName: pulumi.Output<string>;

  /** @param name Of the service: others on its networks dial it so. */
  constructor(name: string, args: SwarmServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { service, swarm } = args;
    super("fleet:compose:SwarmService", name, { image: service.image }, opts);
    const { spec, warnings } = toSwarm(service, {
      name,
      stackName: swarm.stackName,
      network: (network) => swarm.network(network),
      secret: (secret) => swarm.secret(secret),
      config: (config) => swarm.config(config),
    });
    tellWarnings(name, warnings, this);
    const made = new Service(name, spec, { parent: this, provider: swarm.provider });
    this.ready = [made];
    this.serviceName = made.name;
    this.registerOutputs({ serviceName: this.serviceName });
  }
}
