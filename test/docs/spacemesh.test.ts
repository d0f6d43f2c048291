/** docs/spacemesh.md against the tool that it replaces, and against the program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { parseQuantity } from "../../components/base/quantity.ts";
import { clusterNodes } from "../../components/platform/cluster.schema.ts";
import { parseSections } from "../../ops/sections.ts";
import { settings } from "../../ops/spacemesh/from-spacecraft/settings.ts";
import { parseStackFile } from "../../ops/stack-file.ts";
import { knownKeys } from "../../stacks/suggest.ts";
import { networkNames } from "../../components/spacemesh/names.ts";
import { nodeVersions } from "../../components/spacemesh/node-profiles.ts";
import { StackConfig } from "../../stacks/stack.schema.ts";
import { clone } from "../rendered.ts";

const page = readFileSync(join(clone, "docs", "spacemesh.md"), "utf8");

/** Cells of each row of each table. */
const rows = [...page.matchAll(/^\| (.*) \|$/gm)].map(([, row]) =>
  (row ?? "").split(" | ").map((cell) => cell.trim()),
);
const firsts = rows.map(([first = ""]) => first);

/** Heading → the anchor that it has on a forge. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");

describe("docs/spacemesh.md", () => {
  // Facts/spacemesh.md 1.1.
  it.each([
    ...["createNetwork", "addMiner", "deleteMiner", "upgradeNetwork", "deleteNetwork", "deployWS"],
    ...["deployCM", "hosts", "list", "rewards", "releaseNetwork", "kubeconfig"],
  ])("says what %s has become", (command) => {
    const row = rows.find(([first]) => first === `\`${command}\``);
    expect(row?.[1]).toMatch(/\S/);
  });

  it("says of every setting of old where it is now, once", () => {
    const told = rows
      .filter(([first = ""]) => /^`[a-z-]+`(, `[a-z-]+`)*$/.test(first))
      .flatMap(([first = ""]) => first.replaceAll("`", "").split(", "));
    for (const key of Object.keys(settings)) {
      // `hosts`, `list` and the like are commands.
      expect([key, told.filter((one) => one === key).length]).toEqual([key, 1]);
    }
  });

  it.each(["mini", "devnet", "testnet"])("says what %s takes of a project's quotas", (name) => {
    const file = `Pulumi.spacemesh-${name}.yaml`;
    const stack = parseSections(
      parseStackFile(`spacemesh-${name}`, readFileSync(join(clone, file), "utf8")),
    );
    if (stack.system !== "spacemesh" || stack.cluster.kind !== "gke") {
      throw new Error(`${file} is no network's at Google`);
    }
    const { pools } = stack.cluster;
    const nodes = clusterNodes(stack.cluster);
    const slots = nodes.filter(({ slot }) => slot !== undefined);
    const reserved = slots.length + 1 + Object.keys(stack.ingress.controllers).length;
    const total = (of: (pool: string) => number): number =>
      nodes.reduce((sum, { pool }) => sum + of(pool), 0);
    expect(rows.find(([first]) => first === `\`${file}\``)?.slice(1)).toEqual([
      `${reserved}`,
      `${reserved + nodes.length - slots.length}`,
      `${total((pool) => Number(pools[pool]?.cpu))}`,
      `${total((pool) => parseQuantity(pools[pool]?.disk.size ?? "") / 2 ** 30)} GB`,
    ]);
  });

  it("names sections and fields that the schema has", () => {
    const named = [...page.matchAll(/fleet:([a-zA-Z]+(?:\.[a-zA-Z]+)*)/g)].map(
      ([, path]) => path ?? "",
    );
    const loader = ["secrets"];
    const missing = [...new Set(named)].filter((path) => {
      const steps = path.split(".");
      return (
        !loader.includes(steps[0] ?? "") &&
        !steps.every((step, depth) => knownKeys(StackConfig, steps.slice(0, depth)).includes(step))
      );
    });
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(50);
  });

  it("names every public name of a network, and every version of the node", () => {
    for (const name of networkNames) {
      expect(firsts).toContain(`\`${name}-<network>\``);
    }
    for (const version of nodeVersions) {
      expect(page).toContain(`\`${version}\``);
    }
  });

  it("leads to headings that are there", () => {
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      anchorOf(heading ?? ""),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? "");
    expect(links.filter((anchor) => !headings.includes(anchor))).toEqual([]);
    expect(links.length).toBeGreaterThan(8);
  });
});
