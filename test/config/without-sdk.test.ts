/** What only reads stack files, as commands do, does not load the engine's SDK: that alone takes half a second. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const clone = fileURLToPath(new URL("../..", import.meta.url));

/** Packages of the SDK that a process has loaded after some statement. */
function loadedBy(statement: string): readonly string[] {
  const listing = `
    const { default: module } = await import("node:module");
    const files = Object.keys(module._cache).map((file) => /@pulumi\\/[a-z]+/.exec(file)?.[0]);
    console.log(JSON.stringify([...new Set(files)].filter((name) => name !== undefined)));`;
  const words = ["--input-type=module", "-e", `${statement};${listing}`];
  return JSON.parse(
    execFileSync(process.execPath, words, { cwd: clone, encoding: "utf8" }),
  ) as readonly string[];
}

describe("the SDK", () => {
  it.each(["skywire", "spacemesh", "spacemesh-discovery", "voting"])(
    "is not loaded for the schema and the rules of %s",
    (system) => {
      const schema = `(await import("./stacks/systems.ts")).schemaFor({ "fleet:system": "${system}" })`;
      expect(loadedBy(`await ${schema}`)).toEqual([]);
    },
  );

  it("is not loaded by a command of the sandbox, nor by those that read stacks as it does", () => {
    const own = readdirSync(`${clone}/sandbox/commands`).map(
      (file) => `./sandbox/commands/${file}`,
    );
    const others = ["./ops/doctor.ts", "./ops/live-up.ts"];
    const statements = [...own, ...others].map((file) => `await import("${file}")`);
    expect(own).toContain("./sandbox/commands/up.ts");
    expect(loadedBy(statements.join(";"))).toEqual([]);
  });

  it("is seen where it is loaded", () => {
    expect(loadedBy('await import("@pulumi/pulumi")')).toContain("@pulumi/pulumi");
  });
});
