/** What `doctor` finds, one check at a time. */
import type { Fault } from "../../stacks/faults.ts";

/** One check and what it found. */
export interface Check {
  readonly name: string;
  /** What is in order, where nothing is wrong. */
  readonly detail: string;
  /** What keeps the stack from running, or from being kept secret. */
  readonly faults: readonly Fault[];
  /** What an operator should know. */
  readonly notices?: readonly Fault[];
  /** Why it could not be made, wholly or in part. It is no pass. */
  readonly unchecked?: string;
}

/** A check that could not be made. */
export const notChecked = (name: string, why: string): Check => ({
  ...{ name, detail: "", faults: [] },
  unchecked: why,
});

/** 0: all in order; 1: a fault; 2: no fault, and something that could not be checked. */
export function codeOf(checks: readonly Check[]): 0 | 1 | 2 {
  if (checks.some(({ faults }) => faults.length > 0)) {
    return 1;
  }
  return checks.some(({ unchecked }) => unchecked !== undefined) ? 2 : 0;
}
