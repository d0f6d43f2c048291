/** docs/skywire.md against the schema: a field that is not told, and a default that is told wrongly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import * as z from "zod";

import { SecretReference } from "../../components/base/secrets.ts";
import { skywireSections, type SkywireStack } from "../../stacks/skywire/schema.ts";
import { clone, readStackFile } from "../rendered.ts";

const page = readFileSync(join(clone, "docs", "skywire.md"), "utf8");
/** A cluster at Google has its reference there. */
const live = readFileSync(join(clone, "docs", "live.md"), "utf8");
const google = live.slice(live.indexOf("### Clusters at Google"), live.indexOf("## 5."));
const reference = page.slice(page.indexOf("## The stack file"), page.indexOf("## Keys,"));

/** The least that each extra must be told: test has none of them. */
const extras = {
  geoip: {},
  utilities: { bots: { bot: {} } },
  whitelist: {
    mail: { from: "whitelist@example.org" },
    whitelist: { bucket: { region: "ap-southeast-1", name: "pictures" } },
  },
  coturn: {
    users: { visor: { password: "coturn-visor" } },
    members: { "coturn-1": { slot: 0, addresses: ["192.0.2.1", "192.0.2.2"] } },
  },
};

/** What watches: test has less of it than there is. */
const observability = { metrics: {} };

/** The least that a name server of our own must be told: test has none. */
const nameServer = {
  kind: "name-server",
  nameServers: { "ns1.skycoin.com": {} },
  contact: "hostmaster@skycoin.com",
  publication: { bucket: "zones", region: "ap-south" },
  zones: { "skywire.dev": {} },
};

/** Test's config with every default in place. */
function stack(): SkywireStack {
  const sections = Object.entries(readStackFile("test"))
    .filter(([key]) => key.startsWith("fleet:") && key !== "fleet:secrets")
    .map(([key, text]): [string, unknown] => [
      key.slice("fleet:".length),
      /^[[{]/.test(text) ? JSON.parse(text) : text,
    ]);
  // Test says another one than the default.
  return skywireSections.parse({
    ...Object.fromEntries(sections),
    data: undefined,
    extras,
    observability,
    dns: nameServer,
  });
}

/** The value at a path; `*` takes the first entry. */
function at(value: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) {
    return value;
  }
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const entries = Object.entries(value);
  const found = step === "*" ? entries[0] : entries.find(([key]) => key === step);
  return found === undefined ? undefined : at(found[1], rest);
}

function spoken(value: unknown): string {
  return value instanceof SecretReference ? value.name : String(value);
}

/** Rows of the reference with a path and a default in code. */
const rows = [...reference.matchAll(/^\| `([\w.*-]+)`[^|]*\| `([^`]+)` *\|/gm)].map(
  ([, path, told]) => ({ path: path ?? "", told: told ?? "" }),
);

describe("the reference of the stack file", () => {
  it("has defaults to compare", () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows.filter(({ path }) => !path.includes("databases.*")))(
    "tells the default of $path",
    ({ path, told }) => {
      expect(spoken(at(stack(), path.split(".")))).toBe(told);
    },
  );

  it("tells every field that a stack file may have", () => {
    const names = new Set<string>();
    const walk = (schema: unknown): void => {
      if (typeof schema !== "object" || schema === null) {
        return;
      }
      const entries: [string, unknown][] = Object.entries(schema);
      for (const [key, value] of entries) {
        if (key === "properties" && typeof value === "object" && value !== null) {
          for (const name of Object.keys(value)) {
            names.add(name);
          }
        }
        walk(value);
      }
    };
    // What watches has a page of its own.
    const own = skywireSections.omit({ observability: true });
    walk(z.toJSONSchema(own, { io: "input", unrepresentable: "any" }));
    // Kubernetes' own words, and those whose names say it all.
    const plain = ["requests", "limits", "effect", "key", "value", "nodeSelector", "version"];
    const told = new Set(
      [...`${reference}${google}`.matchAll(/`([^`]+)`/g)].flatMap(([, code]) =>
        (code ?? "").split(/[^\w-]+/),
      ),
    );
    expect(names.size).toBeGreaterThan(60);
    expect([...names].filter((name) => !told.has(name) && !plain.includes(name)).sort()).toEqual(
      [],
    );
  });
});

describe("the table of common mistakes", () => {
  it("has all 29 points, each once", () => {
    const numbers = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 29 }, (_, index) => index + 1));
  });
});
