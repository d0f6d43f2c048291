import type { SecretStore } from "../components/base/secrets.ts";

/** What a stack's composition gets beside its config. */
export interface StackContext {
  /** Name of the stack, e.g. `test`. */
  readonly stack: string;
  /** Values behind the config's references. */
  readonly secrets: SecretStore;
  /** The stack runs in the sandbox: its keys are throw-away ones. */
  readonly sandbox: boolean;
}
