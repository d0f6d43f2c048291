/** `make watch`, and what `make up` says of pods without a place, on a real control plane. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Api, KubeObject } from "../../sandbox/api.ts";
import { isReady } from "../../sandbox/cluster-contents.ts";
import { withLock } from "../../sandbox/lock.ts";
import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { readSecrets } from "../../sandbox/secrets.ts";
import { clone } from "../rendered.ts";
import { Emulator, runInTerminal } from "../sandbox/pseudo-terminal.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-watch-"));
const place = sandboxPlace("test", { root });
const deployments = "/apis/apps/v1/namespaces/trial/deployments";
const environment = { ...process.env, FLEET_SANDBOX_ROOT: root };

const words = (name: string, ...more: string[]): string[] => [
  ...[process.execPath, join(clone, "sandbox", "cli.ts"), name, "--stack", "test", ...more],
];

/** A command at work. */
interface Running {
  readonly child: ChildProcess;
  /** Each line it has printed. */
  readonly lines: string[];
  readonly text: () => string;
  readonly code: Promise<number | null>;
}

function start([program = "", ...rest]: readonly string[]): Running {
  const child = spawn(program, rest, {
    cwd: clone,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const take = (part: string): void => {
    lines.push(...part.split("\n"));
  };
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  return {
    ...{ child, lines },
    text: () => lines.join("\n"),
    code: new Promise((settle) => child.on("close", settle)),
  };
}

/** Waits for a command to have printed something. */
async function printed({ lines, text }: Running, expected: string | RegExp): Promise<void> {
  // Only what hangs takes so long, however busy the machine; the engine alone would wait ten minutes.
  const end = Date.now() + 300_000;
  for (;;) {
    if (lines.some((line) => line.search(expected) >= 0)) {
      return;
    }
    if (Date.now() > end) {
      throw new Error(`${String(expected)} was never printed:\n${text()}`);
    }
    await sleep(50);
  }
}

/** As a command of make's: until it is over a watch goes on, which else ends a moment after all has settled. */
const whileAtWork = <Result>(work: () => Promise<Result>): Promise<Result> =>
  withLock(place, "trial", work);

const deployment = (name: string, tag: string, spec: object = {}) => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "app", image: `registry.example/app:${tag}` }], ...spec },
    },
  },
});

const image = (tag: string) => ({
  spec: {
    template: {
      spec: { containers: [{ name: "app", image: `registry.example/app:${tag}` }] },
    },
  },
});

let api: Api;

type Conditions = readonly { readonly type: string }[];

const conditionsOf = ({ status }: KubeObject): Conditions =>
  (status?.["conditions"] ?? []) as Conditions;

/**
 * The one pod of `vote` that is not ready, once its kubelet has told of it for the first time: that report would come
 * over ours.
 */
async function waitingPod(): Promise<KubeObject> {
  const end = Date.now() + 120_000;
  for (;;) {
    const pods = await api.list("/api/v1/namespaces/trial/pods?labelSelector=app=vote");
    const [waiting, ...more] = pods.filter((pod) => !isReady(pod));
    if (waiting === undefined || more.length > 0) {
      throw new Error(`one pod of vote waits, not ${waiting === undefined ? 0 : more.length + 1}`);
    }
    if (conditionsOf(waiting).some(({ type }) => type === "ContainersReady")) {
      return waiting;
    }
    if (Date.now() > end) {
      throw new Error(`no kubelet told of ${waiting.metadata.name}`);
    }
    await sleep(50);
  }
}

/** Reports that pod as its kubelet would once its containers are ready. */
async function makeReady(): Promise<void> {
  const waiting = await waitingPod();
  await api.patch(`/api/v1/namespaces/trial/pods/${waiting.metadata.name}/status`, {
    status: {
      conditions: conditionsOf(waiting).map((condition) =>
        ["Ready", "ContainersReady"].includes(condition.type)
          ? { ...condition, status: "True", reason: null }
          : condition,
      ),
    },
  });
}

beforeAll(async () => {
  const absent = start(words("watch"));
  expect(await absent.code).toBe(1);
  expect(absent.text()).toMatch(/the sandbox of test does not run\n.*make up STACK=test/);
  const plan = readPlan("test", stackFile(sandboxPlace("test")), readSecrets(place));
  ({ api } = await openSandbox(place, plan, process.env, () => undefined));
  await api.create("/api/v1/namespaces", { metadata: { name: "trial" } });
});

afterAll(async () => {
  api.close();
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

describe("make watch", () => {
  it("tells of a rollout from its first pod to its end, and ends well", async () => {
    const watch = await whileAtWork(async () => {
      const begun = start(words("watch"));
      await printed(begun, "no workload");
      await api.create(deployments, deployment("vote", "1"));
      await printed(
        begun,
        /deployment\/vote settled; revision 1: 2 ready; 2 of 2 available, least 2/,
      );
      // Each step lasts until it has been told: a busy machine may show several changes as one.
      await api.patch(`${deployments}/vote`, image("sandbox-never-ready"));
      await printed(
        begun,
        /deployment\/vote rolling.*revision 2: 1 starting \| revision 1: 2 ready/,
      );
      return begun;
    });
    await makeReady();
    await printed(
      watch,
      /deployment\/vote rolling.*revision 2: 1 ready, 1 starting \| revision 1: 1 ready/,
    );
    await makeReady();
    expect(await watch.code).toBe(0);
    expect(watch.text()).toMatch(/deployment\/vote settled; revision 2: 2 ready/);
    expect(watch.text()).toContain("watch: the one workload has settled");
    // Surge, and nobody missing: what the update strategy says holds at every line.
    const available = watch.text().matchAll(/revision 2: .* (\d) of 2 available/g);
    expect([...available].map(([, count]) => Number(count)).filter((count) => count < 2)).toEqual(
      [],
    );
  });

  it("gives the scheduler's reason of what has no place, long before anybody's deadline, and ends badly", async () => {
    const watch = await whileAtWork(async () => {
      const begun = start(words("watch"));
      await printed(begun, "1 settled");
      await api.create(deployments, deployment("nowhere", "1", { nodeSelector: { disk: "ssd" } }));
      await printed(begun, /deployment\/nowhere unplaceable: 0\/4 nodes are available/);
      return begun;
    });
    expect(watch.text()).toContain("didn't match Pod's node affinity/selector");
    expect(watch.text()).toContain("to mend: it wants a node with disk=ssd");
    expect(await watch.code).toBe(1);
    expect(watch.text()).toContain("watch: Deployment nowhere is unplaceable");
  });

  it("draws in place on a terminal, and gives it back on Ctrl-C with 130", async () => {
    const size = { columns: 70, rows: 12 };
    let typed = false;
    const { code, output } = await runInTerminal(
      words("watch", "--follow", "yes"),
      size,
      environment,
      (seen) => {
        const ready = !typed && seen.split("\u001b[?2026l").length > 3;
        typed ||= ready;
        return ready ? "\u0003" : undefined;
      },
    );
    const terminal = new Emulator(size.columns, size.rows);
    terminal.take(output.replaceAll("^C", ""));
    expect(terminal).toMatchObject({ other: false, cursor: true, overflow: 0 });
    expect(terminal.frames.length).toBeGreaterThanOrEqual(3);
    for (const frame of terminal.frames) {
      expect(frame[0]).toMatch(/^test {2}\d+:\d\d {2}1 unplaceable, 1 settled$/);
      expect(frame.join("\n")).toContain("deployment/nowhere");
    }
    expect(code).toBe(130);
  });

  it("ends when nobody reads on", async () => {
    const [node = "", ...rest] = words("watch", "--follow", "yes");
    const pipe = start([
      "sh",
      "-c",
      `{ "$@"; echo "code $?" >&2; } | head -n 1`,
      "sh",
      node,
      ...rest,
    ]);
    await printed(pipe, "1 unplaceable");
    await api.remove(`${deployments}/nowhere`);
    await printed(pipe, "code 141");
    await pipe.code;
  });

  it("takes FOLLOW=yes or no, and nothing else", async () => {
    const watch = start(words("watch", "--follow", "maybe"));
    expect(await watch.code).toBe(1);
    expect(watch.text()).toMatch(/FOLLOW must be yes or no.*\n.*to mend/);
  });
});

describe("make up", () => {
  it("says what has no place as the scheduler does, and ends in order when nothing else moves", async () => {
    const nodes = (await api.list("/api/v1/nodes")).map(({ metadata }) => metadata.name);
    const keepOff = { key: "reserved", value: "elsewhere", effect: "NoSchedule" };
    for (const name of nodes) {
      const { spec } = (await api.find(`/api/v1/nodes/${name}`)) ?? {};
      const taints = (spec?.["taints"] ?? []) as readonly object[];
      await api.patch(`/api/v1/nodes/${name}`, { spec: { taints: [...taints, keepOff] } });
    }
    const up = start(words("up", "--patience", "5"));
    await printed(up, /cannot be placed: pod postgres-0/);
    expect(await up.code).toBe(1);
    expect(up.text()).toContain("0/4 nodes are available: 4 node(s) had untolerated taint(s)");
    expect(up.text()).toMatch(/to mend: .*reserved=elsewhere:NoSchedule \(4 nodes\)/);
    expect(up.text()).toContain("ending the update: for 5 s it has waited for nothing but");
    const failed = up.text().indexOf("up failed:");
    expect(up.text().indexOf("cannot be placed: pod postgres-0", failed)).toBeGreaterThan(failed);
    // Ended in order: the engine's state is whole, so the next run goes on from there.
    const watch = start(words("status"));
    expect(await watch.code).toBe(0);
    expect(watch.text()).not.toContain("was killed");
  });
});

describe("a sandbox that goes", () => {
  it("ends its watch with a fault that says how to get it back", async () => {
    const watch = start(words("watch", "--follow", "yes"));
    await printed(watch, "workload|settled|unplaceable");
    await removeSandbox(place);
    expect(await watch.code).toBe(1);
    expect(watch.text()).toMatch(/the sandbox of test has been taken away\n.*to mend: make up/);
  });
});
