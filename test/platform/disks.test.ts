/**
 * The disks that a stack's config is counted by, against those that its rendered pods mount: what is counted wrongly
 * is told too late, or is refused though it would fit.
 */
import { describe, expect, it } from "vitest";

import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { workloadLabel } from "../../components/base/labels.ts";
import { placeableRequests as fxaRequests } from "../../stacks/fxa/requests.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { placeableRequests as pushtechRequests } from "../../stacks/pushtech/requests.ts";
import type { PushtechStack } from "../../stacks/pushtech/schema.ts";
import { placeableRequests as skywireRequests } from "../../stacks/skywire/requests.ts";
import type { SkywireStack } from "../../stacks/skywire/schema.ts";
import { placeableRequests as spacemeshRequests } from "../../stacks/spacemesh/requests.ts";
import type { SpacemeshStack } from "../../stacks/spacemesh/schema.ts";
import { placeableRequests as votingRequests } from "../../stacks/voting/rules.ts";
import type { VotingOnKubernetes } from "../../stacks/voting/schema.ts";
import type { AnyStack } from "../rendered.ts";
import { renderedOnce } from "../rendered.ts";

const cases: readonly (readonly [AnyStack, (config: unknown) => CapacityRequest[], number])[] = [
  ["test", (config) => skywireRequests(config as SkywireStack), 10],
  ["prod", (config) => skywireRequests(config as SkywireStack), 15],
  ["pushtech-staging", (config) => pushtechRequests(config as PushtechStack), 10],
  ["fxa-production", (config) => fxaRequests(config as FxaStack), 1],
  ["voting", (config) => votingRequests(config as VotingOnKubernetes), 1],
  ["spacemesh-mini", (config) => spacemeshRequests(config as SpacemeshStack), 3],
];

/** Miners are asked for together, where they may be anywhere, and so are PoETs. */
const together = (workload: string): string => workload.replace(/^(miner|poet)-\d+$/, "$1");

/** `workload: disks`, sorted. */
function written(all: readonly (readonly [string, number])[]): string[] {
  const sums = new Map<string, number>();
  for (const [workload, disks] of all) {
    const name = together(workload);
    sums.set(name, (sums.get(name) ?? 0) + disks);
  }
  return [...sums]
    .filter(([, disks]) => disks > 0)
    .map(([workload, disks]) => `${workload}: ${disks}`)
    .sort();
}

describe.each(cases)("the disks of %s", (stack, requestsOf, least) => {
  it("are counted as its pods mount them", async () => {
    const { world, config } = await renderedOnce(stack);
    const mounted = world.pods
      .filter(({ kind }) => kind !== "CronJob" && kind !== "Job")
      .map(({ labels, replicas, claimTemplates, spec, namespace, name }) => {
        const claims = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
          claim === undefined ? [] : [claim.claimName],
        );
        const disks = claims.filter((claim) => {
          const { spec: said } = world.objects.find(
            (one) =>
              one.kind === "PersistentVolumeClaim" &&
              one.metadata.name === claim &&
              one.metadata.namespace === namespace,
          ) as unknown as { spec: { accessModes: readonly string[] } };
          return said.accessModes.includes("ReadWriteOnce");
        });
        const each = claimTemplates.length + disks.length;
        return [labels[workloadLabel] ?? name, each * replicas] as const;
      });
    const asked = requestsOf(config).map(
      ({ workload, replicas, disks = 0 }) => [workload, disks * replicas] as const,
    );
    expect(written(asked)).toEqual(written(mounted));
    expect(written(asked).length).toBeGreaterThanOrEqual(least);
  });
});
