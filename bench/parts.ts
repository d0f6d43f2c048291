/** What `make bench` measures, part by part: all of it, or what FOR names. */
import { join } from "node:path";

import { CommandError } from "../ops/command.ts";
import { clone, skywireStacks } from "../test/rendered.ts";
import { filebeatFigures } from "./filebeat-lines.ts";
import { lineFigures } from "./lines.ts";
import { timeOnce } from "./measure.ts";
import { reportFigures } from "./report.ts";
import { networkFigures, sizes } from "./spacemesh.ts";
import { stackFigures, watchFigures } from "./stack.ts";
import type { Figure } from "./table.ts";

/** Takes figures as they come: a run takes minutes, and what breaks off late has measured the rest all the same. */
export type Tell = (figures: readonly Figure[]) => void;

/** A part of the bench. */
export interface Part {
  readonly name: string;
  /** @param root Folder for what it needs; a part has it to itself. */
  readonly measure: (root: string, tell: Tell) => Promise<void>;
  /** Whether it is measured only where it is named: what it measures is in another part, too. */
  readonly onlyNamed?: boolean;
}

/** A part whose figures come at once. */
const part = (name: string, figures: (root: string) => Promise<readonly Figure[]>): Part => ({
  name,
  measure: async (root, tell) => {
    tell(await figures(root));
  },
});

/** `make check` on its own: nothing else may run beside it. */
async function checkFigure(): Promise<Figure> {
  const value = await timeOnce({
    command: "make",
    arguments: ["check"],
    folder: clone,
    environment: process.env,
  });
  return {
    name: "make check",
    value,
    unit: "s",
    bound: 60,
    detail: "everything but judges and e2e",
  };
}

/** All parts, in the order in which they are measured. */
export const parts: readonly Part[] = [
  part("report", reportFigures),
  part("logs", async (root) => [...(await lineFigures()), ...(await filebeatFigures(root))]),
  ...skywireStacks.map((stack) => part(stack, (root) => stackFigures(stack, root))),
  part("watch", (root) => watchFigures("prod", root)),
  { name: "networks", measure: networkFigures },
  // What one more miner costs a preview, without the updates.
  {
    name: "miners",
    onlyNamed: true,
    measure: (root, tell) =>
      networkFigures(
        root,
        tell,
        sizes.map(({ miners, rounds }) => ({ miners, rounds })),
      ),
  },
  // One update without the previews beside it: minutes instead of tens of them.
  ...sizes.map(({ miners, up }): Part => ({
    name: `up-${miners}`,
    onlyNamed: true,
    measure: (root, tell) =>
      networkFigures(root, tell, [{ miners, rounds: 0, ...(up === undefined ? {} : { up }) }]),
  })),
  part("check", async () => [await checkFigure()]),
];

/**
 * Parts that are asked for.
 *
 * @param names With commas between them, e.g. `networks,check`; undefined for all but those that only repeat.
 * @throws CommandError for a name that no part has.
 */
export function partsFor(names: string | undefined, all: readonly Part[] = parts): readonly Part[] {
  if (names === undefined) {
    return all.filter(({ onlyNamed }) => onlyNamed !== true);
  }
  const known = all.map(({ name }) => name);
  const asked = names.split(",").map((name) => name.trim());
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `FOR=${names}: there is no part ${unknown.map((name) => `"${name}"`).join(", ")}; there are ${known.join(", ")}`,
    );
  }
  return all.filter(({ name }) => asked.includes(name));
}

/** Folder of a part: two of them may have a sandbox of the same stack. */
export const folderOf = (root: string, { name }: Pick<Part, "name">): string => join(root, name);
