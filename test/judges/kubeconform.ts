/** kubeconform: are rendered objects what the API's own schemas say? */
import * as z from "zod";

import { run, toolFolder, toolPath } from "./tools.ts";

/** Version of Kubernetes whose schemas are used: that of the sandbox. */
export const kubernetesVersion = "1.36.0";

const Report = z.object({
  resources: z
    .array(z.object({ kind: z.string(), name: z.string(), status: z.string(), msg: z.string() }))
    .nullish(),
  summary: z.object({
    valid: z.int(),
    invalid: z.int(),
    errors: z.int(),
    skipped: z.int(),
  }),
});
/** kubeconform's report. Only faulty objects are listed. */
export type ConformReport = z.infer<typeof Report>;

/**
 * Judges objects without a network. They go as JSON: in YAML, `y` is a boolean to one parser and a
 * text to another.
 */
export async function conform(objects: readonly object[]): Promise<ConformReport> {
  const schemas = toolFolder("kubernetes-schemas");
  const { stdout, stderr } = await run(
    toolPath("kubeconform"),
    [
      ...["-strict", "-summary", "-output", "json", "-kubernetes-version", kubernetesVersion],
      ...["-schema-location", `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`],
      "-",
    ],
    { input: objects.map((object) => JSON.stringify(object)).join("\n---\n") },
  );
  const parsed = Report.safeParse(stdout === "" ? undefined : JSON.parse(stdout));
  if (!parsed.success) {
    throw new Error(`kubeconform reported nothing that can be read: ${stderr || stdout}`);
  }
  return parsed.data;
}

/** Faulty objects of a report, one line each. */
export const conformFaults = ({ resources }: ConformReport): readonly string[] =>
  (resources ?? []).map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`);
