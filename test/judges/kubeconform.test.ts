/**
 * Rendered objects of every stack against the schemas of the Kubernetes API, by
 * kubeconform. Proves field names and types; not references, admission or behaviour.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { conform, conformFaults } from "./kubeconform.ts";
import { type Judged, judgedStacks, renderJudged } from "./stacks.ts";

describe.each(judgedStacks)("%s", (stack) => {
  let rendered: Judged;
  beforeAll(async () => {
    rendered = await renderJudged(stack);
  });

  test("every object is valid, and none is skipped", async () => {
    // Kinds of cert-manager's own are judged by its CRDs in the sandbox's API server.
    const objects = rendered.world.objects.filter(
      ({ apiVersion }) => !apiVersion.startsWith("cert-manager.io/"),
    );
    const report = await conform(objects);
    expect(conformFaults(report)).toEqual([]);
    expect(report.summary).toEqual({ valid: objects.length, invalid: 0, errors: 0, skipped: 0 });
  });

  test("a misspelt field of one of its Deployments is found", async () => {
    const deployment = rendered.world.objects.find(({ kind }) => kind === "Deployment");
    expect(deployment).toBeDefined();
    const text = JSON.stringify(deployment).replace('"securityContext"', '"securitycontext"');
    const report = await conform([JSON.parse(text) as object]);
    expect(report.summary).toMatchObject({ valid: 0, invalid: 1 });
  });
});

test("a kind without a schema is an error, not a skip", async () => {
  const report = await conform([
    { apiVersion: "example.org/v1", kind: "Nothing", metadata: { name: "nothing" } },
  ]);
  expect(report.summary).toEqual({ valid: 0, invalid: 0, errors: 1, skipped: 0 });
});
