import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Report } from "../../../review/model.ts";
import { renderJson } from "../../../review/render/json.ts";
import { hostileReport } from "./hostile.ts";
import { sample } from "./sample.ts";

describe("the report as JSON", () => {
  it("is read again as it was, whatever it holds, and as the model has it", () => {
    fc.assert(
      fc.property(hostileReport(sample), (report) => {
        const read: unknown = JSON.parse(renderJson(report));
        expect(read).toEqual(report);
        expect(Report.parse(read)).toEqual(report);
      }),
      { numRuns: 30 },
    );
  });

  it("holds nothing that a terminal or an editor obeys", () => {
    fc.assert(
      fc.property(hostileReport(sample), (report) => {
        expect(
          /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.exec(renderJson(report))?.[0],
        ).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });
});
