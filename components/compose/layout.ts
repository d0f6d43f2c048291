/** One layout out of two: what stands beside `deploy` and what stands under it. */
import type { ComposeService } from "./compose.schema.ts";
import type { Deploy } from "./deploy.schema.ts";
import type { Path, Warning } from "./warning.ts";

const blockNames = [
  "resources",
  "restart_policy",
  "update_config",
  "rollback_config",
  "placement",
] as const;

/** A block that has two places. */
export type BlockName = (typeof blockNames)[number];

/** The deployment of a service, whichever layout it is in. */
export interface Layout {
  /** All blocks merged; where both layouts say a word, the one beside `deploy` counts. */
  readonly deploy: Deploy;
  /** Where a word of a block stands in the file. */
  readonly at: (block: BlockName, ...words: string[]) => Path;
  /** Words that another one overrules. */
  readonly warnings: readonly Warning[];
}

type Bag = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Bag =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merge(beside: unknown, under: unknown): unknown {
  if (!isBag(beside) || !isBag(under)) {
    return beside ?? under;
  }
  const words = new Set([...Object.keys(under), ...Object.keys(beside)]);
  return Object.fromEntries([...words].map((word) => [word, merge(beside[word], under[word])]));
}

/** Words that both layouts say, each otherwise. */
function contradictions(beside: unknown, under: unknown, path: Path): Path[] {
  if (beside === undefined || under === undefined) {
    return [];
  }
  if (!isBag(beside) || !isBag(under)) {
    return JSON.stringify(beside) === JSON.stringify(under) ? [] : [path];
  }
  return Object.keys(under).flatMap((word) =>
    contradictions(beside[word], under[word], [...path, word]),
  );
}

const says = (value: unknown, words: readonly string[]): boolean =>
  words.reduce((inner, word) => (isBag(inner) ? inner[word] : undefined), value) !== undefined;

/** Reads a service in either layout, or in both at once. */
export function layoutOf(service: ComposeService): Layout {
  const under = service.deploy ?? {};
  const merged = blockNames.flatMap((block) => {
    const value = merge(service[block], under[block]);
    return value === undefined ? [] : [[block, value] as const];
  });
  return {
    deploy: { ...under, ...(Object.fromEntries(merged) as Partial<Deploy>) },
    at: (block, ...words) =>
      says(service[block], words) || (service[block] !== undefined && !says(under[block], words))
        ? [block, ...words]
        : ["deploy", block, ...words],
    warnings: blockNames
      .flatMap((block) => contradictions(service[block], under[block], [block]))
      .map((path) => ({
        path: ["deploy", ...path],
        message: `does not count: ${path.join(".")} beside deploy says otherwise`,
      })),
  };
}
