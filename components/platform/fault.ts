/** A fault of a rule that looks at more than one section: found before anything is touched. */
export interface PlatformFault {
  /** Place in the config that must change. */
  readonly path: readonly (string | number)[];
  /** What was expected and how to mend it. */
  readonly message: string;
}
