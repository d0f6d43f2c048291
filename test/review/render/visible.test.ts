import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytesOf, clip, visible } from "../../../review/render/visible.ts";
import { hostileText } from "./hostile.ts";

describe("visible", () => {
  it("leaves alone what can be seen", () => {
    const texts = ["image a: v1 → v2", "größer", "日本語", "naïve", "✅ ⚠️", "a  b"];
    expect(texts.map(visible)).toEqual(texts);
  });

  it("shows what cannot be seen, or would move what stands round it", () => {
    const shown = ["a\u0000", "\u001b[31m", "\u202eevil", "a\nb\r\nc", "\ta", "\ud83d", "a\u200bb"];
    expect(shown.map(visible)).toEqual([
      "a⟨U+0000⟩",
      "⟨U+001B⟩[31m",
      "⟨U+202E⟩evil",
      "a⏎b⏎c",
      "⇥a",
      "⟨U+D83D⟩",
      "a⟨U+200B⟩b",
    ]);
  });

  it("lets no mark join what stands before the text, and no pile of them grow out of its line", () => {
    expect(visible("\u0338x")).toBe("⟨U+0338⟩x");
    const marks = visible(`Z${"\u0300".repeat(50)}`).match(/\u0300/g) ?? [];
    expect(marks).toHaveLength(4);
  });

  it("is the same when it is done twice", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(visible(visible(text))).toBe(visible(text));
      }),
    );
  });
});

describe("clip", () => {
  it("cuts between characters as people see them, and says how much is left out", () => {
    expect(clip("ab👩‍👩‍👧‍👦cd", 4)).toBe("ab… (27 bytes more)");
    expect(clip("abcdef", 6)).toBe("abcdef");
    expect(clip("ééé", 3)).toBe("é… (4 bytes more)");
  });

  it("never goes beyond its bytes, and never changes what it keeps", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 60 }),
        fc.integer({ min: 0, max: 80 }),
        (text, limit) => {
          const [kept = "", more] = clip(text, limit).split(/… \((?=\d+ bytes more\)$)/);
          expect(bytesOf(kept)).toBeLessThanOrEqual(limit);
          expect(text.startsWith(kept)).toBe(true);
          expect(more ?? "").toBe(
            kept === text ? "" : `${bytesOf(text) - bytesOf(kept)} bytes more)`,
          );
        },
      ),
    );
  });
});
