/** Which properties of a resource are told to differ, and in which form. */
import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../review/values.ts";
import { blinded, type Made, madeItem, object, shown, unknown } from "./made.ts";

const type = "linode:x/y:Y";
const changesOf = (made: Made) =>
  madeItem(made).changes.map(({ path, before, after }) => [path, before.is, after.is]);
const pathsOf = (before: JsonObject, after: JsonObject): readonly string[] =>
  madeItem({ type, before, after }).changes.map(({ path }) => path);
const textsOf = (before: unknown, after: unknown): readonly string[] =>
  madeItem({ type, before: { a: before }, after: { a: after }, detail: { a: "update" } }).texts.map(
    ({ path, format }) => `${path} ${format}`,
  );

describe("where the engine names no property", () => {
  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ["keys of objects", { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1, d: 1 } }, ["a.b", "a.d"]],
    ["places of lists that are as long", { a: [1, { b: 1 }] }, { a: [1, { b: 2 }] }, ["a[1].b"]],
    ["lists that are longer, as a whole", { a: [1] }, { a: [1, 2] }, ["a"]],
    ["what becomes a list, as a whole", { a: { 0: 1 } }, { a: [1] }, ["a"]],
    ["what becomes an object, as a whole", { a: [1] }, { a: { 0: 1 } }, ["a"]],
    ["what comes, as a whole", {}, { a: { b: 1 } }, ["a"]],
  ])("those that differ are found: %s", (_, before, after, paths) => {
    expect(pathsOf(before, after)).toEqual(paths);
    expect(madeItem({ type, before, after, detail: {} }).changes.map(({ path }) => path)).toEqual(
      paths,
    );
  });
});

describe("properties that differ", () => {
  it("begin with those that force a replacement", () => {
    const item = madeItem({
      op: ["create-replacement", "replace", "delete-replaced"],
      type,
      before: { a: 1, b: 1, c: 1 },
      after: { a: 2, b: 2, c: 2 },
      detail: { a: "update", b: "update-replace", c: "update" },
    });
    expect(item.changes.map(({ path, replaces }) => [path, replaces])).toEqual([
      ["b", true],
      ["a", false],
      ["c", false],
    ]);
  });

  it("that force a replacement are named up to a number, whoever names them", () => {
    const replaced = (keys: readonly string[], detail: Readonly<Record<string, string>>) =>
      madeItem({
        ...{ op: ["create-replacement", "replace", "delete-replaced"], type },
        ...{ before: { a: 1 }, after: { a: 2 }, keys, detail },
      }).replacement;
    const first = "the new one is made before the old one is deleted";
    expect(replaced(["c", "a"], { b: "update-replace", d: "update" })).toEqual({
      properties: ["a", "b", "c"],
      order: "create-first",
      overlap: true,
      why: `a, b, c cannot be changed in place: ${first}`,
    });
    expect(replaced(["e", "d", "c", "b", "a"], {})?.why).toBe(
      `a, b, c and 2 more cannot be changed in place: ${first}`,
    );
    expect(replaced([], {})?.why).toBe(`the engine does not say what forces it: ${first}`);
    expect(madeItem({ type, before: { a: 1 }, after: { a: 2 } }).replacement).toBeUndefined();
  });

  it("are told by what the world says where the program says nothing", () => {
    const item = madeItem({
      type,
      before: {},
      outputs: { address: "192.0.2.1" },
      after: {},
      detail: { address: "delete" },
    });
    expect(item.changes).toEqual([
      {
        path: "address",
        before: { is: "text", text: "192.0.2.1" },
        after: { is: "absent" },
        replaces: false,
      },
    ]);
  });

  it("are told file by file where files come or go all at once, and whole where they are none", () => {
    const config = (before: JsonObject, after: JsonObject): Made => ({
      type: "ConfigMap",
      before: object(before),
      after: object(after),
      detail: { data: "update" },
    });
    const files = { data: { "a.txt": "1\n2\n", b: "1" } };
    expect(changesOf(config({}, files))).toEqual([
      ['data["a.txt"]', "absent", "text"],
      ["data.b", "absent", "text"],
    ]);
    expect(changesOf(config(files, {}))).toEqual([
      ['data["a.txt"]', "text", "absent"],
      ["data.b", "text", "absent"],
    ]);
    expect(changesOf(config({}, { data: { b: "1" } }))).toEqual([["data", "absent", "text"]]);
    expect(changesOf(config({}, { data: shown({ a: "1\n" }) }))).toEqual([
      ["data", "absent", "secret"],
    ]);
  });

  it("are secret as soon as one side is", () => {
    const secret = (before: unknown, after: unknown) =>
      changesOf({ type, before: { a: before }, after: { a: after }, detail: { a: "update" } });
    expect(secret("open\nlines", blinded)).toEqual([["a", "secret", "secret"]]);
    expect(secret(blinded, "open\nlines")).toEqual([["a", "secret", "secret"]]);
    const item = madeItem({
      type,
      before: { a: "open\nlines" },
      after: { a: blinded },
      detail: { a: "update" },
    });
    expect(item.texts).toEqual([]);
    expect(JSON.stringify(item)).not.toContain("open");
  });
});

describe("secrets of what is made or goes", () => {
  it.each<[string, Made, string]>([
    ["made", { op: "create", type: "Secret", after: object({ data: { a: blinded } }) }, "added"],
    ["gone", { op: "delete", type: "Secret", before: object({ data: { a: blinded } }) }, "removed"],
    [
      "gone, and kept in the world",
      { op: "delete", type: "Secret", before: object({ data: { a: blinded } }), retain: true },
      "removed",
    ],
  ])("are told as such: %s", (_, made, change) => {
    expect(madeItem(made).secrets).toEqual([{ path: "data.a", change }]);
  });
});

describe("a text", () => {
  const long = "x".repeat(501);

  it.each<[string, unknown, unknown, readonly string[]]>([
    ["of several lines", "a\nb", "a\nc", ["a text"]],
    ["that gets several lines", "a", "a\nc", ["a text"]],
    ["that is longer than is shown", long, `${long}y`, ["a text"]],
    ["that becomes longer than is shown", "a", long, ["a text"]],
    ["that is data", '{"a":1}', ' {"a":2}', ["a json"]],
    ["that becomes data", "a", '{"a":2}', []],
    ["of one line that is shown whole", "x".repeat(500), "y".repeat(500), []],
    ["that comes", undefined, "a\nb", []],
    ["that is known later", "a\nb", unknown, []],
    ["that is a number from now on", "a\nb", 1, []],
  ])("is compared by its lines where that says more: %s", (_, before, after, texts) => {
    expect(textsOf(before, after)).toEqual(texts);
  });
});
