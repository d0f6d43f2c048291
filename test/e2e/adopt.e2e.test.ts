/**
 * `make adopt` on objects that somebody made by hand: on the real API server by kubectl, and in the clouds'
 * stand-ins. Proves that what can be taken is taken as it is, that the next update collides with nothing and
 * makes nothing of it anew, and that pods go on where they may. The stack is the voting application behind a
 * NodeBalancer, with its records at Linode: the smallest that has all of it.
 *
 * The tests are one story and build on each other, in this order.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";

import { putOutside } from "../../sandbox/standins/seeds.ts";
import { Store } from "../../sandbox/standins/store.ts";
import { type Finished, run } from "../judges/tools.ts";
import { clone } from "../rendered.ts";
import { podsOf } from "./live-objects.ts";
import { watchPods } from "./pod-events.ts";
import { settled, testSandbox, type TestSandbox } from "./sandbox.ts";

const edits: Readonly<Record<string, unknown>> = {
  "fleet:cluster.linode": { region: "ap-south" },
  "fleet:dns": { kind: "linode", zones: ["example.org"] },
  "fleet:ingress.controllers.traefik": {
    kind: "traefik",
    exposure: { kind: "load-balancer", linode: {} },
  },
};

const named = (kind: string, name: string, namespace?: string) => ({
  apiVersion: { Deployment: "apps/v1" }[kind] ?? "v1",
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

/** A Deployment as somebody would have written it: with labels and a container name of his own. */
const oldDeployment = (name: string, replicas: number) => ({
  ...named("Deployment", name, "voting"),
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65_532,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "old",
            image: "docker.io/example/old:1",
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  },
});

/** What runs before: two namespaces, a disk, two Services, and three Deployments of which one is a stranger. */
const byHand = [
  named("Namespace", "voting"),
  named("Namespace", "ingress"),
  {
    ...named("PersistentVolumeClaim", "old-data", "voting"),
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  {
    ...named("Service", "vote", "voting"),
    spec: { selector: { app: "vote" }, ports: [{ name: "web", port: 80, targetPort: 80 }] },
  },
  {
    ...named("Service", "redis", "voting"),
    spec: { selector: { app: "redis" }, ports: [{ port: 6379 }] },
  },
  oldDeployment("vote", 2),
  // Redis has its data in memory: never two at a time.
  oldDeployment("redis", 1),
  oldDeployment("old-bot", 1),
];

describe("a cluster and clouds that somebody filled by hand", () => {
  let sandbox: TestSandbox;
  let file: string;
  const before = new Map<string, string>();

  beforeAll(async () => {
    // A balancer before the lecture's vote: nobody has reviewed that as an exception of the policy.
    sandbox = testSandbox("voting", { FLEET_POLICY_PACK: "none" });
    const document = parseDocument(readFileSync(join(clone, "Pulumi.voting.yaml"), "utf8"));
    for (const [path, value] of Object.entries(edits)) {
      document.setIn(["config", ...path.split(".")], value);
    }
    file = join(dirname(sandbox.folder), "changed.yaml");
    writeFileSync(file, document.toString());
    await sandbox.succeed("preview", "--file", file);
    for (const object of byHand) {
      const { code, stderr } = await sandbox.kubectl(["apply", "-f", "-"], JSON.stringify(object));
      expect([code, stderr]).toEqual([0, ""]);
    }
    const balancer = { label: "voting-traefik", region: "ap-south" };
    await outside("linode:index/nodeBalancer:NodeBalancer", balancer);
    const [domain] = new Store(sandbox.folder).look("linode").all("linode:index/domain:Domain");
    const record = { domainId: Number(domain?.id), name: "vote", recordType: "A" };
    await outside(recordType, { ...record, target: "192.0.2.200" });
    await outside(recordType, { ...record, target: "192.0.2.201" });
    expect(
      await settled(async () => ((await oldPods()).length === 3 ? [] : ["not all run"])),
    ).toEqual([]);
    for (const [key, uid] of await identities()) {
      before.set(key, uid);
    }
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  const recordType = "linode:index/domainRecord:DomainRecord";

  const outside = (type: string, inputs: Parameters<typeof putOutside>[4]) =>
    putOutside(sandbox.folder, "linode", type, "by-hand", inputs);

  /** A command as make runs it, against this sandbox. */
  const ops = (command: string, ...words: string[]): Promise<Finished> => {
    const program = [join(clone, "ops", "cli.ts"), command, "--stack", "voting"];
    const env = { ...process.env, FLEET_SANDBOX_ROOT: dirname(sandbox.folder) };
    const options = [...program, "--target", "sandbox", ...words];
    return run(process.execPath, options, { cwd: clone, env });
  };

  const adopt = (): Promise<Finished> => ops("adopt", "--yes", "yes", "--file", file);

  /** Pods of the old Deployments of vote and redis. */
  const oldPods = async () =>
    (await podsOf(sandbox)).filter(
      ({ metadata }) => metadata.labels["app"] === "vote" || metadata.labels["app"] === "redis",
    );

  /** Who is who: kind and name → uid. */
  const identities = async (): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (
        await sandbox.objects("namespaces", "services", "persistentvolumeclaims", "deployments")
      ).map(({ kind, metadata }) => [
        `${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
        String((metadata as { uid?: string }).uid),
      ]),
    );

  const linode = (type: string) => new Store(sandbox.folder).look("linode").all(type);

  test("is taken as it is: namespaces, Services, the balancer and a record", async () => {
    const { code, stdout, stderr } = await adopt();
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^adopted +NodeBalancer voting-traefik +as it is$/m);
    expect(stdout).toMatch(
      /^adopted +DomainRecord A vote +the next update leads it from 192\.0\.2\.200/m,
    );
    expect(stdout).toMatch(
      /^untouched +DomainRecord A vote +stands beside the stack's own record/m,
    );
    expect(stdout).toMatch(/^adopted +Namespace voting /m);
    expect(stdout).toMatch(/^adopted +Service voting\/vote +the next update changes its/m);
    expect(stdout).toMatch(/^replaced +Deployment voting\/redis .*the old pod stops before/m);
    expect(stdout).toMatch(/^side by side +Deployment voting\/vote /m);
    expect(stdout).toMatch(/^untouched +Deployment voting\/old-bot /m);
    expect(stdout).toMatch(/^untouched +PersistentVolumeClaim voting\/old-data /m);
    // What it does not take into state, the next update would make: of these nothing is there.
    expect(stdout).toMatch(/^Of (\d+) resources that the state has not, 8 exist\.$/m);
    expect(stdout).toMatch(
      /^Next, make up STACK=voting: 5 to update, \d+ to create, 1 to replace\.$/m,
    );
    expect(code).toBe(0);
    const now = await identities();
    const gone = [...before].filter(([key, uid]) => now.get(key) !== uid).map(([key]) => key);
    expect(gone).toEqual(["Deployment voting/vote"]);
    expect(await oldPods()).toHaveLength(3);
  });

  test("is what the next update changes, and does not make anew", async () => {
    const old = (await oldPods()).map(({ metadata }) => metadata.name);
    const watch = await watchPods(sandbox, "voting");
    await sandbox.succeed("up", "--file", file);
    await watch.end();
    // Of what may not run twice the old pod is gone before the new one is there.
    const redis = watch.lines().filter((line) => / redis-/.test(line));
    const isOld = (line: string): boolean => old.some((name) => line.endsWith(` ${name}`));
    const gone = redis.findIndex((line) => line.startsWith("DELETED") && isOld(line));
    const made = redis.findIndex((line) => line.startsWith("ADDED") && !isOld(line));
    expect([gone >= 0, made > gone, redis]).toEqual([true, true, redis]);
    // Of what may, the old ones never left.
    const left = watch.lines().filter((line) => /^DELETED vote-/.test(line));
    expect(left).toEqual([]);
    const now = await identities();
    const kept = [...before.keys()].filter((key) => !/^Deployment voting\/(vote|redis)$/.test(key));
    expect(kept.filter((key) => now.get(key) !== before.get(key))).toEqual([]);
    expect(linode("linode:index/nodeBalancer:NodeBalancer")).toHaveLength(1);
    const [balancer] = linode("linode:index/nodeBalancer:NodeBalancer");
    const targets = linode(recordType)
      .filter(({ inputs }) => inputs["name"] === "vote")
      .map(({ inputs }) => JSON.stringify(inputs["target"]));
    expect(targets.sort()).toEqual(
      ["192.0.2.201", balancer?.facts["ipv4"]].map((one) => JSON.stringify(one)).sort(),
    );
    // Nothing of the old Deployment's is left in the new one.
    const deployments = await sandbox.objects("deployments");
    const containers = deployments
      .filter(({ metadata }) => ["vote", "redis"].includes(metadata.name))
      .map((one) => JSON.stringify(one["spec"]));
    expect(containers.filter((text) => text.includes("example/old"))).toEqual([]);
    expect(await sandbox.succeed("preview", "--file", file)).toContain("no change");
  });

  test("old pods of what may run twice go once the new ones are ready", async () => {
    expect((await oldPods()).map(({ metadata }) => metadata.labels["app"])).toEqual([
      "vote",
      "vote",
    ]);
    const { code, stdout } = await adopt();
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^removed +ReplicaSet voting\/vote-/m),
    ]);
    expect(
      await settled(async () => ((await oldPods()).length === 0 ? [] : ["some still run"])),
    ).toEqual([]);
    expect(
      (await podsOf(sandbox)).filter(({ metadata }) => metadata.name.startsWith("vote-")),
    ).toHaveLength(2);
  });

  test("is then listed by make hosts, and led to by the cluster as make verify sees it", async () => {
    const hosts = await ops("hosts");
    expect([hosts.code, hosts.stdout]).toEqual([
      0,
      expect.stringMatching(/^vote +http +http:\/\/vote\.example\.org$/m),
    ]);
    expect((await ops("verify")).stdout).toMatch(/^2 ok\.$/m);
    await sandbox.kubectl(["-n", "voting", "scale", "deployment/vote", "--replicas=0"]);
    const isTold = async (): Promise<readonly string[]> => {
      const { code, stdout } = await ops("verify");
      return code === 1 && /^FAULT +vote .*no pod of Service voting\/vote is ready$/m.test(stdout)
        ? []
        : [stdout];
    };
    expect(await settled(isTold)).toEqual([]);
  });
});
