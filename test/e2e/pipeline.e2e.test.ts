/**
 * The pipelines from end to end: each workflow file's own steps, run in their order by a shell, against a
 * live stack on a sandbox's API server and a stand-in of the forge's API. Proves that the files, make's
 * targets, the reports handed from job to job and the comment fit together; not what GitHub makes of the
 * files, nor that the vendor's servers give a CLI. The tests are one story and build on each other.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Report } from "../../review/model.ts";
import { marker } from "../../review/render/markdown.ts";
import { toolFolder } from "../judges/tools.ts";
import { bot, ForgeServer, repository } from "../ops/forge-server.ts";
import { clone as original } from "../rendered.ts";
import { item } from "../review/render/sample.ts";
import { holds } from "./canaries.ts";
import { namespaceOf, releaseClone, type ReleaseClone } from "./release-clone.ts";
import { liveStack, type LiveStack } from "./release-live.ts";
import { type ReleaseSandbox, releaseSandbox } from "./release-runs.ts";
import type { Contexts } from "./workflow-expression.ts";
import { runWorkflow, type WorkflowResult } from "./workflow-run.ts";

const canary = "correct-horse-battery-staple-9";

const rows = {
  live: { branch: "master", update: "reviewed", drift: "nightly" },
  test: { branch: "develop", update: "push", drift: "never" },
};

describe("the pipelines of a repository", () => {
  const forge = new ForgeServer();
  let clone: ReleaseClone;
  let sandbox: ReleaseSandbox;
  let live: LiveStack;
  let folder: string;
  let environment: Record<string, string>;
  let secrets: Record<string, string>;
  let vars: Record<string, string>;
  let runs = 100;

  beforeAll(async () => {
    await forge.start();
    clone = releaseClone({ version: "1" }, "one");
    sandbox = releaseSandbox(clone);
    live = liveStack(clone, sandbox);
    folder = mkdtempSync(join(tmpdir(), "fleet-pipeline-"));
    for (const part of ["tools", "Makefile", ".github"]) {
      cpSync(join(original, part), join(clone.folder, part), { recursive: true });
    }
    writeFileSync(join(clone.folder, ".github", "stacks.json"), JSON.stringify(rows));
    writeFileSync(join(clone.folder, ".gitignore"), "node_modules\n.sandbox/\n.review/\n");
    expect(await sandbox.command("up")).toMatchObject({ code: 0 });
    configureLive("one");
    expect(await live.init()).toMatchObject({ code: 0 });
    const words = ["config", "set", "--secret", "--path", "fleet:secrets.login", canary];
    expect(await live.pulumi(...words, "--stack", "live")).toMatchObject({ code: 0 });
    clone.commit("A live stack");
    clone.git("branch", "--move", "main", "master");
    expect(await live.start().end).toMatchObject({ code: 0 });
    prepareMachine();
  });

  afterAll(async () => {
    await forge.stop();
    live.dispose();
    await sandbox.dispose();
    clone.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Another tag is another image. Nobody may change this stack by hand. */
  function configureLive(tag: string): void {
    const path = join(clone.folder, "Pulumi.live.yaml");
    if (!existsSync(path)) {
      clone.configure(tag, "pause", "live");
    }
    // What `pulumi config set` has written stays.
    const text = readFileSync(path, "utf8")
      .replace("environment: test", "environment: production")
      .replace(/docker\.io\/skycoin, tag: \w+/, `docker.io/skycoin, tag: ${tag}`);
    writeFileSync(path, text);
  }

  /** What a pipeline's machine has, and what it is given as secrets. */
  function prepareMachine(): void {
    const programs = join(folder, "bin");
    mkdirSync(programs);
    const real = join(toolFolder("pulumi"), "pulumi");
    // Plugins come from the vendor's servers; here they lie where they would be put.
    writeFileSync(
      join(programs, "pulumi"),
      `#!/bin/sh\n[ "$1" = install ] && exit 0\nexec '${real}' "$@"\n`,
    );
    chmodSync(join(programs, "pulumi"), 0o755);
    symlinkSync(
      join(toolFolder("pulumi"), "pulumi-language-nodejs"),
      join(programs, "pulumi-language-nodejs"),
    );
    const { KUBECONFIG = "", PULUMI_BACKEND_URL = "", ...rest } = live.environment;
    const { PULUMI_CONFIG_PASSPHRASE = "", ...machine } = rest;
    environment = {
      ...machine,
      PATH: [programs, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      FLEET_CACHE_DIR: process.env["FLEET_CACHE_DIR"] ?? "",
      GITHUB_API_URL: forge.url,
      GITHUB_REPOSITORY: repository,
      GITHUB_SERVER_URL: "https://forge.example",
    };
    vars = { PULUMI_BACKEND_URL };
    secrets = {
      KUBE_CONFIG: readFileSync(KUBECONFIG).toString("base64"),
      PULUMI_CONFIG_PASSPHRASE,
      STATE_ACCESS_KEY_ID: "an-id",
      STATE_SECRET_ACCESS_KEY: "a-key",
      FLEET_REVIEW_KEY: "a key of the pipeline",
    };
  }

  /** Runs a workflow; nothing that it prints holds a secret. */
  async function pipeline(
    name: string,
    github: Contexts,
    given: { readonly inputs?: Contexts; readonly fork?: boolean } = {},
  ): Promise<WorkflowResult & { readonly run: number }> {
    runs += 1;
    const result = await runWorkflow(join(clone.folder, ".github", "workflows", name), {
      ...{ clone: clone.folder, environment, vars, run: runs },
      ...{ artifacts: join(folder, "artifacts"), inputs: given.inputs ?? {} },
      github: { repository, server_url: "https://forge.example", ...github },
      secrets: (one) =>
        given.fork !== true && (one === "live" || one === "live-preview") ? secrets : {},
    });
    expect(
      [canary, secrets["KUBE_CONFIG"] ?? ""].filter((one) => holds(result.printed, one)),
    ).toEqual([]);
    return { ...result, run: runs };
  }

  /** A pull request's preview, and the comment after it. */
  async function reviewed(
    number: number,
    from = repository,
    labels: readonly string[] = [],
    sender = "ann",
  ): Promise<WorkflowResult & { readonly run: number }> {
    const sha = clone.git("rev-parse", "HEAD").trim();
    const ref = clone.git("rev-parse", "--abbrev-ref", "HEAD").trim();
    const head = { sha, ref, repo: { full_name: from } };
    const place = forge.pulls.findIndex((pull) => pull.number === number);
    forge.pulls.splice(place < 0 ? forge.pulls.length : place, 1, {
      ...{ number, state: "open", base: { ref: "master" }, head },
    });
    const preview = await pipeline(
      "preview.yml",
      {
        ...{ event_name: "pull_request", base_ref: "master" },
        event: {
          sender: { login: sender, type: "User" },
          pull_request: { number, head, labels: labels.map((name) => ({ name })) },
          // A label that is there was put on just now.
          ...(labels.length > 0
            ? { action: "labeled", label: { name: labels.at(-1) } }
            : { action: "synchronize" }),
        },
      },
      { fork: from !== repository },
    );
    forge.runs.push({
      ...{ id: preview.run, run_number: preview.run, head_sha: sha, event: "pull_request" },
      conclusion: Object.values(preview.jobs).includes("failure") ? "failure" : "success",
      // GitHub names the open ones only, so none when it is asked after the merge.
      ...{ head_repository: { full_name: from }, pull_requests: [] },
    });
    return preview;
  }

  /** The workflow that a preview's end starts. */
  const commented = (preview: { readonly run: number }, from = repository) =>
    pipeline("comment.yml", {
      event_name: "workflow_run",
      event: {
        workflow_run: {
          ...{ id: preview.run, event: "pull_request", conclusion: "success" },
          head_repository: { full_name: from },
          head_branch: clone.git("rev-parse", "--abbrev-ref", "HEAD").trim(),
          head_sha: clone.git("rev-parse", "HEAD").trim(),
        },
      },
    });

  /** Merges what is checked out, as the forge would. */
  function merge(number: number): string {
    const branch = clone.git("rev-parse", "--abbrev-ref", "HEAD").trim();
    const head = clone.git("rev-parse", "HEAD").trim();
    clone.git("checkout", "--quiet", "master");
    const who = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
    clone.git(...who, "merge", "--quiet", "--no-ff", "--no-edit", branch);
    const merged = clone.git("rev-parse", "HEAD").trim();
    const place = forge.pulls.findIndex((pull) => pull.number === number);
    forge.pulls.splice(place, 1, {
      ...{ number, state: "closed", merged_at: "2026-11-21T00:00:00Z", merge_commit_sha: merged },
      ...{
        base: { ref: "master" },
        head: { sha: head, ref: branch, repo: { full_name: repository } },
      },
    });
    return merged;
  }

  const pushed = (sha: string) =>
    pipeline("apply.yml", {
      event_name: "push",
      ref_name: "master",
      ref: "refs/heads/master",
      sha,
    });

  const image = (): Promise<string> =>
    sandbox.kubectl(
      ...["get", "deployment", "web", "-n", namespaceOf("live")],
      ...["-o", "jsonpath={.spec.template.spec.containers[0].image}"],
    );

  const failures = ({ steps }: WorkflowResult) =>
    steps
      .filter(({ code }) => code !== 0)
      .map(({ job, name, stderr }) => `${job}: ${name}: ${stderr}`);

  test("preview a pull request live where it goes to, offline elsewhere, and say so in one comment", async () => {
    clone.git("checkout", "--quiet", "-b", "image-two");
    configureLive("two");
    clone.commit("Another image");
    for (let count = 0; count < 240; count += 1) {
      forge.say(5, "somebody", `comment ${count}`);
    }
    const old = forge.say(5, bot, `${marker}0 -->\n\nwhat an earlier commit did`);
    const preview = await reviewed(5);
    expect(failures(preview)).toEqual([]);
    expect(preview.jobs).toMatchObject({
      ...{
        "stack live": "success",
        "stack test": "success",
        offline: "skipped",
        report: "success",
      },
    });
    const path = join(folder, "artifacts", `${preview.run}`, "report", "report.json");
    const report = Report.parse(JSON.parse(readFileSync(path, "utf8")));
    expect(report.stacks.map(({ provenance, stack }) => [stack, provenance.target]).sort()).toEqual(
      [
        ["live", "live"],
        ["test", "state"],
      ],
    );
    // The forge is busy, and then it stumbles.
    forge.mishaps.push(
      {
        on: "GET /issues/5",
        status: 403,
        message: "secondary rate limit",
        headers: { "retry-after": "1" },
      },
      { on: "PATCH", status: 502 },
    );
    const comment = await commented(preview);
    expect(failures(comment)).toEqual([]);
    expect(old.body).toContain(`Deployment \`${namespaceOf("live")}/web\``);
    expect(old.body).toContain("image-changed");
    expect(holds(old.body, canary)).toBe(false);
    expect(forge.comments.filter(({ user }) => user.login === bot)).toHaveLength(1);
    const changes = forge.changes.length;
    expect((await commented(preview)).printed).toContain("pull request 5: unchanged");
    expect(forge.changes).toHaveLength(changes);
  });

  test("apply what was merged as it was reviewed, and verify it", async () => {
    const applied = await pushed(merge(5));
    expect(failures(applied)).toEqual([]);
    expect(applied.jobs).toMatchObject({ review: "skipped", "update live": "success" });
    expect(applied.printed).toContain("as reviewed (");
    expect(applied.steps.map(({ name }) => name)).toEqual([
      ...["Stacks and their branches", "Review of what was merged", "Official CLI and plugins"],
      ...["Log in", "Update", "Dial every endpoint", "Log out"],
    ]);
    expect(await image()).toMatch(/:two$/);
  });

  test("stop where a resource has joined since the review, and where nobody has reviewed", async () => {
    clone.git("checkout", "--quiet", "-b", "image-three");
    configureLive("three");
    clone.commit("A third image");
    expect((await reviewed(6)).jobs["report"]).toBe("success");
    clone.write({ version: "1", migration: "uninvited" });
    clone.git("checkout", "--quiet", "master");
    clone.commit("Pushed by somebody who may");
    clone.git("checkout", "--quiet", "image-three");
    const applied = await pushed(merge(6));
    expect(applied.jobs["update"]).toBe("failure");
    expect(applied.printed).toContain("not what was reviewed (");
    expect(applied.steps.map(({ name }) => name)).not.toContain("Dial every endpoint");
    expect(await image()).toMatch(/:two$/);
    const direct = await pushed(clone.commit("Nobody asked"));
    expect(direct.jobs["update"]).toBe("failure");
    expect(direct.printed).toContain("is of no pull request to master");
  });

  test("apply by hand what was previewed in the same run", async () => {
    clone.write({ version: "1" });
    clone.commit("Without it");
    const applied = await pipeline(
      "apply.yml",
      { event_name: "workflow_dispatch", ref_name: "master", ref: "refs/heads/master" },
      { inputs: { stack: "live" } },
    );
    expect(failures(applied)).toEqual([]);
    expect(applied.jobs).toMatchObject({ "review live": "success", "update live": "success" });
    expect(await image()).toMatch(/:three$/);
    const elsewhere = await pipeline(
      "apply.yml",
      { event_name: "workflow_dispatch", ref_name: "image-two", ref: "refs/heads/image-two" },
      { inputs: { stack: "live" } },
    );
    expect(elsewhere.jobs).toMatchObject({ tasks: "failure", update: "skipped" });
    expect(elsewhere.printed).toContain("is brought to its state from master");
  });

  test("take nothing back that has come since, where an old run is started again", async () => {
    const first = forge.pulls.find(({ number }) => number === 5)?.merge_commit_sha ?? "";
    clone.git("checkout", "--quiet", "--detach", first);
    const again = await pushed(first);
    clone.git("checkout", "--quiet", "master");
    expect(again.jobs["update"]).toBe("failure");
    expect(again.printed).toContain("live was brought to a newer commit already");
    expect(await image()).toMatch(/:three$/);
  });

  test("ask for a label where a change is risky", async () => {
    clone.git("checkout", "--quiet", "-b", "no-secret");
    const path = join(clone.folder, "Pulumi.live.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/ {2}fleet:secrets:\n( {4}.*\n)+/, ""));
    expect(readFileSync(path, "utf8")).not.toBe(text);
    clone.commit("A secret less");
    const preview = await reviewed(7);
    expect(preview.jobs).toMatchObject({ "stack live": "success", report: "failure" });
    expect(preview.printed).toContain("secret-changed");
    forge.permissions.set("ann", "write").set("tom", "read");
    const agreedBy = (who: string) => reviewed(7, repository, ["risk agreed"], who);
    const unheard = await agreedBy("tom");
    expect(unheard.jobs["report"]).toBe("failure");
    expect(unheard.printed).toContain("the yes of tom counts for nothing");
    expect((await agreedBy("ann")).jobs["report"]).toBe("success");
    clone.git("checkout", "--quiet", "master");
  });

  test("render a fork's pull request without a secret, and say that", async () => {
    clone.git("checkout", "--quiet", "-b", "from-afar");
    configureLive("four");
    clone.commit("From a fork");
    const preview = await reviewed(8, "mallory/fleet");
    expect(preview.jobs).toMatchObject({ stack: "skipped", offline: "success" });
    expect(failures(await commented(preview, "mallory/fleet"))).toEqual([]);
    const [comment] = forge.comments.filter(
      ({ number, user }) => number === 8 && user.login === bot,
    );
    expect(comment?.body).toContain("the code of a fork has made this report");
  });

  test("put a report of 200 KB, and one that lies, under the pull request as what they are", async () => {
    const [last] = forge.runs.slice(-1);
    const path = join(folder, "artifacts", `${last?.id ?? 0}`, "report", "report.json");
    const report = Report.parse(JSON.parse(readFileSync(path, "utf8")));
    const [stack] = report.stacks;
    if (stack === undefined || last === undefined) {
      throw new Error("the fork's report has no stack");
    }
    const items = Array.from({ length: 1500 }, (_, count) =>
      item(`ConfigMap web/config-${count}`, count === 700 ? "data-loss" : "rollout", {
        ...{
          stack: stack.stack,
          words: [`${"a long line ".repeat(12)}${count} @everyone </details>`],
        },
      }),
    );
    writeFileSync(path, JSON.stringify({ ...report, stacks: [{ ...stack, items }] }));
    expect(readFileSync(path).length).toBeGreaterThan(200_000);
    await commented({ run: last.id }, "mallory/fleet");
    const [comment] = forge.comments.filter(
      ({ number, user }) => number === 8 && user.login === bot,
    );
    expect(comment?.body.length).toBeLessThan(65_536);
    expect(comment?.body).toContain("config-700");
    expect(comment?.body).toContain(`https://forge.example/${repository}/actions/runs/${last.id}`);
    expect(comment?.body).not.toMatch(/[^`]@everyone/);
    const lie = { ...stack, provenance: { ...stack.provenance, target: "live" } };
    writeFileSync(path, JSON.stringify({ ...report, stacks: [lie] }));
    await commented({ run: last.id }, "mallory/fleet");
    expect(comment?.body).toContain("no report of this commit");
    expect(
      forge.comments.filter(({ number, user }) => number === 8 && user.login === bot),
    ).toHaveLength(1);
  });

  test("raise an alarm at night for what was changed by hand, until it is gone", async () => {
    clone.git("checkout", "--quiet", "master");
    const nightly = () => pipeline("drift.yml", { event_name: "schedule" });
    const quiet = await nightly();
    expect(failures(quiet)).toEqual([]);
    expect(forge.issues).toEqual([]);
    const namespace = namespaceOf("live");
    await sandbox.kubectl("scale", "deployment", "web", "-n", namespace, "--replicas=1");
    const drifted = await nightly();
    expect(drifted.jobs).toMatchObject({ "look live": "success", "alarm live": "failure" });
    expect(forge.issues).toHaveLength(1);
    expect(forge.issues[0]?.body).toContain(`Deployment \`${namespace}/web\``);
    expect(forge.issues[0]?.body).not.toContain("Not whole");
    await sandbox.kubectl("scale", "deployment", "web", "-n", namespace, "--replicas=2");
    expect((await nightly()).jobs["alarm"]).toBe("success");
    expect(forge.issues.map(({ state }) => state)).toEqual(["closed"]);
  });
});
