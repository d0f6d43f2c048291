/**
 * What watches a system, beside it on a sandbox: the system is taken away, and its metrics stay (facts/spacemesh.md,
 * `keep-logs-metrics`). That all of production's parts run is proven with it (skywire-prod.e2e.test.ts).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";

import { worldOf } from "../../policy/graph/objects.ts";
import { clone } from "../rendered.ts";
import { podsByWorkload } from "./cluster-state.ts";
import type { Pod } from "./live-objects.ts";
import { settled, testSandbox, type TestSandbox } from "./sandbox.ts";

const uids = (pods: readonly Pod[] = []): string[] => pods.map(({ metadata }) => metadata.uid);

describe("the system is taken away from what watches it", () => {
  let sandbox: TestSandbox;
  let before: ReadonlyMap<string, readonly Pod[]>;
  let claims: string[];

  /** The committed file with some values set, as a file of the test's own. */
  function changed(name: string, values: Readonly<Record<string, unknown>>): string {
    const document = parseDocument(readFileSync(join(clone, "Pulumi.test.yaml"), "utf8"));
    for (const [key, value] of Object.entries(values)) {
      document.setIn(["config", ...key.split("/")], value);
    }
    const file = join(dirname(sandbox.folder), `${name}.yaml`);
    writeFileSync(file, document.toString());
    return file;
  }

  const disks = async (): Promise<string[]> =>
    (await sandbox.objects("persistentvolumeclaims"))
      .map(
        ({ metadata: { namespace = "", name, uid } }) =>
          `${namespace}/${name} ${JSON.stringify(uid)}`,
      )
      .filter((claim) => claim.startsWith("metrics/"))
      .sort();

  beforeAll(async () => {
    sandbox = testSandbox("test");
    // Two steps, as of whatever holds data: first it is said that the system's may go.
    const words = { "fleet:data": "delete", "fleet:observability/data": "protect" };
    await sandbox.succeed("up", "--file", changed("first", words));
    before = await podsByWorkload(sandbox);
    claims = await disks();
    await sandbox.succeed(
      "up",
      "--file",
      changed("second", { ...words, "fleet:only": "observability" }),
    );
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  test("what watches is the very same as before: no pod of it was exchanged, no disk", async () => {
    const after = await podsByWorkload(sandbox);
    for (const name of ["prometheus", "grafana", "kube-state-metrics"]) {
      const workload = `metrics/${name}`;
      // Whom it reads has changed: Prometheus alone is told, and started again on its disk.
      if (name !== "prometheus") {
        expect(uids(after.get(workload))).toEqual(uids(before.get(workload)));
      }
      expect({ workload, pods: after.get(workload)?.length }).toEqual({ workload, pods: 1 });
    }
    expect(claims).toHaveLength(2);
    expect(await disks()).toEqual(claims);
  });

  test("of the system nothing is left, its namespaces included", async () => {
    const gone = async (): Promise<string[]> => {
      const { namespaces } = worldOf(await sandbox.objects("namespaces"));
      return [...namespaces.keys()].filter((name) => name.startsWith("skywire"));
    };
    expect(await settled(gone)).toEqual([]);
    const { ingresses } = worldOf(await sandbox.objects("ingresses"));
    expect(ingresses.flatMap(({ spec }) => spec.rules.map(({ host }) => host))).toEqual([
      "grafana.skywire.dev",
    ]);
  });
});
