/** The pack as a program: what an engine starts, and whose port it reads from the output. */
import module from "node:module";

import about from "../package.json" with { type: "json" };
import { rules } from "../rules.ts";
import { answersOf } from "./answers.ts";
import { serve } from "./server.ts";

const port = await serve(answersOf({ name: "fleet", version: about.version }, rules));
console.log(`${port}`);
// The engine ends this process by a signal, after which Node saves nothing: without this, what
// NODE_COMPILE_CACHE is for would be compiled at every preview.
module.flushCompileCache();
