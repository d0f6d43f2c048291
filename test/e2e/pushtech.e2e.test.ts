/**
 * PushTech's staging on a sandbox of its own, and the voting application beside it on the same cluster: the real
 * engine, the real Kubernetes provider, a real API server, scheduler and controllers. Proves that an environment file
 * comes in, in which order all of it is made although stores are late, that every host leads to ready endpoints, what
 * is asked of clouds and of cert-manager, that two stacks share a cluster, and what a failed migration stops. No
 * container runs: that a program starts, that a wait waits and that an index is made is shown by judges.
 *
 * The tests are one story and build on each other, in this order.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { generateSecret, type SecretKind } from "../../components/base/secrets.ts";
import { entryOfKey, environmentKinds } from "../../components/pushtech/environment-file.ts";
import { Store } from "../../sandbox/standins/store.ts";
import type { StackConfig } from "../../stacks/stack.schema.ts";
import { run } from "../judges/tools.ts";
import { clone, readStackFile, renderConfig, type Rendered } from "../rendered.ts";
import { endpointFaults, podsByWorkload, podUids, workloadFaults } from "./cluster-state.ts";
import { nodesOf } from "./live-objects.ts";
import { processesUnder } from "./processes.ts";
import { sandboxSecrets, settled, testSandbox, type TestSandbox } from "./sandbox.ts";
import { made, ready, type Timed, timedObjects, workloadOf } from "./timed.ts";

const stack = "pushtech-staging";
const stackFile = join(clone, `Pulumi.${stack}.yaml`);

/** Stores that are late, and by how many seconds. */
const late = { "storage-db": 9, "website-db": 6, zookeeper: 7, kafka: 4 } as const;

/** Subdomain → Service and port: facts/pushtech.md 7, the bare domain included. */
const hosts: Readonly<Record<string, string>> = {
  "store.": "storage:5011",
  "trk.": "tracker:5222",
  "notify.": "notificationserver:5041",
  "www.": "website:5123",
  "www1.": "website:5123",
  "www2.": "website:5123",
  "www3.": "website:5123",
  "assets.": "imageserver:5061",
  "": "website:5123",
  "kafidx.": "kafidx:5031",
  "offers.": "offerserver:5000",
  "consumers.": "consumers-ruby:5051",
};

const Ingress = z.looseObject({
  spec: z.looseObject({
    ingressClassName: z.string(),
    tls: z.array(z.looseObject({ hosts: z.array(z.string()), secretName: z.string() })),
    rules: z.array(
      z.looseObject({
        host: z.string(),
        http: z.looseObject({
          paths: z.array(
            z.looseObject({
              backend: z.looseObject({
                service: z.looseObject({
                  name: z.string(),
                  port: z.looseObject({ number: z.int() }),
                }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
});

/** How large a claim is to be. */
const Claim = z.looseObject({
  resources: z.looseObject({ requests: z.looseObject({ storage: z.string() }) }),
});

describe("PushTech's staging in a sandbox, and another stack beside it", () => {
  let rendered: Rendered<StackConfig>;
  let root: string;
  let sandbox: TestSandbox;
  let guest: TestSandbox;
  let output: string;
  let imported: string;

  const values: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(environmentKinds).map(([key, kind]) => [
      key,
      generateSecret(kind as SecretKind),
    ]),
  );
  const token = generateSecret("token");

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "fleet-pushtech-"));
    rendered = await renderConfig(stack, readStackFile(stack));
    sandbox = testSandbox(stack, {}, root);
    guest = testSandbox("voting", {}, root);
    imported = await importSecrets();
    const behave = Object.entries(late).map(([name, seconds]) => `${name}:slow-${seconds}s`);
    output = await sandbox.succeed("up", "--behave", behave.join());
  });

  afterAll(async () => {
    await guest.dispose();
    await sandbox.command("down", "--fast");
    expect(existsSync(sandbox.folder)).toBe(false);
    expect(processesUnder(root)).toEqual([]);
    rmSync(root, { recursive: true, force: true });
  });

  /** What `make keys STACK=… TARGET=sandbox ENV_FILE=… DOCKER_LOGIN=…` prints. */
  async function importSecrets(): Promise<string> {
    const [environment, login] = [join(root, "environment"), join(root, "config.json")];
    const lines = Object.entries(values).map(([key, value]) => `export ${key}='${value}'\r`);
    writeFileSync(environment, ["# as dotenv reads it", ...lines, "WEBSITE_PORT=5123"].join("\n"));
    const auth = Buffer.from(`gorenje:${token}`).toString("base64");
    writeFileSync(login, JSON.stringify({ auths: { "https://index.docker.io/v1/": { auth } } }));
    const { code, stdout, stderr } = await run(
      process.execPath,
      [
        ...[join(clone, "ops/cli.ts"), "keys", "--stack", stack, "--target", "sandbox"],
        ...["--environment-file", environment, "--docker-login", login],
      ],
      { cwd: clone, env: { ...process.env, FLEET_SANDBOX_ROOT: root } },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  }

  const timed = (...kinds: string[]): Promise<readonly Timed[]> => timedObjects(sandbox, ...kinds);

  /** Pods of a workload. */
  const podsOf = (pods: readonly Timed[], name: string): readonly Timed[] => {
    const found = pods.filter((pod) => workloadOf(pod) === name);
    expect(found, name).not.toEqual([]);
    return found;
  };

  const uids = (): Promise<ReadonlyMap<string, string>> => podUids(sandbox);

  const migrated = ["website", "imageserver", "notificationserver"] as const;

  test("an environment file and a Docker login come in by one command, which tells no value", async () => {
    expect(imported).toMatch(/website-rsa-private-key-base64 +rsa-key +imported now/);
    expect(imported).toMatch(/registry +docker-login +imported now/);
    const secrets = sandboxSecrets(sandbox);
    for (const [key, value] of Object.entries(values)) {
      expect(secrets.get(entryOfKey(key)), key).toBe(value);
      expect(imported, key).not.toContain(value);
      expect(output, key).not.toContain(value);
    }
    const data = async (name: string): Promise<Record<string, string>> => {
      const words = ["-n", "pushtech", "get", "secret", name, "-o", "json"];
      const { stdout } = await sandbox.kubectl(words);
      return z.object({ data: z.record(z.string(), z.string()) }).parse(JSON.parse(stdout)).data;
    };
    const plain = (text = ""): string => Buffer.from(text, "base64").toString();
    const environment = await data("envsecrets");
    expect(Object.keys(values).filter((key) => plain(environment[key]) !== values[key])).toEqual(
      [],
    );
    expect(plain((await data("meatdocker"))[".dockerconfigjson"])).toContain(token);
  });

  test("all pods are ready, as many as each workload asks for, and every Service has endpoints", async () => {
    expect(await settled(() => workloadFaults(sandbox, rendered.world))).toEqual([]);
    expect(await settled(() => endpointFaults(sandbox, rendered.world))).toEqual([]);
    expect((await podsByWorkload(sandbox)).get("pushtech/storage")).toHaveLength(3);
  });

  test("stores were late, and nothing that needs them was made before they were ready", async () => {
    const pods = await timed("pods");
    const readyAt = (name: string): number => Math.max(...podsOf(pods, name).map(ready));
    const madeAt = (name: string): number => Math.min(...podsOf(pods, name).map(made));
    for (const [name, seconds] of Object.entries(late)) {
      expect(readyAt(name) - madeAt(name), name).toBeGreaterThanOrEqual((seconds - 1) * 1000);
    }
    // The second waits for the first.
    const edges: readonly (readonly [string, string])[] = [
      ["zookeeper", "kafka"],
      ["storage-db", "storage"],
      ["website-db", "website"],
      ["imgserver-db", "imageserver"],
      ["imageserver-nfs", "imageserver"],
      ["notifserver-db-pg", "notificationserver"],
      ["notifserver-db-redis", "notificationserver"],
      ["offerserver-db", "offerserver"],
      ["offerserver-db", "offerserver-worker"],
      ["consumers-ruby-db", "consumers-ruby"],
      ["consumers-ruby-db", "consumers-ruby-worker"],
      ...["tracker", "kafidx", "consumers-ruby", "consumers-ruby-worker"].map(
        (name) => ["kafka", name] as const,
      ),
      ...["event-counter", "metadata-counter", "search-counter", "stats-consumer"].flatMap((name) =>
        ["kafka", "consumers-nodejs-db"].map(
          (store) => [store, `consumers-nodejs-${name}`] as const,
        ),
      ),
    ];
    const early = edges.filter(([first, then]) => madeAt(then) < readyAt(first));
    expect(early).toEqual([]);
  });

  test("migrations ended well before the servers that need them were made, and indexes came last", async () => {
    const all = await timed("pods", "jobs", "ingresses");
    const jobs = all.filter(({ kind }) => kind === "Job");
    const pods = all.filter(({ kind }) => kind === "Pod");
    const job = (name: string): Timed => {
      const found = jobs.find(({ metadata }) => metadata.name.startsWith(`${name}-`));
      expect(found, name).toBeDefined();
      return found as Timed;
    };
    for (const name of migrated) {
      const first = Math.min(...podsOf(pods, name).map(made));
      expect(first, name).toBeGreaterThanOrEqual(ready(job(`${name}-migrate`)));
    }
    const indexes = made(job("storage-db-indexes"));
    const ingresses = all.filter(({ kind }) => kind === "Ingress");
    expect(Math.max(...ingresses.map(made))).toBeLessThanOrEqual(indexes);
    expect(Math.max(...podsOf(pods, "storage").map(ready))).toBeLessThanOrEqual(indexes);
    expect(ready(job("storage-db-indexes"))).toBeGreaterThan(0);
  });

  test("every host of the map leads to its service, by the controller that is there, with TLS of its own", async () => {
    const ingresses = (await sandbox.objects("ingresses")).map((one) => Ingress.parse(one));
    const map = Object.fromEntries(
      ingresses.flatMap(({ spec }) =>
        spec.rules.flatMap(({ host, http }) =>
          http.paths.map(({ backend: { service } }) => [
            host,
            `${service.name}:${service.port.number}`,
          ]),
        ),
      ),
    );
    expect(map).toEqual(
      Object.fromEntries(
        Object.entries(hosts).map(([label, target]) => [`${label}staging.pushtech.de`, target]),
      ),
    );
    expect(new Set(ingresses.map(({ spec }) => spec.ingressClassName))).toEqual(new Set(["nginx"]));
    const secrets = ingresses.flatMap(({ spec }) => spec.tls.map(({ secretName }) => secretName));
    expect(new Set(secrets).size).toBe(12);
  });

  test("two records lead to the balancer, and a certificate was asked for each host", async () => {
    const address = z
      .looseObject({
        status: z.looseObject({
          loadBalancer: z.looseObject({ ingress: z.array(z.looseObject({ ip: z.string() })) }),
        }),
      })
      .parse(
        (await sandbox.objects("services")).find(
          ({ metadata: { name, namespace } }) =>
            `${namespace ?? ""}/${name}` === "nginx-ingress/nginx",
        ),
      ).status.loadBalancer.ingress[0]?.ip;
    const records = new Store(sandbox.folder)
      .look("cloudflare")
      .all("cloudflare:index/dnsRecord:DnsRecord")
      .map(({ inputs }) => [inputs["name"], inputs["type"], inputs["content"]]);
    expect(records.sort()).toEqual([
      ["*.staging.pushtech.de", "A", address],
      ["staging.pushtech.de", "A", address],
    ]);
    expect(output).toMatch(/^ {2}certificates\n {4}hosts: 12$/m);
    const Certificate = z.looseObject({
      spec: z.looseObject({ dnsNames: z.array(z.string()), issuerRef: z.looseObject({}) }),
    });
    const ordered = (await sandbox.objects("certificates.cert-manager.io")).map(
      (one) => Certificate.parse(one).spec,
    );
    expect(ordered.flatMap(({ dnsNames }) => dnsNames).sort()).toEqual(
      Object.keys(hosts)
        .map((label) => `${label}staging.pushtech.de`)
        .sort(),
    );
    expect(await sandbox.objects("clusterissuers.cert-manager.io")).toHaveLength(1);
  });

  test("the same cluster takes another stack beside it, with nothing in common but the cluster", async () => {
    const before = await uids();
    const nodes = (await nodesOf(sandbox)).length;
    expect(await guest.succeed("up", "--beside", stack)).toContain("namespace   voting: 8 of 8");
    const own = { host: clusterWide(sandbox), guest: clusterWide(guest) };
    expect(own.host.length).toBeGreaterThan(10);
    expect(own.guest.length).toBeGreaterThan(3);
    expect(own.guest.filter((one) => own.host.includes(one))).toEqual([]);
    const after = await uids();
    expect([...before].filter(([name, all]) => after.get(name) !== all)).toEqual([]);
    expect((await nodesOf(sandbox)).length).toBe(nodes + 4);
    // Its addresses are nobody else's.
    const addresses = (await nodesOf(sandbox)).flatMap(({ status }) =>
      status.addresses.flatMap(({ type, address }) => (type.endsWith("IP") ? [address] : [])),
    );
    expect(new Set(addresses).size).toBe(addresses.length);
    const { code, stderr } = await sandbox.command("down");
    expect(code).toBe(1);
    expect(stderr).toContain("make down STACK=voting");
  });

  test("a disk that is larger in the file grows where it is: its pod, and what made it, stay", async () => {
    const file = join(root, "larger.yaml");
    const text = readFileSync(join(clone, "Pulumi.voting.yaml"), "utf8");
    const larger = text.replace("db-data: { size: 1Gi }", "db-data: { size: 3Gi }");
    expect(larger).not.toBe(text);
    writeFileSync(file, larger);
    const sizes = async (): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await guest.objects("persistentvolumeclaims"))
          .filter(({ metadata }) => metadata.namespace === "voting")
          .map(({ metadata, spec }) => [
            metadata.name,
            Claim.parse(spec).resources.requests.storage,
          ]),
      );
    expect(await sizes()).toMatchObject({ "db-data-db-0": "1Gi" });
    const [before, others] = [await podUids(guest), await sizes()];
    const said = await guest.succeed("up", "--beside", stack, "--file", file);
    expect(said).toMatch(/^up: 1 changed, \d+ the same/m);
    expect(await sizes()).toEqual({ ...others, "db-data-db-0": "3Gi" });
    expect(await podUids(guest)).toEqual(before);
  });

  test("the index Job runs again without harm: it alone is made anew, and certificates are there meanwhile", async () => {
    const others = async (): Promise<ReadonlyMap<string, string>> =>
      new Map([...(await uids())].filter(([name]) => name !== "pushtech/storage-db-indexes"));
    const indexJob = async (): Promise<Timed | undefined> =>
      (await timed("jobs")).find(({ metadata }) => metadata.name.startsWith("storage-db-indexes-"));
    const before = await others();
    const job = (await indexJob())?.metadata.name ?? "none";
    await sandbox.kubectl(["-n", "pushtech", "delete", "job", job, "--wait=true"]);
    const again = await sandbox.succeed("up", "--refresh");
    expect(again).toMatch(/^up: (?:\d+ changed, )?1 made, (?:\d+ changed, )?\d+ the same/m);
    const redone = await indexJob();
    expect(redone && ready(redone)).toBeGreaterThan(0);
    expect(await others()).toEqual(before);
    expect(again).toMatch(/^ {4}missing: 0$/m);
  });

  test("a migration that fails stops the update and is named; the server goes on as it was", async () => {
    const file = join(root, "next.yaml");
    const text = readFileSync(stackFile, "utf8");
    const next = text.replace(
      "    resolve: run\n",
      "    resolve: run\n    overrides: { website: { tag: website-next } }\n",
    );
    expect(next).not.toBe(text);
    writeFileSync(file, next);
    const before = await uids();
    const failed = await sandbox.command("up", "--file", file, "--behave", "website-migrate:fail");
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/Job website-migrate/);
    const after = await uids();
    for (const name of ["website", "storage", "notificationserver", "imageserver"]) {
      expect(after.get(`pushtech/${name}`), name).toBe(before.get(`pushtech/${name}`));
    }
    expect(await settled(() => endpointFaults(sandbox, rendered.world))).toEqual([]);
  });
});

/** Objects of a stack's state that belong to no namespace, and the namespaces: `Kind name`. */
function clusterWide({ folder, stack: name }: TestSandbox): readonly string[] {
  const State = z.object({
    checkpoint: z.object({
      latest: z.object({
        resources: z.array(
          z.looseObject({
            type: z.string(),
            outputs: z
              .looseObject({
                metadata: z
                  .looseObject({ name: z.string().optional(), namespace: z.string().optional() })
                  .optional(),
              })
              .optional(),
          }),
        ),
      }),
    }),
  });
  const path = join(folder, "backend", ".pulumi", "stacks", "fleet", `${name}.json`);
  return State.parse(JSON.parse(readFileSync(path, "utf8"))).checkpoint.latest.resources.flatMap(
    ({ type, outputs }) => {
      const metadata = outputs?.metadata;
      return type.startsWith("kubernetes:") &&
        metadata?.name !== undefined &&
        metadata.namespace === undefined
        ? [`${type.split(":").at(-1) ?? ""} ${metadata.name}`]
        : [];
    },
  );
}
