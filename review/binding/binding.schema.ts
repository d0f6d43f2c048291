/** What a report is bound to: the changes that were reviewed, so that others can be told from them. */
import * as z from "zod";

/** One property that a step gives another value. */
export const BoundProperty = z.object({
  /** As the engine writes it. Of what is made or goes whole: a property of its top. */
  path: z.string(),
  /** Whether it forces a replacement. */
  replaces: z.boolean(),
  /** Digest of the new value, hex: secrets and unknowns in it as such. */
  value: z.string(),
  /** Of a value with secrets: the same with those, by HMAC under the stack's key; absent where nobody told them. */
  sealed: z.string().optional(),
  /** A secret is in it. */
  secret: z.boolean(),
});
/** {@inheritDoc BoundProperty} */
export type BoundProperty = z.infer<typeof BoundProperty>;

/** One resource that changes. */
export const BoundStep = z.object({
  urn: z.string(),
  /** An operation, or a later version's: one that is not known weighs most. */
  operation: z.string(),
  /** Class of risk, as the report says. */
  risk: z.string().optional(),
  /** Sorted by path. */
  properties: z.array(BoundProperty),
});
/** {@inheritDoc BoundStep} */
export type BoundStep = z.infer<typeof BoundStep>;

/** What a report is bound to. */
export const Binding = z.object({
  format: z.literal(1),
  /**
   * Tells the key that secrets were digested under from another one; absent where there was none, or
   * where the engine did not tell their values: then of a secret it is known only that it changes.
   */
  key: z.string().optional(),
  /** Sorted by URN. */
  steps: z.array(BoundStep),
  /** SHA-256 over steps, state and commit, hex. */
  fingerprint: z.string(),
});
/** {@inheritDoc Binding} */
export type Binding = z.infer<typeof Binding>;
