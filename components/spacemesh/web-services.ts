import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { DashboardBackend } from "./dashboard-backend.ts";
import { Explorer } from "./explorer.ts";
import { type WebHost, webHosts } from "./names.ts";
import { PublicApi } from "./public-api.ts";
import type { FollowedNetwork } from "./web-node.ts";
import type { WebBackend, WebSurroundings } from "./web-pods.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";
import { webTargets } from "./web-shape.ts";

/** Inputs of {@link WebServices}. */
export interface WebServicesArgs extends WebSurroundings {
  readonly config: WebServicesConfig;
  /** The network that they show. */
  readonly network: FollowedNetwork;
}

/** The public face of a network: API, explorer and dashboard, in a namespace of their own. */
export class WebServices extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Public host → what stands behind it. */
  readonly backends: ReadonlyMap<WebHost, WebBackend>;

  constructor(name: string, args: WebServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:spacemesh:WebServices", name, {}, opts);
    const { config, network, ...around } = args;
    const parent = { parent: this };
    const api = new PublicApi(`${name}-api`, { config, network, ...around }, parent);
    const explorer = new Explorer(`${name}-explorer`, { config, network, ...around }, parent);
    const dashboard = new DashboardBackend(
      `${name}-dashboard`,
      { config: config.dashboard, ...around },
      // It dies without a database that answers.
      { ...parent, dependsOn: [...explorer.ready] },
    );
    const behind: Readonly<Record<WebHost, pulumi.ComponentResource & Awaitable>> = {
      api,
      "api-json": api,
      "dash-api": dashboard,
      "explorer-api": explorer,
    };
    this.backends = new Map(
      webHosts.map((host) => {
        const component = behind[host];
        const { ready } = component;
        const { service, servicePort } = webTargets[host];
        const place = { namespace: args.namespace, serviceName: service, servicePort };
        return [host, { component, ready, ...place }] as const;
      }),
    );
    this.ready = [api, explorer, dashboard].flatMap(({ ready }) => ready);
    this.registerOutputs({});
  }
}
