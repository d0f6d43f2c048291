import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { Probe, WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { webPods, type WebSurroundings, webUser } from "./web-pods.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";
import { webPorts, webServiceNames, webWorkloads } from "./web-shape.ts";

/** Inputs of a {@link DashboardBackend}. */
export interface DashboardBackendArgs extends WebSurroundings {
  readonly config: WebServicesConfig["dashboard"];
}

/** Its pods. Pure. */
function dashboardWorkload({ config, ...around }: DashboardBackendArgs): WorkloadArgs {
  const { image, replicas, resources, placement } = config;
  const check: Probe["check"] = { kind: "tcp", port: "ws" };
  return {
    ...webPods(
      webWorkloads.dashboard,
      { release: "spacemesh-dash", replicas, placement, readyMinutes: 10 },
      around,
    ),
    container: {
      name: "dash",
      image,
      // Its log is a file in the folder that it is started from.
      workingFolder: "/tmp",
      env: { SPACEMESH_MONGO_URI: `mongodb://${webServiceNames.mongo}` },
      ports: [{ name: "ws", port: webPorts.dashboard }],
      probes: {
        // It listens once it has reached the database, and that has pods once they are in sync.
        startup: { check, failureThreshold: 30 },
        readiness: { check },
        liveness: { check, periodSeconds: 30 },
      },
      resources,
      mounts: [{ volume: "tmp", path: "/tmp" }],
    },
    security: { user: webUser },
    scratch: [{ name: "tmp" }],
    services: [{ name: webServiceNames.dashboard, ports: [{ name: "ws", port: 80 }] }],
  };
}

/** What the dashboard's page listens to, over a WebSocket: fed from the explorer's database (2.12). */
export class DashboardBackend extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: DashboardBackendArgs, opts?: pulumi.ComponentResourceOptions) {
    const { image, replicas } = args.config;
    super("fleet:spacemesh:DashboardBackend", name, { image, replicas }, opts);
    const { ready } = makeWorkload(webWorkloads.dashboard, dashboardWorkload(args), {
      parent: this,
    });
    this.ready = ready;
    this.registerOutputs({});
  }
}
