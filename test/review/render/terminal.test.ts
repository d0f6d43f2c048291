/** The text for a terminal: no content moves the cursor, colours a line or sets a title. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { renderTerminal } from "../../../review/render/terminal.ts";
import { bytesOf } from "../../../review/render/visible.ts";
import { hostileReport, withTexts } from "./hostile.ts";
import { sample } from "./sample.ts";

/** Colours as the report sets them: one at a time, and off again. */
const own = /\u001b\[(?:0|1|2|3[1-6])m/g;

/** What a terminal obeys, or shows in another place or order than it stands. */
const obeyed = /[^\P{C}\n]|[\p{Zl}\p{Zp}]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/u;

const lines = (text: string): number => text.split("\n").length;

describe("content in the terminal", () => {
  const tame = renderTerminal(withTexts(sample, () => "tame words"));

  it("holds nothing that a terminal obeys", () => {
    fc.assert(
      fc.property(hostileReport(sample), fc.boolean(), (report, colour) => {
        const text = renderTerminal(report, { colour });
        expect(obeyed.exec(colour ? text.replaceAll(own, "") : text)?.[0]).toBeUndefined();
        expect(lines(text)).toBe(lines(tame));
      }),
      { numRuns: 30 },
    );
  });

  it("is the same with colours and without but for the colours", () => {
    fc.assert(
      fc.property(hostileReport(sample), (report) => {
        const text = renderTerminal(report, { colour: true });
        expect(text.replaceAll(own, "")).toBe(renderTerminal(report));
      }),
      { numRuns: 30 },
    );
  });

  it("keeps to the bytes it is given", () => {
    fc.assert(
      fc.property(
        hostileReport(sample),
        fc.integer({ min: 2_500, max: 20_000 }),
        (report, budget) => {
          expect(bytesOf(renderTerminal(report, { colour: true, budget }))).toBeLessThanOrEqual(
            budget,
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("the text", () => {
  it("begins with the verdict", () => {
    expect(renderTerminal(sample).split("\n")[0]).toBe(sample.verdict.line);
  });

  it("tells what is worst first", () => {
    const text = renderTerminal(sample);
    const order = ["NOT WHOLE", "POLICY BREACHES", "DATA LOSS", "DOWNTIME", "ACCESS", "ROLLOUT"];
    const places = order.map((title) => text.indexOf(title));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });
});
