/** What becomes of each thing that exists and that a stack would make, or that lies beside its own. */
import type { Planned } from "./preview.ts";

/**
 * - `adopted`: taken into state; the next update changes it in place, if at all.
 * - `replaced`: taken into state, and exchanged by the next update: the old one goes before the new one comes.
 * - `side by side`: its pods go on while new ones come beside them, and go when those are ready.
 * - `handed over`: it goes, and its pods are taken over by the new one, which exchanges one after the other.
 * - `untouched`: not the stack's, and left as it is.
 * - `in the way`: nothing can be done before a person has.
 */
export type Verdict =
  | "adopted"
  | "replaced"
  | "side by side"
  | "handed over"
  | "untouched"
  | "in the way";

/** One line of the table. */
export interface Decision {
  readonly verdict: Verdict;
  /** Kind and name, as people say it: `Deployment skywire/route-finder`. */
  readonly what: string;
  /** Why, and what follows. */
  readonly why: string;
  /** What of the stack it becomes; undefined for what is untouched. */
  readonly planned?: Planned;
  /** By which the provider imports it. */
  readonly id?: string;
  /** Its state, where the provider's own reading would take more for the program's wish than it says. */
  readonly state?: ImportedState;
  /** What kubectl is told before: changes that move no pod. */
  readonly prepare?: readonly (readonly string[])[];
}

/** What an import is told of a resource instead of having it read. */
export interface ImportedState {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}
