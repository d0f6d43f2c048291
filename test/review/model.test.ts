/** The JSON form of a report, and its published schema. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";
import * as z from "zod";

import { reportSchema } from "../../review/json-schema.ts";
import { Report } from "../../review/model.ts";
import { recorded, reportOf } from "./recorded.ts";

const report = reportOf([
  { stack: "test", preview: recorded("test"), drift: recorded("drift") },
  { stack: "prod", preview: recorded("prod") },
  { stack: "refused", preview: recorded("refused") },
]);

describe("the JSON schema of reports", () => {
  it("is up to date: make schema writes it", () => {
    const written = readFileSync(resolve("schemas/review.schema.json"), "utf8");
    expect(written).toBe(`${JSON.stringify(reportSchema(), null, 1)}\n`);
  });

  it("fits what real previews are made into", () => {
    // zod reads a schema of JSON as well as it writes one: a reader with nothing but the file.
    const published = z.fromJSONSchema(
      JSON.parse(
        readFileSync(resolve("schemas/review.schema.json"), "utf8"),
      ) as z.core.JSONSchema.JSONSchema,
    );
    expect(published.safeParse(report).error).toBeUndefined();
    expect(published.safeParse({ ...report, verdict: {} }).success).toBe(false);
  });
});

describe("a report", () => {
  it("says nothing that its JSON form loses", () => {
    expect(Report.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it("is the same for the same previews, whatever the time and the key", () => {
    const again = reportOf([
      { stack: "prod", preview: recorded("prod") },
      { stack: "refused", preview: recorded("refused") },
      { stack: "test", preview: recorded("test"), drift: recorded("drift") },
    ]);
    expect(again).toEqual(report);
  });

  it("of a later version is read: what it does not know yet stays out", () => {
    expect(Report.parse({ ...report, later: true })).not.toHaveProperty("later");
  });
});
