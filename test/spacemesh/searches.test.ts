/** What Kibana is given to look for in a network's logs. That it shows them is seen live. */
import { describe, expect, it } from "vitest";

import { savedObjects } from "../../components/observability/elk/saved-objects.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import { spacemeshSearches } from "../../components/spacemesh/searches.ts";

const network = { namespace: "net", webServices: "ws" };

const families = LogFamilies.parse({
  sm: { namespaces: ["net"], containers: ["miner", "poet"], retention: "7d" },
  ws: { namespaces: ["ws"], retention: "7d" },
  platform: { namespaces: ["ingress"], retention: "7d" },
});

const searches = spacemeshSearches(families, network);
const namesOf = (family: string): string[] => (searches[family] ?? []).map(({ name }) => name);

describe("saved searches of a network", () => {
  it("ask of each family what the programs in it print", () => {
    expect(namesOf("sm")).toEqual(expect.arrayContaining(["atxs", "blocks", "poet-rounds"]));
    expect(namesOf("ws")).toContain("atxs");
    expect(namesOf("ws")).not.toContain("poet-rounds");
    expect(namesOf("platform")).toEqual([]);
  });

  it("go by what a family reads, and not by its name", () => {
    const split = LogFamilies.parse({
      a: { namespaces: ["net"], containers: ["min*"], retention: "7d" },
      b: { namespaces: ["net"], containers: ["poet"], retention: "7d" },
    });
    const found = spacemeshSearches(split, network);
    expect(found["a"]?.map(({ name }) => name)).not.toContain("poet-rounds");
    expect(found["b"]?.map(({ name }) => name)).toEqual(["poet-rounds", "poet-gateways"]);
  });

  it("stand beside those of every family, each once, and refer to its view", () => {
    const objects = savedObjects(families, searches);
    const ids = objects.map(({ type, id }) => `${type} ${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    const atxs = objects.find(({ id }) => id === "sm-logs-atxs");
    expect(atxs?.references.map(({ id }) => id)).toEqual(["sm-logs"]);
    expect(atxs?.attributes["title"]).toBe("sm-logs: atx published");
    expect(JSON.stringify(atxs?.attributes)).toContain(String.raw`message: \\\"atx published\\\"`);
    expect(ids).toContain("search sm-logs-errors");
  });

  it("are the original's (facts/spacemesh.md 6.3)", () => {
    const titles = (searches["sm"] ?? []).map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining([
        ...["block created", "got new block", "adding peer", "connected to neighbours"],
        ...["bootstrap try", "address already in use", "atx published", "challenge submitted"],
        ...["post initialization", "poet round"],
      ]),
    );
  });
});
