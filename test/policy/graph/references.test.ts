/** What objects name: each kind of reference by itself, and what stands in for a thing that is not there. */
import { describe, expect, test } from "vitest";

import { PodSpec, type World } from "../../../policy/graph/objects.ts";
import {
  certificateFaults,
  objectReferenceFaults,
  podReferenceFaults,
} from "../../../policy/graph/references.ts";
import { podsOf, restrictedPod, shop, shopObjects } from "./fixture.ts";

const [web] = restrictedPod.containers;

/** What a pod of the shop names and does not find, without the pod's own name. */
function told(changes: object, container: object = {}, world: World = shop()): readonly string[] {
  const pods = podsOf(world, "web");
  const spec = PodSpec.parse({
    ...restrictedPod,
    ...changes,
    containers: [{ ...web, ...container }],
  });
  return podReferenceFaults(world, { ...pods, spec }).map((fault) =>
    fault.replace("Deployment shop/web: ", "").replace("container web ", ""),
  );
}

const fromKey = (kind: "secretKeyRef" | "configMapKeyRef", reference: object): object => ({
  env: [
    { name: "KEY", value: "1" },
    { name: "ONE", valueFrom: { [kind]: { key: "key", ...reference } } },
  ],
});
const whole = (kind: "secretRef" | "configMapRef", reference: object): object => ({
  envFrom: [{ [kind]: reference }],
});
const volume = (source: object): object => ({ volumes: [{ name: "files", ...source }] });
const projected = (...sources: readonly object[]): object => volume({ projected: { sources } });
const claim = volume({ persistentVolumeClaim: { claimName: "data" } });

const gone = (kind: string, name = "gone"): string =>
  `names the ${kind} ${name}, which does not exist`;
const noKey = (kind: string, name: string, key = "key"): string =>
  `names the key ${key}, which the ${kind} ${name} does not have`;

describe("a pod names", () => {
  test.each<[string, object, object, readonly string[]]>([
    ["what there is", {}, {}, []],
    ["a key of no Secret", {}, fromKey("secretKeyRef", { name: "gone" }), [gone("Secret")]],
    [
      "a key no Secret has",
      {},
      fromKey("secretKeyRef", { name: "web-env" }),
      [noKey("Secret", "web-env")],
    ],
    ["a key it can do without", {}, fromKey("secretKeyRef", { name: "gone", optional: true }), []],
    [
      "a key of no ConfigMap",
      {},
      fromKey("configMapKeyRef", { name: "gone" }),
      [gone("ConfigMap")],
    ],
    [
      "a key no ConfigMap has",
      {},
      fromKey("configMapKeyRef", { name: "web-files" }),
      [noKey("ConfigMap", "web-files")],
    ],
    [
      "a key of a ConfigMap",
      {},
      fromKey("configMapKeyRef", { name: "web-files", key: "web.conf" }),
      [],
    ],
    [
      "a Secret's name, of which there is a ConfigMap",
      {},
      whole("secretRef", { name: "web-files" }),
      [gone("Secret", "web-files")],
    ],
    ["no Secret for all its variables", {}, whole("secretRef", { name: "gone" }), [gone("Secret")]],
    [
      "no ConfigMap for all its variables",
      {},
      whole("configMapRef", { name: "gone" }),
      [gone("ConfigMap")],
    ],
    ["all of a Secret", {}, whole("secretRef", { name: "web-env" }), []],
    ["no ConfigMap as files", volume({ configMap: { name: "gone" } }), {}, [gone("ConfigMap")]],
    ["no Secret as files", volume({ secret: { secretName: "gone" } }), {}, [gone("Secret")]],
    ["files it can do without", volume({ secret: { secretName: "gone", optional: true } }), {}, []],
    ["the cluster's own certificate", volume({ configMap: { name: "kube-root-ca.crt" } }), {}, []],
    [
      "a Secret called like it",
      volume({ secret: { secretName: "kube-root-ca.crt" } }),
      {},
      [gone("Secret", "kube-root-ca.crt")],
    ],
    [
      "a file a ConfigMap has not",
      volume({ configMap: { name: "web-files", items: [{ key: "key" }] } }),
      {},
      [noKey("ConfigMap", "web-files")],
    ],
    [
      "a file a Secret has not",
      volume({ secret: { secretName: "web-env", items: [{ key: "key" }] } }),
      {},
      [noKey("Secret", "web-env")],
    ],
    [
      "several that are put together",
      projected({ configMap: { name: "gone" } }, { secret: { name: "lost" } }),
      {},
      [gone("ConfigMap"), gone("Secret", "lost")],
    ],
    [
      "files of those, which are there",
      projected(
        { configMap: { name: "web-files", items: [{ key: "web.conf" }] } },
        { secret: { name: "web-env", items: [{ key: "web.KEY" }] } },
      ),
      {},
      [],
    ],
    [
      "files of those, which are not",
      projected(
        { configMap: { name: "web-files", items: [{ key: "key" }] } },
        { secret: { name: "web-env", items: [{ key: "key" }] } },
      ),
      {},
      [noKey("ConfigMap", "web-files"), noKey("Secret", "web-env")],
    ],
    ["no claim", claim, {}, [gone("claim", "data")]],
    ["no account", { serviceAccountName: "gone" }, {}, [gone("service account")]],
    ["its namespace's own account", { serviceAccountName: "default" }, {}, []],
    ["no account at all", { serviceAccountName: undefined }, {}, []],
    ["no login for its image", { imagePullSecrets: [{ name: "gone" }] }, {}, [gone("Secret")]],
    [
      "a Secret that is no login",
      { imagePullSecrets: [{ name: "web-env" }] },
      {},
      [noKey("Secret", "web-env", ".dockerconfigjson")],
    ],
    [
      "no volume to mount",
      {},
      { volumeMounts: [{ name: "gone", mountPath: "/x" }] },
      ["mounts gone, which is no volume"],
    ],
    [
      "one file of a ConfigMap",
      {},
      {
        volumeMounts: [{ name: "files", mountPath: "/x", subPath: "web.conf" }],
      },
      [],
    ],
    [
      "a file of a ConfigMap which it has not",
      {},
      {
        volumeMounts: [{ name: "files", mountPath: "/x", subPath: "key" }],
      },
      [noKey("ConfigMap", "web-files")],
    ],
    [
      "a file of a Secret which it has not",
      volume({ secret: { secretName: "web-env" } }),
      {
        volumeMounts: [{ name: "files", mountPath: "/x", subPath: "key" }],
      },
      [noKey("Secret", "web-env")],
    ],
    [
      "a folder of a disk",
      volume({ emptyDir: {} }),
      {
        volumeMounts: [{ name: "files", mountPath: "/x", subPath: "key" }],
      },
      [],
    ],
  ])("%s", (_, changes, container, faults) => {
    expect(told(changes, container)).toEqual(faults);
  });

  test("an object of its own namespace, and none of that name elsewhere", () => {
    const elsewhere = (name: "files" | "account"): object => ({
      ...shopObjects()[name],
      metadata: { name: name === "files" ? "web-files" : "web", namespace: "hall" },
    });
    const world = shop({ files: elsewhere("files"), account: elsewhere("account") });
    expect(told({}, {}, world)).toEqual([
      gone("service account", "web"),
      gone("ConfigMap", "web-files"),
    ]);
    const made = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
    const at = (namespace: string): World =>
      shop({ data: { ...made, metadata: { name: "data", namespace } } });
    expect(told(claim, {}, at("shop"))).toEqual([]);
    expect(told(claim, {}, at("hall"))).toEqual([gone("claim", "data")]);
  });

  test("what a Secret holds however it was written", () => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web-env", namespace: "shop" },
      data: { "web.KEY": "eA==" },
    };
    expect(told({}, {}, shop({ secret }))).toEqual([]);
    const binary = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web-files", namespace: "shop" },
      binaryData: { picture: "eA==" },
    };
    const items = [{ key: "picture" }];
    const world = shop({ files: binary });
    expect(told(volume({ configMap: { name: "web-files", items } }), {}, world)).toEqual([]);
  });

  test("a disk that its StatefulSet makes", () => {
    const world = shop();
    const spec = PodSpec.parse({
      ...restrictedPod,
      containers: [{ ...web, volumeMounts: [{ name: "data", mountPath: "/data" }] }],
    });
    const pods = { ...podsOf(world, "web"), spec };
    expect(podReferenceFaults(world, { ...pods, claimTemplates: ["data"] })).toEqual([]);
    expect(podReferenceFaults(world, pods)).toHaveLength(1);
  });
});

describe("a command", () => {
  const unknown = "uses $(GONE), a variable it does not have";
  test.each<[string, object, readonly string[]]>([
    ["uses a variable that it has", { args: ["$(KEY)"] }, []],
    ["uses one that it does not have", { args: ["--x=$(GONE)"] }, [unknown]],
    ["is one with it", { args: [], command: ["$(GONE)"] }, [unknown]],
    [
      "uses where the API server is, which kubelets tell every container",
      {
        args: ["$(KUBERNETES_SERVICE_HOST)"],
        env: [{ name: "URL", value: "https://$(KUBERNETES_SERVICE_HOST)" }],
      },
      [],
    ],
    ["writes out what looks like one", { args: ["$$(GONE)", "$GONE", "$(shell gone)"] }, []],
    [
      "may have it from what the stack does not tell",
      { args: ["$(GONE)"], ...whole("secretRef", { name: "gone", optional: true }) },
      [],
    ],
    [
      "does not have it from what the stack tells",
      { args: ["$(GONE)"], ...whole("secretRef", { name: "web-env" }) },
      [unknown],
    ],
  ])("%s", (_, container, faults) => {
    expect(told({}, container)).toEqual(faults);
  });

  test.each<[string, string, readonly string[]]>([
    ["", "HOST", []],
    ["WEB_", "WEB_HOST", []],
    ["WEB_", "HOST", ["uses $(HOST), a variable it does not have"]],
  ])("has all of a ConfigMap as variables with the prefix %j: %s", (prefix, name, faults) => {
    const files = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web-files", namespace: "shop" },
      data: { "web.conf": "", HOST: "store" },
    };
    const taken = { envFrom: [{ prefix, configMapRef: { name: "web-files" } }] };
    expect(told({}, { args: [`$(${name})`], ...taken }, shop({ files }))).toEqual(faults);
    // What is taken all at once stands before what a container says itself.
    const key = { name: "KEY", value: "1" };
    const own = { env: [{ name: "URL", value: `http://$(${name})` }, key], ...taken };
    expect(told({}, own, shop({ files })).length).toBe(faults.length);
  });
});

describe("an Ingress's certificate", () => {
  const ingressWith = (annotations: object, ...objects: readonly object[]): readonly string[] => {
    const ingress = structuredClone(shopObjects()["ingress"]) as {
      metadata: { annotations?: object };
      spec: { tls?: object[] };
    };
    ingress.metadata.annotations = annotations;
    ingress.spec.tls = [{ hosts: ["shop.example"], secretName: "shop-tls" }];
    const world = shop({ ingress, ...Object.fromEntries(objects.entries()) });
    return world.ingresses.flatMap((one) => certificateFaults(world, one));
  };
  const secret = (namespace: string, kind = "Secret"): object => ({
    ...{ apiVersion: "v1", kind, metadata: { name: "shop-tls", namespace } },
  });
  const ordered = (namespace: string, secretName: string): object => ({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: "shop", namespace },
    spec: { secretName },
  });
  const missing = [
    "Ingress shop/web: names the Secret shop-tls, which does not exist and which no issuer makes",
  ];

  test.each<[string, object, readonly object[], readonly string[]]>([
    ["is nowhere", {}, [], missing],
    ["is there", {}, [secret("shop")], []],
    ["is in another namespace", {}, [secret("hall")], missing],
    ["is another kind's", {}, [secret("shop", "ConfigMap")], missing],
    ["is ordered", {}, [ordered("shop", "shop-tls")], []],
    ["is ordered in another namespace", {}, [ordered("hall", "shop-tls")], missing],
    ["is ordered into another Secret", {}, [ordered("shop", "other")], missing],
    ["is a cluster's issuer's to make", { "cert-manager.io/cluster-issuer": "a" }, [], []],
    ["is an issuer's to make", { "cert-manager.io/issuer": "a" }, [], []],
    ["is nobody's to make by another word", { "cert-manager.io/duration": "a" }, [], missing],
  ])("%s", (_, annotations, objects, faults) => {
    expect(ingressWith(annotations, ...objects)).toEqual(faults);
  });
});

describe("what binds and what scales", () => {
  const api = "rbac.authorization.k8s.io/v1";
  const role = (kind: string, namespace?: string): object => ({
    ...{ apiVersion: api, kind, metadata: { name: "reader", namespace } },
  });
  const binding = (roleRef: object, subject: object = {}, kind = "RoleBinding"): object => ({
    apiVersion: api,
    kind,
    metadata: { name: "binding", ...(kind === "RoleBinding" ? { namespace: "shop" } : {}) },
    roleRef,
    subjects: [{ kind: "ServiceAccount", name: "web", namespace: "shop", ...subject }],
  });
  const scaler = (kind: string, name: string): object => ({
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "scaler", namespace: "shop" },
    spec: { scaleTargetRef: { kind, name }, maxReplicas: 2 },
  });
  const reader = { kind: "Role", name: "reader" };
  const cluster = { kind: "ClusterRole", name: "reader" };
  const lacks = (kind: string): RegExp => new RegExp(`names the ${kind} reader, which does not`);
  const account = /gives its role to the account \w+, which does not exist$/;

  test.each<[string, readonly object[], RegExp | undefined]>([
    ["a role of its namespace", [binding(reader), role("Role", "shop")], undefined],
    ["a role of another namespace", [binding(reader), role("Role", "hall")], lacks("Role")],
    ["a role of another kind", [binding(reader), role("ClusterRole")], lacks("Role")],
    ["a role of the cluster", [binding(cluster), role("ClusterRole")], undefined],
    ["no role of the cluster", [binding(cluster)], lacks("ClusterRole")],
    [
      "no role for all the cluster",
      [binding(cluster, {}, "ClusterRoleBinding")],
      lacks("ClusterRole"),
    ],
    ["a role that every cluster has", [binding({ kind: "ClusterRole", name: "view" })], undefined],
    ["a role of the system", [binding({ kind: "ClusterRole", name: "system:a" })], undefined],
    [
      "a role that only begins like one",
      [binding({ kind: "ClusterRole", name: "viewer" })],
      /viewer/,
    ],
    ["no account", [binding(reader, { name: "gone" }), role("Role", "shop")], account],
    [
      "no account, by the user that it would be",
      [
        binding(reader, { kind: "User", name: "system:serviceaccount:shop:gone" }),
        role("Role", "shop"),
      ],
      account,
    ],
    [
      "an account, by the user that it is",
      [
        binding(reader, { kind: "User", name: "system:serviceaccount:shop:web" }),
        role("Role", "shop"),
      ],
      undefined,
    ],
    [
      "its own namespace's account",
      [binding(reader, { namespace: undefined }), role("Role", "shop")],
      undefined,
    ],
    [
      "no account of its own namespace",
      [binding(reader, { name: "gone", namespace: undefined }), role("Role", "shop")],
      account,
    ],
    [
      "an account that is not the stack's to make",
      [binding(reader, { name: "gone", namespace: "else" }), role("Role", "shop")],
      undefined,
    ],
    [
      "somebody who is no account",
      [binding(reader, { kind: "User", name: "gone" }), role("Role", "shop")],
      undefined,
    ],
    ["pods to scale", [scaler("Deployment", "web")], undefined],
    ["no such pods to scale", [scaler("Deployment", "gone")], /scales the Deployment gone/],
    ["pods of another kind to scale", [scaler("StatefulSet", "web")], /scales the StatefulSet web/],
  ])("names %s", (_, objects, fault) => {
    const world = shop(Object.fromEntries(objects.entries()));
    const faults = world.objects.flatMap((object) => objectReferenceFaults(world, object));
    expect(faults.length).toBe(fault === undefined ? 0 : 1);
    expect(faults.join()).toMatch(fault ?? /^$/);
  });
});
