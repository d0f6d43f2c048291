import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { watchName } from "./flows.ts";
import { spacemeshSystem } from "./surroundings.ts";
import type { Surroundings } from "../workload/surroundings.ts";
import type { WatchConfig } from "./watch.schema.ts";
import { type Watched, watchFlag } from "./watch-list.ts";

/** Path of the program in its image. */
const program = "/bin/spacemesh-watch";

/** The image names no user, and the program writes nothing: nobody. */
const user = 65_534;

/** Inputs of a {@link Watch}. */
export interface WatchArgs extends Surroundings {
  /** Name of the network, in every message. */
  readonly network: string;
  readonly config: WatchConfig;
  /** Token of the Slack bot. */
  readonly token: pulumi.Output<string>;
  /** Whom it asks: every member. */
  readonly members: Watched;
  /** What must be ready before: it tells of every member that does not answer. */
  readonly after: readonly pulumi.Resource[];
}

/** Arguments of the program. The token is a variable of the container. Pure. */
export const watchArguments = ({
  network,
  config,
  members,
}: Pick<WatchArgs, "network" | "config" | "members">): string[] => [
  watchFlag(members),
  `--network-name=${network}`,
  // The flag's name says name, and the id is what it must be (facts/spacemesh.md 2.6).
  `--slack-channel-name=${config.slack.channel}`,
  "--slack-api-token=$(SLACK_API_TOKEN)",
];

/** The Workload of the watch. Pure. */
const watchWorkload = (args: WatchArgs): WorkloadArgs => ({
  kind: "Deployment",
  system: spacemeshSystem,
  namespace: args.namespace,
  container: {
    name: watchName,
    image: args.config.image,
    command: [program],
    args: watchArguments(args),
    secretEnv: { SLACK_API_TOKEN: args.token },
    probes: { none: "it listens nowhere and writes no file: it only asks, and tells Slack" },
    resources: args.config.resources,
  },
  // Two would tell everything twice.
  update: { strategy: "Recreate" },
  security: { user },
  flows: flowsOf(args.flows, watchName, args.namespaceName),
  networkPolicy: args.networkPolicy,
});

/**
 * spacemesh-watch: asks every member how it is, and tells a Slack channel of what is wrong. Its list
 * is made of the members there are: it follows them by itself (facts/spacemesh.md 2.6).
 */
export class Watch extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(args: WatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:spacemesh:Watch", watchName, { image: args.config.image }, opts);
    const { ready } = makeWorkload(watchName, watchWorkload(args), {
      parent: this,
      dependsOn: [...args.after],
    });
    this.ready = ready;
    this.registerOutputs({});
  }
}
