/** kube-score: what commonly goes wrong in a cluster. */
import * as z from "zod";

import { kubernetesVersion } from "./kubeconform.ts";
import { run, toolPath } from "./tools.ts";

const Scores = z.array(
  z.object({
    object_name: z.string(),
    checks: z.array(
      z.object({
        check: z.object({ id: z.string() }),
        grade: z.number(),
        skipped: z.boolean(),
        comments: z
          .array(z.object({ path: z.string(), summary: z.string(), description: z.string() }))
          .nullable(),
      }),
    ),
  }),
);

/** kube-score's grade of a warning; lower ones are critical. */
const warning = 5;

/** Something kube-score objects to. */
export interface Finding {
  readonly check: string;
  /** `Kind/apiVersion/namespace/name container`. */
  readonly object: string;
  readonly summary: string;
}

/** Judges objects that stand together in a cluster. */
export async function findings(objects: readonly object[]): Promise<Finding[]> {
  const [major, minor] = kubernetesVersion.split(".");
  const { stdout, stderr } = await run(
    toolPath("kube-score"),
    [
      ...["score", "--output-format", "json", "--disable-ignore-checks-annotations"],
      ...["--kubernetes-version", `v${major ?? ""}.${minor ?? ""}`, "-"],
    ],
    { input: objects.map((object) => JSON.stringify(object)).join("\n---\n") },
  );
  if (stdout === "") {
    throw new Error(`kube-score reported nothing: ${stderr}`);
  }
  const scores = Scores.parse(JSON.parse(stdout));
  if (scores.length === 0) {
    throw new Error("kube-score looked at nothing");
  }
  return scores.flatMap(({ object_name: object, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade <= warning && !skipped)
      .flatMap(({ check, comments }) =>
        (comments ?? []).map(({ path, summary }) => ({
          check: check.id,
          object: path === "" ? object : `${object} ${path}`,
          summary,
        })),
      ),
  );
}
