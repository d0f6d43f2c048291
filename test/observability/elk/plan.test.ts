/** What the set-up makes: data, before any server is asked. */
import { describe, expect, it } from "vitest";

import { KibanaConfig, StoreConfig } from "../../../components/observability/elk/elk.schema.ts";
import { savedObjects } from "../../../components/observability/elk/saved-objects.ts";
import { setUpPlan } from "../../../components/observability/elk/set-up-plan.ts";
import { LogFamilies } from "../../../components/observability/logs/families.ts";

const families = LogFamilies.parse({
  skywire: { namespaces: ["skywire"], retention: "7d" },
  sky: { namespaces: ["other"], retention: "12h" },
});
const kibana = KibanaConfig.parse({
  host: "kibana.example.com",
  users: { anna: { password: "anna" }, "be.n": { password: "ben", role: "editor" } },
});

const planOf = (store: object = {}) =>
  setUpPlan({
    config: { store: StoreConfig.parse({ kind: "builtin", ...store }), kibana },
    namespace: "logs",
    families,
    users: ["filebeat", "grafana", "prometheus"],
  });

const plan = planOf();

/** A member of a body, by its path. */
const at = (body: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], body);

describe("indices of families", () => {
  // One name for two families' templates once left the first one's lines without an end.
  it("have a template, a policy and a stream of their own each, under the one name", () => {
    expect(plan.templates.map(({ path }) => path)).toEqual([
      "/_index_template/skywire-logs",
      "/_index_template/sky-logs",
    ]);
    expect(plan.policies.map(({ path }) => path)).toEqual([
      "/_ilm/policy/skywire-logs",
      "/_ilm/policy/sky-logs",
    ]);
    expect(plan.streams).toEqual(["skywire-logs", "sky-logs"]);
  });

  it("take nobody else's lines: a pattern is a whole name, without a star", () => {
    const patterns = plan.templates.flatMap(({ body }) => at(body, "index_patterns"));
    expect(patterns).toEqual([["skywire-logs"], ["sky-logs"]].flat());
    expect(JSON.stringify(patterns)).not.toContain("*");
  });

  it("are deleted when the family says so, and begin anew often enough for that", () => {
    const phases = plan.policies.map(({ body }) => at(body, "policy", "phases"));
    expect(phases.map((one) => at(one, "delete", "min_age"))).toEqual(["7d", "12h"]);
    expect(phases.map((one) => at(one, "hot", "actions", "rollover", "max_age"))).toEqual([
      "1d",
      "1h",
    ]);
    const named = plan.templates.map(({ body }) =>
      at(body, "template", "settings", "index.lifecycle.name"),
    );
    expect(named).toEqual(plan.streams);
  });

  it("have as many copies as there are members for them, those that stand as well", () => {
    const copies = (store: object) => planOf(store).settings["index.number_of_replicas"];
    expect([copies({}), copies({ members: 3 })]).toEqual([0, 1]);
  });
});

describe("users of the store", () => {
  it("may do what they are there for, on the families' streams alone", () => {
    expect(plan.roles).toEqual([
      {
        path: "/_security/role/fleet-filebeat",
        body: {
          cluster: ["monitor"],
          indices: [
            { names: ["skywire-logs", "sky-logs"], privileges: ["create_doc", "auto_configure"] },
          ],
        },
      },
      {
        path: "/_security/role/fleet-grafana",
        body: {
          cluster: ["monitor"],
          indices: [
            { names: ["skywire-logs", "sky-logs"], privileges: ["read", "view_index_metadata"] },
          ],
        },
      },
      {
        path: "/_security/role/fleet-prometheus",
        body: {
          cluster: ["monitor"],
          indices: [{ names: ["skywire-logs", "sky-logs"], privileges: ["monitor"] }],
        },
      },
    ]);
  });

  it("are the programs' and the people's, each with a file for its password", () => {
    expect(plan.users).toEqual([
      { name: "filebeat", roles: ["fleet-filebeat"], password: "filebeat" },
      { name: "grafana", roles: ["fleet-grafana"], password: "grafana" },
      { name: "prometheus", roles: ["fleet-prometheus"], password: "prometheus" },
      { name: "anna", roles: ["viewer"], password: "person-0" },
      { name: "be.n", roles: ["editor"], password: "person-1" },
    ]);
  });
});

describe("Kibana's objects", () => {
  const objects = savedObjects(families);
  const key = ({ type, id }: { readonly type: string; readonly id: string }) => `${type} ${id}`;

  it("are each there once, under an id that does not change", () => {
    const keys = objects.map(key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(savedObjects(families).map(key)).toEqual(keys);
  });

  // Kibana refuses the whole import for one reference to nothing.
  it("refer to one another only", () => {
    const keys = new Set(objects.map(key));
    for (const { id, references } of objects) {
      for (const reference of references) expect(keys, id).toContain(key(reference));
    }
  });

  it("name in their texts the references that they have, and no others", () => {
    for (const { id, attributes, references } of objects) {
      const text = JSON.stringify(attributes);
      const named = [...text.matchAll(/(?:indexRefName|panelRefName)\\*":\\*"([^"\\]+)/g)];
      expect(named.map(([, name]) => name).sort(), id).toEqual(
        references.map(({ name }) => name).sort(),
      );
    }
  });

  it("hold texts that are JSON, wherever Kibana reads one", () => {
    const texts = objects.flatMap(({ attributes }) => {
      const meta = attributes["kibanaSavedObjectMeta"] as { searchSourceJSON: string } | undefined;
      const { visState, panelsJSON, optionsJSON, uiStateJSON } = attributes;
      return [meta?.searchSourceJSON, visState, panelsJSON, optionsJSON, uiStateJSON];
    });
    const there = texts.filter((one) => typeof one === "string");
    for (const text of there) expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(there.length).toBeGreaterThan(10);
  });

  it("ask only fields that lines have", () => {
    const queries = objects.flatMap(({ attributes }) => {
      const meta = attributes["kibanaSavedObjectMeta"] as { searchSourceJSON: string } | undefined;
      const source = JSON.parse(meta?.searchSourceJSON ?? "{}") as { query?: { query: string } };
      return source.query === undefined ? [] : [source.query.query];
    });
    const fields = queries.flatMap((query) =>
      [...query.matchAll(/([\w.@]+):/g)].map(([, field]) => field ?? ""),
    );
    expect(fields.length).toBeGreaterThan(4);
    for (const field of fields) expect(field).toMatch(/^(message|line|fields\.\w+)$/);
  });

  it("open with the first family", () => {
    expect(plan.kibana?.defaultView).toBe("skywire-logs");
  });
});
