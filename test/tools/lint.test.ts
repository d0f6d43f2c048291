/**
 * What `make check` calls «lint and types», on files that break each rule of the house. Proves that the config
 * refuses them: a rule that is misspelt, or whose pattern fits nothing, is silent for ever.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

const clone = join(import.meta.dirname, "..", "..");
const program = join(clone, "node_modules", "oxlint", "bin", "oxlint");

/** What Oxlint writes with `--format=json`, as far as it is read here. */
const Output = z.object({
  diagnostics: z.array(
    z.object({ filename: z.string(), code: z.string(), message: z.string().default("") }),
  ),
});

/** Who may not import what. */
const refusedImports: readonly (readonly [from: string, to: string])[] = [
  ["components/base/names.ts", "components/workload/y.ts"],
  ["components/base/tools.ts", "tools/lib/y.ts"],
  ["components/workload/disks.ts", "components/data/y.ts"],
  ["components/data/store.ts", "components/skywire/y.ts"],
  ["components/platform/zone.ts", "components/data/y.ts"],
  ["components/fxa/server.ts", "components/skywire/y.ts"],
  ["components/skywire/visor.ts", "components/fxa/y.ts"],
  ["components/skywire/stack.ts", "stacks/y.ts"],
  ["components/skywire/command.ts", "ops/y.ts"],
  ["stacks/command.ts", "ops/y.ts"],
  ["stacks/tested.ts", "test/y.ts"],
  ["stacks/fxa/index.ts", "stacks/skywire/y.ts"],
  ["index.ts", "components/base/y.ts"],
  ["release/journal.ts", "ops/y.ts"],
  ["release/base.ts", "components/base/y.ts"],
  ["policy/rule.ts", "stacks/y.ts"],
  ["policy/report.ts", "review/y.ts"],
  ["review/report.ts", "stacks/y.ts"],
  ["review/room.ts", "components/workload/y.ts"],
  ["sandbox/plugin.ts", "ops/y.ts"],
  ["ops/command.ts", "bench/y.ts"],
  ["tools/install.ts", "components/base/y.ts"],
];

/** Arrows of docs/architecture.md, each in the direction in which it points. */
const allowedImports: readonly (readonly [from: string, to: string])[] = [
  ["components/workload/names.ts", "components/base/y.ts"],
  ["components/data/redis.ts", "components/platform/y.ts"],
  ["components/skywire/redis.ts", "components/data/y.ts"],
  ["stacks/skywire/index.ts", "components/skywire/y.ts"],
  ["stacks/fxa/rules.ts", "stacks/y.ts"],
  ["release/kept.ts", "stacks/y.ts"],
  ["policy/subjects.ts", "components/base/y.ts"],
  ["review/quantities.ts", "components/base/y.ts"],
  ["sandbox/up.ts", "release/y.ts"],
  ["ops/review/cli.ts", "review/y.ts"],
  ["ops/adopt/cli.ts", "sandbox/y.ts"],
  ["test/all.ts", "components/fxa/y.ts"],
];

/** Ways to import: each is an arrow. */
const ways: readonly (readonly [name: string, write: (specifier: string) => string])[] = [
  [
    "a type",
    (specifier) =>
      `import type { y } from "${specifier}";\n\n/** Its type. */\nexport type Y = typeof y;\n`,
  ],
  ["once more", (specifier) => `export { y } from "${specifier}";\n`],
  ["late", (specifier) => `export const late = await import("${specifier}");\n`],
];

function importing(from: string, to: string): string {
  const path = relative(dirname(from), to);
  const specifier = path.startsWith(".") ? path : `./${path}`;
  return `import { y } from "${specifier}";\n\nexport const x = y;\n`;
}

/** Files that break a rule of the house, and the rule's name. */
const broken: Readonly<Record<string, readonly [file: string, text: string, rule: string]>> = {
  "config read beside the loader": [
    "components/platform/own.ts",
    'import * as pulumi from "@pulumi/pulumi";\n\nexport const own = new pulumi.Config();\n',
    "syntax(no-restricted-syntax)",
  ],
  "the environment read by the program": [
    "stacks/home.ts",
    'export const home = process.env["HOME"];\n',
    "syntax(no-restricted-syntax)",
  ],
  "something drawn by chance": [
    "components/platform/drawn.ts",
    "export const drawn = Math.random();\n",
    "syntax(no-restricted-syntax)",
  ],
  "the clock": [
    "components/platform/now.ts",
    "export const now = new Date();\n",
    "syntax(no-restricted-syntax)",
  ],
  "an SDK's root": [
    "components/platform/whole.ts",
    'import * as linode from "@pulumi/linode";\n\nexport const whole = linode.Domain;\n',
    "eslint(no-restricted-imports)",
  ],
  "a second YAML library": [
    "stacks/text.ts",
    'import { parse } from "yaml";\n\nexport const text: unknown = parse("a: 1");\n',
    "eslint(no-restricted-imports)",
  ],
  "a component without a word about it": [
    "components/platform/silent.ts",
    "export function silent(): number {\n  return 1;\n}\n",
    "docstrings(require-jsdoc)",
  ],
  "an output in a text": [
    "stacks/output.ts",
    'import * as pulumi from "@pulumi/pulumi";\n\nconst name = pulumi.output("x");\n\nexport const text = `x-${name}`;\n',
    "typescript(restrict-template-expressions)",
  ],
  "a promise that nobody waits for": [
    "ops/floating.ts",
    "Promise.resolve(1);\n",
    "typescript(no-floating-promises)",
  ],
  "a kind that a switch forgets": [
    "ops/forgotten.ts",
    'export const size = (kind: "a" | "b"): number => {\n  switch (kind) {\n    case "a":\n      return 1;\n  }\n  return 2;\n};\n',
    "typescript(switch-exhaustiveness-check)",
  ],
  "a condition that is always so": [
    "ops/always.ts",
    'export const always = (text: string): string => text ?? "none";\n',
    "typescript(no-unnecessary-condition)",
  ],
  "an any": [
    "ops/anything.ts",
    'export const anything: string = JSON.parse("1");\n',
    "typescript(no-unsafe-assignment)",
  ],
  "a type that does not fit": [
    "ops/wrong.ts",
    'export const wrong: number = "one";\n',
    "typescript(TS2322)",
  ],
  "a type that does not fit, in plain JavaScript": [
    "tools/lib/wrong.mjs",
    '/** @type {number} */\nexport const wrong = "one";\n',
    "typescript(TS2322)",
  ],
  "a promise that nobody waits for, in plain JavaScript": [
    "tools/lib/floating.mjs",
    "Promise.resolve(1);\n",
    "typescript(no-floating-promises)",
  ],
};

/** Files at which nobody may take offence. */
const whole: Readonly<Record<string, readonly [file: string, text: string]>> = {
  "the loader reads config, the environment and the clock": [
    "stacks/environment.ts",
    'export const [home, now] = [process.env["HOME"], new Date()];\n',
  ],
  "a program of a pod reads its environment": [
    "components/platform/a-program.mjs",
    'export const home = process.env["HOME"];\n',
  ],
  "a date that is written down": [
    "stacks/day.ts",
    'export const day = new Date("2026-11-22T00:00:00Z");\n',
  ],
  "types of an SDK's root cost nothing": [
    "components/platform/domain.ts",
    'import type * as linode from "@pulumi/linode";\n\n/** A zone. */\nexport type Zone = linode.Domain;\n',
  ],
};

describe("lint and types", () => {
  let folder = "";
  const found = new Map<string, readonly string[]>();
  const told = (file: string): readonly string[] => found.get(file) ?? [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-lint-"));
    for (const file of ["oxlint.config.ts", "tsconfig.json", "package.json"]) {
      copyFileSync(join(clone, file), join(folder, file));
    }
    symlinkSync(join(clone, "node_modules"), join(folder, "node_modules"));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    for (const [from, to] of [...refusedImports, ...allowedImports]) {
      write(to, "/** A value. */\nexport const y = 1;\n");
      write(from, importing(from, to));
    }
    ways.forEach(([, text], index) => {
      write(`components/base/way-${index}.ts`, text("../workload/y.ts"));
    });
    for (const [file, text] of [...Object.values(broken), ...Object.values(whole)]) {
      write(file, text);
    }
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, "--format=json"], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 16 * 2 ** 20,
    });
    expect(stderr).toBe("");
    expect(stdout, "a config that cannot be read is told in words").toMatch(/^\{/);
    expect(status).toBe(1);
    const { diagnostics } = Output.parse(JSON.parse(stdout));
    for (const { filename, code, message } of diagnostics) {
      found.set(filename, [...told(filename), `${code}: ${message}`]);
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(refusedImports)("%s may not import %s", (from) => {
    expect(told(from)).toEqual([expect.stringContaining("paths(no-restricted-paths)")]);
  });

  it.each(allowedImports)("%s may import %s", (from) => {
    expect(told(from)).toEqual([]);
  });

  it.each(ways.map(([name], index) => [name, index] as const))(
    "an arrow is one however it is imported: %s",
    (_, index) => {
      expect(told(`components/base/way-${index}.ts`)).toEqual([
        expect.stringContaining("paths(no-restricted-paths)"),
      ]);
    },
  );

  it.each(Object.entries(broken))("refuses %s", (_, [file, , rule]) => {
    expect(told(file)).toContainEqual(expect.stringContaining(rule));
  });

  it.each(Object.entries(whole))("takes no offence: %s", (_, [file]) => {
    expect(told(file)).toEqual([]);
  });
});
