import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { makeWorkload } from "../workload/workload.ts";
import { nodeVisualizerArguments, nodeVisualizerVariables } from "./commands.ts";
import type { NodeVisualizerConfig } from "./node-visualizer.schema.ts";
import { httpPorts, metricsEndpoint, type MetricsEndpoint } from "./ports.ts";
import { httpProbes, type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link NodeVisualizer}. */
export interface NodeVisualizerArgs extends Surroundings {
  readonly image: ProgramImage;
  /** URL of the uptime-tracker's private API. */
  readonly uptimePrivateUrl: string;
  /** URL of the transport-discovery, inside the cluster. */
  readonly transportDiscoveryUrl: string;
  readonly visualizer: NodeVisualizerConfig;
}

/** The program of the node-visualizer. Pure. */
function nodeVisualizerProgram(args: NodeVisualizerArgs): Program {
  return {
    image: args.image,
    args: nodeVisualizerArguments(),
    options: args.visualizer,
    // It has no /health (4.4; 9, point 23).
    probes: httpProbes("/map", "http"),
    metrics: true,
    exclusive: false,
    ports: [{ name: "http", port: httpPorts["node-visualizer"] }],
    env: nodeVisualizerVariables(args.uptimePrivateUrl, args.transportDiscoveryUrl),
    // Its cache lies in the temp directory and is rebuilt from the two services (4.4).
    scratch: [{ name: "tmp", sizeLimit: "512Mi" }],
    mounts: [{ volume: "tmp", path: "/tmp" }],
    services: [{ ports: [{ name: "http" }] }],
  };
}

/** The node-visualizer: the map of visors and transports (facts/skywire.md 4.4). */
export class NodeVisualizer extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Service behind which it is dialled. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;
  /** Where its metrics are read. */
  readonly metrics: MetricsEndpoint;

  constructor(name: string, args: NodeVisualizerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:skywire:NodeVisualizer", name, { image: args.image.reference }, opts);
    this.serviceName = name;
    this.servicePort = httpPorts["node-visualizer"];
    this.metrics = metricsEndpoint;
    const workload = makeWorkload(name, programWorkload(name, nodeVisualizerProgram(args), args), {
      parent: this,
    });
    this.ready = workload.ready;
    this.registerOutputs({
      serviceName: this.serviceName,
      servicePort: this.servicePort,
      metrics: this.metrics,
    });
  }
}
