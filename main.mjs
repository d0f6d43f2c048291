// The engine's entry: plain JavaScript, so that a Node too old to strip types by itself reads at
// least this, and says so. Without it the run ends in «Unknown file extension .ts».
import module from "node:module";
import { fileURLToPath } from "node:url";

import * as pulumi from "@pulumi/pulumi";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  throw new pulumi.RunError(
    `Fleet runs on Node 22.18 or newer, and this is ${process.versions.node} (${process.execPath}).\n` +
      "Put a newer node first on PATH; node_modules/.bin has one on most platforms after npm install.",
  );
}

// Some 400 files are compiled at each run: kept, that is a quarter of a second less. In a folder of the clone's
// own: whoever can write where compiled code lies decides what runs. It is no fault if it cannot be kept.
module.enableCompileCache?.(
  fileURLToPath(new URL("node_modules/.cache/fleet-compiled", import.meta.url)),
);

// zod brings its messages in sixty languages, a module each, at every run; ours are our own, and in English.
module.registerHooks?.({
  load: (url, context, next) =>
    url.endsWith("/zod/v4/locales/index.js")
      ? { format: "module", source: 'export { default as en } from "./en.js";', shortCircuit: true }
      : next(url, context),
});

const { traceProgram } = await import("./stacks/trace.ts");
traceProgram();
const { default: program } = await import("./index.ts");

export default program;
