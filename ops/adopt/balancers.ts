/**
 * Balancers that live Services have: the cloud controller deletes the one that a Service had as soon as it names
 * another, and its address is gone for good (facts/clouds-linode-cloudflare-docker.md 2.4). Pure.
 */
import * as z from "zod";

import { type CloudThing, text } from "./clouds.ts";
import type { Decision } from "./decision.ts";
import { holdsUnknown, type Planned } from "./preview.ts";

const balancerType = "linode:index/nodeBalancer:NodeBalancer";
const prefix = "service.beta.kubernetes.io/linode-loadbalancer-";

const Service = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  status: z
    .looseObject({
      loadBalancer: z
        .looseObject({
          ingress: z
            .array(z.looseObject({ ip: z.string().optional(), hostname: z.string().optional() }))
            .default([]),
        })
        .default({ ingress: [] }),
    })
    .default({ loadBalancer: { ingress: [] } }),
});

/**
 * The decision about a Service, or that it is in the way because it would lose its balancer.
 *
 * @param live The Service as it is.
 * @param taken What becomes of the things at the clouds.
 */
export function keepBalancer(
  decision: Decision,
  live: unknown,
  things: readonly CloudThing[],
  taken: readonly Decision[],
): Decision {
  const wanted = wantedBalancer(decision.planned, taken);
  const had = wanted === undefined ? undefined : balancerOf(live, things);
  if (had === undefined || wanted === had.id) {
    return decision;
  }
  const { label, ipv4 } = had.inputs;
  return {
    ...decision,
    verdict: "in the way",
    why: `NodeBalancer ${text(label)} (${text(ipv4)}) is its own, the stack would name another, and this one would be deleted with its address. Say exposure.linode.label: ${text(label)} for its controller in the stack file`,
  };
}

/** Number of the balancer that the Service will name; empty for one that is still to be made. */
function wantedBalancer(
  service: Planned | undefined,
  taken: readonly Decision[],
): string | undefined {
  const { data } = Service.safeParse(service?.inputs);
  const named = data?.metadata.annotations[`${prefix}nodebalancer-id`];
  if (named === undefined || !holdsUnknown(named)) {
    return named;
  }
  // Service and balancer are made by one component.
  const sibling = taken.find(
    ({ planned }) => planned?.type === balancerType && planned.parent === service?.parent,
  );
  return sibling?.id ?? "";
}

function balancerOf(live: unknown, things: readonly CloudThing[]): CloudThing | undefined {
  const { metadata, status } = Service.parse(live);
  const named = metadata.annotations[`${prefix}nodebalancer-id`];
  const isTold = ({ inputs }: CloudThing): boolean =>
    status.loadBalancer.ingress.some(
      ({ ip, hostname }) =>
        (ip !== undefined && ip === inputs["ipv4"]) ||
        (hostname !== undefined && hostname === inputs["hostname"]),
    );
  const balancers = things.filter(({ type }) => type === balancerType);
  return balancers.find(({ id }) => id === named) ?? balancers.find(isTold);
}
