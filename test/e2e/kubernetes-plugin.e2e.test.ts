/**
 * How the sandbox's Kubernetes plug-in makes and changes objects, under the terms that every stack gives it: as live's
 * does. One that had to be built is older and would overwrite what is there (tools/tools.json, `changes`).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Api, KubeObject } from "../../sandbox/api.ts";
import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { clone } from "../rendered.ts";
import { packedEngine, ScratchProgram } from "./scratch-program.ts";

const program = `
import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import { Cluster } from ${JSON.stringify(join(clone, "components/platform/cluster.ts"))};

const { services } = JSON.parse(readFileSync("wish.json", "utf8"));
const { provider } = new Cluster("cluster", { kind: "kubeconfig", context: "skycoin-test", pools: {} });
for (const { resource, aliases = [], annotations } of services) {
  const spec = { clusterIP: "None", ports: [{ port: 80 }] };
  const metadata = { name: "shop", namespace: "default", annotations };
  new k8s.core.v1.Service(resource, { metadata, spec }, { provider, aliases });
}
`;

const root = mkdtempSync(join(tmpdir(), "fleet-plugin-"));
const place = sandboxPlace("test", { root });
const scratch = new ScratchProgram("kubernetes-plugin", program, {
  ...packedEngine(),
  KUBECONFIG: place.kubeconfig,
});
const path = "/api/v1/namespaces/default/services/shop";

let api: Api;
const shop = (): Promise<KubeObject | undefined> => api.find(path);

/** One resource of the one object, as `up` is to find it. */
const wish = (
  resource: string,
  more: Readonly<Record<string, unknown>> = {},
  annotations: Readonly<Record<string, string>> = { kept: "1" },
): void => {
  scratch.wish({ services: [{ resource, annotations, ...more }] });
};
const up = (): Promise<string> => scratch.succeed("up", "--yes", "--skip-preview");

beforeAll(async () => {
  const plan = readPlan("test", stackFile(sandboxPlace("test")), new Map());
  ({ api } = await openSandbox(place, plan, process.env, () => undefined));
  await scratch.makeStack();
});
beforeEach(async () => {
  await scratch.succeed("destroy", "--yes", "--skip-preview");
  wish("shop");
  await up();
});
afterAll(async () => {
  scratch.dispose();
  api.close();
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

describe("a resource of a fixed name that is called otherwise", () => {
  test("is refused in the update, which no preview says, and the object is still there", async () => {
    const before = await shop();
    wish("store");
    await scratch.succeed("preview");
    expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain(
      'services "shop" already exists',
    );
    expect((await shop())?.metadata.uid).toBe(before?.metadata.uid);
  });

  test("changes nothing where an alias says what it was called", async () => {
    const before = await shop();
    wish("store", { aliases: [{ name: "shop" }] });
    await up();
    expect(await shop()).toEqual(before);
  });
});

test("an object that nobody has recorded is not taken over: an update that was killed may have left it", async () => {
  const { stdout: state } = await scratch.engine(["stack", "export"]);
  expect(state).toContain('"default/shop"');
  await scratch.succeed("state", "delete", "--all", "--yes");
  wish("shop", {}, { other: "1" });
  expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain("already exists");
  expect((await shop())?.metadata.annotations).toEqual({ kept: "1" });
  await api.remove(path);
});

test("what an object was made with goes when it is left out, and what others have set stays", async () => {
  await api.patch(path, { metadata: { annotations: { others: "1" } } });
  wish("shop", {}, { later: "1" });
  await up();
  expect((await shop())?.metadata.annotations).toEqual({ later: "1", others: "1" });
});
