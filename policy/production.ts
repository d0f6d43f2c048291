/** Which stacks are production's: as their config says, and two kinds of names whatever it says. */
import { dirname } from "node:path";

import * as z from "zod";

import { readEntries } from "./stack-file.ts";

/** Where the stack files lie. */
const own = dirname(import.meta.dirname);

const known = new Map<string, boolean>();

/**
 * Whether a stack is one of production's. A name alone would not do: one that is called otherwise would be held to none
 * of the rules that are for production.
 *
 * @param clone Folder of the stack files.
 */
export function isProduction(stack: string, clone: string = own): boolean {
  const key = `${clone} ${stack}`;
  // A run asks thousands of times about its one.
  const is = known.get(key) ?? (isNamedSo(stack) || saysSo(stack, clone));
  known.set(key, is);
  return is;
}

const isNamedSo = (stack: string): boolean => stack === "prod" || stack.endsWith("-production");

const shape = { "fleet:environment": z.string().optional() };

const saysSo = (stack: string, clone: string): boolean =>
  readEntries(stack, clone, shape)?.["fleet:environment"] === "production";
