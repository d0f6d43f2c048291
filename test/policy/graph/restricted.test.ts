/** Pod Security, restricted: what the rule says of pods, field by field. */
import { describe, expect, test } from "vitest";

import { PodSpec } from "../../../policy/graph/objects.ts";
import { restrictedFaults } from "../../../policy/graph/restricted.ts";
import { restrictedPod } from "./fixture.ts";

describe("the restricted profile", () => {
  const [web] = restrictedPod.containers;
  const faults = (changes: object, container: object = {}, annotations = {}): readonly string[] =>
    restrictedFaults(
      PodSpec.parse({ ...restrictedPod, ...changes, containers: [{ ...web, ...container }] }),
      annotations,
    );
  const fenced = { ...web?.securityContext, seccompProfile: { type: "Localhost" } };

  test("refuses a pod without a seccomp profile though each container has one", () => {
    const securityContext = {
      ...restrictedPod.securityContext,
      seccompProfile: { type: "Unconfined" },
    };
    expect(faults({ securityContext }, { securityContext: fenced })).toEqual([
      "the pod has no seccomp profile",
    ]);
  });

  test("refuses a pod that may run as root though no container of it does", () => {
    const securityContext = { ...restrictedPod.securityContext, runAsNonRoot: false };
    const own = { ...web?.securityContext, runAsNonRoot: true };
    expect(faults({ securityContext }, { securityContext: own })).toEqual([
      "the pod may run as root",
    ]);
  });

  test("takes what each container says where the pod says nothing", () => {
    const own = { ...fenced, runAsNonRoot: true };
    expect(faults({ securityContext: undefined }, { securityContext: own })).toEqual([]);
    const root = { ...own, runAsNonRoot: false };
    expect(faults({}, { securityContext: root })).toEqual(["container web may run as root"]);
  });

  test.each([
    ["configMap"],
    ["csi"],
    ["downwardAPI"],
    ["emptyDir"],
    ["ephemeral"],
    ["image"],
    ["persistentVolumeClaim"],
    ["projected"],
    ["secret"],
  ])("has nothing against volumes of type %s", (type) => {
    const parts: Readonly<Record<string, object>> = {
      configMap: { name: "a" },
      persistentVolumeClaim: { claimName: "a" },
      projected: { sources: [] },
      secret: { secretName: "a" },
    };
    expect(faults({ volumes: [{ [type]: parts[type] ?? {}, name: "a" }] })).toEqual([]);
  });

  const key = "container.apparmor.security.beta.kubernetes.io/web";
  test.each([
    ["runtime/default", []],
    ["localhost/web", []],
    ["", []],
    ["unconfined", ["container web has the AppArmor profile unconfined"]],
  ])("reads the annotation that stood for a field: %s", (profile, told) => {
    expect(faults({}, {}, { [key]: profile, "another.example/web": "unconfined" })).toEqual(told);
  });

  test.each<[string, object, object, string]>([
    ["a host's processes", { hostPID: true }, {}, "hostPID is true"],
    ["a host's queues", { hostIPC: true }, {}, "hostIPC is true"],
    ["privileges", {}, { privileged: true }, "container web is privileged"],
    ["a bare /proc", {}, { procMount: "Unmasked" }, "container web unmasks /proc"],
    ["root by its number", {}, { runAsUser: 0 }, "container web runs as user 0"],
    [
      "no AppArmor profile at all",
      {},
      { appArmorProfile: { type: "Unconfined" } },
      "container web has the AppArmor profile Unconfined",
    ],
    [
      "no AppArmor profile of a pod",
      {
        securityContext: {
          ...restrictedPod.securityContext,
          appArmorProfile: { type: "Unconfined" },
        },
      },
      {},
      "the pod has the AppArmor profile Unconfined",
    ],
    [
      "a process of a node of Windows",
      {},
      { windowsOptions: { hostProcess: true } },
      "container web is a process of its node",
    ],
    ["an SELinux user", {}, { seLinuxOptions: { user: "a" } }, "chooses its SELinux label (a)"],
    ["an SELinux role", {}, { seLinuxOptions: { role: "a" } }, "chooses its SELinux label (a)"],
    [
      "some capabilities of all",
      {},
      { capabilities: { drop: ["NET_RAW"] } },
      "container web keeps capabilities",
    ],
  ])("refuses %s", (_, changes, context, told) => {
    const securityContext = { ...web?.securityContext, ...context };
    expect(faults(changes, { securityContext }).join("\n")).toContain(told);
  });

  test.each<[string, object, object]>([
    [
      "the capability to bind low ports",
      {},
      { capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
    ],
    ["the usual /proc", {}, { procMount: "Default" }],
    ["a user of its own", {}, { runAsUser: 1 }],
    ["an SELinux type of containers", {}, { seLinuxOptions: { type: "container_t" } }],
    ["the usual AppArmor profile", {}, { appArmorProfile: { type: "RuntimeDefault" } }],
    ["no process of a node", {}, { windowsOptions: { hostProcess: false } }],
    ["a safe sysctl", { sysctls: [{ name: "net.ipv4.tcp_syncookies" }] }, {}],
  ])("has nothing against %s", (_, context, container) => {
    expect(
      faults(
        { securityContext: { ...restrictedPod.securityContext, ...context } },
        { securityContext: { ...web?.securityContext, ...container } },
      ),
    ).toEqual([]);
  });

  const elsewhere = { host: "10.0.0.1", port: 80 };
  test.each<[string, object, string | undefined]>([
    ["a probe", { startupProbe: { tcpSocket: elsewhere } }, "probes another host, 10.0.0.1"],
    ["a call", { livenessProbe: { httpGet: elsewhere } }, "probes another host, 10.0.0.1"],
    ["a hook", { lifecycle: { postStart: { tcpSocket: elsewhere } } }, "calls another host"],
    ["no host", { livenessProbe: { httpGet: { host: "", port: 80 } } }, undefined],
    ["no hook's host", { lifecycle: { preStop: { httpGet: { host: "", port: 80 } } } }, undefined],
    ["a port of the pod alone", { ports: [{ containerPort: 80, hostPort: 0 }] }, undefined],
  ])("looks at whom a pod asks about itself: %s", (_, container, told) => {
    const all = faults({}, container).join("\n");
    expect(told === undefined ? all === "" : all.includes(told)).toBe(true);
  });
});
