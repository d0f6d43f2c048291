/** What is wrong with a Workload's words, at a place relative to them. */
export interface WorkloadFault {
  readonly path: readonly (string | number)[];
  /** What was expected and how to mend it. */
  readonly message: string;
}
