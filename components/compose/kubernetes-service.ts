import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { ComposeService } from "./compose.schema.ts";
import { kindOf, type KubernetesContext, toWorkload } from "./kubernetes.ts";
import { tellWarnings } from "./tell-warnings.ts";

/** What a {@link KubernetesService} is given; its name comes with the component. */
export interface KubernetesServiceArgs extends Omit<KubernetesContext, "name"> {
  readonly service: ComposeService;
}

/** A service in Swarm's words, as objects of Kubernetes. What it leaves out is told as warnings. */
export class KubernetesService extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];
  /** Names under which others dial it. */
  readonly serviceNames: readonly string[];

  /** @param name Of the service: others dial it so. */
  constructor(name: string, args: KubernetesServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { service, ...context } = args;
    const summary = { image: service.image, kind: kindOf(service, context.stack) };
    super("fleet:compose:KubernetesService", name, summary, opts);
    const translated = toWorkload(service, { ...context, name });
    tellWarnings(name, translated.warnings, this);
    const made = makeWorkload(name, translated.args, { parent: this });
    this.ready = made.ready;
    this.serviceNames = made.serviceNames;
    this.registerOutputs({ serviceNames: this.serviceNames });
  }
}
