/**
 * Firefox Accounts' production on a sandbox of its own: the real engine with the policies, the real Kubernetes
 * provider, a real API server, scheduler and controllers. Proves what a failed patch of the schema stops and how one
 * goes on from there, the order of everything, what each server is told (by the facts' tables, read off the API
 * server), which hosts lead where with which certificate, who may dial whom by the policies, whose the number of pods
 * is, which pods a changed secret exchanges, and that a lost node leaves every server with a pod. No container runs:
 * that a server reads its variables as it should is shown by judges, that a packet is let through by nothing here.
 *
 * The tests are one story and build on each other, in this order.
 */
import { X509Certificate } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { patcherName } from "../../components/fxa/roles.ts";
import type { PodSet, World } from "../../policy/graph/objects.ts";
import { allows, policiesOf } from "../../policy/graph/policies.ts";
import { secretsIn } from "../../policy/graph/secrets.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { requireRunning } from "../../sandbox/sandbox.ts";
import { Store } from "../../sandbox/standins/store.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { internals, overview } from "../fxa/facts.ts";
import { render, type Rendered } from "../rendered.ts";
import {
  endpointFaults,
  liveWorld,
  podsByWorkload,
  podUids,
  workloadFaults,
} from "./cluster-state.ts";
import {
  autoscaled,
  doubled,
  edges,
  hosts,
  namespace,
  runs,
  services,
  single,
  stack,
  users,
} from "./fxa-production.ts";
import { toldTests } from "./fxa-told.ts";
import { type Pod, podsOf } from "./live-objects.ts";
import { processesUnder } from "./processes.ts";
import { courseOf } from "./rollout-course.ts";
import { type Moment, record } from "./rollout-recorder.ts";
import { sandboxSecrets, settled, testSandbox, type TestSandbox } from "./sandbox.ts";
import { autoscalersOf, budgetsOf, numberedByEngine } from "./scaling.ts";
import { made, ready, type Timed, timedObjects, workloadOf } from "./timed.ts";
import { toldPods } from "./told-pods.ts";

describe("Firefox Accounts' production in a sandbox", () => {
  let rendered: Rendered<FxaStack>;
  let sandbox: TestSandbox;
  let failure: string;

  beforeAll(async () => {
    rendered = await render(stack);
    sandbox = testSandbox(stack);
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  const root = (): string => dirname(sandbox.folder);

  const timed = async (...kinds: string[]): Promise<readonly Timed[]> =>
    (await timedObjects(sandbox, ...kinds)).filter(
      ({ metadata }) => metadata.namespace === namespace,
    );

  /** What is wanted, with as many pods as an autoscaler without measurements keeps: the fewest. */
  const wanted = (): World => ({
    ...rendered.world,
    pods: rendered.world.pods.map((pods) =>
      autoscaled.includes(pods.name) ? { ...pods, replicas: 2 } : pods,
    ),
  });

  const allThere = async (): Promise<void> => {
    expect(await settled(() => workloadFaults(sandbox, wanted()))).toEqual([]);
  };

  /** Every moment of the pods while something is done. */
  async function recorded(act: () => Promise<unknown>): Promise<readonly Moment[]> {
    const { api } = requireRunning(sandboxPlace(stack, { root: root() }));
    const recorder = await record(api);
    const mark = recorder.mark();
    await act();
    const moments = recorder.since(mark);
    await recorder.stop();
    api.close();
    return moments;
  }

  const fewest = (moments: readonly Moment[], name: string): number =>
    courseOf(moments, `${namespace}/${name}`, 0).fewestAvailable;

  test("a patch that fails stops the run before the first server, and is named", async () => {
    const { code, stdout, stderr } = await sandbox.command("up", "--behave", `${patcherName}:fail`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    failure = stdout;
    expect(stdout).toMatch(/up failed:\n {2}Job fxa-auth-db-mysql-patch\n/);
    expect(stdout).toContain(`Container "${patcherName}" completed with exit code 1`);
    expect(stdout).toMatch(/Job fxa\/fxa-auth-db-mysql-patch-\w+ has stalled/);
    const names = (await timed("pods")).map(workloadOf);
    expect(new Set(names)).toEqual(new Set([patcherName, "redis-master", "memcached"]));
    // It was tried twice, each time in a pod whose log stays.
    expect(names.filter((name) => name === patcherName)).toHaveLength(2);
    const all = await timed("deployments", "services", "ingresses");
    const servers = new Set(services.values());
    expect(all.filter((one) => servers.has(workloadOf(one)))).toEqual([]);
  });

  test("the Job may run again, and all goes on from there, with slow patches and slow servers", async () => {
    // By the command that the failure told.
    const [, again = ""] = /CMD='(pulumi state taint [^']+)'/.exec(failure) ?? [];
    await sandbox.succeed("exec", "--cmd", again);
    const late = { [patcherName]: 3, "fxa-auth-db-mysql": 4, "fxa-auth-server": 3 };
    const behave = Object.entries(late).map(([name, seconds]) => `${name}:slow-${seconds}s`);
    const output = await sandbox.succeed("up", "--behave", behave.join());
    expect(output).toMatch(/^up: \d+ made, 1 replaced, \d+ the same/m);
    expect(output).toContain(`\n  certificates\n    hosts: ${Object.keys(hosts).length}\n`);
    await allThere();

    const all = await timed("pods", "jobs", "ingresses");
    const pods = all.filter(({ kind }) => kind === "Pod");
    const of = (name: string): readonly Timed[] => {
      const found = pods.filter((pod) => workloadOf(pod) === name);
      expect(found, name).not.toEqual([]);
      return found;
    };
    const madeAt = (name: string): number => Math.min(...of(name).map(made));
    // An autoscaler adds the second pod when the first has long been ready.
    const readyAt = (name: string): number =>
      (autoscaled.includes(name) ? Math.min : Math.max)(...of(name).map(ready));
    for (const [name, seconds] of Object.entries(late).filter(([one]) => one !== patcherName)) {
      expect(readyAt(name) - madeAt(name), name).toBeGreaterThanOrEqual((seconds - 1) * 1000);
    }
    const [job, ...more] = all.filter(({ kind }) => kind === "Job");
    expect(more).toEqual([]);
    const patched = job === undefined ? NaN : ready(job);
    expect(patched - madeAt(patcherName)).toBeGreaterThanOrEqual(2000);
    expect(madeAt("fxa-auth-db-mysql")).toBeGreaterThanOrEqual(patched);
    expect(edges.filter(([first, then]) => madeAt(then) < readyAt(first))).toEqual([]);
    for (const ingress of all.filter(({ kind }) => kind === "Ingress")) {
      expect(made(ingress), ingress.metadata.name).toBeGreaterThanOrEqual(
        readyAt("fxa-auth-server"),
      );
    }
  });

  test("every Service has ready endpoints, of the port and with the checks of the facts' table", async () => {
    expect(await settled(() => endpointFaults(sandbox, rendered.world))).toEqual([]);
    const there = await liveWorld(sandbox);
    for (const [program, name, port, , liveness, readiness] of runs(overview)) {
      const service = there.services.find(
        ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
      );
      expect(service?.spec.type, name).toBe("ClusterIP");
      expect(service?.spec.ports.map((one) => [one.port, one.protocol])).toEqual([[port, "TCP"]]);
      const [container] = podSetOf(there, name).spec.containers;
      const check = (probe: unknown): string =>
        z.looseObject({ httpGet: z.looseObject({ path: z.string() }).optional() }).parse(probe)
          .httpGet?.path ?? "tcp";
      expect([check(container?.livenessProbe), check(container?.readinessProbe)], program).toEqual([
        liveness,
        readiness,
      ]);
      expect(container?.startupProbe, program).toBeDefined();
      expect(container?.ports?.map(({ containerPort }) => containerPort)).toContain(port);
    }
    const spec = JSON.stringify(there.pods.filter((pods) => pods.namespace === namespace));
    expect(spec.match(/"enableServiceLinks":false/g)).toHaveLength(services.size + 3);
    expect(spec).not.toMatch(/hostPort|hostNetwork/);
  });

  toldTests({ sandbox: () => sandbox, config: () => rendered.config });

  test("no secret stands in the open, and each Secret has one user but the two that operators know", async () => {
    const values = sandboxSecrets(sandbox);
    const objects = await sandbox.objects(
      ...["configmaps", "pods", "deployments", "replicasets", "jobs", "services", "ingresses"],
      ...["networkpolicies", "serviceaccounts", "events", "certificates.cert-manager.io"],
    );
    expect(secretsIn(JSON.stringify(objects), values)).toEqual([]);
    expect(secretsIn(sandbox.transcript.join("\n"), values)).toEqual([]);
    const there = (await liveWorld(sandbox)).secrets.filter(
      ({ metadata }) => metadata.namespace === namespace,
    );
    const keysOf = (name: string): readonly string[] =>
      Object.keys(there.find(({ metadata }) => metadata.name === name)?.data ?? {});
    expect(keysOf("mysql-secret")).toEqual(["password"]);
    expect(keysOf("keys-secret")).toEqual(["sync-key"]);
    const pods = (await podsOf(sandbox)).filter((pod) => pod.metadata.namespace === namespace);
    const readers = (name: string): ReadonlySet<string> =>
      new Set(
        pods
          .filter(({ spec }) => JSON.stringify(spec).includes(`"${name}"`))
          .map(({ metadata }) => metadata.labels["app.kubernetes.io/name"] ?? ""),
      );
    const shared = ["mysql-secret", "keys-secret", "registry"];
    const own = there
      .map(({ metadata }) => metadata.name)
      .filter((name) => !shared.includes(name) && !name.endsWith("-tls"));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((name) => readers(name).size !== 1)).toEqual([]);
    const config = (await liveWorld(sandbox)).configMaps.find(
      ({ metadata }) => metadata.name === "root-config",
    );
    expect(config?.data).toEqual({ DEVENV: "prod", DOMAIN: "example.org" });
  });

  test("every host leads to its server with a certificate of its own, and nothing else has a way in", async () => {
    const { ingresses, services: all } = await liveWorld(sandbox);
    const map = ingresses.flatMap(({ spec }) =>
      spec.rules.flatMap(({ host, http }) =>
        http.paths.map(({ backend: { service } }) => [
          host,
          `${service.name}:${service.port.number ?? ""}`,
        ]),
      ),
    );
    expect(Object.fromEntries(map)).toEqual(hosts);
    expect(map).toHaveLength(Object.keys(hosts).length);
    expect(new Set(ingresses.map(({ spec }) => spec.ingressClassName))).toEqual(new Set(["nginx"]));
    expect(
      all
        .filter(({ spec }) => spec.type !== "ClusterIP")
        .map(({ metadata, spec }) => `${metadata.namespace ?? ""}/${metadata.name} ${spec.type}`),
    ).toEqual(["nginx-ingress/nginx LoadBalancer"]);
    const faults = await settled(async () => {
      const { secrets: held } = await liveWorld(sandbox);
      return ingresses.flatMap(({ metadata, spec }) =>
        spec.rules.flatMap(({ host }) => {
          const name = spec.tls?.find((one) => one.hosts.includes(host))?.secretName;
          const pem = held.find(
            (one) => one.metadata.name === name && one.metadata.namespace === metadata.namespace,
          )?.data?.["tls.crt"];
          return pem !== undefined &&
            new X509Certificate(Buffer.from(pem, "base64")).checkHost(host) === host
            ? []
            : [`${host} has no certificate`];
        }),
      );
    });
    expect(faults).toEqual([]);
    const names = ingresses.flatMap(({ spec }) =>
      (spec.tls ?? []).map(({ secretName }) => secretName),
    );
    expect(new Set(names).size).toBe(Object.keys(hosts).length);
    const records = new Store(sandbox.folder)
      .look("cloudflare")
      .all("cloudflare:index/dnsRecord:DnsRecord")
      .map(({ inputs }) => inputs["name"]);
    expect(records.sort()).toEqual(Object.keys(hosts).sort());
  });

  test("policies select every pod, deny what is not declared, and let each server dial what it is told", async () => {
    const there = await liveWorld(sandbox);
    // Those of Jobs that are done count, too: they have run.
    const faults = (await podsOf(sandbox)).flatMap(({ metadata, spec }) => {
      const pods = { namespace: metadata.namespace, labels: metadata.labels, spec } as PodSet;
      return (["Ingress", "Egress"] as const)
        .filter((direction) => policiesOf(there, pods, direction).length < 2)
        .map((direction) => `${metadata.namespace}/${metadata.name}: ${direction}`);
    });
    expect(faults).toEqual([]);
    const dials = (from: PodSet, to: string): boolean => {
      const pods = podSetOf(there, to);
      const port = pods.spec.containers[0]?.ports?.[0]?.containerPort ?? 0;
      return allows(there, {
        from: { kind: "pods", pods: from },
        to: { kind: "pods", pods },
        port,
        protocol: "TCP",
      });
    };
    const entry = podSetOf(there, "nginx", "nginx-ingress");
    const open = new Set(Object.values(hosts).map((target) => target.split(":")[0] ?? ""));
    const all = [...services.values(), "redis-master", "memcached"];
    expect(all.filter((name) => dials(entry, name)).sort()).toEqual(
      all.filter((name) => open.has(name)).sort(),
    );
    for (const [program, addresses] of runs(internals)) {
      const called = all.filter((name) =>
        Object.values(addresses).some((value) => value.split(/[/:]+/).includes(name)),
      );
      expect(called, program).not.toEqual([]);
      expect(
        called.filter((name) => !dials(podSetOf(there, services.get(program) ?? ""), name)),
        program,
      ).toEqual([]);
    }
    expect(all.filter((name) => dials(podSetOf(there, "browserid-verifier"), name))).toEqual([]);
  });

  test("autoscalers have their bounds, and the number of pods is theirs; budgets let one pod go", async () => {
    expect((await autoscalersOf(sandbox)).sort()).toEqual(
      [...autoscaled].sort().map((name) => `${name} 2-4 cpu 70`),
    );
    expect((await numberedByEngine(sandbox, namespace)).sort()).toEqual(
      [...doubled, ...single].filter((name) => !autoscaled.includes(name)).sort(),
    );
    expect((await budgetsOf(sandbox, namespace)).sort()).toEqual(
      [
        ...doubled.map((name) => `${name}: 1 of 2, 1 to spare`),
        ...single.map((name) => `${name}: 0 of 1, 1 to spare`),
      ].sort(),
    );
  });

  test("no node has both pods of a server: drained or lost, it leaves each with one", async () => {
    const groups = await podsByWorkload(sandbox);
    const nodesUnder = (name: string): readonly string[] =>
      (groups.get(`${namespace}/${name}`) ?? []).map(({ spec }: Pod) => spec.nodeName ?? "");
    expect(doubled.filter((name) => new Set(nodesUnder(name)).size !== 2)).toEqual([]);
    const counts = Map.groupBy(doubled.flatMap(nodesUnder), (node) => node);
    const [drained = "", lost = ""] = [...counts]
      .sort(([, one], [, other]) => other.length - one.length)
      .map(([node]) => node);

    const moments = await recorded(async () => {
      const { code, stderr } = await sandbox.kubectl([
        ...["drain", drained, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=900s"],
      ]);
      expect(code, stderr).toBe(0);
      await allThere();
      await sandbox.kubectl(["uncordon", drained]);
      // The second one goes as machines do: with all that ran on it, and nobody asked.
      await sandbox.succeed("recycle", "--node", lost);
      await allThere();
    });
    expect(doubled.filter((name) => fewest(moments, name) < 1)).toEqual([]);
    const hit = doubled.filter((name) => nodesUnder(name).includes(drained));
    expect(hit.length).toBeGreaterThan(1);
    expect(hit.map((name) => fewest(moments, name))).toEqual(hit.map(() => 1));
  });

  /**
   * Gives an entry another value, as an operator would, and runs. No server may be without a pod at any moment of it.
   *
   * @returns Workloads that have other pods than before.
   */
  async function rotate(entry: string): Promise<string[]> {
    const before = await podUids(sandbox);
    const left = [...sandboxSecrets(sandbox)].filter(([name]) => name !== entry);
    // What is missing is made anew.
    writeFileSync(join(sandbox.folder, "secrets.json"), JSON.stringify(Object.fromEntries(left)));
    const moments = await recorded(() => sandbox.succeed("up"));
    const after = await podUids(sandbox);
    expect(doubled.filter((name) => fewest(moments, name) < 1)).toEqual([]);
    return [...after].filter(([name, pods]) => before.get(name) !== pods).map(([name]) => name);
  }

  const usersOf = (entry: string): string[] =>
    (users[entry] ?? []).map((name) => `${namespace}/${name}`).sort();

  test("a paired secret exchanges the pods of both sides and no others, whatever the autoscalers say meanwhile", async () => {
    const old = sandboxSecrets(sandbox).get("subscriptions-secret");
    await sandbox.kubectl([
      "-n",
      namespace,
      "scale",
      "deployment/fxa-content-server",
      "--replicas=3",
    ]);
    await sandbox.kubectl([
      ...["-n", namespace, "rollout", "status", "deployment/fxa-content-server", "--timeout=600s"],
    ]);
    expect((await rotate("subscriptions-secret")).sort()).toEqual(usersOf("subscriptions-secret"));
    expect((await podsByWorkload(sandbox)).get(`${namespace}/fxa-content-server`)).toHaveLength(3);
    const told = await toldPods(sandbox, namespace);
    const one = told.get("fxa-auth-server")?.secret["SUBSCRIPTIONS_SHARED_SECRET"];
    expect(one).toBe(sandboxSecrets(sandbox).get("subscriptions-secret"));
    expect(one).not.toBe(old);
    expect(told.get("fxa-event-broker")?.secret["CAPABILITY_AUTH_TOKEN"]).toBe(one);
    await sandbox.kubectl([
      "-n",
      namespace,
      "scale",
      "deployment/fxa-content-server",
      "--replicas=2",
    ]);
    // The pod that goes is no other's doing than ours: whoever looks next must not find it on its way.
    await allThere();
  });

  test("MySQL's password, in a Secret whose name stays, exchanges all that dial it, after the patch Job", async () => {
    expect((await rotate("mysql")).sort()).toEqual(usersOf("mysql"));
    await allThere();
    const all = await timed("pods", "jobs");
    const job = Math.max(...all.filter(({ kind }) => kind === "Job").map(ready));
    const pods = all.filter(({ kind }) => kind === "Pod");
    for (const name of (users["mysql"] ?? []).filter((one) => one !== patcherName)) {
      const first = Math.min(...pods.filter((pod) => workloadOf(pod) === name).map(made));
      expect(first, name).toBeGreaterThanOrEqual(job);
    }
    const password = sandboxSecrets(sandbox).get("mysql");
    const told = await toldPods(sandbox, namespace);
    expect(told.get("fxa-auth-db-mysql")?.secret["MYSQL_PASSWORD"]).toBe(password);
    expect(told.get("mozilla-sync")?.secret["SYNCSERVER_SQLURI"]).toContain(`:${password ?? ""}@`);
  });

  test("after all that a preview has nothing to change, and down leaves nothing", async () => {
    expect(await sandbox.succeed("preview")).toMatch(/^preview: no change \(\d+ the same\)$/m);
    expect(await sandbox.succeed("down")).toMatch(/^down: \d+ deleted in/m);
    expect(existsSync(sandbox.folder)).toBe(false);
    expect(processesUnder(root())).toEqual([]);
  });
});

/** Pods of a workload of the system. */
function podSetOf(world: World, name: string, within = namespace): PodSet {
  const found = world.pods.find((pods) => pods.name === name && pods.namespace === within);
  if (found === undefined) {
    throw new Error(`there is no ${within}/${name}`);
  }
  return found;
}
