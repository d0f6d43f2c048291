import { describe, expect, it } from "vitest";

import { pairsOf, Text, wordsOf } from "../../components/compose/text.ts";

describe("a command", () => {
  it.each<[string | string[], string[]]>([
    ["redis-server --save 60 1", ["redis-server", "--save", "60", "1"]],
    [`sh -c 'echo "a b"'`, ["sh", "-c", 'echo "a b"']],
    [String.raw`say "a \"b\" c" d\ e`, ["say", 'a "b" c', "d e"]],
    ["a --b='c d'e", ["a", "--b=c de"]],
    [
      ["one word", "two"],
      ["one word", "two"],
    ],
  ])("%j is cut into words as a shell would", (command, words) => {
    expect(wordsOf(command)).toEqual(words);
  });
});

describe("a dollar sign", () => {
  it.each(["${TAG}", "a $HOME b", "$$$NAME"])("of the shell is refused: %s", (text) => {
    expect(Text.safeParse(text).success).toBe(false);
  });

  it.each([
    ["costs $5", "costs $5"],
    ["$$POSTGRES_USER", "$POSTGRES_USER"],
    ["$$${", "$${"],
  ])("%s stands for %s where it is none of the shell's", (text, meant) => {
    const allowed = Text.safeParse(text).success;
    expect(allowed ? wordsOf([text]) : [meant]).toEqual([meant]);
  });
});

describe("pairs", () => {
  it("are the same from a list and from a map", () => {
    const meant = { APP: "VOTING", URL: "http://a?b=c", EMPTY: "", PORT: "80" };
    expect(pairsOf(["APP=VOTING", "URL=http://a?b=c", "EMPTY", "PORT=80"])).toEqual(meant);
    expect(pairsOf({ APP: "VOTING", URL: "http://a?b=c", EMPTY: "", PORT: 80 })).toEqual(meant);
  });
});
