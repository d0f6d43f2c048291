import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { Container, Probe, WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { coturnCheck, coturnCheckSeconds, coturnFile, coturnPorts } from "./coturn-files.ts";
import type { CoturnConfig, CoturnMember } from "./coturn.schema.ts";
import { stunPorts } from "./ports.ts";
import { pinned } from "./program.ts";
import type { Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link Coturn}. */
export interface CoturnArgs extends Surroundings {
  /** What all members share. */
  readonly config: Pick<CoturnConfig, "image" | "realm" | "relayPorts">;
  readonly member: CoturnMember;
  /** User → password. */
  readonly users: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The image's user, nobody of Debian's group nogroup. */
const coturnUser = 65_534;

const folder = "/etc/coturn";
const fileName = "turnserver.conf";

/** Where the image keeps its database of users; here it holds nothing, but is opened all the same. */
const state = "/var/lib/coturn";

const [listening, alternate] = stunPorts;

function coturnContainer(name: string, { config, member }: CoturnArgs): Container {
  const check = (wanted: "all" | "any"): Probe => ({
    check: { kind: "exec", command: coturnCheck(member.addresses, listening, wanted) },
    timeoutSeconds: coturnCheckSeconds(member.addresses),
  });
  return {
    name,
    image: config.image,
    // Past the image's entry point, which would have a shell read the arguments.
    command: ["turnserver"],
    args: ["-c", `${folder}/${fileName}`],
    ports: coturnPorts,
    probes: {
      startup: { ...check("any"), periodSeconds: 10, failureThreshold: 12 },
      readiness: { ...check("all"), periodSeconds: 15 },
      liveness: { ...check("any"), periodSeconds: 30, failureThreshold: 4 },
    },
    resources: member.resources,
    // Its file carries this capability, and the kernel starts no file whose capabilities the container
    // may not have. The program itself has none: it gains no privileges.
    capabilities: ["NET_BIND_SERVICE"],
    mounts: [
      { volume: "config", path: folder },
      { volume: "state", path: state },
    ],
  };
}

/** The Workload of a coturn. Pure. */
export function coturnWorkload(name: string, args: CoturnArgs): WorkloadArgs {
  const { config, member } = args;
  const file = pulumi.secret(pulumi.all({ ...args.users })).apply((users) =>
    coturnFile({
      addresses: member.addresses,
      ports: { listening, alternate },
      relayPorts: config.relayPorts,
      realm: config.realm,
      users,
      natTest: member.natTest,
      state,
    }),
  );
  return {
    kind: "Deployment",
    system: "skywire",
    namespace: args.namespace,
    container: coturnContainer(name, args),
    hostNetwork: true,
    // Ports of a node: the old one gives them up before the new one takes them.
    update: { ...member.update, strategy: "Recreate" },
    placement: pinned(member, member.slot),
    security: {
      user: coturnUser,
      exception:
        "the node's network: behind any translation a client would be told the wrong address, and the NAT test needs two addresses of one machine (facts/skywire.md 4.17)",
    },
    flows: flowsOf(args.flows, name, args.namespaceName),
    networkPolicy: args.networkPolicy,
    secretFiles: [{ name: "config", files: { [fileName]: file } }],
    scratch: [{ name: "state" }],
  };
}

/**
 * One coturn on the addresses of one node: STUN for every visor, TURN for those with credentials.
 * Stateless. Members share nothing, so that one machine that falls takes its addresses alone
 * (facts/skywire.md 4.17).
 */
export class Coturn extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Addresses it answers on. */
  readonly addresses: readonly string[];

  constructor(name: string, args: CoturnArgs, opts?: pulumi.ComponentResourceOptions) {
    const { slot, addresses } = args.member;
    super("fleet:skywire:Coturn", name, { image: args.config.image, slot, addresses }, opts);
    this.addresses = addresses;
    const workload = makeWorkload(name, coturnWorkload(name, args), { parent: this });
    this.ready = workload.ready;
    this.registerOutputs({ addresses: this.addresses });
  }
}
