/** docs/review.md against the rules it lists and the files it names. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { riskTitles } from "../../review/render/compose/page.ts";
import { rules } from "../../review/risk/judge.ts";
import { clone } from "../rendered.ts";

const page = readFileSync(join(clone, "docs/review.md"), "utf8");

/** Text below a heading, up to the next. */
const below = (title: string): string =>
  page.split(/^#{2,3} /m).find((part) => part.startsWith(`${title}\n`)) ?? "";

describe("the page on reviews", () => {
  it.each(rules.map(([risk, each]) => [risk, each] as const))(
    "lists every rule of %s, in the order in which they are asked, and no other",
    (risk, each) => {
      const listed = [...below(riskTitles[risk][0]).matchAll(/^\| `([\w-]+)`/gm)];
      expect(listed.map(([, name]) => name)).toEqual(each.map(({ name }) => name));
      expect(below(riskTitles[risk][0])).toContain(riskTitles[risk][1]);
    },
  );

  it("names every exit code", () => {
    const codes = [...below("Exit codes").matchAll(/^\| +(\d) \|/gm)].map(([, code]) =>
      Number(code),
    );
    expect(codes.sort()).toEqual([0, 1, 2, 3]);
  });

  it("links to files that are there", () => {
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link ?? "");
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(join(clone, "docs", link)))).toEqual([]);
  });

  it("has a picture that a reader on a slow line gets to see", () => {
    expect(statSync(join(clone, "docs/review.png")).size).toBeLessThan(200 * 1024);
  });
});
