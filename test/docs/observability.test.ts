/** docs/observability.md against the config it describes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

import { ObservabilityConfig } from "../../components/observability/observability.schema.ts";
import { Placement, Resources } from "../../components/workload/workload.schema.ts";
import { clone } from "../rendered.ts";

const page = readFileSync(join(clone, "docs/observability.md"), "utf8");

/** Names of all fields of a schema. */
function fieldsOf(schema: z.ZodType): Set<string> {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      return;
    }
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      if (key === "properties" && typeof item === "object" && item !== null) {
        Object.keys(item).forEach((name) => names.add(name));
      }
      walk(item);
    }
  };
  walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return names;
}

describe("the page about observability", () => {
  it("tells every field that the section may have", () => {
    const told = new Set(
      [...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => (code ?? "").split(/[^\w-]+/)),
    );
    // Told with every workload: docs/skywire.md.
    const shared = new Set([...fieldsOf(Resources), ...fieldsOf(Placement)]);
    const missing = [...fieldsOf(ObservabilityConfig)].filter(
      (name) => !told.has(name) && !shared.has(name),
    );
    expect(missing.sort()).toEqual([]);
  });

  it("shows examples that the section takes", () => {
    const metrics = { rules: example("rules"), dashboards: example("dashboards") };
    const families = { skywire: { namespaces: ["skywire"], retention: "7d" } };
    const parsed = ObservabilityConfig.safeParse({
      metrics: {
        ...metrics,
        alertmanager: {
          receivers: { operators: { slack: [{ channel: "#a", token: "slack-alerts" }] } },
          route: example("route"),
        },
      },
      logs: { families, shipper: example("shipper") },
    });
    expect(parsed.error?.issues ?? []).toEqual([]);
  });
});

/** The example on the page whose first key is this. */
function example(key: string): unknown {
  const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text ?? "");
  const found = blocks.find((text) => text.startsWith(`${key}:`));
  return (parse(found ?? "") as Record<string, unknown> | null)?.[key];
}
