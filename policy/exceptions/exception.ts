/** What an exception is. */

/** Something a rule objects to that is right all the same. */
export interface Exception {
  /** Name of the rule. */
  readonly rule: string;
  readonly stacks: readonly string[];
  /** Resources, each as kind and logical name, e.g. `Deployment coturn-1`; `*` stands for any text. */
  readonly resources: readonly string[];
  /** The findings it is for, where a resource may have others as well. */
  readonly only?: RegExp;
  /**
   * Word of the stack file that makes the resources, where the committed file has it off: whoever says it is not
   * refused for it. Tests that switch it on show that the exception is needed (test/fxa/variants.test.ts).
   */
  readonly option?: string;
  readonly reason: string;
}
