// How the files of a program are loaded, before the first of them: some 400 at every run of Fleet's, a hundred of its
// policy pack's. Plain JavaScript, as the entry is.
import module from "node:module";
import { fileURLToPath } from "node:url";

// What is compiled is kept: a quarter of a second less. In a folder of the clone's own: whoever can write where
// compiled code lies decides what runs. It is no fault if it cannot be kept.
module.enableCompileCache?.(
  fileURLToPath(new URL("../../node_modules/.cache/fleet-compiled", import.meta.url)),
);

// zod brings its messages in sixty languages, a module each; ours are our own, and in English.
const english = module.registerHooks?.({
  load: (url, context, next) =>
    url.endsWith("/zod/v4/locales/index.js")
      ? { format: "module", source: 'export { default as en } from "./en.js";', shortCircuit: true }
      : next(url, context),
});
const z = await import("zod");
english?.deregister();

// A run parses once, a pack some hundred objects: to compile the schemas first takes longer than it saves. Each asks when it is made.
z.config({ jitless: true });

/** @type {Map<string, module.ResolveFnOutput>} */
const packages = new Map();

// Our files name each other whole, as «./x.ts», and all see the same packages. Node would look for each name of each
// file anew, and for a package.json in every folder above it.
module.registerHooks?.({
  resolve: (specifier, context, next) => {
    const { conditions, parentURL } = context;
    if (parentURL?.endsWith(".ts") !== true || !conditions.includes("import")) {
      return next(specifier, context);
    }
    if (specifier.startsWith(".") && specifier.endsWith(".ts")) {
      const { href: url } = new URL(specifier, parentURL);
      return { url, format: "module-typescript", shortCircuit: true };
    }
    const found = packages.get(specifier) ?? next(specifier, context);
    packages.set(specifier, found);
    return { ...found, shortCircuit: true };
  },
});
