import type { SecretStore } from "../components/base/secret-store.ts";
import type { Digests } from "./digests.ts";
import type { ReleaseInput } from "./release.schema.ts";

/** What a stack's composition gets beside its config. */
export interface StackContext {
  /** Name of the stack, e.g. `test`. */
  readonly stack: string;
  /** Values behind the config's references. */
  readonly secrets: SecretStore;
  /** The stack runs in the sandbox: its keys are throw-away ones. */
  readonly sandbox: boolean;
  /** What the runner says of this release; undefined under plain pulumi. */
  readonly release?: ReleaseInput | undefined;
  /** Previews ask the cluster nothing. */
  readonly isClusterUnread?: boolean;
  /** Digests of tags that move. */
  readonly digests: Digests;
}
