/** Disks never shrink: the API server refuses a smaller claim, and a new one is an empty disk. */
import * as z from "zod";

import { formatBytes, parseQuantity } from "../../components/base/quantity.ts";
import { type Finding, type Resource, unknownText } from "../resource.ts";

const Claim = z.looseObject({
  spec: z.looseObject({
    resources: z.looseObject({ requests: z.looseObject({ storage: z.string() }) }),
    storageClassName: z.string().optional(),
  }),
});

const Templates = z.looseObject({
  spec: z.looseObject({
    volumeClaimTemplates: z
      .array(z.looseObject({ metadata: z.looseObject({ name: z.string() }), ...Claim.shape }))
      .optional(),
  }),
});

const Volume = z.looseObject({ size: z.union([z.number(), z.string()]) });

/** A disk that a resource asks for: its name within it, its size in bytes, and its class. */
interface Disk {
  readonly name: string;
  readonly size: string;
  readonly bytes: number;
  readonly storageClass: string | undefined;
}

const diskOf = (name: string, { spec }: z.infer<typeof Claim>): Disk => ({
  name,
  size: spec.resources.requests.storage,
  bytes: parseQuantity(spec.resources.requests.storage),
  storageClass: spec.storageClassName,
});

function disksOf({ type, properties }: Resource): readonly Disk[] | undefined {
  switch (type) {
    case "kubernetes:core/v1:PersistentVolumeClaim": {
      const claim = Claim.safeParse(properties);
      return claim.success ? [diskOf("claim", claim.data)] : undefined;
    }
    case "kubernetes:apps/v1:StatefulSet": {
      const set = Templates.safeParse(properties);
      return set.success
        ? (set.data.spec.volumeClaimTemplates ?? []).map((one) =>
            diskOf(`claim template ${one.metadata.name}`, one),
          )
        : undefined;
    }
    case "linode:index/volume:Volume": {
      const volume = Volume.safeParse(properties);
      return volume.success
        ? [
            {
              name: "volume",
              size: `${volume.data.size}Gi`,
              bytes: Number(volume.data.size) * 2 ** 30,
              storageClass: undefined,
            },
          ]
        : undefined;
    }
    default:
      return [];
  }
}

function changes(urn: string, was: readonly Disk[], is: readonly Disk[]): Finding[] {
  return was.flatMap((old): Finding[] => {
    const now = is.find(({ name }) => name === old.name);
    if (now === undefined) {
      return [{ urn, message: `the ${old.name} of ${old.size} is no longer asked for` }];
    }
    if (Number.isNaN(now.bytes) || Number.isNaN(old.bytes)) {
      return [{ urn, message: `the size of the ${old.name} is ${unknownText}` }];
    }
    const otherClass =
      old.storageClass !== undefined &&
      now.storageClass !== undefined &&
      old.storageClass !== now.storageClass;
    return [
      ...(now.bytes < old.bytes
        ? [
            {
              urn,
              message: `the ${old.name} shrinks from ${formatBytes(old.bytes)} to ${formatBytes(now.bytes)}: the API server refuses that, and a new disk is empty`,
            },
          ]
        : []),
      ...(otherClass
        ? [
            {
              urn,
              message: `the ${old.name} changes its class from ${old.storageClass} to ${now.storageClass}: that makes a new, empty disk`,
            },
          ]
        : []),
    ];
  });
}

/**
 * Disks that a change makes smaller or anew.
 *
 * @param before Resources as they were last made, with their old inputs.
 * @param after What is asked for now. A resource that goes altogether is none of this rule's business:
 * protection is.
 */
export function claimFindings(
  before: readonly Resource[],
  after: readonly Resource[],
): readonly Finding[] {
  const next = new Map(after.map((resource) => [resource.urn, resource]));
  return before.flatMap((old): readonly Finding[] => {
    const now = next.get(old.urn);
    const was = disksOf(old) ?? [];
    if (now === undefined || was.length === 0) {
      return [];
    }
    const is = disksOf(now);
    return is === undefined
      ? [{ urn: old.urn, message: `the size of its disks is ${unknownText}` }]
      : changes(old.urn, was, is);
  });
}
