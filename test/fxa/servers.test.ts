import { describe, expect, it } from "vitest";

import { optionsOf, planOf, runningPrograms } from "../../components/fxa/environment.ts";
import { flowsOf } from "../../components/base/flows.ts";
import { debugName, fxaFlows, mailQueuesName } from "../../components/fxa/flows.ts";
import { heapOptions } from "../../components/fxa/heap.ts";
import { patcherName, type Program } from "../../components/fxa/roles.ts";
import { usersOf } from "../../components/fxa/secret-objects.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { fingerprintOf } from "../../components/fxa/shared-objects.ts";
import { dataOf, exchanged } from "../exchanged.ts";
import { ingress } from "../platform/fixtures.ts";
import { type Collected, find, type Registered } from "../harness.ts";
import { everything, filled, fxa, mailService, merge } from "./fixtures.ts";
import { controllerTypes, renderFxa, valuesOf } from "./system.ts";

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Pod {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly enableServiceLinks: boolean;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly {
      readonly image: string;
      readonly command?: readonly string[];
      readonly env: readonly Variable[];
      readonly securityContext: Record<string, unknown>;
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    }[];
    readonly securityContext: Record<string, unknown>;
    readonly volumes?: readonly {
      readonly name: string;
      readonly secret?: { readonly secretName: string };
      readonly configMap?: { readonly name: string };
      readonly persistentVolumeClaim?: { readonly claimName: string };
    }[];
  };
}

interface Spec {
  readonly replicas?: number;
  readonly strategy?: { readonly type: string };
  readonly template: Pod;
}

const everythingThere = fxa(everything);
const all = await renderFxa(everythingThere);

const specOf = ({ inputs }: Registered): Spec => inputs["spec"] as Spec;
const deployment = (collected: Collected, name: string): Spec =>
  specOf(find(collected, "kubernetes:apps/v1:Deployment", name));

/** What a program sees: each variable's value. */
function seen(collected: Collected, { spec }: Pod): Record<string, string> {
  return Object.fromEntries(
    (spec.containers[0]?.env ?? []).map(({ name, value, valueFrom }) => [
      name,
      valueFrom === undefined
        ? (value ?? "")
        : (dataOf(collected, valueFrom.secretKeyRef.name)[valueFrom.secretKeyRef.key] ?? "missing"),
    ]),
  );
}

describe("a server", () => {
  it("is told exactly what its plan says, secrets among them", () => {
    for (const program of runningPrograms(everythingThere)) {
      const { environment } = planOf(everythingThere, program);
      const { template } = deployment(all, traitsOf(program).service);
      expect(seen(all, template), program).toEqual({
        HOME: "/tmp",
        ...heapOptions(program, optionsOf(everythingThere, program).resources),
        ...environment.plain,
        ...Object.fromEntries(
          Object.entries(environment.secret).map(([name, text]) => [name, filled(text)]),
        ),
      });
    }
  });

  it("leaves seven tenths of its memory to JavaScript's objects, where it is a Node's", () => {
    const told = (memory?: string) => ({
      requests: { cpu: "100m", memory: "256Mi" },
      limits: memory === undefined ? {} : { memory },
    });
    expect(heapOptions("auth-server", told("1Gi"))).toEqual({
      NODE_OPTIONS: "--max-old-space-size=716",
    });
    // Without a limit it may have what the node has.
    expect(heapOptions("auth-server", told())).toEqual({});
    expect(heapOptions("mozilla-sync", told("1Gi"))).toEqual({});
    expect(heapOptions("mail-service", told("1Gi"))).toEqual({});
  });

  it("has no secret anywhere but in Secrets", () => {
    const open = JSON.stringify(
      all.resources.filter(({ type }) => type !== "kubernetes:core/v1:Secret"),
    );
    for (const [name, value] of valuesOf(everythingThere)) {
      expect(open.includes(value), name).toBe(false);
      expect(open.includes(JSON.stringify(value).slice(1, -1)), name).toBe(false);
    }
  });

  it("finds its files where its variables say, with what they must hold", () => {
    for (const program of runningPrograms(everythingThere)) {
      const { spec } = deployment(all, traitsOf(program).service).template;
      for (const { folder, name, text } of planOf(everythingThere, program).files) {
        const mount = spec.containers[0]?.volumeMounts.find(
          ({ mountPath }) => mountPath === folder,
        );
        const volume = spec.volumes?.find((one) => one.name === mount?.name);
        const object = volume?.secret?.secretName ?? volume?.configMap?.name ?? "";
        expect(dataOf(all, object)[name], `${program} ${folder}/${name}`).toBe(filled(text));
      }
    }
  });

  it("has a Service of its own name, no service links and the entry point of its image", () => {
    for (const program of runningPrograms(everythingThere)) {
      const { service, port } = traitsOf(program);
      const { template } = deployment(all, service);
      expect(template.spec.enableServiceLinks).toBe(false);
      expect(template.spec.terminationGracePeriodSeconds).toBe(10);
      expect(template.spec.containers[0]?.command).toBeUndefined();
      const made = find(all, "kubernetes:core/v1:Service", `${service}-service`).inputs;
      expect(made).toMatchObject({ metadata: { name: service }, spec: { ports: [{ port }] } });
    }
  });

  it("is root nowhere, and writes beside its volumes only where it compiles", () => {
    const writable = runningPrograms(everythingThere).filter((program) => {
      const { spec } = deployment(all, traitsOf(program).service).template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true });
      return spec.containers[0]?.securityContext["readOnlyRootFilesystem"] === false;
    });
    expect(writable).toEqual(["content-server", "graphql-api", "event-broker"]);
  });

  it("stops before its successor starts where it must not run twice, and nowhere else", () => {
    const stops = runningPrograms(everythingThere).filter(
      (program) => deployment(all, traitsOf(program).service).strategy?.type === "Recreate",
    );
    expect(stops).toEqual([
      "payments-server-worker",
      "payments-server-static",
      "event-broker",
      "fortress",
      "123done",
      "321done",
      "mozilla-sync",
    ]);
  });

  it("leaves its number of pods to an autoscaler", async () => {
    const collected = await renderFxa(
      fxa({
        servers: { "customs-server": { parallelSafe: true, autoscale: { min: 2, max: 5 } } },
      }),
    );
    expect(deployment(collected, "fxa-customs-server").replicas).toBeUndefined();
    expect(deployment(collected, "fxa-auth-server").replicas).toBe(1);
    expect(
      collected.resources.filter(({ type }) => type.endsWith(":HorizontalPodAutoscaler")),
    ).toHaveLength(1);
    // Nobody asked for the debug pod.
    expect(collected.resources.filter(({ name }) => name.startsWith(debugName))).toEqual([]);
  });
});

describe("the reader of the mails' queues", () => {
  it("is told what fxa-mail-service is told, and listens on nothing", () => {
    const reader = deployment(all, mailQueuesName);
    expect(reader).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    expect(seen(all, reader.template)).toEqual(
      seen(all, deployment(all, "fxa-mail-service").template),
    );
    expect(reader.template.spec.containers[0]).toMatchObject({
      command: ["/app/bin/fxa-email-queues"],
    });
    expect(reader.template.spec.containers[0]).not.toHaveProperty("ports");
    expect(reader.template.spec.containers[0]).not.toHaveProperty("readinessProbe");
  });

  it("may dial what the program may, and is there only where there are queues", async () => {
    const flows = fxaFlows(everythingThere, ingress());
    const portsOf = (name: string) =>
      flowsOf(flows, name, "fxa").calls.flatMap(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf(mailQueuesName).sort()).toEqual(portsOf("fxa-mail-service").sort());
    expect(portsOf(mailQueuesName)).toContain(443);
    const without = await renderFxa(fxa({ mail: mailService }));
    expect(without.resources.filter(({ name }) => name.startsWith(mailQueuesName))).toEqual([]);
  });
});

describe("a changed entry", () => {
  const services = (users: readonly Program[]) => users.map((one) => traitsOf(one).service);

  it.each([
    ["mysql", [patcherName]],
    ["sync-key", []],
    ["flow-id-key", []],
    ["subscriptions-secret", [debugName]],
    ["demo-123done", []],
  ])("%s exchanges the pods of its users, and no others", async (entry, besides) => {
    const other = "c0ffee".repeat(6);
    const after = await renderFxa(everythingThere, { values: { [entry]: other } });
    const users = usersOf(everythingThere, entry);
    expect(users).not.toEqual([]);
    // What has a name changes in its place.
    expect(Object.values(dataOf(after, "mysql-secret"))).toEqual([
      entry === "mysql" ? other : "value-of-mysql",
    ]);
    expect(Object.values(dataOf(after, "keys-secret"))).toEqual([
      entry === "sync-key" ? other : "value-of-sync-key",
    ]);
    expect(exchanged(all, after)).toEqual([...services(users), ...besides].sort());
  });

  it("shows in a fingerprint from which the value cannot be told by a plain hash", () => {
    const print = fingerprintOf("mysql-secret.password", "a");
    expect(print).toMatch(/^[0-9a-f]{12}$/);
    expect(fingerprintOf("mysql-secret.password", "b")).not.toBe(print);
    expect(fingerprintOf("keys-secret.sync-key", "a")).not.toBe(print);
  });
});

describe("the root ConfigMap", () => {
  it("tells DEVENV, which no pod reads", () => {
    expect(dataOf(all, "root-config")).toEqual({ DEVENV: "prod", DOMAIN: "example.org" });
    const pods = all.resources.filter(({ type }) => controllerTypes.includes(type));
    expect(JSON.stringify(pods)).not.toContain("DEVENV");
  });
});

describe("the patch Job", () => {
  it("runs the patcher in the launcher's place, told what the server is told", () => {
    const { template } = specOf(find(all, "kubernetes:batch/v1:Job", patcherName));
    expect(template.spec.containers[0]?.command).toEqual([
      "sh",
      "-c",
      "cd packages/fxa-auth-db-mysql && exec node bin/db_patcher.js",
    ]);
    expect(seen(all, template)).toEqual(seen(all, deployment(all, "fxa-auth-db-mysql").template));
  });

  it("is told to be over soon where the patches fail: nothing else goes on meanwhile", () => {
    const job = find(all, "kubernetes:batch/v1:Job", patcherName).inputs["spec"];
    expect(job).toMatchObject({ backoffLimit: 1 });
  });
});

describe("the debug pod", () => {
  it("has no pod until somebody scales it up", () => {
    expect(deployment(all, debugName).replicas).toBe(0);
  });

  it("is told all that its target is told, with a launcher that sleeps and no Service", () => {
    const target = seen(all, deployment(all, "fxa-event-broker").template);
    expect(seen(all, deployment(all, debugName).template)).toEqual({ ...target, server: "debug" });
    expect(
      all.resources.filter(
        ({ type, name }) => type === "kubernetes:core/v1:Service" && name.startsWith(debugName),
      ),
    ).toEqual([]);
  });
});

describe("pictures in the cluster", () => {
  it.each([
    ["many-nodes", "ReadWriteMany"],
    ["one-node", "ReadWriteOnce"],
  ])("lie on one disk that the three programs share: %s", async (share, mode) => {
    const collected = await renderFxa(
      fxa(
        merge(
          {},
          {
            servers: { "profile-server": { settings: { images: { kind: "local", share } } } },
          },
        ),
      ),
    );
    const claim = find(collected, "kubernetes:core/v1:PersistentVolumeClaim", "fxa-avatars");
    expect(claim.inputs).toMatchObject({ spec: { accessModes: [mode] } });
    const users = collected.resources
      .filter(({ type }) => type === "kubernetes:apps/v1:Deployment")
      .filter((one) =>
        specOf(one).template.spec.volumes?.some(
          ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === "fxa-avatars",
        ),
      )
      .map(({ name }) => name)
      .sort();
    expect(users).toEqual([
      "fxa-profile-server",
      "fxa-profile-server-static",
      "fxa-profile-server-worker",
    ]);
  });
});

describe("redis-master", () => {
  it("is a Deployment that never has two pods, on a disk", () => {
    expect(deployment(all, "redis-master")).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
    });
    expect(
      find(all, "kubernetes:core/v1:PersistentVolumeClaim", "redis-master-data").inputs,
    ).toMatchObject({ spec: { accessModes: ["ReadWriteOnce"] } });
  });

  it("does without its disk where the file says so", async () => {
    const collected = await renderFxa(fxa({ redis: { kind: "builtin", disk: "none" } }));
    expect(
      collected.resources.filter(({ type }) => type.endsWith(":PersistentVolumeClaim")),
    ).toEqual([]);
  });
});

describe("a variable of the file's own", () => {
  it("reaches the server as it stands: the kubelet fills nothing in", async () => {
    const extraEnv = { GREETING: "$(HOME) for $$ 5" };
    const collected = await renderFxa(
      fxa(merge(everything, { servers: { "customs-server": { extraEnv } } })),
    );
    const [container] = deployment(collected, "fxa-customs-server").template.spec.containers;
    expect(container?.env).toContainEqual({ name: "GREETING", value: "$$(HOME) for $$$ 5" });
  });
});
