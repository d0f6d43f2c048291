import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { KeyPair } from "../base/secret-store.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { AddressResolverConfig } from "./address-resolver.schema.ts";
import { addressResolverUdpService } from "./addresses.ts";
import { type AddressResolverCommand, discoveryArguments } from "./commands.ts";
import { secretVariables } from "./discovery-service.ts";
import { httpPorts, metricsEndpoint, type MetricsEndpoint } from "./ports.ts";
import { httpProbes, type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of an {@link AddressResolver}. */
export interface AddressResolverArgs extends Surroundings {
  readonly command: AddressResolverCommand;
  readonly image: ProgramImage;
  readonly key: KeyPair;
  readonly redisPassword: pulumi.Output<string>;
  /** Its own settings: slot and public UDP port. */
  readonly resolver: Omit<AddressResolverConfig, "key">;
}

/** The program of the address-resolver. Pure. */
function addressResolverProgram(args: AddressResolverArgs): Program {
  const { resolver } = args;
  const port = httpPorts["address-resolver"];
  return {
    image: args.image,
    args: discoveryArguments(args.command, "keyed"),
    options: resolver,
    probes: httpProbes("/health", "http"),
    metrics: true,
    exclusive: true,
    slot: resolver.slot,
    // One number, two protocols (4.2).
    ports: [
      { name: "http", port },
      { name: "sudph", port, protocol: "UDP" },
    ],
    secretEnv: secretVariables(args, "keyed"),
    services: [
      { ports: [{ name: "http" }] },
      {
        name: addressResolverUdpService,
        type: "NodePort",
        // It stores the source of each packet as the place other visors dial: one that the node
        // has rewritten leads nowhere (4.2; 9, point 6).
        externalTrafficPolicy: "Local",
        ports: [{ name: "sudph", port: resolver.udpPort, nodePort: resolver.udpPort }],
      },
    ],
  };
}

/**
 * The address-resolver: stcpr over HTTP, sudph over UDP on 30178 of the same host name.
 *
 * Exactly one: live UDP sessions stand in its memory. An exchange of its pod severs them all, so
 * that any change here is disruptive (facts/skywire.md 4.2).
 */
export class AddressResolver extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** 66 hex digits. */
  readonly publicKey: string;
  /** Service of its HTTP side. */
  readonly serviceName: string;
  /** Its port. */
  readonly servicePort: number;
  /** Public UDP port on the slot's node. */
  readonly udpPort: number;
  /** Where its metrics are read. */
  readonly metrics: MetricsEndpoint;

  constructor(name: string, args: AddressResolverArgs, opts?: pulumi.ComponentResourceOptions) {
    const { slot, udpPort } = args.resolver;
    super("fleet:skywire:AddressResolver", name, { image: args.image.reference, slot }, opts);
    this.publicKey = args.key.publicKey;
    this.serviceName = name;
    this.servicePort = httpPorts["address-resolver"];
    this.udpPort = udpPort;
    this.metrics = metricsEndpoint;
    const workload = makeWorkload(name, programWorkload(name, addressResolverProgram(args), args), {
      parent: this,
    });
    this.ready = workload.ready;
    this.registerOutputs({
      publicKey: this.publicKey,
      serviceName: this.serviceName,
      servicePort: this.servicePort,
      udpPort: this.udpPort,
      metrics: this.metrics,
    });
  }
}
