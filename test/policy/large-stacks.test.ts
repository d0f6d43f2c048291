/** Every rule over the larger committed stacks, as stacks.test.ts has it over the others. */
import { describe } from "vitest";

import { largeStacks } from "../rendered.ts";
import { keepsToTheRules } from "./stack-tests.ts";

describe.each(largeStacks)("stack %s", keepsToTheRules);
