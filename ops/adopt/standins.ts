/** What exists in a sandbox's clouds: what its stand-ins hold, as the clouds' own APIs would tell it. */
import * as z from "zod";

import { nodeBalancer } from "../../sandbox/standins/rules/linode/balancer.ts";
import { balancerType, clusterType, poolType } from "../../sandbox/standins/rules/linode/types.ts";
import { Store } from "../../sandbox/standins/store.ts";
import type { CloudObject, World } from "../../sandbox/standins/world.ts";
import { cloudRules, type CloudThing } from "./clouds.ts";

/** Things of the types that can be taken. */
export function readStandins(folder: string): readonly CloudThing[] {
  const store = new Store(folder);
  return (["linode", "cloudflare"] as const).flatMap((cloud) => {
    const world = store.look(cloud);
    return world
      .everything()
      .filter(({ type }) => Object.hasOwn(cloudRules, type) || type === poolType)
      .flatMap((object) => [thingOf(object, world), ...ownPools(object)]);
  });
}

function thingOf(object: CloudObject, world: World): CloudThing {
  const { type, id, inputs } = object;
  // By its addresses a Service is told to be its own.
  const { ipv4, hostname } = type === balancerType ? nodeBalancer.outputs(object, world) : {};
  const more = type === balancerType ? { ipv4, hostname } : {};
  return { type, id: importId(type, id, inputs), inputs: { ...inputs, ...more } };
}

const Pools = z.array(z.looseObject({ type: z.string(), count: z.number().default(1) }));

/** Pools that a cluster declares itself stand in its own record here; Linode lists them with the others. */
function ownPools({ type, id, inputs }: CloudObject): readonly CloudThing[] {
  const pools = type === clusterType ? Pools.parse(inputs["pools"] ?? []) : [];
  return pools.map((pool, index) => ({
    type: poolType,
    id: `${id},own-${index}`,
    inputs: { clusterId: id, type: pool.type, nodeCount: pool.count },
  }));
}

/** Parts are imported by what they are in, too, as live (facts/clouds-linode-cloudflare-docker.md 1.3, 3.4, 4.1). */
function importId(type: string, id: string, inputs: Readonly<Record<string, unknown>>): string {
  switch (type) {
    case poolType:
      return `${String(inputs["clusterId"])},${id}`;
    case "linode:index/domainRecord:DomainRecord":
      return `${String(inputs["domainId"])},${id}`;
    case "cloudflare:index/dnsRecord:DnsRecord":
      return `${String(inputs["zoneId"])}/${id}`;
    default:
      return id;
  }
}
