/**
 * What makes a Spacemesh network the one that it is: the terms that its nodes and PoETs are told in a file, and that
 * none of them may hear otherwise once it has run. To the engine such a file is a text like any other; pods that start
 * with another one are healthy, or end, and what was smeshed is void either way.
 *
 * Sources: facts/spacemesh.md 3.1, 12.2 and docs/spacemesh.md, «A network begins anew»; spacemeshos/go-spacemesh at
 * cc65f271f: config/genesis.go (a network is known by a hash of its time and extra data), node/node.go (a node ends
 * where time, extra data or accounts are not those on its disk), timesync/clock.go (layers are counted from the time);
 * at d298a63 cmd/root.go and config/config.go, where the number of the network takes the extra data's place.
 */
import { isEqual, isObject, type JsonObject, lookUp, objectAt, textAt } from "../values.ts";
import type { Path } from "../paths.ts";
import type { Subject } from "./subject.ts";
import { zoneTypes } from "./zones.ts";

/** A term, and where a node's config has it: sections and keys differ by versions. */
const terms: readonly (readonly [string, readonly Path[]])[] = [
  ["genesis time", [["genesis", "genesis-time"], ["main", "genesis-time"], ["genesis-time"]]],
  ["extra data", [["genesis", "genesis-extra-data"]]],
  ["number", [["p2p", "network-id"]]],
  ["accounts at genesis", [["genesis", "accounts"]]],
  ["number of miners at genesis", [["main", "genesis-active-size"]]],
  ["length of a layer", [["main", "layer-duration"]]],
  ["length of a layer", [["main", "layer-duration-sec"]]],
  ["number of layers of an epoch", [["main", "layers-per-epoch"]]],
  ["length of an epoch", [["epoch-duration"]]],
];

/** Types whose texts may be such a file: those that pods read, and what is published in a bucket. */
export const mayTellGenesis = (type: string): boolean =>
  type.endsWith(":ConfigMap") || zoneTypes.test(type);

/** Terms of a network that a file no longer says as it did; a file that said no genesis is of no network. */
export function seeGenesis({ before, after }: Subject): string | undefined {
  const [was, is] = [textsOf(before), textsOf(after)];
  const changed = Object.keys(was).flatMap((key) => {
    const [left, right] = [termsIn(was[key]), termsIn(is[key])];
    return left === undefined || right === undefined ? [] : differing(left, right);
  });
  return changed.length === 0
    ? undefined
    : `another ${[...new Set(changed)].join(", ")}: to its members that is another network, and what they smeshed in this one and hold of it is lost`;
}

/** Texts of an object that may be such files, by their names. */
const textsOf = (inputs: JsonObject): JsonObject => ({
  ...objectAt(inputs, "data"),
  content: textAt(inputs, "content"),
});

/** The tree of a node's config, or the keys of a PoET's; undefined of what says no genesis. */
function termsIn(text: unknown): JsonObject | undefined {
  // Nearly all files are none: they are not read.
  if (typeof text !== "string" || !text.includes("genesis-time")) {
    return undefined;
  }
  try {
    const tree: unknown = JSON.parse(text);
    return isObject(tree) ? tree : undefined;
  } catch {
    const lines = text.matchAll(/^\s*([a-z-]+)\s*=\s*"?([^"\n]*)"?\s*$/gm);
    return Object.fromEntries(
      Array.from(lines, ([, key = "", value = ""]): [string, string] => [key, value]),
    );
  }
}

/** Words of the terms that both say, and not alike. What one of them leaves out its version or preset says. */
function differing(before: JsonObject, after: JsonObject): readonly string[] {
  return terms.flatMap(([word, paths]) => {
    const [left, right] = [before, after].map((tree) => saidAt(tree, paths));
    return left === undefined || right === undefined || isEqual(left, right) ? [] : [word];
  });
}

/** What is said at the first of these paths; times as moments, since one moment is written in several ways. */
function saidAt(tree: JsonObject, paths: readonly Path[]): unknown {
  const value = paths.map((path) => lookUp(tree, path)).find((each) => each !== undefined);
  const moment = typeof value === "string" && /^\d{4}-/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(moment) ? value : moment;
}
