import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { containerLogText, kwokConfig, stageTexts } from "../../sandbox/kwok-config.ts";
import { clone } from "../rendered.ts";

const ports = {
  apiServer: 1,
  etcd: 2,
  etcdPeer: 3,
  controllerManager: 4,
  scheduler: 5,
  kwok: 6,
};

const Condition = z.object({
  key: z.string(),
  operator: z.enum(["Exists", "DoesNotExist", "In", "NotIn"]),
  values: z.array(z.string()).default([]),
});
type Condition = z.infer<typeof Condition>;

const Stage = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string() }).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  componentsPatches: z
    .array(z.object({ name: z.string(), extraArgs: z.array(z.record(z.string(), z.unknown())) }))
    .default([]),
  spec: z
    .object({
      // Of stages, which are all but the first and the logs.
      resourceRef: z.object({ kind: z.string() }).default({ kind: "" }),
      selector: z
        .object({ matchExpressions: z.array(Condition) })
        .default({ matchExpressions: [] }),
      logs: z.array(z.record(z.string(), z.unknown())).optional(),
      next: z.object({ statusTemplate: z.string().optional() }).optional(),
    })
    .optional(),
});

const log = "/sandbox/logs/containers.log";

const documents = parseAllDocuments(kwokConfig(ports, log)).map((document) => {
  if ("errors" in document && document.errors.length > 0) {
    throw new Error(document.errors.join("\n"));
  }
  return Stage.parse(document.toJS());
});

const podStages = documents.flatMap(({ metadata, spec }) =>
  spec?.resourceRef.kind === "Pod" ? [{ name: metadata?.name ?? "", ...spec }] : [],
);

describe("what kwokctl is told", () => {
  it("binds every program to loopback, on the ports that were found free", () => {
    const [configuration] = documents;
    expect(configuration?.kind).toBe("KwokctlConfiguration");
    expect(configuration?.options).toEqual({
      bindAddress: "127.0.0.1",
      kubeApiserverPort: 1,
      etcdPort: 2,
      etcdPeerPort: 3,
      kubeControllerManagerPort: 4,
      kubeSchedulerPort: 5,
      kwokControllerPort: 6,
    });
  });

  it("has no program wait for a lead that it shares with nobody, and would end without", () => {
    const patches = documents.flatMap(({ componentsPatches }) => componentsPatches);
    expect(
      patches
        .filter(({ extraArgs }) => extraArgs.some(({ key }) => key === "leader-elect"))
        .map(({ name }) => name),
    ).toEqual(["kube-controller-manager", "kube-scheduler"]);
    expect(new Set(patches.map(({ name }) => name)).size).toBe(patches.length);
  });

  it("brings to life every kind that a stack waits for: own stages replace all built-in ones", () => {
    const stages = documents.filter(({ kind }) => kind === "Stage");
    expect(stages.map(({ metadata }) => metadata?.name).sort()).toEqual([
      "claim-provision",
      "ingress-address",
      "node-initialize",
      "node-kubelet",
      "pod-complete",
      "pod-crash",
      "pod-delete",
      "pod-fail",
      "pod-run",
      "pod-start-slowly",
      "service-address",
      "volume-delete",
    ]);
    expect(stageTexts().every((text) => !text.includes("\t"))).toBe(true);
  });
});

describe("kubectl logs", () => {
  it("reads one file, of whatever pod and container, and follows it", () => {
    const logs = documents.filter(({ kind }) => kind === "ClusterLogs");
    expect(logs.map(({ spec }) => spec?.logs)).toEqual([
      [{ logsFile: log, previousLogsFile: log, follow: true }],
    ]);
  });

  it("says what it is, in the form that kubelets read", () => {
    const text = containerLogText(log, new Date("2026-11-21T17:00:00Z"));
    const lines = text.split("\n").slice(0, -1);
    expect(lines[0]).toMatch(/^2026-11-21T17:00:00\.000Z stdout F A sandbox runs no containers/);
    expect(lines.every((line) => line.startsWith("2026-11-21T17:00:00.000Z stdout F "))).toBe(true);
  });
});

/** The words that pod-run takes, by its own expression; Go and JavaScript read it alike. */
const known = new RegExp(
  /regexMatch "([^"]+)"/.exec(
    podStages.find(({ name }) => name === "pod-run")?.next?.statusTemplate ?? "",
  )?.[1] ?? "no such expression",
);

describe("the words that tell a pod how to behave", () => {
  const readme = readFileSync(join(clone, "sandbox/stages/README.md"), "utf8");
  const documented = [...readme.matchAll(/^\| `sandbox-([^`]+)`/gm)].map(([, word]) => word ?? "");

  it("are those that the README lists", () => {
    expect(documented.length).toBeGreaterThan(4);
    expect(documented.filter((word) => !known.test(word))).toEqual([]);
  });

  it.each([
    "crsh",
    "slow",
    "slow-8",
    "slow-8m",
    "slow-stop",
    "never-ready-8s",
    "fail-8s",
    "crash-",
  ])("are taken whole: %s is none, and the pod says so", (word) => {
    expect(known.test(word)).toBe(false);
  });
});

/** A pod as far as stages look at it. */
interface PodState {
  readonly deleted: boolean;
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed";
  readonly ready: boolean;
  readonly job: boolean;
  readonly restartPolicy: "Always" | "OnFailure" | "Never";
  readonly behaviour: string | undefined;
}

/** What the stages' expressions yield of a pod. */
const yields: Readonly<Record<string, (pod: PodState) => readonly string[]>> = {
  ".metadata.deletionTimestamp": ({ deleted }) => (deleted ? ["now"] : []),
  "select(.metadata.deletionGracePeriodSeconds > 0) | .metadata.deletionTimestamp": ({ deleted }) =>
    deleted ? ["now"] : [],
  ".status.podIP": ({ phase }) => (phase === "Pending" ? [] : ["10.64.0.1"]),
  ".status.phase": ({ phase }) => [phase],
  ".spec.restartPolicy": ({ restartPolicy }) => [restartPolicy],
  ".metadata.ownerReferences.[].kind": ({ job }) => [job ? "Job" : "ReplicaSet"],
  '.status.conditions[] | select(.type == "sandbox.fleet/behaviour") | .reason': ({ behaviour }) =>
    behaviour === undefined ? [] : [behaviour],
  '.status.conditions[] | select(.type == "Ready") | .status': ({ ready }) => [
    ready ? "True" : "False",
  ],
};

function holds(pod: PodState, { key, operator, values }: Condition): boolean {
  const yielded = yields[key];
  if (yielded === undefined) {
    throw new Error(`this test does not know ${key}: say what it yields`);
  }
  const found = yielded(pod);
  switch (operator) {
    case "Exists":
      return found.length > 0;
    case "DoesNotExist":
      return found.length === 0;
    case "In":
      return found.some((value) => values.includes(value));
    case "NotIn":
      return !found.some((value) => values.includes(value));
  }
}

const stagesOf = (pod: PodState): readonly string[] =>
  podStages
    .filter(({ selector }) => selector.matchExpressions.every((one) => holds(pod, one)))
    .map(({ name }) => name);

describe("a pod", () => {
  const behaviours = [undefined, "never-ready", "crash", "slow", "slow-stop"] as const;
  const states = [true, false].flatMap((deleted) =>
    (["Pending", "Running", "Succeeded", "Failed"] as const).flatMap((phase) =>
      [true, false].flatMap((ready) =>
        [true, false].flatMap((job) =>
          (["Always", "OnFailure", "Never"] as const).flatMap((restartPolicy) =>
            behaviours.map((behaviour): PodState => ({
              ...{ deleted, phase, ready, job, restartPolicy, behaviour },
            })),
          ),
        ),
      ),
    ),
  );

  it("has one next stage at most: of two, kwok draws one by chance", () => {
    expect(states.filter((pod) => stagesOf(pod).length > 1)).toEqual([]);
  });

  const running = {
    deleted: false,
    phase: "Running",
    job: false,
    restartPolicy: "Always",
  } as const;

  it.each([
    ["is left alone while it runs", { ...running, ready: true, behaviour: undefined }, []],
    ["stays unready for good", { ...running, ready: false, behaviour: "never-ready" }, []],
    ["gets ready late", { ...running, ready: false, behaviour: "slow" }, ["pod-start-slowly"]],
    ["stays ready then", { ...running, ready: true, behaviour: "slow" }, []],
    ["crashes again and again", { ...running, ready: false, behaviour: "crash" }, ["pod-crash"]],
    [
      "fails where nothing restarts it",
      { ...running, ready: false, restartPolicy: "Never", job: true, behaviour: "crash" },
      ["pod-fail"],
    ],
    [
      "of a Job completes, slowly too",
      { ...running, ready: false, restartPolicy: "Never", job: true, behaviour: "slow" },
      ["pod-complete"],
    ],
    [
      "of a Job hangs if it is never ready",
      { ...running, ready: false, restartPolicy: "Never", job: true, behaviour: "never-ready" },
      [],
    ],
    [
      "goes when deleted",
      { ...running, deleted: true, ready: true, behaviour: "slow" },
      ["pod-delete"],
    ],
  ] satisfies [string, PodState, string[]][])("%s", (_, pod, stages) => {
    expect(stagesOf(pod)).toEqual(stages);
  });
});
