/** Claims that exist, and who else writes to their disks. Pure. */
import * as z from "zod";

import { parseQuantity } from "../../components/base/quantity.ts";

const Claim = z.looseObject({
  spec: z.looseObject({
    resources: z.looseObject({ requests: z.looseObject({ storage: z.string() }) }),
  }),
  status: z.looseObject({ phase: z.string().optional() }).optional(),
});

/** Why a claim cannot be taken; undefined where it can. */
export function claimFault(wanted: unknown, live: unknown): string | undefined {
  const [file, exists] = [Claim.safeParse(wanted).data, Claim.safeParse(live).data];
  if (exists?.status?.phase === "Lost") {
    return "its volume is gone (phase Lost): bind it to one, or delete it, before anything is taken";
  }
  if (file === undefined || exists === undefined) {
    return undefined;
  }
  const { storage: says } = file.spec.resources.requests;
  const { storage: is } = exists.spec.resources.requests;
  if (parseQuantity(says) === parseQuantity(is)) {
    return undefined;
  }
  return parseQuantity(says) < parseQuantity(is)
    ? `its size is ${is}, the stack says ${says}: a disk never gets smaller. Say ${is} in the stack file`
    : `its size is ${is}, the stack says ${says}: say ${is} in the stack file, and let it grow by an update of its own`;
}

const Template = z.looseObject({
  spec: z.looseObject({
    volumes: z
      .array(
        z.looseObject({
          persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
        }),
      )
      .default([]),
  }),
});

const Mounts = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    replicas: z.number().optional(),
    volumeClaimTemplates: z
      .array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))
      .default([]),
    template: Template,
  }),
});

const Timed = z.looseObject({
  spec: z.looseObject({
    suspend: z.boolean().optional(),
    jobTemplate: z.looseObject({ spec: z.looseObject({ template: Template }) }),
  }),
});

/**
 * Names of the claims that a workload's pods mount, of a StatefulSet's own those of its first pod; none where it has no
 * pods, as a CronJob that is suspended.
 */
export function claimsOf(workload: unknown): readonly string[] {
  const { data: timed } = Timed.safeParse(workload);
  if (timed !== undefined) {
    return timed.spec.suspend === true ? [] : mountedBy(timed.spec.jobTemplate.spec.template);
  }
  const { data } = Mounts.safeParse(workload);
  if (data === undefined || data.spec.replicas === 0) {
    return [];
  }
  const { volumeClaimTemplates: own, template } = data.spec;
  return [
    ...own.map(({ metadata }) => `${metadata.name}-${data.metadata.name}-0`),
    ...mountedBy(template),
  ];
}

const mountedBy = ({ spec }: z.infer<typeof Template>): readonly string[] =>
  spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

/** Why a workload cannot be followed by the stack's: its data would stay behind on a disk that nobody mounts. */
export function diskFault(wanted: unknown, live: unknown): string | undefined {
  const mounted = claimsOf(wanted);
  const lost = claimsOf(live).filter((name) => !mounted.includes(name));
  return lost.length === 0
    ? undefined
    : `its data are on claim ${lost.join(", ")}, the stack's on ${mounted.join(", ") || "none"}: bind that disk to the stack's claim first (docs/skywire.md), or scale this to 0 if nobody needs them`;
}
