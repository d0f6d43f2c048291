/**
 * `make review` without live access: what a branch changes, rendered and previewed by the real engine and
 * the real Kubernetes provider, with no cluster and no secret. Proves that the report tells the prepared
 * change and nothing else, that a preview that breaks off is told, that no secret gets into any of the four
 * files, and that nobody is called. What an API server says of an object it does not prove: up does.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { makeReport } from "../../ops/review/command.ts";
import { writeReport } from "../../ops/review/output.ts";
import type { Report, StackReport } from "../../review/model.ts";
import { expectNoSecret, holds } from "./canaries.ts";
import { type Decoy, startDecoy } from "./decoy.ts";
import { reviewClone, type ReviewClone, type Reviewed } from "./review-clone.ts";

describe("make review", () => {
  let clone: ReviewClone;
  let decoy: Decoy;
  let temporary: string;

  beforeAll(async () => {
    decoy = await startDecoy("skycoin-prod");
    temporary = mkdtempSync(join(tmpdir(), "fleet-review-e2e-"));
    clone = reviewClone({ ...decoy.environment, TMPDIR: temporary });
  });

  afterAll(async () => {
    expect(decoy.requests).toEqual([]);
    // Each run took what it made away.
    expect(readdirSync(temporary).filter((name) => name.startsWith("fleet-"))).toEqual([]);
    rmSync(temporary, { recursive: true, force: true });
    clone.dispose();
    await decoy.close();
  });

  function stackOf(report: Report, name: string): StackReport {
    const found = report.stacks.find(({ stack }) => stack === name);
    if (found === undefined) {
      throw new Error(`no ${name} in the report`);
    }
    return found;
  }

  const labels = ({ items }: StackReport): readonly string[] =>
    items
      .filter(({ resource }) => resource.namespace !== undefined)
      .map(({ resource }) => resource.label);

  /** The code is the verdict's, in the file and of the program alike. */
  function expectCode({ code, files, report }: Reviewed, expected: number): void {
    expect({ code, verdict: report.verdict }).toEqual({
      code: expected,
      verdict: { ...report.verdict, exitCode: expected },
    });
    expect(files["exit-code"]).toBe(`${expected}\n`);
  }

  /** Resources that voting has. */
  let resources = 0;

  test("of a branch without changes says so and ends with 0", async () => {
    const reviewed = await clone.review("--stack", "voting", "--base", "master");
    expectCode(reviewed, 0);
    const stack = stackOf(reviewed.report, "voting");
    expect(stack).toMatchObject({ outcome: "unchanged", items: [] });
    expect(stack.provenance.target).toBe("state");
    resources = stack.provenance.state?.resources ?? 0;
    expect(resources).toBeGreaterThan(50);
    expect(reviewed.report.provenance).toMatchObject({
      commit: clone.git("rev-parse", "HEAD"),
      dirty: false,
      base: `${clone.git("rev-parse", "--short", "master")} Before`,
    });
  });

  test("of all stacks tells what each one changes, and none of what others did since on the base", async () => {
    // Somebody else's work, after this branch left: no change of this one.
    clone.git("checkout", "--quiet", "master");
    clone.change("Pulumi.voting.yaml", { "vote.example.org": "poll.example.org" });
    clone.git("commit", "--quiet", "--all", "-m", "Theirs");
    clone.git("checkout", "--quiet", "change");
    clone.change("Pulumi.prod.yaml", {
      "dmsg-discovery: { replicas: 5 }": "dmsg-discovery: { replicas: 4 }",
    });
    clone.change("Pulumi.voting.yaml", {
      "examplevotingapp_vote:before": "examplevotingapp_vote:after",
    });
    const reviewed = await clone.review("--stack", "all", "--base", "master");
    const { files, report } = reviewed;
    expect([2, 3]).toContain(reviewed.code);
    expectCode(reviewed, reviewed.code ?? 1);
    expect(stackOf(report, "test").outcome).toBe("unchanged");
    expect(labels(stackOf(report, "voting"))).toEqual(["Deployment voting/vote"]);
    expect(
      stackOf(report, "voting")
        .items.flatMap(({ words }) => words)
        .join("\n"),
    ).toMatch(/image .*vote.*before.*after/);
    expect(labels(stackOf(report, "prod"))).toEqual(["Deployment skywire/dmsg-discovery-keyless"]);
    expect(stackOf(report, "prod").items.flatMap(({ words }) => words)).toContain(
      "replicas 4 -> 3",
    );
    expect(report.provenance).toMatchObject({ dirty: true });
    for (const name of ["report.md", "report.html", "report.txt", "report.json"]) {
      expect(files[name]).toContain("dmsg-discovery-keyless");
    }
    expect(reviewed.stdout).toContain(files["report.txt"]?.split("\n")[0] ?? "?");
    const again = await clone.review("--stack", "voting", "--base", "master");
    const steps = ({ report: of }: Reviewed) => stackOf(of, "voting").binding?.steps;
    expect(steps(again)).toEqual(steps(reviewed));
    expect(steps(again)?.length).toBeGreaterThan(0);
  });

  test("of a stack that the base does not have tells all that is made", async () => {
    clone.change("Pulumi.voting.yaml", {
      "examplevotingapp_vote:after": "examplevotingapp_vote:before",
    });
    clone.git("mv", "Pulumi.voting.yaml", "Pulumi.fresh.yaml");
    const { report } = await clone.review("--stack", "fresh", "--base", "master");
    clone.git("mv", "Pulumi.fresh.yaml", "Pulumi.voting.yaml");
    const { counts, outcome } = stackOf(report, "fresh");
    expect({ counts, outcome }).toMatchObject({
      outcome: "changed",
      counts: { create: resources, same: 0 },
    });
  });

  test("of a file with faults ends with 1 and tells them, and the other stacks all the same", async () => {
    clone.change("Pulumi.voting.yaml", { "fleet:target: kubernetes": "fleet:target: nomad" });
    const reviewed = await clone.review("--stack", "voting", "--base", "master");
    clone.change("Pulumi.voting.yaml", { "fleet:target: nomad": "fleet:target: kubernetes" });
    expectCode(reviewed, 1);
    expect(stackOf(reviewed.report, "voting").outcome).toBe("failed");
    for (const name of ["report.md", "report.html", "report.txt", "report.json"]) {
      expect(reviewed.files[name]).toContain("fleet:target");
    }
  });

  test("of a preview that fails half way ends with 1 and says that it is not whole", async () => {
    clone.change("index.ts", {
      "return voting(config, context);":
        'voting(config, context); throw new Error("gave up half way");',
    });
    clone.change("Pulumi.voting.yaml", {
      "examplevotingapp_vote:before": "examplevotingapp_vote:after",
    });
    const reviewed = await clone.review("--stack", "voting", "--base", "master");
    clone.git("checkout", "--quiet", "index.ts", "Pulumi.voting.yaml");
    expectCode(reviewed, 1);
    const stack = stackOf(reviewed.report, "voting");
    expect(stack.outcome).toBe("failed");
    // Nothing may be applied that was held against it.
    expect(stack.binding).toBeUndefined();
    for (const name of ["report.md", "report.html", "report.txt", "report.json"]) {
      expect(reviewed.files[name]).toContain("gave up half way");
    }
  });

  test.each([
    [["--stack", "nowhere"], "there is no Pulumi.nowhere.yaml"],
    [["--stack", "voting", "--base", "no-such-branch"], "BASE must be a commit of this repository"],
    [["--stack", "../voting"], "STACK must be the name of a stack"],
    [["--stack", "voting", "--target", "somewhere"], "TARGET must be sandbox"],
  ])("of %j ends with 1 and says what is wrong", async (words, said) => {
    const { code, stderr } = await clone.command("review", ...words);
    expect({ code, stderr }).toEqual({ code: 1, stderr });
    expect(stderr).toContain(said);
  });

  test("leaves no secret in any file", async () => {
    clone.change("Pulumi.test.yaml", { "tag: test }": "tag: next }" });
    const scratch = mkdtempSync(join(tmpdir(), "fleet-canary-"));
    try {
      const request = {
        root: clone.folder,
        stack: "test",
        base: "master",
        target: "sandbox",
      } as const;
      const report = await makeReport(
        { ...request, drift: true, change: true, environment: { ...process.env } },
        scratch,
      );
      const text = readFileSync(join(scratch, "rendered", "test", "secrets.json"), "utf8");
      const secrets = Object.values(z.record(z.string(), z.string()).parse(JSON.parse(text)));
      expect(secrets.length).toBeGreaterThan(10);
      // The search does find what is there.
      const config = readFileSync(join(scratch, "rendered", "test", "secrets.json"), "utf8");
      expect(secrets.every((secret) => holds(config, secret))).toBe(true);
      const out = join(scratch, "out");
      mkdirSync(out);
      writeReport(report, out);
      expect(stackOf(report, "test").items.length).toBeGreaterThan(2);
      expectNoSecret(out, secrets);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
