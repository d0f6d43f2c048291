/**
 * What becomes of an object that exists: made objects against made wishes. That an engine and an API server agree is
 * shown by test/e2e/adopt.e2e.test.ts and test/e2e/adopt-production.e2e.test.ts.
 */
import { describe, expect, it } from "vitest";

import {
  decideObject,
  isOf,
  type LiveObject,
  wantedObjects,
} from "../../../ops/adopt/kubernetes.ts";
import { object, planned, unknown, wish } from "./made.ts";

/** What becomes of a live object under a wish of the same kind and name. */
function verdict(kind: string, wanted: Record<string, unknown>, live: Record<string, unknown>) {
  const [one] = wantedObjects([wish(kind, "x", wanted)]);
  if (one === undefined) {
    throw new Error("it is not wanted at all");
  }
  return decideObject(one, object(kind, "x", live));
}

describe("an object that exists", () => {
  const record = { data: { members: "3" } };
  const looks = { spec: { healthCheckNodePort: 30_999 } };
  const disks = (...sizes: readonly string[]) => ({
    spec: { volumeClaimTemplates: sizes.map((storage) => ({ spec: { resources: { storage } } })) },
  });

  it.each<[string, string, object, string, object, string, object]>([
    [
      "is adopted as it is",
      "ConfigMap",
      record,
      "data",
      { data: { members: "1" } },
      "adopted",
      { data: { members: "1" } },
    ],
    [
      "is adopted without what the program does not say",
      ...(["ConfigMap", record, "data"] as const),
      { data: { members: "1", password: "canary" } },
      "adopted",
      { data: { members: "1" } },
    ],
    [
      "is asked for what it lacks",
      ...(["Service", looks, "spec.healthCheckNodePort"] as const),
      { spec: {} },
      "adopted",
      looks,
    ],
    [
      "keeps a number inside of it",
      ...(["Service", looks, "spec.healthCheckNodePort"] as const),
      { spec: { healthCheckNodePort: 31_234 } },
      "adopted",
      { spec: { healthCheckNodePort: 31_234 } },
    ],
    [
      "says nothing of what the program leaves out",
      ...(["Deployment", { spec: { paused: false } }, "spec.replicas"] as const),
      { spec: { paused: false, replicas: 5 } },
      "adopted",
      { spec: { paused: false } },
    ],
    [
      "keeps a part of every entry of a list",
      ...([
        "StatefulSet",
        disks("40Gi", "2Gi"),
        "spec.volumeClaimTemplates[*].spec.resources",
      ] as const),
      disks("10Gi", "1Gi"),
      "adopted",
      disks("10Gi", "1Gi"),
    ],
    [
      "keeps all of it",
      ...(["ConfigMap", record, "*"] as const),
      { data: { members: "1" } },
      "adopted",
      { data: { members: "1" } },
    ],
    [
      "is replaced where another part of it is ignored",
      ...(["ConfigMap", record, "data.other"] as const),
      { data: { members: "1" } },
      "replaced",
      record,
    ],
  ])("of which changes are ignored %s", (_, kind, says, ignored, live, expected, inputs) => {
    const { type, inputs: wanted } = wish(kind, "x", { ...says });
    const [one] = wantedObjects([planned(type, "x", wanted, { ignored: [ignored] })]);
    const decision = one && decideObject(one, object(kind, "x", { ...live }));
    expect(decision?.verdict).toBe(expected);
    expect(decision?.state?.inputs).toEqual({ ...wanted, ...inputs });
    expect(JSON.stringify(decision)).not.toContain("canary");
  });

  it("is adopted, and it is told what the next update changes", () => {
    expect(
      verdict(
        "Service",
        { spec: { ports: [{ port: 1 }] } },
        { spec: { ports: [{ port: 1 }], clusterIP: "10.0.0.1" } },
      ),
    ).toMatchObject({
      verdict: "adopted",
      why: "as it is",
      id: "skywire/x",
    });
    expect(
      verdict(
        "Service",
        { spec: { selector: { app: "new" } } },
        { spec: { selector: { app: "old" } } },
      ),
    ).toMatchObject({ verdict: "adopted", why: "the next update changes its spec" });
    expect(
      verdict(
        "PersistentVolumeClaim",
        { spec: { accessModes: ["ReadWriteOnce"] } },
        { spec: { accessModes: ["ReadWriteOnce"], volumeName: "pvc-1" } },
      ).verdict,
    ).toBe("adopted");
  });

  it("keeps what the API server added out of the program's wish: a preview would replace it", () => {
    const { state } = verdict(
      "Service",
      { spec: { ports: [{ port: 1 }] } },
      { spec: { ports: [{ port: 1 }], clusterIP: "10.0.0.1" } },
    );
    expect(state?.outputs["__inputs"]).not.toHaveProperty("spec.clusterIP");
    expect(state?.outputs["__inputs"]).toHaveProperty("spec.ports", [{ port: 1 }]);
    expect(state?.outputs).toHaveProperty("spec.clusterIP", "10.0.0.1");
    expect(state?.inputs).toEqual(state?.outputs["__inputs"]);
  });

  it("leaves what is not known yet out of its state: an import refuses it", () => {
    const { state } = verdict(
      "Service",
      { metadata: { name: "x", namespace: "skywire", annotations: { id: unknown, a: "b" } } },
      {},
    );
    expect(JSON.stringify(state)).not.toContain(unknown);
    expect(state?.inputs).toHaveProperty("metadata.annotations", { a: "b" });
  });

  const selector = (app: string) => ({ selector: { matchLabels: { app } } });

  it("that holds a key and has another selector is replaced: old stopped before new starts", () => {
    const wanted = { spec: { ...selector("new"), strategy: { type: "Recreate" } } };
    expect(verdict("Deployment", wanted, { spec: selector("old") })).toMatchObject({
      verdict: "replaced",
      why: expect.stringContaining("the old pod stops before the new one starts") as string,
    });
    expect(verdict("Deployment", wanted, { spec: selector("new") }).verdict).toBe("adopted");
  });

  it("that will be stopped first is made so before: the API server refuses it together with the rest", () => {
    const wanted = { spec: { ...selector("x"), strategy: { type: "Recreate" } } };
    const rolling = {
      spec: { ...selector("x"), strategy: { type: "RollingUpdate", rollingUpdate: {} } },
    };
    expect(verdict("Deployment", wanted, rolling).prepare?.map((words) => words.join(" "))).toEqual(
      [
        expect.stringMatching(
          /^patch Deployment\.v1\.apps x --namespace skywire --type=json .*"value":{"type":"Recreate"}/,
        ),
      ],
    );
    expect(verdict("Deployment", wanted, wanted).prepare).toEqual([]);
    // The other way round it is one change like any other, and a set knows no such word.
    expect(verdict("Deployment", rolling, wanted).prepare).toEqual([]);
    expect(verdict("StatefulSet", wanted, rolling).prepare).toEqual([]);
  });

  it("of which two may not run at a time is replaced, however that is said", () => {
    const surge = (maxSurge: number | string) => ({
      spec: {
        ...selector("x"),
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge } },
      },
    });
    const live = { spec: { selector: { matchLabels: { name: "x" } } } };
    expect(verdict("Deployment", surge(0), live).verdict).toBe("replaced");
    expect(verdict("Deployment", surge("0%"), live).verdict).toBe("replaced");
    expect(verdict("Deployment", surge("25%"), live).verdict).toBe("side by side");
  });

  it("that holds none goes on beside the new one, where its pods can be known to both", () => {
    const wanted = { spec: { ...selector("x"), strategy: { type: "RollingUpdate" } } };
    const becomes = (matchLabels: object, ...matchExpressions: object[]) =>
      verdict("Deployment", wanted, { spec: { selector: { matchLabels, matchExpressions } } });
    expect(becomes({ name: "x" }).verdict).toBe("side by side");
    expect(becomes({ app: "x", name: "x" }).verdict).toBe("side by side");
    // A ReplicaSet makes another pod for each that no longer has the label by which it knows its own.
    const why = expect.stringContaining("another app, and no pod has two") as string;
    expect(becomes({ app: "old" })).toMatchObject({ verdict: "replaced", why });
    const term = (key: string) => ({ key, operator: "DoesNotExist" });
    expect(becomes({ name: "x" }, term("app"))).toMatchObject({ verdict: "replaced", why });
    expect(becomes({ name: "x" }, term("tier")).verdict).toBe("side by side");
  });

  it("that selects by more than the program says is another, also where that is no label", () => {
    const own = { matchLabels: { app: "x" } };
    const more = { ...own, matchExpressions: [{ key: "tier", operator: "Exists" }] };
    expect(verdict("DaemonSet", { spec: { selector: own } }, { spec: { selector: more } })).toEqual(
      expect.objectContaining({ verdict: "replaced" }),
    );
    expect(verdict("DaemonSet", { spec: { selector: own } }, { spec: { selector: own } }).why).toBe(
      "as it is",
    );
    // A Service's is one value as well: its pods are others as soon as a label of it goes.
    const service = (selector: object) => ({ spec: { selector } });
    expect(verdict("Service", service({ app: "x" }), service({ app: "x", tier: "y" })).why).toBe(
      "the next update changes its spec",
    );
  });

  it("that is headless is no Service with an address: no update gives it one", () => {
    const service = (spec: object) => ({ spec: { ports: [{ port: 80 }], ...spec } });
    const none = service({ clusterIP: "None" });
    expect(verdict("Service", service({}), none)).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("Delete it") as string,
    });
    expect(verdict("Service", none, none).why).toBe("as it is");
    expect(verdict("Service", service({}), service({ clusterIP: "10.0.0.1" })).why).toBe(
      "as it is",
    );
  });

  it("passes on what people's tools own of it, and leaves controllers what is theirs", () => {
    const entry = (manager: string, fieldsV1: object, subresource?: string) => ({
      ...{ manager, operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1 },
      ...(subresource === undefined ? {} : { subresource }),
    });
    const controllers = [
      entry("kube-controller-manager", { "f:spec": { "f:x": {} } }),
      entry("kubectl", { "f:status": {} }, "status"),
    ];
    const managedFields = [
      entry("kubectl-client-side-apply", { "f:spec": { "f:ports": {}, "f:selector": {} } }),
      ...controllers,
      entry("helm", { "f:spec": { "f:selector": { "f:app": {} } }, "f:metadata": {} }),
    ];
    const live = {
      ...object("Service", "x"),
      metadata: { ...object("Service", "x").metadata, managedFields },
    };
    const [one] = wantedObjects([wish("Service", "x")]);
    const decision = one && decideObject(one, live);
    const [{ path, value }] = JSON.parse(decision?.prepare?.[0]?.at(-1) ?? "") as [
      { path: string; value: object[] },
    ];
    expect(path).toBe("/metadata/managedFields");
    expect(value).toEqual([
      {
        ...{ operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1" },
        manager: decision?.state?.outputs["__fieldManager"],
        fieldsV1: {
          "f:spec": { "f:ports": {}, "f:selector": { "f:app": {} } },
          "f:metadata": {},
        },
      },
      ...controllers,
    ]);
    expect(JSON.stringify(decision?.state)).not.toContain("managedFields");
  });

  it("is never replaced where that would lose data", () => {
    const claim = (storageClassName: string) => ({
      spec: { storageClassName, accessModes: ["ReadWriteOnce"] },
    });
    expect(verdict("PersistentVolumeClaim", claim("retain"), claim("standard"))).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining(
        'its spec.storageClassName is "standard", the stack says "retain"',
      ) as string,
    });
  });

  // What the API server refuses to change, or the provider makes another object for.
  it.each<[string, object, object, string]>([
    [
      "Deployment",
      { selector: { matchLabels: { a: "b" } } },
      { selector: { matchLabels: { a: "b", c: "d" } } },
      "side by side",
    ],
    ["DaemonSet", selector("new"), selector("old"), "replaced"],
    ["StatefulSet", selector("new"), selector("old"), "handed over"],
    ["StatefulSet", { serviceName: "new" }, { serviceName: "old" }, "handed over"],
    ["StatefulSet", { volumeClaimTemplates: [1] }, { volumeClaimTemplates: [] }, "handed over"],
    // A set scaled to 0 because nobody needs its disks has them in its spec all the same.
    ["StatefulSet", { replicas: 1 }, { replicas: 0, volumeClaimTemplates: [1] }, "handed over"],
    [
      "StatefulSet",
      { podManagementPolicy: "Parallel" },
      { podManagementPolicy: "OrderedReady" },
      "handed over",
    ],
    ["StatefulSet", { replicas: 2 }, { replicas: 1 }, "adopted"],
    ["Job", { template: { spec: { a: 1 } } }, { template: { spec: { a: 2 } } }, "replaced"],
    ["Job", { suspend: true }, { template: { spec: { a: 2 } } }, "adopted"],
    [
      "PersistentVolumeClaim",
      { accessModes: ["ReadWriteOnce"] },
      { accessModes: ["ReadWriteMany"] },
      "in the way",
    ],
    ["Service", { clusterIP: "None" }, { clusterIP: "10.0.0.1" }, "replaced"],
    ["Service", { clusterIP: unknown }, { clusterIP: "10.0.0.1" }, "adopted"],
    ["Ingress", { ingressClassName: "new" }, { ingressClassName: "old" }, "adopted"],
  ])("%s with %j instead of %j is %s", (kind, wanted, live, becomes) => {
    expect(verdict(kind, { spec: wanted }, { spec: live }).verdict).toBe(becomes);
  });

  it.each<[string, object, object, string]>([
    ["ConfigMap", { data: { a: "new" } }, { data: { a: "old" } }, "replaced"],
    ["ConfigMap", { binaryData: { a: "bmV3" } }, { binaryData: {} }, "replaced"],
    ["ConfigMap", { data: { a: "same" } }, { data: { a: "same" } }, "adopted"],
    ["Secret", { stringData: { a: "[secret]" } }, {}, "replaced"],
    ["Secret", { type: "Opaque" }, { type: "Opaque" }, "adopted"],
    ["RoleBinding", { roleRef: { name: "new" } }, { roleRef: { name: "old" } }, "replaced"],
    ["ClusterRoleBinding", { roleRef: { name: "new" } }, { roleRef: { name: "old" } }, "replaced"],
    ["Role", { rules: [1] }, { rules: [] }, "adopted"],
  ])("%s of %j, where there is %j, is %s", (kind, wanted, live, becomes) => {
    expect(verdict(kind, { ...wanted }, { ...live }).verdict).toBe(becomes);
  });

  it("is told by all that the next update changes of it", () => {
    const wanted = {
      metadata: { name: "x", namespace: "skywire", labels: { a: "b" } },
      ...{ rules: [1], subjects: [2] },
    };
    expect(verdict("Role", wanted, { rules: [], subjects: [] }).why).toBe(
      "the next update changes its metadata and rules and subjects",
    );
  });

  it("is the one that is wanted by its kind, its name and its namespace together", () => {
    const [one] = wantedObjects([wish("Service", "x")]);
    const is = (live: LiveObject): boolean => one !== undefined && isOf(one, live);
    expect(is(object("Service", "x"))).toBe(true);
    expect(is(object("ConfigMap", "x"))).toBe(false);
    expect(is(object("Service", "y"))).toBe(false);
    expect(is(object("Service", "x", {}, "default"))).toBe(false);
  });

  it("that is in no namespace is known by its name alone", () => {
    const [one] = wantedObjects([
      planned("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "x", {
        ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
        metadata: { name: "x" },
      }),
    ]);
    const managedFields = [{ manager: "helm", operation: "Update", apiVersion: "v1" }];
    const live = {
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
      metadata: {
        ...{ name: "x", managedFields },
        annotations: { "meta.helm.sh/release-name": "edge" },
      },
    };
    const decision = one && decideObject(one, live);
    expect([decision?.id, decision?.what]).toEqual(["x", "ClusterRole x"]);
    expect(decision?.why).toBe(
      "as it is; Helm's release edge made it: never upgrade or uninstall that again",
    );
    expect(decision?.prepare?.[0]?.slice(0, 4)).toEqual([
      ...["patch", "ClusterRole.v1.rbac.authorization.k8s.io", "x", "--type=json"],
    ]);
  });

  it("whose disk, size or owner is not the stack's is in the way, whatever else differs", () => {
    const mounting = (claimName: string) => ({
      spec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName } }] } } },
    });
    expect(verdict("Deployment", mounting("new"), mounting("old"))).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("on claim old") as string,
    });
    const sized = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
    expect(verdict("PersistentVolumeClaim", sized("1Gi"), sized("2Gi")).verdict).toBe("in the way");
    // Of another kind these words mean nothing.
    expect(verdict("Service", sized("1Gi"), sized("2Gi")).verdict).toBe("adopted");
    expect(verdict("Job", mounting("new"), mounting("old")).verdict).toBe("replaced");
  });

  it("is waited for that is going away", () => {
    const live = {
      ...object("Service", "x"),
      metadata: { name: "x", namespace: "skywire", deletionTimestamp: "2026-11-21T17:00:00Z" },
    };
    const [one] = wantedObjects([wish("Service", "x")]);
    expect(one && decideObject(one, live).verdict).toBe("in the way");
  });

  it("is not looked into where it is a Secret", () => {
    const { state, verdict: becomes } = verdict("Secret", { data: { password: "[secret]" } }, {});
    expect(becomes).toBe("replaced");
    expect(JSON.stringify(state)).not.toContain("password");
  });

  it("is nobody's that the engine names", () => {
    const auto = wish("ConfigMap", "x-1a2b3c", {});
    const named = {
      ...auto,
      inputs: {
        ...auto.inputs,
        metadata: { name: "x-1a2b3c", annotations: { "pulumi.com/autonamed": "true" } },
      },
    };
    expect(
      wantedObjects([
        named,
        wish("ConfigMap", "x"),
        planned("kubernetes:core/v1:ConfigMap", "y", {
          kind: "ConfigMap",
          apiVersion: "v1",
          metadata: {},
        }),
        // The StatefulSet's own disk, of which the stack sets the size: there is nothing to take over.
        planned("kubernetes:core/v1:PersistentVolumeClaimPatch", "data-x-0", {
          ...{ kind: "PersistentVolumeClaim", apiVersion: "v1" },
          metadata: { name: "data-x-0", namespace: "skywire" },
        }),
      ]).map(({ name }) => name),
    ).toEqual(["x"]);
  });
});
