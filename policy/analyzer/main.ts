/** The pack as a program: what an engine starts, and whose port it reads from the output. */
import module from "node:module";

import about from "../package.json" with { type: "json" };

// First how files are loaded, and then the files: an engine waits for both.
await import("../../components/base/loading.mjs");
const [{ rules }, { answersOf }, { serve }] = await Promise.all([
  import("../rules.ts"),
  import("./answers.ts"),
  import("./server.ts"),
]);

const port = await serve(answersOf({ name: "fleet", version: about.version }, rules));
console.log(`${port}`);
// The engine ends this process by a signal, after which Node saves nothing: without this, what
// NODE_COMPILE_CACHE is for would be compiled at every preview.
module.flushCompileCache();
