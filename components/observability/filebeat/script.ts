/** What Filebeat's script is given, and the script. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as event from "../logs/event.ts";
import type { LogFamilies } from "../logs/families.ts";
import { masked, masks, secretHints, secretName } from "../logs/masks.ts";

/** Name of a pod's workload, as Filebeat calls the label. */
const workloadLabel = "kubernetes.labels.app_kubernetes_io/name";

/** Files of the script, in the order Filebeat runs them in. */
export const scriptFiles = ["settings.js", "line.js"] as const;

/** The masks, in their order; those that follow one another with the same hints look for them once. */
function maskGroups(): object[] {
  const groups: { hints: readonly string[]; masks: object[] }[] = [];
  for (const { pattern, replacement, hints, hexKeys = false } of masks) {
    const last = groups.at(-1);
    const mask = { pattern, replacement, hexKeys };
    if (last?.hints === hints) {
      last.masks.push(mask);
    } else {
      groups.push({ hints, masks: [mask] });
    }
  }
  return groups;
}

/** The settings as a script. JSON is one, but for two separators of lines that none of them has. */
function settingsFile(families: LogFamilies): string {
  const { longestLine, cutTail, wordCharacters, longestBinary, binaryShare } = event;
  const { mostFields, longestName, deepest, messageMembers, colours, noText } = event;
  const settings = {
    ...{ longestLine, cutTail, wordCharacters, longestBinary, binaryShare },
    ...{ mostFields, longestName, deepest, messageMembers, colours, noText },
    ...{ workloadLabel, masked, secretName, secretHints },
    maskGroups: maskGroups(),
    keepHexKeys: Object.entries(families).flatMap(([name, { hexKeys }]) =>
      hexKeys === "keep" ? [name] : [],
    ),
  };
  return `var settings = ${JSON.stringify(settings)};\n`;
}

/** The script: file name → content. */
export const scriptContents = (
  families: LogFamilies,
): Record<(typeof scriptFiles)[number], string> => ({
  "settings.js": settingsFile(families),
  "line.js": readFileSync(join(import.meta.dirname, "line.es5"), "utf8"),
});
