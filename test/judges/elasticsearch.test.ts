/**
 * The words that Elasticsearch is told of families, judged by its own server and its own parser.
 *
 * Proves templates, mappings, settings and policies. Its modules are not to be had as libraries: not the type
 * `match_only_text`, in whose place `text` stands here, not security, not the interfaces of lifecycles and data streams.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  indexTemplate,
  lifecyclePolicy,
  livelySettings,
} from "../../components/observability/elk/indices.ts";
import { readPolicy, type RunningServer, startServer } from "./elasticsearch-server.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-elasticsearch-"));
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(folder);
  for (const family of ["skywire", "sky"]) {
    const template = JSON.stringify(indexTemplate(family, 1)).replaceAll("match_only_text", "text");
    const path = `/_index_template/${family}-logs`;
    const answer = await server.ask("PUT", path, JSON.parse(template) as object);
    expect(answer).toEqual({ status: 200, body: { acknowledged: true } });
  }
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const line = (fields: object, more: object = {}) => ({
  ...{ "@timestamp": "2026-11-21T22:00:00.123456789Z", stream: "stdout", family: "skywire" },
  ...{ namespace: "skywire", pod: "p-0", container: "c", workload: "p", node: "n", line: "json" },
  ...{ message: "connected to neighbours", fields, ...more },
});

/** Stores lines as a shipper does; what is said against each, or nothing. */
async function store(lines: readonly object[], stream = "skywire-logs"): Promise<unknown[]> {
  const bulk = lines.map((one) => `{"create":{}}\n${JSON.stringify(one)}\n`).join("");
  const { body } = await server.ask("POST", `/${stream}/_bulk?refresh=true`, bulk);
  const items = body["items"] as { create: { status: number; error?: unknown } }[];
  return items.filter(({ create }) => create.status !== 201).map(({ create }) => create.error);
}

/** How many lines a question finds. */
async function count(query: object): Promise<number> {
  const { body } = await server.ask("POST", "/skywire-logs/_count", { query });
  return Number(body["count"]);
}

describe("indices of a family", () => {
  // One program's number is another's word: either would keep the other's lines out.
  it("take every value that a line may have, each beside the others", async () => {
    const faults = await store([
      line({ level: "1", at: "2026-11-21" }),
      line({ level: "error", at: "soon" }),
      line({ level: '{"nested":"kept"}' }),
      line({ constructor: "1", _: "2", "a b": "3", "a*b": "4", ünï: "5", '"': "6", _id: "7" }),
      line({ long: "x".repeat(65_536) }, { message: "y".repeat(65_536) }),
      line({}, { line: "long", length: "70000" }),
      line({}, { line: "long", length: "no number" }),
      { ...line({}), message: undefined, fields: undefined },
    ]);
    expect(faults).toEqual([]);
    expect(await count({ term: { "fields.level": "error" } })).toBe(1);
    expect(await count({ term: { "fields.level": "1" } })).toBe(1);
    expect(await count({ match_phrase: { message: "to neighbours" } })).toBe(6);
  });

  it("take lines of any number of names, and look for those that came first", async () => {
    for (let round = 0; round < 25; round += 1) {
      const names = Array.from({ length: 100 }, (_, index): [string, string] => [
        `name-${round}-${index}`,
        "kept",
      ]);
      expect(await store([line(Object.fromEntries(names))])).toEqual([]);
    }
    expect(await count({ term: { "fields.name-0-0": "kept" } })).toBe(1);
    expect(await count({ term: { "fields.name-24-99": "kept" } })).toBe(0);
    const { body } = await server.ask("POST", "/skywire-logs/_search", {
      query: { term: { "fields.name-0-0": "kept" } },
    });
    expect(JSON.stringify(body)).toContain('"name-0-99":"kept"');
  });

  it("are streams that belong to one template each, whatever the families are called", async () => {
    await store([line({})], "sky-logs");
    const { body } = await server.ask("GET", "/.ds-*/_settings?flat_settings=true");
    const policies = Object.entries(
      body as Record<string, { settings: Record<string, string> }>,
    ).map(([index, { settings }]) => [
      /\.ds-(.*)-logs-/.exec(index)?.[1],
      settings["index.lifecycle.name"],
    ]);
    expect(policies.sort()).toEqual([
      ["sky", "sky-logs"],
      ["skywire", "skywire-logs"],
    ]);
  });

  it("may be told their settings again while they stand", async () => {
    for (const members of [3, 1]) {
      const path = "/skywire-logs/_settings";
      const answer = await server.ask("PUT", path, livelySettings(members));
      expect(answer).toEqual({ status: 200, body: { acknowledged: true } });
    }
  });

  it("refuse a word that Elasticsearch has not: what it took above, it knew", async () => {
    const template = indexTemplate("other", 1) as { template: { settings: object } };
    const { settings } = template.template;
    const { status, body } = await server.ask("PUT", "/_index_template/other", {
      ...template,
      template: { settings: { ...settings, "index.unknown": "1" } },
    });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining("index.unknown")]);
  });
});

describe("a member's disk", () => {
  // By this folder the preparation tells a used disk from an empty one.
  it("has a folder _state as soon as the member has started", () => {
    expect(existsSync(join(server.data, "_state"))).toBe(true);
  });
});

describe("lifecycles", () => {
  it("are what Elasticsearch reads: an index a day, and its end", async () => {
    const phases = (await readPolicy(lifecyclePolicy("7d"))).trim().split("\n").sort();
    expect(phases).toEqual(["delete 7d [delete]", "hot 0s [rollover, set_priority]"]);
    expect(await readPolicy(lifecyclePolicy("12h"))).toContain("delete 12h [delete]");
  });

  it("are refused with a word that it has not", async () => {
    const policy = JSON.stringify(lifecyclePolicy("7d")).replace("max_age", "max_years");
    await expect(readPolicy(JSON.parse(policy) as object)).rejects.toThrow(/max_years/);
  });
});
