/** Stack files of networks of any size: the small one's, with more miners. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { isMap, parseDocument } from "yaml";

import { clone } from "../test/rendered.ts";

/** Stack whose file the others are made of. */
export const smallNetwork = "spacemesh-mini";

/**
 * The file of a network of so many miners, whose data may go: what one program leaves behind would be in
 * the way of the other.
 *
 * @param miners How many there are, numbered from 1.
 */
export function networkFile(miners: number): string {
  const file = parseDocument(readFileSync(join(clone, `Pulumi.${smallNetwork}.yaml`), "utf8"));
  const set = (path: readonly string[], value: unknown): void => {
    const above = file.getIn(["config", ...path.slice(0, -1)]);
    if (!isMap(above)) {
      throw new Error(`the file of ${smallNetwork} has no ${path.slice(0, -1).join(".")}`);
    }
    file.setIn(["config", ...path], file.createNode(value));
  };
  set(["fleet:miners", "numbers"], [`1-${miners}`]);
  set(["fleet:network", "genesis", "activeSize"], miners);
  set(["fleet:data"], "delete");
  return file.toString();
}
