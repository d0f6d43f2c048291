/**
 * Parts of the engine's SDK that no program of Fleet uses: its root loads them all the same, 500 files of the 600 of its
 * own, a fifth of a second of every run. They are loaded when something of them is first used.
 */
import Module, { createRequire } from "node:module";

/**
 * What they are, as the SDK asks for them: npm's reader of package trees and the TypeScript compiler, by which functions
 * are written down for a dynamic provider, and what drives an engine from a program of one's own.
 */
const parts = ["@npmcli/arborist", "./typescript-shim.js", "./automation/index.js"] as const;

/**
 * Puts something in the place of each part that loads it when it is first asked for anything. To be called before the
 * SDK is loaded.
 *
 * Node's own cache of modules is documented to be there for that (Modules: CommonJS, require.cache). package.json pins
 * the SDK's version, and test/late.test.ts fails where another one works otherwise.
 *
 * @throws Error of Node where a part is not there.
 */
export function loadLate(): void {
  const require = createRequire(
    createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"),
  );
  for (const part of parts) {
    const file = require.resolve(part);
    require.cache[file] ??= placeholder(file, () => {
      Reflect.deleteProperty(require.cache, file);
      return require(file) as Record<PropertyKey, unknown>;
    });
  }
}

function placeholder(file: string, load: () => Record<PropertyKey, unknown>): NodeJS.Module {
  let whole: Record<PropertyKey, unknown> | undefined;
  const one = new Module(file);
  one.filename = file;
  one.loaded = true;
  one.exports = new Proxy(
    {},
    {
      // What the SDK asks at once: whether it may be taken as it is, instead of a copy of all that it holds.
      get: (_, name) => (name === "__esModule" ? true : (whole ??= load())[name]),
    },
  );
  return one;
}
