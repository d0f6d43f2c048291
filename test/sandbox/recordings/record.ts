/**
 * Records what a real control plane says of rollouts, for the tests of the model:
 * `make preview`, then `node test/sandbox/recordings/record.ts`, in an empty sandbox of `test`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Api } from "../../../sandbox/api.ts";
import { sandboxPlace } from "../../../sandbox/place.ts";
import { kinds } from "../../../sandbox/rollout/objects.ts";
import { requireRunning } from "../../../sandbox/sandbox.ts";
import { changes, failures, lastChange, scene } from "./scene.ts";

/** Fields that no model reads, and that would make most of the recording. */
const left = new Set([
  ...["managedFields", "volumes", "volumeMounts", "securityContext", "data", "images", "nodeInfo"],
  ...["terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy", "dnsPolicy"],
  ...["schedulerName", "preemptionPolicy", "enableServiceLinks", "serviceAccount", "hostIPs"],
  ...["serviceAccountName", "lastProbeTime", "capacity", "allocatable", "hostIP", "podIPs"],
]);

const place = sandboxPlace("test", { root: process.env["FLEET_SANDBOX_ROOT"] });
const { api } = requireRunning(place);

await api.create("/api/v1/namespaces", { metadata: { name: "trial" } });
for (const [path, object] of scene) {
  await api.create(path, object);
}
await sleep(8_000);
await record(api, "settled");
for (const [path, fields] of changes) {
  await api.patch(path, fields);
}
await sleep(2_500);
await record(api, "rolling");
await sleep(20_000);
await api.patch(...lastChange);
for (const [path, object] of failures) {
  await api.create(path, object);
}
await sleep(15_000);
await record(api, "stuck");
api.close();

/** Writes all that is there at this moment: an object a line, the first of them the time. */
async function record(from: Api, name: string): Promise<void> {
  const lines: unknown[] = [{ now: new Date().toISOString() }];
  for (const [kind, { path }] of Object.entries(kinds)) {
    const objects = (await from.list(path)).filter(
      ({ metadata }) => metadata.namespace === "trial" || kind === "nodes",
    );
    lines.push(...objects.map((object) => ({ kind, object })));
  }
  const texts = lines.map((line) =>
    JSON.stringify(line, (field, value: unknown) => (left.has(field) ? undefined : value)),
  );
  writeFileSync(join(import.meta.dirname, `${name}.jsonl`), `${texts.join("\n")}\n`);
}
