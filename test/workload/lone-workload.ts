import * as pulumi from "@pulumi/pulumi";

import type { WorkloadArgs } from "../../components/workload/types.ts";
import { makeWorkload } from "../../components/workload/workload.ts";

/** A component that is a Workload and nothing else: in a stack, each belongs to a component of some meaning. */
export class LoneWorkload extends pulumi.ComponentResource {
  /** What is ready last. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("demo:test:LoneWorkload", name, {}, opts);
    this.ready = makeWorkload(name, args, { parent: this }).ready;
    this.registerOutputs({});
  }
}
