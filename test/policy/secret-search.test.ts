/** Looking for many values in much text: what is found in one look must be what a look for each alone would find. */
import { describe, expect, it } from "vitest";

import { SecretSearch } from "../../policy/secret-search.ts";

const search = new SecretSearch([
  ["short", "aK3x9Qz7"],
  ["long", "aK3x9Qz7-hJ2kLm9PqR"],
  ["again", "aK3x9Qz7-hJ2kLm9PqR"],
]);

describe("a value that is looked for", () => {
  it("is found at the very start and end of a text, also where it is the whole of it", () => {
    for (const text of ["aK3x9Qz7", "aK3x9Qz7 is it", "it is aK3x9Qz7"]) {
      expect(search.find(text)).toEqual(["short"]);
    }
    expect(search.find("aK3x9Qz")).toEqual([]);
    expect(search.find("")).toEqual([]);
  });

  it("is found beside others that begin as it does, and none of them for its beginning alone", () => {
    expect(search.find("x aK3x9Qz7-hJ2kLm9PqR y")).toEqual(["short", "long", "again"]);
    expect(search.find("x aK3x9Qz7-hJ2kLm9Pq y")).toEqual(["short"]);
  });
});
