/** Parts of the SDK that no program uses are not loaded with it, and work all the same when something asks for them. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const clone = fileURLToPath(new URL("..", import.meta.url));

/** Runs statements after what the entry does, and gives what the last of them says. */
function after(entry: string, expression: string): unknown {
  const program = `
    import { createRequire } from "node:module";
    const { cache } = createRequire(import.meta.url);
    const loaded = (part) => Object.keys(cache).filter((file) => file.includes(part)).length;
    ${entry}
    const pulumi = await import("@pulumi/pulumi");
    console.log(JSON.stringify(${expression}));`;
  const words = ["--input-type=module", "-e", program];
  // Node's warnings about what the SDK does are its own affair: they are told with a failure only.
  const options = { cwd: clone, encoding: "utf8", stdio: "pipe" } as const;
  return JSON.parse(execFileSync(process.execPath, words, options));
}

const late = `(await import("./stacks/late.ts")).loadLate();`;

/** Files that belong to the parts: npm's reader is a tree of packages, of which one stands for all. */
const counts = `["/node_modules/typescript/", "/pacote/", "/@pulumi/pulumi/automation/localWorkspace.js"].map(loaded)`;

describe("a part of the SDK that no program uses", () => {
  it("is loaded by the SDK's root: without that there would be nothing to spare", () => {
    expect(after("", `${counts}.map((count) => count > 0)`)).toEqual([true, true, true]);
  });

  it("is not loaded by a program's start, nor by what any system is made of", () => {
    const systems = ["skywire", "spacemesh", "spacemesh-discovery", "pushtech", "fxa", "voting"];
    const own = systems.map((system) => `await import("./stacks/${system}/index.ts");`);
    expect(after(`await import("./main.mjs"); ${own.join(" ")}`, counts)).toEqual([0, 0, 0]);
  });

  it("is there when it is asked for: a function is written down as without", () => {
    const written = `
      await (async () => {
        const added = 2;
        const text = (await pulumi.runtime.serializeFunction((n) => n + added)).text;
        return [text, [...(await pulumi.runtime.computeCodePaths()).keys()].length > 0];
      })()`;
    const [text, hasPackages] = after(late, written) as [string, boolean];
    expect(text).toContain("n + added");
    expect(hasPackages).toBe(true);
    expect(after("", written)).toEqual([text, true]);
  });

  it("is loaded alone, and is the whole of it", () => {
    const driver = `[pulumi.automation.fullyQualifiedStackName("o", "p", "s"), typeof pulumi.automation.LocalWorkspace.createStack, ...${counts}]`;
    expect(after(late, driver)).toEqual(["o/p/s", "function", 0, 0, 1]);
  });
});
