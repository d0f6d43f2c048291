// How the program's files are loaded, before the first of them. Some 400 are, at every run. Plain JavaScript, as
// the entry is.
import module from "node:module";
import { fileURLToPath } from "node:url";

// What is compiled is kept: a quarter of a second less. In a folder of the clone's own: whoever can write where
// compiled code lies decides what runs. It is no fault if it cannot be kept.
module.enableCompileCache?.(
  fileURLToPath(new URL("../node_modules/.cache/fleet-compiled", import.meta.url)),
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

// A run parses once: to compile the schemas first takes longer than it saves. Each asks when it is made.
z.config({ jitless: true });

// Our files name each other whole, as «./x.ts». Node would look for each of them, and for a package.json in every
// folder above it, to learn what is said here.
module.registerHooks?.({
  resolve: (specifier, context, next) =>
    specifier.startsWith(".") && specifier.endsWith(".ts") && context.parentURL !== undefined
      ? {
          url: new URL(specifier, context.parentURL).href,
          format: "module-typescript",
          shortCircuit: true,
        }
      : next(specifier, context),
});
