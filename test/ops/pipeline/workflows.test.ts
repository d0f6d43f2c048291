/** What each job of the pipelines may do, who may log in where, and what the files say of their actions. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { evaluate, holdsIf } from "../../e2e/workflow-expression.ts";
import { readStacks } from "../../../ops/pipeline/stacks.ts";
import { clone } from "../../rendered.ts";

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(clone, ".github", "workflows");
const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const jobs = names.flatMap((name) =>
  Object.entries((parse(read(name)) as Workflow).jobs).map(([job, value]): [string, Job] => [
    `${name.replace(/\.ya?ml$/, "")} ${job}`,
    value,
  ]),
);
const stepsOf = ({ steps }: Job, words: string): readonly Step[] =>
  steps.filter(({ run }) => run?.startsWith(`make ${words} `) || run === `make ${words}`);

/** Jobs that log in: what they may ask GitHub is who they are, and their environment is in the answer. */
const loggedIn = ["preview stack", "apply review", "apply update", "drift look"];

test("each job has the rights that it needs, and no workflow has any for all", () => {
  expect(names.map((name) => (parse(read(name)) as Workflow).permissions)).toEqual(
    names.map(() => ({})),
  );
  expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual({
    "apply tasks": { contents: "read" },
    "apply review": { contents: "read", "id-token": "write" },
    "apply update": {
      contents: "read",
      actions: "read",
      "pull-requests": "read",
      "id-token": "write",
    },
    "comment comment": { contents: "read", actions: "read", "pull-requests": "write" },
    "drift tasks": { contents: "read" },
    "drift look": { contents: "read", "id-token": "write" },
    "drift alarm": { contents: "read", issues: "write" },
    "policy policy": { contents: "read" },
    "preview tasks": { contents: "read" },
    "preview stack": { contents: "read", "id-token": "write" },
    "preview offline": { contents: "read" },
    "preview report": { contents: "read" },
    "test test": { contents: "read" },
  });
});

test("a branch that the table of stacks names is one whose pull requests and pushes start something", () => {
  const branches = Object.values(readStacks(clone)).map(({ branch }) => branch);
  const started = (name: string, event: string): readonly string[] =>
    ((parse(read(name)) as Workflow).on[event] as { readonly branches: readonly string[] })
      .branches;
  // Renamed in one of them alone, a stack would be previewed or updated by nobody, and nothing would be red.
  for (const branch of new Set(branches)) {
    expect(started("apply.yml", "push")).toContain(branch);
    expect(started("preview.yml", "pull_request")).toContain(branch);
  }
});

describe("a log-in", () => {
  test("is those jobs' alone that have an environment of a stack's", () => {
    const asking = jobs.filter(([, job]) => stepsOf(job, "live-login").length > 0);
    expect(asking.map(([name]) => name).sort()).toEqual([...loggedIn].sort());
    const placed = jobs.filter(([, { environment }]) => environment !== undefined);
    expect(placed.map(([name]) => name).sort()).toEqual([...loggedIn].sort());
  });

  test("that may change a stack is the update's, whose environment says from which branch", () => {
    const own = Object.fromEntries(jobs.map(([name, { environment }]) => [name, environment]));
    const stack = "${{ matrix.task.stack }}";
    expect(loggedIn.map((name) => own[name])).toEqual([
      ...[`${stack}-preview`, `${stack}-preview`, stack, `${stack}-preview`],
    ]);
  });

  test.each([
    ["somebody who may push", "org/fleet", "User", true],
    ["a fork", "mallory/fleet", "User", false],
    ["a bot that pushes updates of packages", "org/fleet", "Bot", false],
    ["a bot's fork", "mallory/fleet", "Bot", false],
  ])("of a pull request's job by %s", (_, from, type, isTrusted) => {
    const { "preview stack": own, "preview offline": stranger } = Object.fromEntries(jobs);
    const pull = { head: { repo: { full_name: from } }, user: { type } };
    const github = { repository: "org/fleet", event: { pull_request: pull } };
    const holds = (job: Job | undefined): boolean =>
      holdsIf(job?.if, { github }, { failed: false });
    expect([holds(own), holds(stranger)]).toEqual([isTrusted, !isTrusted]);
    expect(JSON.stringify(stranger)).not.toMatch(/secrets\.|vars\.|id-token|GOOGLE/);
  });

  const path = "${{ runner.temp }}/google.json";
  test.each(jobs.filter(([name]) => loggedIn.includes(name)))(
    "at Google: %s has it from its environment's variables, and leaves nothing",
    (_, job) => {
      const [login] = stepsOf(job, "live-login");
      expect(login?.env).toEqual({
        KUBECONFIG: "${{ runner.temp }}/kubeconfig",
        KUBE_CONFIG: "${{ secrets.KUBE_CONFIG }}",
        PULUMI_BACKEND_URL: "${{ vars.PULUMI_BACKEND_URL }}",
        GOOGLE_APPLICATION_CREDENTIALS: path,
        GOOGLE_WORKLOAD_IDENTITY_PROVIDER: "${{ vars.GOOGLE_WORKLOAD_IDENTITY_PROVIDER }}",
        GOOGLE_SERVICE_ACCOUNT: "${{ vars.GOOGLE_SERVICE_ACCOUNT }}",
      });
      const users = job.steps.filter(({ env = {} }) => "PULUMI_CONFIG_PASSPHRASE" in env);
      expect(users.length).toBeGreaterThan(0);
      expect(users.map(({ env }) => env?.["GOOGLE_APPLICATION_CREDENTIALS"])).toEqual(
        users.map(() => path),
      );
      const [logout, ...more] = stepsOf(job, "live-logout");
      expect(more).toEqual([]);
      expect(logout?.if).toBe("always()");
      expect(logout?.env?.["GOOGLE_APPLICATION_CREDENTIALS"]).toBe(path);
      const places = [login, ...users, logout].map((step) =>
        job.steps.findIndex((s) => s === step),
      );
      expect(places).toEqual([...places].sort((left, right) => left - right));
      // Built before there is anything to take: what logs in at Google is one of the tools.
      const tools = job.steps.findIndex(({ run }) => run === 'make live-tools STACK="$STACK"');
      expect(tools).toBeGreaterThan(-1);
      expect(tools).toBeLessThan(places[0] ?? -1);
      expect(job.env?.["STACK"]).toBe("${{ matrix.task.stack }}");
    },
  );
});

test.each([
  ["put on", "labeled", "risk agreed", "yes"],
  ["there already when something is pushed", "synchronize", undefined, ""],
  ["there already when another one comes", "labeled", "documentation", ""],
  ["taken away", "unlabeled", "risk agreed", ""],
])("the label that agrees to a risk, %s", (_, action, label, agreed) => {
  const { "preview report": report } = Object.fromEntries(jobs);
  const [join] = report === undefined ? [] : stepsOf(report, "join-reports");
  const labels = [{ name: "risk agreed" }];
  const event = { action, pull_request: { labels }, ...(label && { label: { name: label } }) };
  expect(evaluate(join?.env?.["AGREED"], { github: { event } })).toBe(agreed);
  // Whose yes it is: the forge is asked what they may do.
  const sender = { login: "ann" };
  expect(evaluate(join?.env?.["AGREED_BY"], { github: { event: { sender } } })).toBe("ann");
  expect(join?.env?.["GITHUB_TOKEN"]).toBe("${{ github.token }}");
});

describe("actions", () => {
  const used = names.flatMap((name) =>
    [...read(name).matchAll(/uses: (\S+?)@(\S+) # (\S+)$/gm)].map(
      ([, action, commit, version]) => ({ action, commit, version }),
    ),
  );

  /**
   * The commit of each release's tag, as a copy of the action's repository has it; each says `using: node24` in its
   * action.yml, as GitHub's machines have no Node 20 any more.
   */
  const releases = {
    "actions/checkout": ["3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"],
    "actions/setup-node": ["249970729cb0ef3589644e2896645e5dc5ba9c38", "v6.5.0"],
    "actions/upload-artifact": ["bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"],
    "actions/download-artifact": ["3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"],
  };

  test("are GitHub's own, each one release everywhere, by its whole commit", () => {
    const all = jobs.flatMap(([, { steps }]) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used).toHaveLength(all.length);
    expect(
      Object.fromEntries(used.map(({ action, commit, version }) => [action, [commit, version]])),
    ).toEqual(releases);
    expect(new Set(used.map((one) => JSON.stringify(one))).size).toBe(Object.keys(releases).length);
  });

  test("keep no token in the clone, and take nothing from a cache that a pull request may fill", () => {
    const withOf = (action: string) =>
      jobs.flatMap(([, { steps }]) =>
        steps.filter(({ uses }) => uses?.startsWith(`${action}@`)).map((step) => step.with),
      );
    for (const given of withOf("actions/checkout")) {
      expect(given?.["persist-credentials"]).toBe(false);
      expect(given).not.toHaveProperty("allow-unsafe-pr-checkout");
    }
    for (const given of withOf("actions/setup-node")) {
      expect(given).toEqual({ "node-version": 24, "package-manager-cache": false });
    }
  });
});
