/**
 * The committed stacks: every address inside the cluster that a container is told, its waits and its files included,
 * leads to pods, and the rendered network policies let it through on both ends. That a plug-in enforces them is live's.
 */
import { describe, expect, it } from "vitest";

import { workloadLabel } from "../../components/base/labels.ts";
import type { Collected } from "../harness.ts";
import { readStackFile, renderConfig } from "../rendered.ts";
import { behind, mayCall, type Pods, podsOf } from "../skywire/reachability.ts";
import { type RenderedContainer, type RenderedController, valuesOf } from "./system.ts";

const kinds = /^kubernetes:(apps\/v1:(Deployment|StatefulSet)|batch\/v1:Job)$/;
const inside = /\b([a-z0-9-]+\.[a-z0-9-]+\.svc)(?:\.cluster\.local)?:(\d+)/g;

/** Values of all variables of a workload's containers, those that run first included. */
function toldTo(collected: Collected, name: string): string[] {
  const { inputs } = collected.resources.find(
    (one) => kinds.test(one.type) && one.name === name,
  ) ?? {
    inputs: undefined,
  };
  const spec = (inputs as RenderedController | undefined)?.spec.template.spec;
  const containers: readonly RenderedContainer[] = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
  ];
  return containers.flatMap((one) => Object.values(valuesOf(collected, one)));
}

const addressesOf = (collected: Collected, pods: Pods, name: string): string[] => [
  ...new Set(
    [...toldTo(collected, name), ...pods.files].flatMap((text) =>
      [...text.matchAll(inside)].map(([, host = "", port = ""]) => `${host}:${port}`),
    ),
  ),
];

describe.each(["pushtech-staging", "pushtech-production"])("stack %s", (stack) => {
  it("lets everybody call whom he is told of, and all of them are there", async () => {
    const { collected } = await renderConfig(stack, readStackFile(stack));
    const workloads = collected.resources.filter(
      ({ type, inputs }) =>
        kinds.test(type) && (inputs["metadata"] as { namespace?: string }).namespace === "pushtech",
    );
    const everybody = podsOf(collected);
    const dialled = workloads.flatMap(({ name }) => {
      const pods = everybody.find((one) => one.labels[workloadLabel] === name);
      if (pods === undefined) {
        throw new Error(`no pods of ${name}`);
      }
      return addressesOf(collected, pods, name).map((address) => ({ name, pods, address }));
    });
    const known = new Map(
      [...new Set(dialled.map(({ address }) => address))].map((address) => {
        const [host = "", port = ""] = address.split(":");
        return [address, behind(collected, host, Number(port))] as const;
      }),
    );
    const faults = dialled.flatMap(({ name, pods, address }) => {
      const answering = known.get(address) ?? [];
      const refused = answering.filter(([to, own]) => !mayCall(collected, pods, to, own));
      return [
        ...(answering.length === 0 ? [`${name} → ${address}: nobody is there`] : []),
        ...refused.map(([to]) => `${name} → ${address}: the policies refuse it (${to.name})`),
      ];
    });
    expect(faults).toEqual([]);
    // Fourteen programs wait for their stores, and most are told of servers, too.
    expect(dialled.length).toBeGreaterThanOrEqual(50);
    const [counter, database] = ["consumers-nodejs-event-counter", "website-db"].map((name) =>
      everybody.find((one) => one.labels[workloadLabel] === name),
    );
    expect(counter && database && mayCall(collected, counter, database, 5432)).toBe(false);
  });
});
