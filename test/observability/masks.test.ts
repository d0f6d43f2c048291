import { describe, expect, it } from "vitest";

import { masks, secretName } from "../../components/observability/logs/masks.ts";
import { logLines } from "./log-lines.ts";

/** What is masked as it stands: texts, and JSON whose secrets show in the text. */
const lines = logLines.flatMap(({ text, byName, expected, ...line }) =>
  typeof text === "string" && byName !== true && ["text", "json"].includes(expected.line)
    ? [{ ...line, expected, text: text.replaceAll(/\u001b\[[0-9;]*m/g, "") }]
    : [],
);
const texts = lines.filter(
  ({ text, expected }) => expected.line === "text" && !text.includes("\r"),
);
const objects = lines.filter(({ expected }) => expected.line === "json");

/**
 * A text without the secrets that the masks know: what both shippers make of it, each in its own language.
 *
 * @param hexKeys Whether masks of hex keys apply.
 */
const maskSecrets = (text: string, hexKeys: boolean): string =>
  masks
    .filter((mask) => hexKeys || mask.hexKeys !== true)
    .reduce(
      (rest, { pattern, replacement }) => rest.replaceAll(new RegExp(pattern, "gi"), replacement),
      text,
    );

describe("masks of secrets in logs", () => {
  it.each(texts)("leave of a text what is expected: $name", ({ text, hexKeys, expected }) => {
    expect(maskSecrets(text, hexKeys !== "keep")).toBe(expected.message);
  });

  it.each(objects)("leave JSON of JSON: $name", ({ text, hexKeys, secrets = [] }) => {
    const left = maskSecrets(text, hexKeys !== "keep");
    expect(Object.keys(JSON.parse(left) as object)).toStrictEqual(
      Object.keys(JSON.parse(text) as object),
    );
    for (const secret of secrets) expect(left).not.toContain(secret);
  });

  it.each(masks)("the hints of $name are in all that it matches", ({ name, pattern, hints }) => {
    const expression = new RegExp(pattern, "i");
    const matched = lines.filter(({ text }) => expression.test(text));
    expect(matched, `no line of the corpus shows ${name}`).not.toStrictEqual([]);
    for (const { text } of matched) {
      const found = (expression.exec(text)?.[0] ?? "").toLowerCase();
      expect(hints.length === 0 || hints.some((hint) => found.includes(hint))).toBe(true);
    }
  });

  it("names of secrets are known, and others not", () => {
    const expression = new RegExp(secretName, "i");
    const known = ["sk", "db_sk", "SecKey", "secret_key", "dbPassword", "Authorization", "apiKey"];
    const others = ["task", "desk", "public_key", "key", "tokens", "secretary", "passing", "id"];
    expect([...known, ...others].filter((name) => expression.test(name))).toStrictEqual(known);
  });
});
