/** Projects that are measured beside the stack's own program. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { clone } from "../test/rendered.ts";

/** Writes a project of one JavaScript file that finds the clone's packages. */
export function writeProject(folder: string, program: string): void {
  mkdirSync(folder, { recursive: true });
  const runtime = { name: "nodejs", options: { typescript: false } };
  // JSON is YAML. The project's name is the clone's: config keys carry it.
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    JSON.stringify({ name: "fleet", main: "index.mjs", runtime }),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "bench", type: "module" }));
  writeFileSync(join(folder, "index.mjs"), program);
  symlinkSync(join(clone, "node_modules"), join(folder, "node_modules"));
}

/** A program that does nothing: what the engine and the SDK need by themselves. */
export const emptyProgram = `import "@pulumi/pulumi";

export default () => ({});
`;

/** A program of so many resources that no provider has to do with: the engine's own share of an update. */
export const bareProgram = (
  resources: number,
): string => `import { ComponentResource } from "@pulumi/pulumi";

export default () => {
  for (let n = 0; n < ${resources}; n += 1) new ComponentResource("bench:bare:Nothing", \`nothing-\${n}\`);
};
`;

const inClone = (file: string): string => JSON.stringify(join(clone, file));

/** Everything that Fleet does before its first resource: code loaded, config read and checked. */
export const startProgram = `await import(${inClone("components/base/loading.mjs")});
const { loadLate } = await import(${inClone("stacks/late.ts")});
loadLate();
const { traceProgram } = await import(${inClone("stacks/trace.ts")});
traceProgram();
const { loadConfig } = await import(${inClone("stacks/config.ts")});

export default async () => {
  await loadConfig();
  await import(${inClone("stacks/skywire/index.ts")});
  return {};
};
`;
