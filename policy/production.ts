/** Which stacks are production's: a pack is told a stack's name and none of its config. */

/** Whether a stack is one of production's. Its file says so, too: `fleet:environment: production`. */
export function isProduction(stack: string): boolean {
  return stack === "prod" || stack.endsWith("-production");
}
