// The pack's entry, plain JavaScript for the same reason as the program's main.mjs: a Node that cannot strip types
// says so. The runner of policy packs compiles .ts files by itself when they are required; those that are imported
// are left to Node, which is ten times as quick.
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Fleet's policy pack runs on Node 22.18 or newer, and this is ${process.versions.node} (${process.execPath}).`,
  );
  process.exit(1);
}

import("./pack.ts").then(
  ({ startPack }) => {
    startPack();
    // The engine ends this process by a signal, after which Node saves nothing: without this, what
    // NODE_COMPILE_CACHE is for would be compiled at every preview.
    module.flushCompileCache();
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
