/**
 * `make adopt`, decided and told: what exists against what a stack would make, under previews and objects
 * made for it. That an engine and an API server agree is shown by test/e2e/adopt.e2e.test.ts.
 */
import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { lkeKubeconfig, readClouds } from "../../ops/adopt/cloud-apis.ts";
import { type CloudThing, decideThings } from "../../ops/adopt/clouds.ts";
import { adopt, type AdoptTarget } from "../../ops/adopt/command.ts";
import { type ImportFile, importFile } from "../../ops/adopt/import-file.ts";
import { decideObject, isOf, type LiveObject, wantedObjects } from "../../ops/adopt/kubernetes.ts";
import { type Planned, readPreview, type StackPreview } from "../../ops/adopt/preview.ts";
import { findLeft, leavePods } from "../../ops/adopt/side-by-side.ts";
import { clone } from "../rendered.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const stackUrn = "urn:pulumi:prod::fleet::pulumi:pulumi:Stack::fleet-prod";
const urn = (type: string, name: string): string => `urn:pulumi:prod::fleet::${type}::${name}`;
const provider = urn("fleet:platform:Cluster$pulumi:providers:kubernetes", "cluster-provider");

const planned = (
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  more: Partial<Planned> = {},
): Planned => ({
  urn: urn(type, name),
  type,
  name,
  custom: true,
  parent: undefined,
  provider: type.startsWith("kubernetes:")
    ? provider
    : urn("pulumi:providers:linode", "dns-linode"),
  inputs,
  ignored: [],
  ...more,
});

const object = (
  kind: string,
  name: string,
  body: Record<string, unknown> = {},
  namespace = "skywire",
): LiveObject => ({
  apiVersion: { Deployment: "apps/v1", StatefulSet: "apps/v1", Job: "batch/v1" }[kind] ?? "v1",
  kind,
  metadata: { name, namespace },
  ...body,
});

const wish = (kind: string, name: string, body: Record<string, unknown> = {}): Planned => {
  const { apiVersion, ...rest } = object(kind, name, body);
  const group = apiVersion.includes("/") ? apiVersion : "core/v1";
  return planned(`kubernetes:${group}:${kind}`, name, { apiVersion, ...rest });
};

/** What becomes of a live object under a wish of the same kind and name. */
function verdict(kind: string, wanted: Record<string, unknown>, live: Record<string, unknown>) {
  const [one] = wantedObjects([wish(kind, "x", wanted)]);
  if (one === undefined) {
    throw new Error("it is not wanted at all");
  }
  return decideObject(one, object(kind, "x", live));
}

describe("a preview", () => {
  const step = (op: string, more: Record<string, unknown>) => ({
    op,
    urn: urn("kubernetes:core/v1:Namespace", "skywire"),
    newState: {
      type: "kubernetes:core/v1:Namespace",
      urn: urn("kubernetes:core/v1:Namespace", "skywire"),
      custom: true,
      parent: stackUrn,
      provider: `${provider}::${unknown}`,
      inputs: { kind: "Namespace" },
      ...more,
    },
  });

  it("tells what would be made, its parent and its provider", () => {
    const parent = urn("fleet:platform:Namespace", "skywire");
    const text = JSON.stringify({
      steps: [step("create", {}), step("create", { parent }), step("same", {})],
    });
    const { creates, counts } = readPreview(text);
    expect(creates.map(({ name, parent: above, provider: by }) => [name, above, by])).toEqual([
      ["skywire", undefined, provider],
      ["skywire", parent, provider],
    ]);
    expect(counts).toEqual({ create: 2, same: 1 });
  });

  it("tells of which properties changes are ignored", () => {
    const text = JSON.stringify({
      steps: [step("create", { ignoreChanges: ["data"] }), step("create", {})],
    });
    expect(readPreview(text).creates.map(({ ignored }) => ignored)).toEqual([["data"], []]);
  });

  it("that cannot be read is not repeated: it may hold values", () => {
    expect(() => readPreview('{"steps": "canary"}')).toThrow(/nothing this version can read/);
    expect(() => readPreview("canary")).not.toThrow(/canary/);
  });
});

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

describe("things at the clouds", () => {
  const record = (name: string, target: string, recordType = "A") =>
    planned("linode:index/domainRecord:DomainRecord", `${name}-${target}`, {
      domainId: 7,
      name,
      recordType,
      target,
    });
  const live = (id: string, name: string, target: string, recordType = "A"): CloudThing => ({
    type: "linode:index/domainRecord:DomainRecord",
    id: `7,${id}`,
    inputs: { domainId: "7", name, recordType, target },
  });
  const balancer = (region: string) => ({ label: "skywire-traefik", region });
  const nodeBalancer = "linode:index/nodeBalancer:NodeBalancer";

  it("are adopted by their names, each once", () => {
    const decisions = decideThings(
      [planned(nodeBalancer, "traefik", balancer("ap-south")), record("ar", "192.0.2.1")],
      [
        { type: nodeBalancer, id: "12", inputs: balancer("ap-south") },
        live("3", "ar", "192.0.2.1"),
      ],
    );
    expect(decisions.map(({ verdict: is, id, why }) => [is, id, why])).toEqual([
      ["adopted", "12", "as it is"],
      ["adopted", "7,3", "as it is"],
    ]);
  });

  it("of one name go to whoever says the same, then to whoever is left", () => {
    const decisions = decideThings(
      [record("ar", unknown), record("ar", "192.0.2.2")],
      [live("1", "ar", "192.0.2.2"), live("2", "ar", "192.0.2.9"), live("3", "ar", "192.0.2.8")],
    );
    expect(
      decisions.map(({ verdict: is, id, why, planned: one }) => [is, id ?? why, one?.name]),
    ).toEqual([
      ["adopted", "7,1", "ar-192.0.2.2"],
      ["adopted", "7,2", `ar-${unknown}`],
      ["untouched", expect.stringContaining("takes a share of its clients"), undefined],
    ]);
    expect(decisions[1]?.why).toBe(
      "the next update leads it from 192.0.2.9 to where the stack's balancer is",
    );
  });

  it("of another type are replaced, where that costs no address", () => {
    const [decision] = decideThings(
      [record("ar", "edge.x", "CNAME")],
      [live("1", "ar", "192.0.2.1")],
    );
    expect(decision).toMatchObject({
      verdict: "replaced",
      why: expect.stringContaining("its recordType is A") as string,
    });
  });

  it("of the same name for mail or proofs are nobody's: none is exchanged, and nobody is told to delete it", () => {
    const others = [
      live("1", "", "v=spf1 -all", "TXT"),
      live("2", "", "mail.x", "MX"),
      live("3", "", "letsencrypt.org", "CAA"),
    ];
    expect(decideThings([record("", "192.0.2.1")], others)).toEqual([]);
    // Nor does one that the stack wants for a proof take the place of what clients are led by.
    const [decision, ...more] = decideThings(
      [record("", "a proof", "TXT"), record("", unknown)],
      [...others.slice(1), live("4", "", "192.0.2.9")],
    );
    expect([decision?.verdict, decision?.id, decision?.planned?.name]).toEqual([
      ...["adopted", "7,4", `-${unknown}`],
    ]);
    expect(decision?.what).toBe("DomainRecord A @");
    expect(more).toEqual([]);
  });

  it("of two types that stand side by side are each told, and only a CNAME goes for what cannot", () => {
    const brief = (wanted: Planned, ...things: readonly CloudThing[]) =>
      decideThings([wanted], things).map(({ verdict: is, what }) => `${is}: ${what}`);
    expect(brief(record("ar", "192.0.2.1"), live("1", "ar", "2001:db8::1", "AAAA"))).toEqual([
      "untouched: DomainRecord AAAA ar",
    ]);
    expect(brief(record("ar", "192.0.2.1"), live("1", "ar", "edge.x", "CNAME"))).toEqual([
      "replaced: DomainRecord CNAME ar",
    ]);
    // What is of its own type comes before what would have to go for it.
    expect(
      brief(
        record("ar", "edge.x", "CNAME"),
        live("1", "ar", "192.0.2.1"),
        live("2", "ar", "old.x", "CNAME"),
      ),
    ).toEqual(["adopted: DomainRecord CNAME ar", "untouched: DomainRecord A ar"]);
  });

  it("are in the way where another one would have another address", () => {
    const [decision] = decideThings(
      [planned(nodeBalancer, "traefik", balancer("ap-south"))],
      [{ type: nodeBalancer, id: "12", inputs: balancer("us-east") }],
    );
    expect(decision).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("region is us-east") as string,
    });
  });
});

describe("the file that pulumi imports", () => {
  const parent = urn("fleet:platform:Namespace", "skywire");
  const component = planned(
    "fleet:platform:Namespace",
    "skywire",
    { data: "protect", later: unknown },
    { custom: false, provider: undefined },
  );
  const namespace = planned(
    "kubernetes:core/v1:Namespace",
    "skywire",
    { kind: "Namespace" },
    { parent },
  );

  it("names components that are missing before what hangs below, and what is there by its URN", () => {
    const decision = {
      verdict: "adopted" as const,
      what: "",
      why: "",
      planned: namespace,
      id: "skywire",
    };
    expect(importFile([decision], [namespace, component])).toEqual({
      nameTable: { [provider]: provider },
      resources: [
        {
          type: component.type,
          name: parent,
          logicalName: "skywire",
          component: true,
          inputs: { data: "protect" },
        },
        {
          type: namespace.type,
          name: namespace.urn,
          logicalName: "skywire",
          id: "skywire",
          parent,
          provider,
        },
      ],
    });
    // A component that an earlier run imported is in the state.
    expect(importFile([decision], [namespace]).nameTable).toEqual({
      [provider]: provider,
      [parent]: parent,
    });
  });
});

/** A stack whose world is made for a test. */
function world(
  preview: Partial<StackPreview>,
  objects: readonly LiveObject[],
  more: Partial<AdoptTarget> = {},
) {
  const said: string[] = [];
  const done: string[] = [];
  const imported: ImportFile[] = [];
  let creates = preview.creates ?? [];
  const seen = (): StackPreview => ({
    ...{ imports: [], replaces: [], counts: {}, all: preview.creates ?? [] },
    ...preview,
    creates,
  });
  const target: AdoptTarget = {
    update: "make up STACK=prod",
    plan: () => Promise.resolve(seen()),
    preview: () => Promise.resolve(seen()),
    make: (urns) => {
      done.push(`make ${urns.join(" ")}`);
      creates = creates.filter((one) => !urns.includes(one.urn));
      return Promise.resolve();
    },
    declare: (resources) => {
      const urns = resources.map((one) => one.urn);
      done.push(`declare ${urns.join(" ")}`);
      creates = creates.filter((one) => !urns.includes(one.urn));
      return Promise.resolve();
    },
    import: (file) => {
      done.push("import");
      imported.push(file);
      const names = file.resources.map(({ name }) => name);
      creates = creates.filter((one) => !names.includes(one.urn));
      return Promise.resolve();
    },
    kubectl: (words) => {
      const [verb, kind = ""] = words;
      if (verb !== "get") {
        done.push(`kubectl ${words.join(" ")}`);
        return Promise.resolve("");
      }
      const items = objects.filter(
        (one) => `${one.kind}.v1.` === kind || `${one.kind}.v1.apps` === kind,
      );
      return Promise.resolve(JSON.stringify({ items }));
    },
    clouds: () => Promise.resolve([]),
    agree: () => Promise.resolve(true),
    say: (line) => said.push(line),
    ...more,
  };
  return { target, said, done, imported };
}

describe("adopt", () => {
  const provided = planned(
    "pulumi:providers:kubernetes",
    "cluster-provider",
    {},
    { urn: provider, provider: undefined },
  );

  it("says everything before anything happens, and does nothing without a yes", async () => {
    const { target, said, done } = world(
      { creates: [provided, wish("Service", "route-finder"), wish("Service", "new")] },
      [
        object("Service", "route-finder"),
        object("Deployment", "old-bot"),
        object("Service", "else", {}, "default"),
      ],
      { agree: () => Promise.resolve(false) },
    );
    expect(await adopt(target)).toBe(1);
    expect(done).toEqual([]);
    const text = said.join("\n");
    expect(text).toMatch(/^adopted +Service skywire\/route-finder +as it is$/m);
    expect(text).toMatch(
      /^untouched +Deployment skywire\/old-bot +is not the stack's\. If it holds one of its keys/m,
    );
    expect(text).not.toContain("default/else");
    expect(text).toContain("Of 3 resources that the state has not, 1 exist.");
    expect(text).toContain("Nothing was touched.");
  });

  it("takes what exists, its provider first, and tells what comes next", async () => {
    const { target, said, done, imported } = world(
      { creates: [provided, wish("Service", "route-finder")], counts: { create: 2, same: 9 } },
      [object("Service", "route-finder")],
    );
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual([`make ${provider}`, "import"]);
    expect(imported[0]?.resources.map(({ id }) => id)).toEqual(["skywire/route-finder"]);
    expect(said.at(-1)).toBe("Next, make up STACK=prod: 2 to create.");
    // A second run finds nothing to take.
    expect(await adopt(target)).toBe(0);
    expect(done).toHaveLength(2);
    expect(said.at(-1)).toContain("There is nothing to take");
  });

  it("calls nothing a stranger's that an earlier run has taken", async () => {
    const taken = wish("Deployment", "taken");
    const missing = wish("Service", "missing");
    const { target, said } = world({ creates: [missing], all: [taken, missing] }, [
      object("Deployment", "taken"),
      object("Deployment", "old-bot"),
    ]);
    await adopt(target);
    expect(said.join("\n")).toMatch(/^untouched +Deployment skywire\/old-bot /m);
    expect(said.join("\n")).not.toContain("skywire/taken");
  });

  it("takes a cluster before what is in it: its provider has its address from there", async () => {
    const linode = urn("pulumi:providers:linode", "cluster-linode");
    const cluster = planned(
      "linode:index/lkeCluster:LkeCluster",
      "lke",
      { label: "prod", region: "ap-south" },
      { provider: linode },
    );
    const creates = [
      provided,
      planned(
        "pulumi:providers:linode",
        "cluster-linode",
        {},
        { urn: linode, provider: undefined },
      ),
      cluster,
      wish("Service", "x"),
    ];
    const { target, done, imported } = world({ creates }, [object("Service", "x")], {
      clouds: () => Promise.resolve([{ type: cluster.type, id: "9", inputs: cluster.inputs }]),
    });
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual([`declare ${linode}`, "import", `make ${provider}`, "import"]);
    expect(imported.map(({ resources }) => resources.map(({ id }) => id))).toEqual([
      ["9"],
      ["skywire/x"],
    ]);
  });

  it("touches nothing while anything is in the way", async () => {
    const claim = (storageClassName: string) => ({ spec: { storageClassName } });
    const { target, said, done } = world(
      { creates: [wish("PersistentVolumeClaim", "data", claim("a")), wish("Service", "x")] },
      [object("PersistentVolumeClaim", "data", claim("b")), object("Service", "x")],
    );
    await expect(adopt(target)).rejects.toThrow(/nothing was touched/);
    expect(done).toEqual([]);
    expect(said[0]).toMatch(/^in the way +PersistentVolumeClaim skywire\/data/m);
  });

  it("fails where the next update would replace what was not told", async () => {
    const { target, said } = world(
      { creates: [wish("Service", "x")], replaces: ["urn:of:another"] },
      [object("Service", "x")],
    );
    expect(await adopt(target)).toBe(1);
    expect(said.at(-1)).toContain("It would also replace urn:of:another");
  });

  it("lets a keyless Deployment's pods go on, under the labels that the Service selects", async () => {
    const wanted = wish("Deployment", "x", {
      spec: {
        selector: { matchLabels: { name: "x" } },
        template: { metadata: { labels: { app: "x", name: "x" } } },
        strategy: { type: "RollingUpdate" },
      },
    });
    const live = object("Deployment", "x", {
      spec: { replicas: 2, selector: { matchLabels: { app: "x" } } },
    });
    const { target, done } = world({ creates: [wanted] }, [live]);
    expect(await adopt(target)).toBe(0);
    // Nothing of it is taken into state: the stack's own comes beside it.
    expect(done).toEqual([
      "kubectl label replicasets --namespace skywire --selector app=x --overwrite fleet/left-by=x",
      "kubectl label pods --namespace skywire --selector app=x --overwrite name=x",
      "kubectl delete deployment x --namespace skywire --cascade=orphan --ignore-not-found",
    ]);
  });

  it("changes no label by which a ReplicaSet knows its pods: it would make others in their place", async () => {
    const wanted = wish("Deployment", "x", {
      spec: {
        selector: { matchLabels: { name: "x" } },
        template: { metadata: { labels: { app: "new", tier: "new", name: "x" } } },
        strategy: { type: "RollingUpdate" },
      },
    });
    const live = object("Deployment", "x", {
      spec: {
        selector: {
          matchLabels: { name: "x", app: "old" },
          matchExpressions: [{ key: "tier", operator: "Exists" }],
        },
      },
    });
    const { target, done } = world({ creates: [wanted] }, [live]);
    expect(await adopt(target)).toBe(0);
    // No label is left to change: kubectl refuses to change none.
    expect(done.map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
      ...["label replicasets", "delete deployment"],
    ]);
  });
});

describe("adopt, further", () => {
  it("hands a StatefulSet's pods over before anything is imported: the preview of that would be refused", async () => {
    const set = (app: string) => ({
      spec: {
        ...{ replicas: 1, selector: { matchLabels: { app } } },
        template: { metadata: { labels: { app } } },
      },
    });
    const { target, done } = world(
      { creates: [wish("Service", "x"), wish("StatefulSet", "db", set("new"))] },
      [object("Service", "x"), object("StatefulSet", "db", set("old"))],
    );
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual([
      "kubectl label pods --namespace skywire --selector app=old --overwrite app=new",
      "kubectl delete statefulset db --namespace skywire --cascade=orphan --ignore-not-found",
      "import",
    ]);
  });

  it("takes away what was left once its successor is ready, though nothing else is to take", async () => {
    const sets = ["x-1", "y-1"].map((name) => ({
      metadata: { name, namespace: "skywire", labels: { "fleet/left-by": name.slice(0, 1) } },
    }));
    const done: string[] = [];
    const { target, said } = world({}, [], {
      kubectl: (words) => {
        const line = words.join(" ");
        if (line.startsWith("get replicasets")) {
          return Promise.resolve(JSON.stringify({ items: sets }));
        }
        if (line.startsWith("get deployment")) {
          const [, , name = ""] = words;
          const status = { readyReplicas: name === "x" ? 1 : 0 };
          return Promise.resolve(
            JSON.stringify({ metadata: { name, namespace: "skywire" }, spec: {}, status }),
          );
        }
        done.push(line);
        return Promise.resolve("");
      },
    });
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual(["delete replicaset x-1 --namespace skywire --ignore-not-found"]);
    expect(said.join("\n")).toMatch(/^removed +ReplicaSet skywire\/x-1/m);
    expect(said.join("\n")).toMatch(/^untouched +ReplicaSet skywire\/y-1 .* is ready$/m);
  });

  it("is stopped by a node port that is somebody else's, also where the object is still to be made", async () => {
    const ports = { spec: { ports: [{ nodePort: 30_080 }] } };
    const { target, said, done } = world({ creates: [wish("Service", "edge", ports)] }, [
      object("Service", "old", ports, "default"),
    ]);
    await expect(adopt(target)).rejects.toThrow(/nothing was touched/);
    expect(said[0]).toMatch(/^in the way +Service skywire\/edge +its node port 30080\/TCP/m);
    expect(done).toEqual([]);
  });

  it("tells what the next update replaces as it was told before, and counts it", async () => {
    const wanted = wish("ConfigMap", "x", { data: { a: "new" } });
    const { target, said } = world(
      { creates: [wanted], replaces: [wanted.urn], counts: { delete: 1, replace: 1, update: 3 } },
      [object("ConfigMap", "x", { data: { a: "old" } })],
    );
    expect(await adopt(target)).toBe(0);
    expect(said.at(-1)).toBe("Next, make up STACK=prod: 3 to update, 1 to replace, 1 to delete.");
  });
});

describe("make adopt", () => {
  const cli = (...words: string[]): string => {
    // A PATH without pulumi and kubectl: none of these may come as far as starting one.
    const options = { env: { PATH: "/nowhere" }, encoding: "utf8", input: "" } as const;
    const program = [join(clone, "ops", "cli.ts"), "adopt", "--stack", "prod"];
    const { status, stderr } = spawnSync(process.execPath, [...program, ...words], options);
    expect(status).toBe(1);
    return stderr;
  };

  it("has no default target, and changes nothing where nobody can say yes", () => {
    expect(cli()).toContain("TARGET must be sandbox");
    expect(cli("--target", "live")).toMatch(/nobody is here to say yes.*YES=yes/);
    expect(cli("--target", "live", "--yes", "maybe")).toMatch(/YES must be yes \(it is "maybe"\)/);
  });
});

describe("what was left running", () => {
  const set = (owned: boolean) => ({
    metadata: {
      name: "x-1",
      namespace: "skywire",
      labels: { "fleet/left-by": "x" },
      ...(owned ? { ownerReferences: [{}] } : {}),
    },
  });
  const kubectl = (owned: boolean, deployment: object | undefined) => (words: readonly string[]) =>
    Promise.resolve(
      words[1] === "replicasets"
        ? JSON.stringify({ items: [set(owned)] })
        : deployment === undefined
          ? ""
          : JSON.stringify(deployment),
    );
  const deployment = (ready: number) => ({
    ...{ metadata: { name: "x", namespace: "skywire" }, spec: { replicas: 2, selector: {} } },
    status: { readyReplicas: ready },
  });

  it("goes when what came in its place is ready, not before", async () => {
    const isReplaced = async (ready: number | undefined) =>
      (await findLeft(kubectl(false, ready === undefined ? undefined : deployment(ready)))).map(
        (left) => left.isReplaced,
      );
    expect(await isReplaced(2)).toEqual([true]);
    expect(await isReplaced(1)).toEqual([false]);
    expect(await isReplaced(undefined)).toEqual([false]);
  });

  it("is not counted while its old Deployment still owns it", async () => {
    expect(await findLeft(kubectl(true, deployment(2)))).toEqual([]);
  });

  it("is prepared before it is let go, so that an interrupted run is done again whole", async () => {
    const words: string[] = [];
    const decision = decideObject(
      wantedObjects([
        wish("Deployment", "x", {
          spec: { selector: {}, template: { metadata: { labels: { a: "b" } } } },
        }),
      ])[0] as never,
      object("Deployment", "x", { spec: { selector: { matchLabels: { app: "x" } } } }),
    );
    const failing = (line: readonly string[]) => {
      words.push(line[0] ?? "");
      return line[1] === "pods" ? Promise.reject(new Error("gone")) : Promise.resolve("");
    };
    await expect(leavePods(failing, decision)).rejects.toThrow("gone");
    expect(words).toEqual(["label", "label"]);
  });
});

describe("the clouds' own APIs", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  /** Pages of answers by path; notes what was asked, with whose token. */
  async function api(pages: Readonly<Record<string, readonly object[]>>) {
    const asked: string[] = [];
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://api");
      asked.push(`${url.pathname} ${request.headers.authorization ?? ""}`);
      const page = pages[url.pathname]?.[Number(url.searchParams.get("page") ?? "1") - 1];
      response.writeHead(page === undefined ? 404 : 200).end(JSON.stringify(page ?? {}));
    });
    await new Promise<void>((settle) => server?.listen(0, "127.0.0.1", settle));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = {
      LINODE_URL: url,
      LINODE_TOKEN: "l",
      CLOUDFLARE_BASE_URL: url,
      CLOUDFLARE_API_TOKEN: "c",
    };
    return { environment, asked };
  }

  it("are asked for what the stack has types of, all pages of it", async () => {
    const zone = "0".repeat(32);
    const { environment, asked } = await api({
      "/v4/nodebalancers": [
        { data: [{ id: 1, label: "a", region: "ap-south" }], pages: 2 },
        { data: [{ id: 2, label: "b", region: "ap-south" }], pages: 2 },
      ],
      "/v4/domains/7/records": [
        { data: [{ id: 3, name: "ar", type: "A", target: "192.0.2.1" }], pages: 1 },
      ],
      [`/zones/${zone}/dns_records`]: [
        {
          result: [{ id: "f0", name: "ar.x.dev", type: "A", content: "192.0.2.1" }],
          result_info: { total_pages: 1 },
        },
      ],
    });
    const things = await readClouds(
      [
        planned("linode:index/nodeBalancer:NodeBalancer", "a", { label: "a" }),
        planned("linode:index/domainRecord:DomainRecord", "ar", { domainId: 7, name: "ar" }),
        planned("cloudflare:index/dnsRecord:DnsRecord", "ar", { zoneId: zone, name: "ar.x.dev" }),
      ],
      { environment },
    );
    expect(things.map(({ id, inputs }) => [id, inputs["label"] ?? inputs["name"]])).toEqual([
      ["1", "a"],
      ["2", "b"],
      ["7,3", "ar"],
      [`${zone}/f0`, "ar.x.dev"],
    ]);
    expect(things[2]?.inputs).toEqual({
      domainId: "7",
      name: "ar",
      recordType: "A",
      target: "192.0.2.1",
    });
    expect(asked.filter((line) => line.startsWith("/v4"))).toEqual(
      expect.arrayContaining(["/v4/nodebalancers Bearer l"]),
    );
    expect(asked.at(-1)).toBe(`/zones/${zone}/dns_records Bearer c`);
  });

  it("are asked nothing where the stack has none of theirs", async () => {
    const { environment, asked } = await api({});
    expect(await readClouds([wish("Service", "x")], { environment })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("give a cluster's kubeconfig by its label", async () => {
    const clusters = [{ data: [{ id: 9, label: "prod" }], pages: 1 }];
    const kubeconfig = Buffer.from("apiVersion: v1").toString("base64");
    const { environment } = await api({
      "/v4/lke/clusters": clusters,
      "/v4/lke/clusters/9/kubeconfig": [{ kubeconfig }],
    });
    expect(await lkeKubeconfig("prod", { environment })).toBe("apiVersion: v1");
    expect(await lkeKubeconfig("test", { environment })).toBeUndefined();
  });

  it("that refuse are told with the variable that opens them, never its value", async () => {
    const { environment } = await api({});
    const creates = [planned("linode:index/nodeBalancer:NodeBalancer", "a", { label: "a" })];
    await expect(readClouds(creates, { environment })).rejects.toThrow(
      /Linode answers 404 to nodebalancers$/,
    );
    await expect(readClouds(creates, { environment: {} })).rejects.toThrow(
      /LINODE_TOKEN is not set/,
    );
  });
});
