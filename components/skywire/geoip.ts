import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import * as pulumi from "@pulumi/pulumi";

import { workloadLabel, workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import type { HostAlias, Probe, Probes } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { GeoipConfig } from "./geoip.schema.ts";
import { ipServiceHost } from "./hosts.ts";
import { geoipPort } from "./ports.ts";
import { type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link Geoip}. */
export interface GeoipArgs extends Surroundings {
  readonly image: ProgramImage;
  /** MaxMind's licence key. */
  readonly license: pulumi.Output<string>;
  readonly geoip: Omit<GeoipConfig, "license">;
}

const folder = "/var/lib/geoip";

/** Looks one address up: without one it would look up the kubelet, whose address it may not parse. */
const lookUp: Probe["check"] = { kind: "http", path: "/?ip=192.0.2.1", port: "http" };

/** It listens only once the database is there: 40 MB from MaxMind where the pod is a new one. */
const probes: Probes = {
  startup: { check: lookUp, periodSeconds: 5, failureThreshold: 60 },
  readiness: { check: lookUp, periodSeconds: 5, timeoutSeconds: 3 },
  liveness: { check: lookUp, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
};

/** The program of the IP service. Pure. */
function geoipProgram(args: GeoipArgs): Program {
  return {
    image: args.image,
    args: [],
    options: args.geoip,
    probes,
    metrics: false,
    exclusive: true,
    ports: [{ name: "http", port: geoipPort }],
    env: {
      // The program's own default is the loopback address, where nobody would reach it.
      GEOIP_RS_HOST: "0.0.0.0",
      GEOIP_RS_PORT: `${geoipPort}`,
      GEOIP_RS_DB_PATH: `${folder}/city.mmdb`,
    },
    secretEnv: { GEOIP_LICENSE: args.license },
    // The archive, what is unpacked of it and the database in use lie side by side. The folder outlives
    // a container that crashes, so that crashes do not use up the day's downloads.
    scratch: [{ name: "database", sizeLimit: "512Mi" }],
    mounts: [{ volume: "database", path: folder }],
    services: [{ ports: [{ name: "http" }] }],
  };
}

/** Service that answers on the port of the compiled-in URL, inside the cluster only. */
const ipServiceName = "ip-service";

/**
 * The IP service: where on earth an address is. Service-discovery and uptime-tracker ask it by a URL
 * that is compiled in, `http://ip.skycoin.com` (facts/skywire.md 4.1, 4.7, 4.14).
 *
 * It reads `X-Real-IP` before all else; `X-Forwarded-For` it would take whole, list and all.
 */
export class Geoip extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Service behind which the public host leads. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;
  /**
   * The compiled-in name straight to the Service's address, for pods of the cluster: through the public
   * name they would come to the controller without the balancer's PROXY header, and be refused (6.4).
   */
  readonly hostAlias: HostAlias;

  constructor(name: string, args: GeoipArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:skywire:Geoip", name, { image: args.image.reference }, opts);
    this.serviceName = name;
    this.servicePort = geoipPort;
    const workload = makeWorkload(name, programWorkload(name, geoipProgram(args), args), {
      parent: this,
    });
    const service = new Service(
      `${ipServiceName}-service`,
      {
        metadata: {
          name: ipServiceName,
          namespace: args.namespace,
          labels: workloadLabels(name, "skywire"),
          // The Workload behind it is awaited.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          type: "ClusterIP",
          selector: { [workloadLabel]: name },
          ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
        },
      },
      { parent: this },
    );
    // With the id, which a preview does not know of what is still to be made: of the address it would say
    // that there is none.
    const ip = pulumi.all([service.id, service.spec.clusterIP]).apply(([, address]) => address);
    this.hostAlias = { ip, hostnames: [ipServiceHost] };
    this.ready = [service, ...workload.ready];
    this.registerOutputs({ serviceName: this.serviceName, servicePort: this.servicePort });
  }
}
