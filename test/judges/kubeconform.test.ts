/**
 * Rendered objects of every committed stack against the schemas of the Kubernetes API, by
 * kubeconform. Proves field names and types; not references, admission or behaviour.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { render, type Rendered, stacks } from "../rendered.ts";
import { renderDaemons } from "../skywire/all-daemons.ts";
import { conform, conformFaults } from "./kubeconform.ts";

describe.each(stacks)("stack %s", (stack) => {
  let rendered: Rendered;
  beforeAll(async () => {
    rendered = await render(stack);
  });

  test("every object is valid, and none is skipped", async () => {
    const { objects } = rendered.world;
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

test("production with a daemon of every kind is valid", async () => {
  const { objects } = (await renderDaemons("prod")).world;
  const report = await conform(objects);
  expect(conformFaults(report)).toEqual([]);
  expect(report.summary).toEqual({ valid: objects.length, invalid: 0, errors: 0, skipped: 0 });
});

test("a kind without a schema is an error, not a skip", async () => {
  const report = await conform([
    { apiVersion: "example.org/v1", kind: "Nothing", metadata: { name: "nothing" } },
  ]);
  expect(report.summary).toEqual({ valid: 0, invalid: 0, errors: 1, skipped: 0 });
});
