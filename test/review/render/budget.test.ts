/** Keeping a text in size: what is left out is always what matters least. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fit, frame, type Losses, type Part } from "../../../review/render/budget.ts";
import { bytesOf } from "../../../review/render/visible.ts";

/** Parts in parts, each with a text that is found again. */
const parts: fc.Arbitrary<readonly Part[]> = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 200 }),
      importance: fc.integer({ min: 1, max: 5 }),
      short: fc.boolean(),
      within: fc.array(
        fc.record({
          size: fc.integer({ min: 1, max: 80 }),
          importance: fc.integer({ min: 1, max: 5 }),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(({ size, importance, short, within }, index) => ({
      open: `<${index}:${"é".repeat(size)}>`,
      ...(short && size > 10 ? { short: `<${index}:short>` } : {}),
      close: `</${index}>`,
      importance,
      what: ["thing", "things"] as const,
      within: within.map((one, inner) => ({
        open: `<${index}.${inner}:${"x".repeat(one.size)}>`,
        importance: one.importance,
        what: ["detail", "details"] as const,
      })),
    })),
  );

const said = ({ out, shortened }: Losses): string =>
  `[${out.map(({ count, name }) => `${count} ${name}`).join(",")};${shortened}]`;

const write = (all: readonly Part[], budget: number): string =>
  fit([{ open: "top", importance: frame }, ...all], budget, { before: 1, text: said });

const whole = (all: readonly Part[]): string =>
  all
    .map(
      ({ open, within = [], close = "" }) => open + within.map((one) => one.open).join("") + close,
    )
    .join("");

describe("a text kept in size", () => {
  it("is whole when it fits, and says nothing of losses", () => {
    fc.assert(
      fc.property(parts, (all) => {
        const text = `top${whole(all)}`;
        expect(write(all, bytesOf(text))).toBe(text);
      }),
    );
  });

  it("is never larger than its budget, and says how much it leaves out", () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 60, max: 4_000 }), (all, budget) => {
        const text = write(all, budget);
        expect(bytesOf(text)).toBeLessThanOrEqual(budget);
        const gone = all.filter((_, index) => !text.includes(`<${index}:`)).length;
        const [, things] = /(\d+) things?/.exec(text) ?? [];
        expect(Number(things ?? 0)).toBe(gone);
      }),
    );
  });

  it("leaves a part out only where what matters as much or more has taken its room", () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 60, max: 4_000 }), (all, budget) => {
        const text = write(all, budget);
        // Parts without parts, so that what a part takes is known from outside.
        const flat = all.map(({ within, ...part }) => ({ ...part, inner: within?.length ?? 0 }));
        const alone = write(flat, budget);
        const sizes = flat.map(({ open, short, close }) =>
          bytesOf(`${short ?? open}${close ?? ""}`),
        );
        flat.forEach((part, index) => {
          if (!alone.includes(`<${index}:`)) {
            const before = flat.reduce(
              (sum, other, at) =>
                alone.includes(`<${at}:`) && other.importance >= part.importance
                  ? sum + (sizes[at] ?? 0)
                  : sum,
              0,
            );
            const notice = bytesOf(`[${flat.length} things;${flat.length}]`);
            expect(before + (sizes[index] ?? 0) + notice + 3).toBeGreaterThan(budget);
          }
        });
        expect(text.startsWith("top")).toBe(true);
      }),
    );
  });

  it("keeps no part of what it leaves out, and ends whatever it begins", () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 60, max: 4_000 }), (all, budget) => {
        const text = write(all, budget);
        all.forEach((part, index) => {
          const isKept = text.includes(`<${index}:`);
          expect(text.includes(`</${index}>`)).toBe(isKept);
          const inner = (part.within ?? []).some((_, at) => text.includes(`<${index}.${at}:`));
          expect(inner && !isKept).toBe(false);
        });
      }),
    );
  });

  it("gives short forms to all before it makes one whole", () => {
    const long = (name: string, importance: number): Part => ({
      open: `${name}${"x".repeat(500)}`,
      short: `${name} short`,
      importance,
    });
    const text = write([long("a", 3), long("b", 2), long("c", 1)], 600);
    expect(text).toMatch(/^top\[;2\]ax{500}b shortc short$/);
  });

  it("refuses a budget in which what must be kept has no room", () => {
    expect(() => write([{ open: "x".repeat(100), importance: frame }], 50)).toThrow(RangeError);
  });
});
