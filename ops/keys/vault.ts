/** Where a stack's secrets live. */
import type { SecretValues } from "./rows.ts";

/** A stack's secrets: read all, add one. Nothing in it overwrites or removes. */
export interface Vault {
  /** Where that is, for the operator. */
  readonly place: string;
  /** Every entry, decrypted. */
  readonly read: () => Promise<SecretValues>;
  /**
   * Does work while no other `make keys` or `make up` adds an entry.
   *
   * @throws SandboxError where one of them is at work.
   */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Adds entries that are not there yet. Whoever decides which they are reads and adds {@link Vault.alone}. */
  readonly add: (values: Readonly<Record<string, string>>) => Promise<void>;
}
