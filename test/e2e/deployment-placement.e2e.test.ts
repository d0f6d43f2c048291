/**
 * Where pods run, what evictions may take, how pods behave that are told to, and two stacks on one
 * cluster: API server, scheduler, admission and controllers are real, what Workload renders is applied
 * by the real engine. No container runs: that a program starts is not shown.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ApiError } from "../../sandbox/api.ts";
import { courseOf, podsOf } from "./rollout-course.ts";
import { clusterWide } from "./rollout-objects.ts";
import {
  type RolloutCluster,
  rolloutCluster,
  type RolloutStack,
  type WantedWorkload,
} from "./rollout-project.ts";
import { record, type RecordedPod, type Recorder } from "./rollout-recorder.ts";
import { atVersion, cluster, deployment } from "./rollout-wanted.ts";

type Placement = NonNullable<WantedWorkload["placement"]>;

const placed = (replicas: number, placement: Placement): WantedWorkload =>
  deployment(replicas, {}, { placement });

/** One a node at most, and more than there are nodes: the last one must wait. */
const crowded = (replicas: number, placement: Placement): WantedWorkload => ({
  ...placed(replicas, { ...placement, podAntiAffinity: "required" }),
  await: false,
});

const label = (
  key: string,
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist",
  ...values: string[]
) => ({ key, operator, values });

const web = deployment(
  1,
  {},
  { clusterRules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }] },
);

const workloads: Readonly<Record<string, WantedWorkload>> = {
  in: placed(2, { nodeAffinity: [label("disk", "In", "ssd")], spread: "required" }),
  "not-in": placed(4, { nodeAffinity: [label("disk", "NotIn", "hdd")], spread: "required" }),
  workers: crowded(7, {
    nodeAffinity: [label("node-role.kubernetes.io/control-plane", "DoesNotExist")],
  }),
  zones: crowded(4, {
    nodeAffinity: [
      label("disk", "Exists"),
      label("kubernetes.io/hostname", "NotIn", "rollout-fast-1"),
    ],
    spread: [
      {
        topologyKey: "topology.kubernetes.io/zone",
        maxSkew: 1,
        whenUnsatisfiable: "DoNotSchedule",
      },
    ],
  }),
  pinned: placed(1, { slot: 1, tolerations: [{ key: "fleet/slot" }] }),
  apart: crowded(4, { nodeSelector: { disk: "hdd" } }),
  drained: atVersion("sandbox-slow-1s", deployment(2, {}, { disruption: { minAvailable: 1 } })),
  web,
};

let rollouts: RolloutCluster;
let recorder: Recorder;
let stack: RolloutStack;

beforeAll(async () => {
  rollouts = await rolloutCluster(cluster);
  recorder = await record(rollouts.api);
  stack = await rollouts.stack("one");
  await stack.up({ namespace: "one", workloads });
  const count = Object.values(workloads).reduce((sum, { replicas = 1 }) => sum + replicas, 0);
  await recorder.until("the scheduler has looked at every pod", (pods) => {
    const looked = pods.filter(({ node, unschedulable }) => node !== undefined || unschedulable);
    return looked.length === count;
  });
});

afterAll(async () => {
  await recorder.stop();
  await rollouts.dispose();
});

const of = (name: string, pods = recorder.pods()): readonly RecordedPod[] =>
  podsOf(pods, `one/${name}`);
const uids = (pods: readonly RecordedPod[]): readonly string[] => pods.map(({ uid }) => uid);
const isReady = ({ readySince }: RecordedPod): boolean => readySince !== undefined;

/** Runs a bare pod. */
const runPod = (name: string, tag: string, spec: object = {}, annotations: object = {}) =>
  rollouts.api.create("/api/v1/namespaces/default/pods", {
    metadata: { name, annotations },
    spec: { containers: [{ name: "main", image: `registry.example/main:${tag}` }], ...spec },
  });

/** Asks for a pod to go, as a drained node does: it keeps its grace. */
const evict = (namespace: string, name: string): Promise<void> =>
  rollouts.api.create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace },
  });

/** Lets no node take new pods, or all of them again. */
async function cordon(unschedulable: boolean): Promise<void> {
  for (const { metadata } of await rollouts.api.list("/api/v1/nodes")) {
    await rollouts.api.patch(`/api/v1/nodes/${metadata.name}`, { spec: { unschedulable } });
  }
}

describe("the real scheduler places pods", () => {
  const nodesOf = (name: string): readonly string[] =>
    of(name)
      .map(({ node }) => node?.replace("rollout-", "") ?? "none")
      .sort();

  it.each([
    ["on nodes whose label has a value (In)", "in", ["fast-0", "fast-1"]],
    [
      "on nodes whose label has not, those without it too (NotIn)",
      "not-in",
      ["fast-0", "fast-1", "plain-0", "server-0"],
    ],
    ["on the node of its slot", "pinned", ["slots-slot-1"]],
    [
      "one a node where they must be apart: the one beyond the last node waits",
      "apart",
      ["general-0", "general-1", "general-2", "none"],
    ],
    [
      "on workers only: one waits rather than run on the server",
      "workers",
      ["fast-0", "fast-1", "general-0", "general-1", "general-2", "none", "plain-0"],
    ],
  ])("%s", (_, name, nodes) => {
    expect(nodesOf(name)).toEqual(nodes);
  });

  it("evenly over what the spread names: one waits rather than be the third in its zone", () => {
    const pools = nodesOf("zones").map((node) => node.replace(/-\d$/, ""));
    expect(pools).toEqual(["fast", "general", "general", "none"]);
  });

  it("once: a label that a node loses later moves none", async () => {
    const before = uids(of("in"));
    const node = "/api/v1/nodes/rollout-fast-0";
    await rollouts.api.patch(node, { metadata: { labels: { disk: null } } });
    // Time for whoever would react: until a pod that came after the change runs.
    await runPod("later", "1", { nodeSelector: { "kubernetes.io/hostname": "rollout-fast-1" } });
    await recorder.until("the later pod runs", (pods) =>
      pods.some((pod) => pod.name === "later" && isReady(pod)),
    );
    expect(uids(of("in"))).toEqual(before);
    await rollouts.api.patch(node, { metadata: { labels: { disk: "ssd" } } });
  });
});

describe("an eviction, as drained nodes ask for it,", () => {
  it("takes no more pods than the budget allows", async () => {
    const mark = recorder.mark();
    const [one, other] = of("drained");
    if (one === undefined || other === undefined) {
      throw new Error("there are no two pods to evict");
    }
    // The first one's successor finds no node meanwhile: ready soon enough, it would let the second one go.
    await cordon(true);
    await evict("one", one.name);
    const refused = await evict("one", other.name).catch((error: unknown) => error);
    await cordon(false);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 429 });
    await recorder.until("the evicted pod is replaced", (pods) => {
      const now = of("drained", pods);
      return now.length === 2 && now.every((pod) => pod.uid !== one.uid && isReady(pod));
    });
    expect(courseOf(recorder.since(mark), "one/drained", 0).fewestAvailable).toBe(1);
  });
});

describe("a pod that is told how to behave", () => {
  let mark: number;
  const is = (name: string, holds: (pod: RecordedPod) => boolean) =>
    recorder.until(`${name} behaves`, (pods) =>
      pods.some((pod) => pod.name === name && holds(pod)),
    );
  /** A pod as it was in turn. Its own times count: they are the API server's, and not when a busy machine heard of them. */
  const states = (name: string): readonly RecordedPod[] =>
    recorder.since(mark).flatMap(({ pods }) => pods.filter((pod) => pod.name === name));
  const ran = (name: string): readonly RecordedPod[] =>
    states(name).filter(({ phase }) => phase === "Running");

  beforeAll(async () => {
    mark = recorder.mark();
    await Promise.all([
      runPod("plain", "1"),
      runPod("slow", "sandbox-slow-2s"),
      runPod("never", "1", {}, { "sandbox.fleet/behaviour": "never-ready" }),
      runPod("crash", "sandbox-crash"),
      runPod("crash-later", "sandbox-crash-2s"),
      runPod("fail", "sandbox-fail", { restartPolicy: "Never" }),
      runPod("misspelt", "sandbox-crsh"),
      runPod("stops", "sandbox-slow-stop-2s"),
    ]);
    await Promise.all([
      is("plain", isReady),
      is("slow", isReady),
      is("crash", ({ restarts }) => restarts >= 2),
      is("crash-later", ({ restarts }) => restarts >= 1),
      is("fail", ({ phase }) => phase === "Failed"),
      is("stops", isReady),
    ]);
  });

  it("gets ready late, or never", () => {
    expect(ran("plain")[0]).toSatisfy(isReady);
    expect(ran("slow")[0]).not.toSatisfy(isReady);
    const { created, readySince = NaN } = ran("slow").find(isReady) ?? { created: NaN };
    expect(readySince - created).toBeGreaterThanOrEqual(2_000);
    expect(ran("never").length).toBeGreaterThan(0);
    expect(ran("never").filter(isReady)).toEqual([]);
  });

  it("crashes: not ready, restarted with pauses that grow", () => {
    expect(states("crash").filter(isReady)).toEqual([]);
    const [once = NaN, twice = NaN] = [1, 2].map(
      (count) => states("crash").find(({ restarts }) => restarts === count)?.crashed,
    );
    expect(twice - once).toBeGreaterThanOrEqual(2_000);
    const [first] = ran("crash-later");
    expect(first).toSatisfy(isReady);
    const later = states("crash-later").find(({ restarts }) => restarts === 1);
    expect((later?.crashed ?? NaN) - (first?.readySince ?? NaN)).toBeGreaterThanOrEqual(2_000);
  });

  it("fails where nothing restarts it", () => {
    expect(states("fail").at(-1)?.phase).toBe("Failed");
    expect(states("fail").filter(({ restarts }) => restarts > 0)).toEqual([]);
  });

  it("says so where the sandbox does not know the word", async () => {
    const { status } = (await rollouts.api.find("/api/v1/namespaces/default/pods/misspelt")) ?? {};
    expect(status).toMatchObject({
      phase: "Pending",
      containerStatuses: [
        {
          ready: false,
          state: {
            waiting: { message: 'the sandbox knows no behaviour "crsh": sandbox/stages/README.md' },
          },
        },
      ],
    });
  });

  it("stops slowly", async () => {
    const asked = Date.now();
    await evict("default", "stops");
    await recorder.until("it is gone", (pods) => pods.every(({ name }) => name !== "stops"));
    expect(Date.now() - asked).toBeGreaterThan(1_500);
  });
});

describe("two stacks on one cluster", () => {
  it("touch nothing of each other, though their workloads have the same names", async () => {
    const before = await clusterWide(rollouts.api);
    const pods = uids(recorder.pods().filter(({ workload }) => workload.startsWith("one/")));
    const second = await rollouts.stack("two");
    await second.up({ namespace: "two", workloads: { web } });
    const during = await clusterWide(rollouts.api);
    expect([...before].filter(([key, state]) => during.get(key) !== state)).toEqual([]);
    expect([...during.keys()].filter((key) => !before.has(key))).toEqual([
      "namespaces/two",
      "rbac.authorization.k8s.io/clusterrolebindings/two:web",
      "rbac.authorization.k8s.io/clusterroles/two:web",
    ]);
    expect(podsOf(recorder.pods(), "two/web")).toHaveLength(1);

    await second.destroy();
    expect(await clusterWide(rollouts.api)).toEqual(before);
    const { code, outcome } = await stack.attempt({ namespace: "one", workloads });
    expect([code, Object.keys(outcome.changes)]).toEqual([0, ["same"]]);
    expect(uids(recorder.pods().filter(({ workload }) => workload.startsWith("one/")))).toEqual(
      pods,
    );
  });
});
