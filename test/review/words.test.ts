/** What changes, in the words of those who run it; and what a stack asks of its cluster. */
import { describe, expect, it } from "vitest";

import { imageWords } from "../../review/kubernetes/container-words.ts";
import { paceOf } from "../../review/kubernetes/pace.ts";
import { percent, readQuantity } from "../../review/kubernetes/quantities.ts";
import type { Totals } from "../../review/model.ts";
import type { JsonObject } from "../../review/values.ts";
import {
  blinded,
  type Made,
  madeItem,
  madeReport,
  object,
  typeOf,
  unknown,
  workload,
} from "./made.ts";

const digest = `sha256:${"ab".repeat(32)}`;

/** Words of a change of these two states, whose differences are those of an own comparison. */
const words = (type: string, before: JsonObject, after: JsonObject): readonly string[] =>
  madeItem({ type, before, after }).words;

const totals = (...resources: readonly Made[]): Totals => {
  const [stack] = madeReport(resources).stacks;
  if (stack === undefined) {
    throw new Error("no stack");
  }
  return stack.totals;
};

describe("an image", () => {
  it.each([
    ["shop/web:v1", `shop/web:v2@${digest}`, "image shop/web: v1 -> v2 (digest pinned)"],
    [`shop/web:v1@${digest}`, "shop/web:v2", "image shop/web: v1 -> v2 (digest no longer pinned)"],
    ["shop/web:v1", "shop/web:v2", "image shop/web: v1 -> v2"],
    ["shop/web", "shop/web:v2", "image shop/web: latest -> v2"],
    [
      "a.example:5000/web",
      "b.example:5000/web:v2",
      "image a.example:5000/web:latest -> b.example:5000/web:v2",
    ],
    [
      `shop/web:v1@sha256:${"cd".repeat(32)}`,
      `shop/web:v1@${digest}`,
      "image shop/web:v1: same tag, digest sha256:cdcdcdcdcdcd -> sha256:abababababab",
    ],
    ["shop/web:v1", unknown, "image shop/web:v1 -> [unknown]"],
  ])("%s -> %s", (before, after, line) => {
    expect(imageWords(before, after)).toEqual([line]);
  });
});

describe("rights that come or go whole", () => {
  const rights = (kind: string): string => `kubernetes:rbac.authorization.k8s.io/v1:${kind}`;
  const rule = { apiGroups: ["", "apps"], resources: ["pods"], verbs: ["list", "get"] };

  it("are told: who may do what", () => {
    const role = object({ rules: [rule, { nonResourceURLs: ["/metrics"], verbs: ["get"] }] });
    const lines = ["rule get,list pods", "rule get,list pods.apps", "rule get /metrics"];
    expect(madeItem({ op: "create", type: "Role", after: role }).words).toEqual(lines);
    expect(madeItem({ op: "delete", type: rights("ClusterRole"), before: role }).words).toEqual(
      lines,
    );
    const binding = {
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
      subjects: [
        { kind: "ServiceAccount", name: "web", namespace: "shop" },
        { kind: "Group", name: "office" },
      ],
    };
    for (const kind of ["RoleBinding", "ClusterRoleBinding"]) {
      const made: Made = { op: "create", type: rights(kind), after: object(binding) };
      expect(madeItem(made).words).toEqual([
        "ClusterRole cluster-admin to ServiceAccount shop/web",
        "ClusterRole cluster-admin to Group office",
      ]);
    }
  });

  it("are told up to a number", () => {
    const rules = Array.from({ length: 14 }, (_, at) => ({ ...rule, apiGroups: [`g${at}`] }));
    const { words: told } = madeItem({ op: "create", type: "Role", after: object({ rules }) });
    expect([told.length, told.at(-1)]).toEqual([13, "2 further ones"]);
  });
});

describe("a workload's words", () => {
  it("tell replicas, and amounts by how much they change", () => {
    const resources = (cpu: string, memory: string) => ({
      resources: { requests: { cpu }, limits: { memory } },
    });
    expect(
      words(
        "Deployment",
        workload({ replicas: 2 }, resources("250m", "512Mi")),
        workload({ replicas: 3 }, resources("500m", "384Mi")),
      ),
    ).toEqual([
      "cpu request 250m -> 500m (+100%)",
      "memory limit 512Mi -> 384Mi (-25%)",
      "replicas 2 -> 3",
    ]);
  });

  it("name the container where there are several", () => {
    const both = (image: string) =>
      workload(
        {},
        {},
        {
          containers: [
            { name: "a", image: "a:1" },
            { name: "b", image },
          ],
        },
      );
    expect(words("Deployment", both("b:1"), both("b:2"))).toEqual(["b: image b: 1 -> 2"]);
  });

  it("tell where a variable comes from, not what a secret one is", () => {
    const env = (...list: readonly JsonObject[]) => workload({}, { env: list });
    expect(
      words(
        "Deployment",
        env(
          { name: "LEVEL", value: "info" },
          { name: "GONE", value: "x" },
          { name: "PASSWORD", value: "a" },
        ),
        env(
          { name: "LEVEL", value: "debug" },
          { name: "PASSWORD", value: "b" },
          { name: "KEY", valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
        ),
      ).slice(0, 4),
    ).toEqual([
      "env LEVEL info -> debug",
      "env GONE removed",
      "env PASSWORD [secret] changed",
      "env KEY added (key password of Secret login)",
    ]);
  });

  it("tell of variables that stay nothing, and of one that becomes secret or no longer is one no value", () => {
    const env = (image: string, ...list: readonly JsonObject[]) =>
      workload({}, { image, env: list });
    const [open, hidden] = [
      { name: "LEVEL", value: "info" },
      { name: "LOGIN", value: blinded },
    ];
    const word = { name: "PASSWORD", value: "hunter2" };
    expect(
      words("Deployment", env("a:1", open, hidden, word), env("a:2", open, hidden, word)),
    ).toEqual(["image a: 1 -> 2"]);
    for (const [before, after] of [
      ["info", blinded],
      [blinded, "info"],
    ]) {
      const told = words(
        "Deployment",
        env("a:1", { name: "LEVEL", value: before }),
        env("a:1", { name: "LEVEL", value: after }),
      );
      expect(told).toContain("env LEVEL [secret] changed");
      expect(told.join()).not.toContain("info");
    }
  });

  it("name a container that comes, goes, or has another name alone", () => {
    const pod = (...containers: readonly JsonObject[]) => workload({}, {}, { containers });
    const [a, b] = [
      { name: "a", image: "a:1" },
      { name: "b", image: "b:1" },
    ];
    expect(words("Deployment", pod(a, b), pod(a))).toEqual(["container b removed (b:1)"]);
    expect(words("Deployment", pod(a), pod(a, b))).toEqual(["container b added (b:1)"]);
    expect(words("Deployment", pod(a), pod({ name: "c", image: "a:2" }))).toEqual([
      "container a -> c",
      "image a: 1 -> 2",
    ]);
  });

  it("tell each property that has no words of its own, and how many more there are", () => {
    const many = (mark: number) =>
      workload(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`x${at}`, mark])));
    const told = words("Deployment", many(1), many(2));
    expect(told[0]).toBe("spec.x0 1 -> 2");
    expect(told.at(-1)).toBe("8 further properties");
  });
});

describe("other objects' words", () => {
  const rule = (resources: readonly string[], more: JsonObject = {}) =>
    object({ rules: [{ apiGroups: [""], resources, verbs: ["list", "get"], ...more }] });
  const selecting = (matchExpressions: readonly JsonObject[]) =>
    object({ spec: { selector: { matchLabels: { app: "web" }, matchExpressions } } });
  const mounting = (...volumes: readonly JsonObject[]) => workload({}, {}, { volumes });
  const labelledPods = (labels: JsonObject, own: JsonObject) => ({
    metadata: { name: "web", namespace: "shop", labels: own },
    spec: { template: { metadata: { labels }, spec: {} } },
  });
  const claim = (storage: string) => object({ spec: { resources: { requests: { storage } } } });
  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ["PersistentVolumeClaim", claim("10Gi"), claim("5Gi"), ["storage 10Gi -> 5Gi (-50%)"]],
    ["Role", rule(["pods"]), rule(["pods", "secrets"]), ["rule get,list secrets added"]],
    [
      "Service",
      object({ spec: { type: "ClusterIP", ports: [{ port: 80, targetPort: 8080 }] } }),
      object({
        spec: { type: "NodePort", ports: [{ port: 80, targetPort: 8081, nodePort: 30_080 }] },
      }),
      ["type ClusterIP -> NodePort", "port 80/TCP to 8080 -> to 8081, on every node 30080"],
    ],
    [
      "Service",
      object({ spec: { loadBalancerSourceRanges: ["192.0.2.0/24", "198.51.100.0/24"] } }),
      object({ spec: { loadBalancerSourceRanges: ["0.0.0.0/0", "192.0.2.0/24"] } }),
      ["source range 0.0.0.0/0 added", "source range 198.51.100.0/24 removed"],
    ],
    [
      "Service",
      object({ spec: { loadBalancerSourceRanges: ["192.0.2.0/24"] } }),
      object({ spec: { loadBalancerSourceRanges: unknown } }),
      ['source ranges ["192.0.2.0/24"] -> [unknown]'],
    ],
    [
      "Service",
      object({ spec: { ports: [{ port: 80, name: "web" }] } }),
      object({ spec: { ports: [{ port: 80, name: "http" }] } }),
      ["port 80/TCP changed (to 80)"],
    ],
    [
      "Role",
      rule(["secrets"], { resourceNames: ["b", "a"] }),
      rule(["secrets"]),
      ["rule get,list secrets added", "rule get,list secrets (only a, b) removed"],
    ],
    [
      "PersistentVolume",
      object({ spec: { capacity: { storage: "10Gi" }, storageClassName: "slow" } }),
      object({ spec: { capacity: { storage: "20Gi" }, storageClassName: "fast" } }),
      ["spec.capacity.storage 10Gi -> 20Gi", "spec.storageClassName slow -> fast"],
    ],
    [
      "kubernetes:shop.example/v1:Shop",
      object({ spec: { replicas: 1, selector: "app=web" } }),
      object({ spec: { replicas: 2, selector: "app=api" } }),
      ["spec.replicas 1 -> 2", "spec.selector app=web -> app=api"],
    ],
    [
      "DaemonSet",
      selecting([{ key: "a", operator: "Exists" }]),
      selecting([{ key: "b", operator: "Exists" }]),
      [
        'selector app=web,{"key":"a","operator":"Exists"} -> app=web,{"key":"b","operator":"Exists"}',
      ],
    ],
    [
      "Deployment",
      mounting(
        { name: "a", hostPath: { path: "/var" } },
        { name: "b", configMap: { name: "web" } },
      ),
      mounting(
        { name: "a", hostPath: { path: "/" } },
        { name: "b", configMap: { name: "web", defaultMode: 511 } },
      ),
      ["volume a hostPath /var -> hostPath /", "volume b changed (ConfigMap web)"],
    ],
    [
      "Deployment",
      labelledPods({ app: "web", version: "1", tier: "x" }, { version: "1" }),
      labelledPods({ app: "web", version: "2", tier: "y" }, { version: "2" }),
      ["pod label tier x -> y", "label version 1 -> 2"],
    ],
    [
      "Ingress",
      object({ spec: { rules: [{ host: "a.example" }] } }),
      object({ spec: { rules: [{ host: "b.example" }] } }),
      ["host a.example removed", "host b.example added"],
    ],
    [
      "ConfigMap",
      object({ data: { a: "1" } }),
      object({ data: { b: "1" } }),
      ["file a removed", "file b added"],
    ],
    [
      "linode:index/domainRecord:DomainRecord",
      { target: "192.0.2.1" },
      { target: "192.0.2.2" },
      ["target 192.0.2.1 -> 192.0.2.2"],
    ],
  ])("%s", (type, before, after, told) => {
    expect(words(type, before, after)).toEqual(told);
  });

  it("say who reads a config object and does not roll with it", () => {
    const reader: Made = {
      op: "same",
      type: "Deployment",
      name: "api",
      before: workload({}, { envFrom: [{ configMapRef: { name: "web" } }] }),
    };
    const config: Made = {
      type: "ConfigMap",
      before: object({ data: { a: "1" } }),
      after: object({ data: { a: "2" } }),
    };
    expect(madeItem(config, reader).words).toContain(
      "read by Deployment web, which does not roll with it",
    );
    const rolls: Made = {
      ...reader,
      op: "update",
      after: workload({}, { image: "shop/web:v2", envFrom: [{ configMapRef: { name: "web" } }] }),
    };
    expect(madeItem(config, rolls).words.join()).not.toContain("read by");
  });
});

describe("a quantity", () => {
  it.each([
    ["250m", 0.25],
    ["1.5", 1.5],
    [2, 2],
    ["1Ki", 1024],
    ["128974848", 128_974_848],
    ["129e6", 129e6],
    ["1E", 1e18],
    ["100n", 1e-7],
  ])("%s is %s", (text, amount) => {
    expect(readQuantity(text)).toBeCloseTo(amount, 12);
  });

  it.each(["", "abc", "1Xi", "--1", "1 Gi", unknown, null, {}, "9".repeat(400)])(
    "%j is none",
    (text) => {
      expect(readQuantity(text)).toBeUndefined();
    },
  );

  it("changes by a share of what it was", () => {
    expect([percent(512, 1024), percent(4, 3), percent(0, 3)]).toEqual(["+100%", "-25%", ""]);
  });
});

describe("the pace of a rollout", () => {
  const rolling = (maxSurge: number | string, maxUnavailable: number | string, replicas = 4) =>
    workload({ replicas, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } });
  it.each<[string, JsonObject, string, number | undefined]>([
    ["Deployment", workload({ replicas: 4 }), "up to 2 of 4 at once", 1],
    ["Deployment", workload({ replicas: 1 }), "the only one", 0],
    ["Deployment", rolling(1, 0), "one at a time", 0],
    ["Deployment", rolling(0, 0), "one at a time", 1],
    ["Deployment", rolling("100%", "50%"), "all 4 at once", 2],
    [
      "Deployment",
      workload({ replicas: 3, strategy: { type: "Recreate" } }),
      "all at once: the old ones stop first",
      3,
    ],
    [
      "Deployment",
      workload({ replicas: unknown }),
      "by its strategy, of a number that is not known yet",
      undefined,
    ],
    // 0.07 × 100 is a little more than 7 to a computer: one would be too many.
    ["Deployment", rolling("7%", 0, 100), "up to 7 of 100 at once", 0],
    ["StatefulSet", workload({ replicas: 3 }), "one at a time, the last first", 1],
    [
      "StatefulSet",
      workload({ replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } }),
      "one at a time, the last first, those from number 2 on",
      1,
    ],
    [
      "StatefulSet",
      workload({ updateStrategy: { type: "OnDelete" } }),
      "none by itself: each is replaced when somebody deletes it",
      0,
    ],
    ["DaemonSet", workload(), "one node at a time", undefined],
    [
      "DaemonSet",
      workload({ updateStrategy: { rollingUpdate: { maxSurge: "10%", maxUnavailable: 0 } } }),
      "nodes at a time: 10%, the new pod beside the old one",
      undefined,
    ],
    [
      "DaemonSet",
      workload({ updateStrategy: { rollingUpdate: { maxUnavailable: "30%" } } }),
      "nodes at a time: 30%",
      undefined,
    ],
    ["Deployment", workload({ replicas: 0 }), "no pods", 0],
    [
      "Deployment",
      rolling(unknown, 0),
      "by its strategy, whose numbers are not known yet",
      undefined,
    ],
    [
      "Deployment",
      rolling(1, unknown),
      "by its strategy, whose numbers are not known yet",
      undefined,
    ],
    ["Deployment", rolling(0, 9), "all 4 at once", 4],
    [
      "StatefulSet",
      workload({ replicas: 4, updateStrategy: { rollingUpdate: { maxUnavailable: 3 } } }),
      "up to 3 of 4 at once, the last first",
      3,
    ],
    [
      "StatefulSet",
      workload({ replicas: 7, updateStrategy: { rollingUpdate: { maxUnavailable: "40%" } } }),
      "up to 2 of 7 at once, the last first",
      2,
    ],
    [
      "StatefulSet",
      workload({ replicas: 3, updateStrategy: { rollingUpdate: { maxUnavailable: "10%" } } }),
      "one at a time, the last first",
      1,
    ],
    [
      "StatefulSet",
      workload({ replicas: 4, updateStrategy: { rollingUpdate: { maxUnavailable: unknown } } }),
      "by its strategy, whose numbers are not known yet",
      undefined,
    ],
    [
      "StatefulSet",
      workload({ replicas: 3, updateStrategy: { rollingUpdate: { partition: 5 } } }),
      "one at a time, the last first, those from number 5 on",
      0,
    ],
    [
      "DaemonSet",
      workload({ updateStrategy: { type: "OnDelete" } }),
      "none by itself: each is replaced when somebody deletes it",
      0,
    ],
    [
      "DaemonSet",
      workload({ updateStrategy: { rollingUpdate: { maxUnavailable: unknown } } }),
      "nodes at a time: a number that is not known yet",
      undefined,
    ],
    ["Job", workload(), "a new one is made", undefined],
    [
      "StatefulSet",
      workload({ replicas: unknown }),
      "by its strategy, of a number that is not known yet",
      undefined,
    ],
  ])("%s %#: %3$s", (type, inputs, line, missing) => {
    expect(paceOf(typeOf(type), inputs)).toEqual({ line, missing });
  });
});

describe("totals", () => {
  const sized = (cpu: string, replicas: number) =>
    workload(
      { replicas },
      { resources: { requests: { cpu, memory: "1Gi" }, limits: { memory: "2Gi" } } },
      { initContainers: [{ name: "first", resources: { requests: { cpu: "1" } } }] },
    );

  it("are sums over all replicas, of what changes and of what stays", () => {
    const { before, after, lines } = totals(
      { type: "Deployment", before: sized("2", 1), after: sized("2", 3) },
      { op: "same", type: "Deployment", name: "other", before: sized("500m", 2) },
      {
        op: "create",
        type: "PersistentVolumeClaim",
        after: object({ spec: { resources: { requests: { storage: "5Gi" } } } }),
      },
    );
    // Of a pod whose first container asks for more than those after it, the first counts.
    expect([before.cpuRequests, after.cpuRequests]).toEqual([4, 8]);
    expect([before.pods, after.pods]).toEqual([3, 5]);
    expect(lines).toEqual([
      "CPU requests 4 -> 8 (+100%)",
      "memory requests 3Gi -> 5Gi (+67%)",
      "memory limits 6Gi -> 10Gi (+67%)",
      "storage 0 -> 5Gi",
      "pods 3 -> 5 (+67%)",
    ]);
  });

  it.each<[string, JsonObject, JsonObject, readonly number[]]>([
    [
      "its pod, whatever it says itself",
      { requests: { cpu: "2" } },
      { requests: { cpu: "5" } },
      [2, 0],
    ],
    [
      "itself, where its pod has a limit alone",
      { limits: { cpu: "4" } },
      { requests: { cpu: "1" } },
      [1, 4],
    ],
    ["its pod's limit, where nobody requests anything", { limits: { cpu: "4" } }, {}, [4, 4]],
    ["its own limit, where it requests nothing", {}, { limits: { cpu: "3" } }, [3, 3]],
    [
      "what its pod does not say",
      { requests: { memory: "1Gi" } },
      { requests: { cpu: "1" } },
      [1, 0],
    ],
  ])("count of a container what is said of %s", (_, resources, own, [requests, limits]) => {
    const after = workload({ replicas: 1 }, { resources: own }, { resources });
    const { after: sums } = totals({ op: "create", type: "Deployment", after });
    expect([sums.cpuRequests, sums.cpuLimits]).toEqual([requests, limits]);
  });

  it("count a container that stays beside those after it, and not before it began", () => {
    const asks = (name: string, cpu: string, more: JsonObject = {}) => ({
      ...{ name, resources: { requests: { cpu } } },
      ...more,
    });
    const pods = (initContainers: readonly JsonObject[]) =>
      workload({ replicas: 1 }, { resources: { requests: { cpu: "1" } } }, { initContainers });
    const cpuOf = (...initContainers: readonly JsonObject[]) =>
      totals({ op: "create", type: "Deployment", after: pods(initContainers) }).after.cpuRequests;
    const stays = asks("proxy", "500m", { restartPolicy: "Always" });
    expect(cpuOf(stays)).toBe(1.5);
    expect(cpuOf(stays, asks("prepare", "2"))).toBe(2.5);
    expect(cpuOf(asks("prepare", "2"), stays)).toBe(2);
  });

  it.each<[string, JsonObject, number]>([
    ["by what may run at once", { parallelism: 3, completions: 8 }, 3],
    ["by what is to come to its end, where that is less", { parallelism: 5, completions: 2 }, 2],
    ["of which any may end it by what may run at once", { parallelism: 4 }, 4],
    ["that says nothing as one", {}, 1],
    ["that says only how many are to come to their end as one", { completions: 3 }, 1],
    ["that may run none as none", { parallelism: 0, completions: 3 }, 0],
    ["that is suspended as none", { parallelism: 3, completions: 8, suspend: true }, 0],
    ["that no longer is", { parallelism: 3, suspend: false }, 3],
  ])("count the pods of a Job %s", (_, spec, pods) => {
    const after = workload(spec, { resources: { requests: { cpu: "1" } } });
    const { after: sums, uncounted } = totals({ op: "create", type: "Job", after });
    expect([sums.pods, sums.cpuRequests, uncounted]).toEqual([pods, pods, []]);
  });

  it.each(["parallelism", "completions", "suspend"])(
    "say of a Job that its pods are not counted where its %s is not known yet",
    (word) => {
      const after = workload({ parallelism: 2, [word]: unknown });
      const { after: sums, uncounted } = totals({ op: "create", type: "Job", after });
      expect(sums.pods).toBe(0);
      expect(uncounted).toEqual(["Job shop/web: its number of pods is not known yet"]);
    },
  );

  it("say of a schedule that its pods are not counted, but for one that is suspended and has none", () => {
    const schedule = (suspend: boolean) => {
      const after = object({ spec: { suspend, jobTemplate: { spec: workload()["spec"] } } });
      return totals({ op: "create", type: "CronJob", after }).uncounted;
    };
    expect(schedule(false)).toEqual(["CronJob shop/web: pods now and then"]);
    expect(schedule(true)).toEqual([]);
  });

  it("count the claims of a StatefulSet by its pods", () => {
    const set = (replicas: number) =>
      workload({
        replicas,
        volumeClaimTemplates: [
          { metadata: { name: "data" }, spec: { resources: { requests: { storage: "10Gi" } } } },
        ],
      });
    expect(totals({ type: "StatefulSet", before: set(2), after: set(3) }).lines[0]).toBe(
      "storage 20Gi -> 30Gi (+50%)",
    );
  });

  it("have a disk of a pod as large as is said of itself, and once", () => {
    const requests = (storage: string) => ({ resources: { requests: { storage } } });
    const set = workload({
      replicas: 2,
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: requests("1Gi") }],
    });
    const disk = (storage: string) => object({ spec: requests(storage) }, "data-web-0");
    const { lines } = totals(
      { op: "same", type: "StatefulSet", before: set },
      {
        type: "kubernetes:core/v1:PersistentVolumeClaimPatch",
        name: "data-web-0",
        before: disk("1Gi"),
        after: disk("5Gi"),
      },
    );
    expect(lines).toEqual(["storage 2Gi -> 6Gi (+200%)"]);
  });

  it("say what they do not count", () => {
    const { uncounted } = totals(
      {
        op: "create",
        type: "DaemonSet",
        name: "agent",
        after: object({ spec: { template: { spec: { containers: [] } } } }, "agent"),
      },
      { op: "create", type: "Deployment", after: workload({ replicas: unknown }) },
      {
        op: "create",
        type: "PersistentVolumeClaim",
        after: object({ spec: { resources: { requests: { storage: unknown } } } }),
      },
    );
    expect(uncounted).toEqual([
      "DaemonSet shop/agent: a pod on each node",
      "Deployment shop/web: its number of pods is not known yet",
      "PersistentVolumeClaim shop/web: its storage is not known yet",
    ]);
  });
});
