/**
 * Skywire's test environment on a sandbox of its own: the real engine, the real Kubernetes provider,
 * a real API server, scheduler and controllers. All of it runs in a shell whose environment is full
 * of traps. Proves shape, order, placement, admission, rollout and recovery; no container runs, so
 * not that an image starts or that a policy lets a packet through.
 *
 * The tests are one story and build on each other, in this order.
 */
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMap, parseDocument } from "yaml";

import { nameOfCluster } from "../../components/platform/cluster.schema.ts";
import { worldOf } from "../../policy/graph/objects.ts";
import { undenied } from "../../policy/graph/policies.ts";
import { restrictedFaults } from "../../policy/graph/restricted.ts";
import { secretsIn } from "../../policy/graph/secrets.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { requireRunning } from "../../sandbox/sandbox.ts";
import { clone, render, type Rendered } from "../rendered.ts";
import { admit } from "./admission.ts";
import {
  endpointFaults,
  externalAddresses,
  nodeFaults,
  placementFaults,
  podsByWorkload,
  workloadFaults,
} from "./cluster-state.ts";
import { toolPath } from "../judges/tools.ts";
import { type Decoy, startDecoy } from "./decoy.ts";
import { nodesOf } from "./live-objects.ts";
import { processesUnder } from "./processes.ts";
import { sandboxSecrets, settled, testSandbox, type TestSandbox } from "./sandbox.ts";

const enforceLabel = "pod-security.kubernetes.io/enforce";
const rolled = "route-finder";
const stackFile = join(clone, "Pulumi.test.yaml");

describe("Skywire's test stack in a sandbox", () => {
  let rendered: Rendered;
  let decoy: Decoy;
  let sandbox: TestSandbox;
  let output: string;
  const committed = readFileSync(stackFile, "utf8");

  beforeAll(async () => {
    rendered = await render("test");
    decoy = await startDecoy(nameOfCluster(rendered.config.cluster));
    sandbox = testSandbox("test", decoy.environment);
    output = await sandbox.succeed("up");
  });

  afterAll(async () => {
    await sandbox.dispose();
    await decoy.close();
  });

  const workloads = () => settled(() => workloadFaults(sandbox, rendered.world));
  const endpoints = () => settled(() => endpointFaults(sandbox, rendered.world));
  /** UIDs of all pods, by workload. */
  const uids = async (): Promise<ReadonlyMap<string, string>> =>
    new Map(
      [...(await podsByWorkload(sandbox))].map(([name, pods]) => [
        name,
        pods
          .map(({ metadata }) => metadata.uid)
          .sort()
          .join(),
      ]),
    );

  test("up ends with the environment up and says where everything is", () => {
    expect(output).toContain("API server  https://127.0.0.1:");
    expect(output).toContain("http://sd.skywire.dev");
    expect(output).toMatch(/namespace {3}skywire: (\d+) of \1 pods ready/);
  });

  test("every pod is running and ready, as many as each workload asks for", async () => {
    expect(await workloads()).toEqual([]);
    expect((await uids()).size).toBeGreaterThan(12);
  });

  test("every Service has ready endpoints, and every ingress rule leads to some", async () => {
    expect(await endpoints()).toEqual([]);
  });

  test("kubectl logs tells what a sandbox has, of one pod and of many, and follows them", async () => {
    const logs = (...words: string[]) => sandbox.kubectl(["-n", "skywire", "logs", ...words]);
    expect((await logs("deployment/route-finder")).stdout).toMatch(/^A sandbox runs no containers/);
    // Without those of Jobs: kubectl ends at once where one of the pods has not begun.
    const selector = "app.kubernetes.io/part-of=skywire,!batch.kubernetes.io/job-name";
    const many = ["-l", selector, "--prefix", "--max-log-requests=40"];
    const pods = [...(await podsByWorkload(sandbox))]
      .filter(([name]) => name.startsWith("skywire/"))
      .flatMap(([, all]) => all.map(({ metadata }) => metadata.name));
    const words = ["--kubeconfig", join(sandbox.folder, "kubeconfig"), "-n", "skywire", "logs"];
    const following = spawn(toolPath("kubectl"), [...words, "-f", "--tail=1", ...many]);
    let text = "";
    following.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    /** Pods of which no line has come that ends so. */
    const silent = (end: string) => (): Promise<string[]> => {
      const said = text.split("\n").filter((line) => line.endsWith(end));
      return Promise.resolve(
        pods.filter((pod) => !said.some((line) => line.startsWith(`[pod/${pod}/`))),
      );
    };
    try {
      // Each tells its last line first: from then on it is followed.
      expect(await settled(silent(""))).toEqual([]);
      const file = join(sandbox.folder, "logs", "containers.log");
      appendFileSync(file, `${new Date().toISOString()} stdout F said to all\n`);
      expect(await settled(silent("said to all"))).toEqual([]);
    } finally {
      following.kill();
    }
  });

  test("nodes are shaped like the pools, and pods stand where the stack says", async () => {
    expect(await nodeFaults(sandbox, rendered.config.cluster)).toEqual([]);
    expect(await placementFaults(sandbox, rendered.world)).toEqual([]);
    const nodes = new Map((await nodesOf(sandbox)).map((node) => [node.metadata.name, node]));
    const [server] = (await podsByWorkload(sandbox)).get("skywire/dmsg-server-1") ?? [];
    const node = nodes.get(server?.spec.nodeName ?? "");
    expect(node?.metadata.labels["fleet/slot"]).toBe("1");
    expect(externalAddresses(node)).toContain("139.177.186.126");
  });

  test("the API server refuses what is not restricted, and agrees with the evaluator", async () => {
    const live = await sandbox.objects("namespaces");
    for (const [name, labels] of rendered.world.namespaces) {
      const namespace = live.find(({ metadata }) => metadata.name === name);
      expect(namespace?.metadata.labels?.[enforceLabel]).toBe(labels[enforceLabel]);
    }
    const { api } = requireRunning(sandboxPlace("test", { root: dirname(sandbox.folder) }));
    for (const pods of rendered.world.pods) {
      const probe = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "admission-probe", labels: pods.labels },
        spec: { ...pods.spec, serviceAccountName: "default" },
      };
      const said = await admit(api, "skywire", probe).then(() => "taken", String);
      // Whatever else it says is told as it is, a fault of this machine's above all.
      expect({ pod: pods.name, said }).toEqual({
        pod: pods.name,
        said:
          restrictedFaults(pods.spec).length > 0
            ? (expect.stringContaining("violates PodSecurity") as unknown)
            : "taken",
      });
    }
    api.close();
  });

  test("a policy denies by default whatever calls or is called, on every live pod", async () => {
    const live = worldOf(
      await sandbox.objects(
        ...["namespaces", "deployments", "statefulsets", "daemonsets", "cronjobs"],
        "networkpolicies",
      ),
    );
    expect(live.pods.length).toBe(rendered.world.pods.filter(({ kind }) => kind !== "Job").length);
    expect(live.pods.flatMap((pods) => undenied(live, pods))).toEqual([]);
  });

  test("a second up, and a preview, change nothing", async () => {
    const before = await uids();
    expect(await sandbox.succeed("preview")).toContain("preview: no change");
    const second = await sandbox.succeed("up");
    expect(second).toMatch(/^up: \d+ the same in /m);
    expect(await uids()).toEqual(before);
  });

  test("a new image digest rolls exactly one workload", async () => {
    const before = await uids();
    const file = join(sandbox.folder, "..", "changed.yaml");
    const document = parseDocument(committed);
    const digest = `sha256:${"a".repeat(64)}`;
    document.setIn(["config", "fleet:images", "overrides", rolled], { digest });
    expect(isMap(document.getIn(["config", "fleet:images", "overrides"]))).toBe(true);
    writeFileSync(file, document.toString());
    await sandbox.succeed("up", "--file", file);
    expect(await workloads()).toEqual([]);
    const after = await uids();
    const changed = [...after].filter(([name, uid]) => before.get(name) !== uid);
    expect(changed.map(([name]) => name)).toEqual([`skywire/${rolled}`]);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    const [pod] = (await podsByWorkload(sandbox)).get(`skywire/${rolled}`) ?? [];
    expect(pod?.spec.containers[0]?.image).toMatch(new RegExp(`:test@${digest}$`));
  });

  test("what is deleted behind the engine's back is put back by up with a refresh", async () => {
    const [secret] = rendered.world.secrets;
    const live = await sandbox.objects("secrets");
    const gone = live.find(
      ({ metadata }) =>
        metadata.namespace === "skywire" && metadata.name.startsWith("transport-discovery"),
    );
    expect(secret).toBeDefined();
    expect(gone).toBeDefined();
    for (const [kind, name] of [
      ["service", "dmsg-discovery"],
      ["deployment", "config-bootstrapper"],
      ["secret", gone?.metadata.name ?? ""],
    ] as const) {
      const { code, stderr } = await sandbox.kubectl([
        ...["--namespace", "skywire", "delete", kind, name],
      ]);
      expect(stderr).toBe("");
      expect(code).toBe(0);
    }
    const said = await sandbox.succeed("up", "--refresh");
    expect(said).toMatch(/^up: .*\d+ made/m);
    expect(await workloads()).toEqual([]);
    expect(await endpoints()).toEqual([]);
    expect(await sandbox.succeed("preview")).toContain("preview: no change");
  });

  test("a recycled node takes its pods back, and is without its address until the operator assigns it", async () => {
    const edge = (await nodesOf(sandbox)).find(
      ({ metadata }) => metadata.labels["fleet/slot"] === "1",
    );
    expect(edge).toBeDefined();
    const before = await uids();
    await sandbox.succeed("recycle", "--node", edge?.metadata.name ?? "");
    expect(await workloads()).toEqual([]);
    expect(await placementFaults(sandbox, rendered.world)).toEqual([]);
    const after = await uids();
    expect(after.get("skywire/dmsg-server-1")).not.toBe(before.get("skywire/dmsg-server-1"));
    const again = (await nodesOf(sandbox)).find(
      ({ metadata }) => metadata.labels["fleet/slot"] === "1",
    );
    expect(again?.metadata.uid).not.toBe(edge?.metadata.uid);
    expect(externalAddresses(again)).toHaveLength(1);
    expect(externalAddresses(again)).not.toContain("139.177.186.126");
  });

  test("no secret stands in the clear in the state, the config, a log or a command's output", async () => {
    const secrets = sandboxSecrets(sandbox);
    expect(secrets.size).toBeGreaterThan(10);
    const state = await sandbox.succeed("exec", "--cmd", "pulumi stack export");
    expect(state).toContain("fleet:skywire:ConfigBootstrapper");
    expect(secretsIn(state, secrets)).toEqual([]);
    expect(secretsIn(sandbox.transcript.join("\n"), secrets)).toEqual([]);
    for (const place of ["Pulumi.test.yaml", "backend", "logs", "pulumi", "standins"]) {
      for (const file of filesUnder(join(sandbox.folder, place))) {
        expect({ file, secrets: secretsIn(readFileSync(file, "latin1"), secrets) }).toEqual({
          file,
          secrets: [],
        });
      }
    }
  });

  test("nothing of the shell's environment was used: no call outside, no credential taken along", () => {
    expect(decoy.requests).toEqual([]);
    expect(existsSync(decoy.environment["HOME"] ?? "")).toBe(false);
    for (const place of ["Pulumi.test.yaml", "kubeconfig", "backend", "logs", "home", "pulumi"]) {
      for (const file of filesUnder(join(sandbox.folder, place))) {
        expect(secretsIn(readFileSync(file, "latin1"), decoy.canaries)).toEqual([]);
      }
    }
    expect(secretsIn(sandbox.transcript.join("\n"), decoy.canaries)).toEqual([]);
  });

  test("the stack file itself was never written to: the engine rewrites whatever it is given", () => {
    expect(readFileSync(stackFile, "utf8")).toBe(committed);
  });

  test("down leaves nothing behind: no folder, no process", async () => {
    const running = processesUnder(sandbox.folder);
    expect(running.length).toBeGreaterThanOrEqual(5);
    await sandbox.succeed("down");
    expect(existsSync(sandbox.folder)).toBe(false);
    expect(
      readdirSync(join(sandbox.folder, "..")).filter((name) => name !== "changed.yaml"),
    ).toEqual([]);
    expect(processesUnder(sandbox.folder)).toEqual([]);
    expect(await sandbox.succeed("down")).toContain("nothing to do");
  });
});

/** A file itself, or every file below a folder. */
function filesUnder(path: string): readonly string[] {
  if (!existsSync(path)) {
    return [];
  }
  if (statSync(path).isFile()) {
    return [path];
  }
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
