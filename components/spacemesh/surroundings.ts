/** What the programs of a Spacemesh network stand in. */
import type * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../base/flows.ts";
import type { DataPolicy } from "../base/scalars.ts";

/** System that every object of a network belongs to: a label. */
export const spacemeshSystem = "spacemesh";

/** What each is given beside its own config. */
export interface Surroundings {
  /** Namespace of the pods; an output of the namespace's resource, so that they wait for it. */
  readonly namespace: pulumi.Input<string>;
  /** The same name as plain text, for addresses and flows. */
  readonly namespaceName: string;
  /** The whole flow table. */
  readonly flows: readonly Flow[];
  /** Make network policies. */
  readonly networkPolicy: boolean;
  /** What happens to disks when their owner goes. */
  readonly data: DataPolicy;
}

/** Image of a program, and the logins its pods need. */
export interface ProgramImage {
  /** Full reference with its tag. */
  readonly reference: string;
  /** Its digest, where only the run knows it. */
  readonly digest?: pulumi.Output<string>;
  /** Names of Secrets with registry logins, in the program's namespace. */
  readonly pullSecrets: readonly pulumi.Input<string>[];
}

/**
 * Why nodes and PoETs run as root: they keep their data below /root, which is root's alone, and their
 * images name no user (facts/spacemesh.md 2.1, 2.4). Every capability is dropped all the same.
 */
export const rootException =
  "its data lie below /root, and its image names no user (facts/spacemesh.md 2.1, 2.4)";

/** Labels of pods by which the log pipeline and the network's budget know them (facts 2.1, 2.3). */
export const memberLabels = (name: string, app: "miner" | "poet"): Record<string, string> => ({
  name,
  app,
  restart: "false",
});
