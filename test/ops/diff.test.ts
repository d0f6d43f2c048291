import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { changedObjects, objectDiff, summaryOf } from "../../ops/diff/objects.ts";
import { unified } from "../../ops/diff/unified.ts";
import { Scrubber } from "../../review/secrets/scrub.ts";
import { Sealer } from "../../review/secrets/seal.ts";
import { blinded, type Made, previewOf, shown, unknown } from "../review/made.ts";

const guard = { sealer: new Sealer(), scrubber: new Scrubber(["canary-canary"]) };
const objectsOf = (...made: readonly Made[]) => changedObjects("test", previewOf(made), guard);

const deployment = (replicas: number, image = "docker.io/gorenje/pushtech:storage") => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "storage", namespace: "pushtech" },
  spec: { template: { spec: { containers: [{ name: "storage", image }] } }, replicas },
});

describe("a diff of objects", () => {
  it("tells what changes line by line, under the path of a file", () => {
    const [object] = objectsOf({
      ...{ type: "Deployment", before: deployment(1), after: deployment(3) },
      detail: { "spec.replicas": "update" },
    });
    expect(object && objectDiff(object)).toBe(
      [
        "diff pushtech/Deployment/storage.yaml (changed)",
        "--- before/pushtech/Deployment/storage.yaml",
        "+++ after/pushtech/Deployment/storage.yaml",
        "@@ -4,7 +4,7 @@",
        "   name: storage",
        "   namespace: pushtech",
        " spec:",
        "-  replicas: 1",
        "+  replicas: 3",
        "   template:",
        "     spec:",
        "       containers:",
      ].join("\n"),
    );
  });

  it("tells what comes and goes whole, and nothing of what stays", () => {
    const objects = objectsOf(
      { type: "Deployment", name: "new", op: "create", after: deployment(1) },
      { type: "ConfigMap", name: "old", op: "delete", before: { data: { key: "value" } } },
      { type: "Service", name: "same", op: "same", before: { spec: {} } },
    );
    expect(objects.map(({ file, operation }) => [file, operation])).toEqual([
      ["cluster/ConfigMap/old.yaml", "delete"],
      ["pushtech/Deployment/storage.yaml", "create"],
    ]);
    const [gone = "", made = ""] = objects.map(objectDiff);
    expect(gone).toContain("+++ /dev/null\n@@ -1,2 +0,0 @@\n-data:\n-  key: value");
    expect(made).toMatch(/^--- \/dev\/null$/m);
    expect(made).not.toMatch(/^-[^-]/m);
    expect(summaryOf(objects)).toBe("2 objects differ: 1 taken away, 1 made");
    expect(summaryOf([])).toBe("nothing differs");
  });

  it("says which secrets differ, and no word of them", () => {
    const objects = objectsOf({
      type: "Secret",
      before: { metadata: { name: "envsecrets", namespace: "pushtech" }, stringData: blinded },
      after: {
        metadata: { name: "envsecrets", namespace: "pushtech" },
        stringData: shown({ KAFIDX_USER: "canary-canary" }),
      },
      detail: { "stringData.KAFIDX_USER": "update" },
    });
    const text = objects.map(objectDiff).join("\n");
    expect(text).toMatch(/^secret stringData(\.KAFIDX_USER)? differs$/m);
    expect(text).not.toContain("canary");
  });

  it("masks what repeats a secret, and what is known only later", () => {
    const text = objectsOf({
      ...{ type: "ConfigMap", op: "create" },
      after: { data: { password: "x", url: "redis://:canary-canary@redis", address: unknown } },
    })
      .map(objectDiff)
      .join("\n");
    expect(text).not.toContain("canary-canary");
    expect(text).toContain("[unknown]");
  });

  it("keeps objects of clouds apart, and out of paths what is no name", () => {
    const files = objectsOf(
      ...["@", "*.a", "+.a"].map((name) => ({
        ...{ type: "cloudflare:index/dnsRecord:DnsRecord", name: `record ${name}/x`, op: "create" },
        after: { content: "192.0.2.1" },
      })),
    ).map(({ file }) => file);
    expect(new Set(files).size).toBe(3);
    for (const file of files) {
      expect(file).toMatch(/^clouds\/cloudflare\/DnsRecord\/[\w.-]+\.yaml$/);
    }
  });

  it("tells of components and providers nothing: no cluster has them", () => {
    const objects = objectsOf(
      { type: "fleet:pushtech:Server", op: "create", after: { a: 1 } },
      { type: "pulumi:providers:kubernetes", before: { a: 1 }, after: { a: 2 } },
    );
    expect(objects).toEqual([]);
  });
});

describe("a unified diff", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "", " x", "-y", "+z"), { maxLength: 30 });

  /** What a tool that reads a diff makes of it. */
  function patched(before: readonly string[], diff: string): readonly string[] {
    const after: string[] = [];
    let next = 0;
    for (const line of diff.split("\n").slice(2)) {
      const start = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
      if (start !== null) {
        const from = Number(start[1]) - (start[2] === "0" ? 0 : 1);
        after.push(...before.slice(next, from));
        next = from;
      } else if (line.startsWith("+")) {
        after.push(line.slice(1));
      } else {
        expect(before[next]).toBe(line.slice(1));
        if (line.startsWith(" ")) {
          after.push(line.slice(1));
        }
        next += 1;
      }
    }
    return [...after, ...before.slice(next)];
  }

  it("leads from the one text to the other, whatever they are", () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
        const diff = unified(
          { name: "a", text: `#\n${text(before)}` },
          { name: "b", text: `#\n${text(after)}` },
        );
        if (diff !== "") {
          expect(patched(["#", ...before], diff)).toEqual(["#", ...after]);
        } else {
          expect(before).toEqual(after);
        }
      }),
    );
  });
});
