/** Checkov: objects of stacks against its policies for Kubernetes, without a network. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import * as z from "zod";

import { run, toolPath } from "./tools.ts";

const Check = z.object({
  check_id: z.string(),
  check_name: z.string(),
  /** `Kind.namespace.name`. */
  resource: z.string(),
  file_path: z.string(),
});

const Report = z.object({
  results: z.object({ failed_checks: z.array(Check) }),
  summary: z.object({
    passed: z.int(),
    failed: z.int(),
    skipped: z.int(),
    parsing_errors: z.int(),
    resource_count: z.int(),
  }),
});

/** Something Checkov objects to. */
export interface CheckovFinding {
  readonly stack: string;
  readonly check: string;
  /** What the check asks for, in Checkov's words. */
  readonly asks: string;
  /** `Kind.namespace.name`. */
  readonly object: string;
}

/** What Checkov says of some stacks. */
export interface CheckovReport {
  readonly findings: readonly CheckovFinding[];
  readonly summary: z.infer<typeof Report>["summary"];
}

/** Judges the objects of stacks in one run: starting Checkov takes most of its time. */
export async function checkov(
  stacks: ReadonlyMap<string, readonly object[]>,
): Promise<CheckovReport> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-checkov-"));
  const objects = join(folder, "objects");
  // Its own files, of this run alone: a config file in the user's home would change what is checked.
  const home = join(folder, "home");
  mkdirSync(objects);
  mkdirSync(home);
  const names = [...stacks.keys()];
  try {
    for (const [index, name] of names.entries()) {
      const text = (stacks.get(name) ?? []).map((one) => JSON.stringify(one)).join("\n---\n");
      writeFileSync(join(objects, `${index}.yaml`), text);
    }
    const { stdout, stderr } = await run(
      toolPath("checkov"),
      [
        ...["--directory", objects, "--framework", "kubernetes", "--output", "json"],
        ...["--compact", "--quiet", "--soft-fail", "--skip-download"],
      ],
      { cwd: folder, env: { PATH: process.env["PATH"], HOME: home } },
    );
    const report = Report.safeParse(stdout === "" ? undefined : JSON.parse(stdout));
    if (!report.success) {
      throw new Error(`Checkov reported nothing that can be read: ${stderr || stdout}`);
    }
    const { results, summary } = report.data;
    const findings = results.failed_checks.map(({ check_id, check_name, resource, file_path }) => ({
      stack: names[Number(basename(file_path, ".yaml"))] ?? file_path,
      check: check_id,
      asks: check_name,
      object: resource,
    }));
    return { findings, summary };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
