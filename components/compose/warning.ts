import { nearest } from "../base/nearest.ts";

/** Where something stands in a service: the steps to it from the service's name on. */
export type Path = readonly (string | number)[];

/** A word that is accepted and does less than it says, or something else. */
export interface Warning {
  readonly path: Path;
  /** What does not happen. */
  readonly message: string;
}

/** A word that is refused. */
export interface ComposeFault {
  readonly path: Path;
  /** What was expected and how to mend it. */
  readonly message: string;
}

/** A fault at a place, where something holds. */
export const when = (holds: boolean, path: Path, message: string): ComposeFault[] =>
  holds ? [{ path, message }] : [];

/** A question for whoever misspelt one of the names there are; nothing where none is near. */
export function meantOf(name: string, known: object): string {
  const meant = nearest(name, Object.keys(known));
  return meant === undefined ? "" : `: is ${meant} meant?`;
}

/** What a translation gives: the other system's words, and what they leave out. */
export interface Translated<Value> {
  readonly value: Value;
  readonly warnings: readonly Warning[];
}

/** A warning as the engine's log shows it, e.g. `worker.update_config.monitor: …`. */
export function writeWarning(service: string, { path, message }: Warning): string {
  const steps = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
  return `${service}${steps.join("")}: ${message}`;
}
