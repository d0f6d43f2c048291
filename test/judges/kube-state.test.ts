/**
 * Runs kube-state-metrics with its generated arguments before a real API server, with the rights that its
 * account gets and no others: those suffice, nothing more can be read, and it shows what the catalogue of
 * metrics says. Nodes and pods are kwok's: what runs in pods is not looked at.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { kubeState } from "../../components/observability/families/kube-state.ts";
import { apiServer } from "../../components/observability/families/kubernetes.ts";
import {
  kubeStateArguments,
  kubeStateRules,
} from "../../components/observability/metrics/kube-state.ts";
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import { Api } from "../../sandbox/api.ts";
import { ensureStorageClasses, syncNodes } from "../../sandbox/cluster-contents.ts";
import {
  createControlPlane,
  serverAddress,
  stopControlPlane,
} from "../../sandbox/control-plane.ts";
import { prepareFolder } from "../../sandbox/environment.ts";
import { type ApiAccess, apiAccess } from "../../sandbox/kubeconfig.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { freePorts, Place, type Running, until } from "../data/programs.ts";
import { catalogueFaults, samplesOf } from "./exposition.ts";
import { shopEvents, shopObjects } from "./kube-state-objects.ts";

const account = "kube-state-metrics";
const where = sandboxPlace("kube-state", {
  root: mkdtempSync(join(tmpdir(), "fleet-kube-state-")),
});

const node: NodeShape = {
  pool: "general",
  index: 0,
  slot: 3,
  address: undefined,
  labels: { "fleet/pool": "general", "fleet/slot": "3", "kubernetes.io/os": "linux" },
  taints: [{ key: "spare", value: "yes", effect: "PreferNoSchedule" }],
  capacity: { cpu: "4", memory: "8Gi", pods: 110 },
  allocatable: { cpu: "3", memory: "6Gi", pods: 100 },
};

/** The role of the component, bound to its account. */
const rights = {
  "/apis/rbac.authorization.k8s.io/v1/clusterroles": {
    metadata: { name: account },
    rules: kubeStateRules,
  },
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": {
    metadata: { name: account },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: account },
    subjects: [{ kind: "ServiceAccount", name: account, namespace: "default" }],
  },
};

/** A kubeconfig by which whoever has it is the account, and has its rights alone. */
function kubeconfig({ server, authority, certificate, key }: ApiAccess): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "judge",
    contexts: [{ name: "judge", context: { cluster: "judge", user: "judge" } }],
    clusters: [
      { name: "judge", cluster: { server, "certificate-authority-data": base64(authority) } },
    ],
    users: [
      {
        name: "judge",
        user: {
          "client-certificate-data": base64(certificate),
          "client-key-data": base64(key),
          as: `system:serviceaccount:default:${account}`,
        },
      },
    ],
  });
}

let place: Place;
let api: Api;
let access: ApiAccess;
let running: Running;
let ports: { readonly metrics: number; readonly telemetry: number };

const ask = (port: number, path: string): Promise<Response | undefined> =>
  fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);

const metrics = async (): Promise<string> => (await ask(ports.metrics, "/metrics"))?.text() ?? "";

/** A page of the API server itself. */
const ofApiServer = (path: string): Promise<string> =>
  new Promise((settle, fail) => {
    const { server, authority: ca, certificate: cert, key } = access;
    get(`${server}${path}`, { ca, cert, key }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => {
        settle(text);
      });
    }).on("error", fail);
  });

/** Number of series under a name. */
const series = (text: string, name: string): number => samplesOf(text).get(name)?.length ?? 0;

beforeAll(async () => {
  prepareFolder(where);
  access = apiAccess(where, serverAddress(await createControlPlane(where, process.env)));
  api = new Api(access);
  await ensureStorageClasses(api);
  await syncNodes(api, { stack: "kube-state", nodes: [node], machines: 0 });
  for (const [path, object] of Object.entries(rights)) {
    await api.create(path, object);
  }
  for (const [path, object] of shopObjects) {
    await api.create(path, object);
  }
  place = new Place(["kube-state-metrics"]);
  const [first = 0, second = 0] = await freePorts(2);
  ports = { metrics: first, telemetry: second };
  const config = place.write("kubeconfig", kubeconfig(access));
  const words = [...kubeStateArguments(ports), `--kubeconfig=${config}`];
  running = place.start(["kube-state-metrics", ...words]);
  await until("pods that run and a Job that failed are told of", async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`kube-state-metrics ended:\n${running.said()}`);
    }
    const samples = samplesOf(await metrics());
    const ready = (samples.get("kube_pod_status_ready") ?? []).filter(
      ({ labels, value }) => labels["condition"] === "true" && value === 1,
    );
    const failed = samples.get("kube_job_status_failed") ?? [];
    return ready.length >= 3 && failed.some(({ labels }) => labels["reason"] !== undefined);
  });
  for (const [path, status] of shopEvents) {
    await api.patch(path, { status });
  }
  await until("what befell them is told of", async () => {
    const text = await metrics();
    return (
      series(text, "kube_cronjob_status_last_successful_time") > 0 &&
      series(text, "kube_pod_container_status_last_terminated_reason") > 0
    );
  });
});

afterAll(async () => {
  await place.clear();
  api.close();
  await stopControlPlane(where, 0);
  rmSync(join(where.folder, ".."), { recursive: true, force: true });
});

describe("kube-state-metrics with the rights of its account", () => {
  it("may look at all that it is told to look at", () => {
    expect(running.said()).not.toMatch(/forbidden|cannot (list|watch)/);
  });

  it.each([
    "kube_node_info",
    "kube_deployment_status_replicas",
    "kube_statefulset_replicas",
    "kube_daemonset_status_desired_number_scheduled",
    "kube_replicaset_owner",
    "kube_cronjob_info",
    "kube_job_info",
    "kube_horizontalpodautoscaler_info",
    "kube_poddisruptionbudget_status_expected_pods",
    "kube_persistentvolumeclaim_info",
    "kube_persistentvolume_info",
    "kube_resourcequota",
    "kube_namespace_status_phase",
  ])("tells of what is there: %s", async (name) => {
    expect(series(await metrics(), name)).toBeGreaterThan(0);
  });

  it("tells when a backup ran last, and why a program is started again and again", async () => {
    const samples = samplesOf(await metrics());
    const store = { namespace: "shop", pod: "store-0", container: "store" };
    expect(samples.get("kube_cronjob_status_last_successful_time")).toEqual([
      {
        labels: { namespace: "shop", cronjob: "nightly" },
        value: Date.parse("2026-11-21T03:17:00Z") / 1_000,
      },
    ]);
    expect(samples.get("kube_pod_container_status_waiting_reason")).toEqual([
      expect.objectContaining({
        labels: expect.objectContaining({ ...store, reason: "CrashLoopBackOff" }) as object,
      }),
    ]);
    expect(samples.get("kube_pod_container_status_restarts_total")).toContainEqual(
      expect.objectContaining({ labels: expect.objectContaining(store) as object, value: 7 }),
    );
  });

  it("tells by a pod's labels which workload it is of, and by a node's which slot", async () => {
    const samples = samplesOf(await metrics());
    const labels = (name: string) => samples.get(name)?.map((sample) => sample.labels) ?? [];
    expect(labels("kube_pod_labels")).toContainEqual(
      expect.objectContaining({ label_app_kubernetes_io_name: "web" }),
    );
    expect(labels("kube_node_labels")).toContainEqual(
      expect.objectContaining({ label_fleet_pool: "general", label_fleet_slot: "3" }),
    );
  });

  it("shows nothing of Secrets and ConfigMaps", async () => {
    expect(await metrics()).not.toMatch(/^kube_(secret|configmap)_/m);
  });

  it("shows what the catalogue says", async () => {
    expect(catalogueFaults(kubeState, await metrics())).toEqual([]);
  });

  it("stands before an API server that itself shows what the catalogue says", async () => {
    expect(catalogueFaults(apiServer, await ofApiServer("/metrics"))).toEqual([]);
  });

  it("answers its probes", async () => {
    expect((await ask(ports.telemetry, "/readyz"))?.status).toBe(200);
    expect((await ask(ports.metrics, "/healthz"))?.status).toBe(200);
  });
});
