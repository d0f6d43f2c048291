/**
 * What Swarm's words render on Kubernetes, put before a real API server in a namespace under Pod
 * Security restricted: it takes every object and every pod. Nothing is made, and nothing runs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import { afterAll, beforeAll, expect, it } from "vitest";

import { toWorkload } from "../../components/compose/kubernetes.ts";
import { translatedExamples } from "../../components/compose/renderings.ts";
import { podSecurityLabels } from "../../components/platform/namespace.ts";
import type { Api } from "../../sandbox/api.ts";
import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { inCluster, some } from "../compose/fixtures.ts";
import { collect, type Registered } from "../harness.ts";
import { LoneWorkload } from "../workload/lone-workload.ts";
import { admit, type Admitted } from "./admission.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-compose-"));
const place = sandboxPlace("test", { root });
const namespace = "example";

let api: Api;

beforeAll(async () => {
  const plan = readPlan("test", stackFile(sandboxPlace("test")), new Map());
  ({ api } = await openSandbox(place, plan, process.env, () => undefined));
  const labels = podSecurityLabels("restricted");
  await api.create("/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels },
  });
  // Pods name it, and are refused where it is not.
  await api.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "worker" },
  });
});

afterAll(async () => {
  api.close();
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

interface Template {
  readonly metadata: object;
  readonly spec: { readonly volumes?: readonly object[] };
}

interface Inputs extends Admitted {
  readonly spec?: {
    readonly template?: Template;
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/** What is not put before the server: the account is there, and a Secret's content is masked here. */
const leftOut = new Set(["ServiceAccount", "Secret"]);

async function admitRegistered({ name, inputs }: Registered): Promise<void> {
  const object = inputs as unknown as Inputs;
  if (leftOut.has(object.kind)) {
    return;
  }
  await admit(api, namespace, { ...object, metadata: { name, ...object.metadata } });
  const { template, volumeClaimTemplates = [] } = object.spec ?? {};
  if (template !== undefined) {
    // A controller is let in whatever its pods are: they are judged when it makes them, with a
    // volume for each claim.
    const disks = volumeClaimTemplates.map((claim) => ({
      name: claim.metadata.name,
      emptyDir: {},
    }));
    await admit(api, namespace, { apiVersion: "v1", kind: "Pod", ...podOf(name, template, disks) });
  }
}

/** The pod that a controller would make. */
const podOf = (name: string, { metadata, spec }: Template, disks: readonly object[]) => ({
  metadata: { name, ...metadata },
  spec: { restartPolicy: "Always", ...spec, volumes: [...(spec.volumes ?? []), ...disks] },
});

const examples = translatedExamples().flatMap(({ says, kubernetes }) =>
  kubernetes === undefined ? [] : [[says.join(", "), kubernetes] as const],
);

it.each(examples)("takes %s", async (says, kubernetes) => {
  const { resources } = await collect(() => {
    const provider = new k8s.Provider("cluster", { context: "example" });
    return new LoneWorkload("worker", { ...kubernetes, data: "delete" }, { provider });
  });
  // A patch is no whole object: it is for one that the server has, and end to end puts it there (pushtech.e2e.test.ts).
  const objects = resources.filter(
    ({ type }) => type.startsWith("kubernetes:") && !type.endsWith("Patch"),
  );
  expect(objects.length).toBeGreaterThan(2);
  const judged = Promise.all(objects.map(admitRegistered));
  // A port of the node is what restricted refuses, and why config asks for a named exception.
  if (says.includes("mode: host")) {
    await expect(judged).rejects.toThrow("hostPort");
  } else {
    await judged;
  }
});

// What stackFaults refuses of node ports, and what it takes, rests on this.
it("counts ports of the nodes by number alone, and lets one Service have one by both protocols", async () => {
  const service = (name: string, ...protocols: readonly string[]) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: {
      type: "NodePort",
      ports: protocols.map((protocol) => ({
        ...{ name: protocol.toLowerCase(), port: 30_010, nodePort: 30_010, protocol },
      })),
    },
  });
  await api.create(`/api/v1/namespaces/${namespace}/services`, service("both", "TCP", "UDP"));
  await expect(admit(api, namespace, service("other", "UDP"))).rejects.toThrow("already allocated");
});

it.each([
  ["two published ports of one of the container's", { ports: ["8080:80", "8081:80"] }],
  [
    "a label that is spread over more than once",
    {
      placement: {
        preferences: ["zone", "zone", "kubernetes.io/hostname"].map((label) => ({
          spread: `node.labels.${label}`,
        })),
      },
    },
  ],
])("takes %s", async (_, words) => {
  const { args } = toWorkload(some(words), inCluster());
  const { resources } = await collect(() => {
    const provider = new k8s.Provider("cluster", { context: "example" });
    return new LoneWorkload("worker", { ...args, data: "delete" }, { provider });
  });
  const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(objects.length).toBeGreaterThan(2);
  await Promise.all(objects.map(admitRegistered));
});
