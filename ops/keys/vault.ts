/** Where a stack's secrets live. */
import type { SecretValues } from "./rows.ts";

/** A stack's secrets: read all, add one. Nothing in it overwrites or removes. */
export interface Vault {
  /** Where that is, for the operator. */
  readonly place: string;
  /** Every entry, decrypted. */
  readonly read: () => Promise<SecretValues>;
  /** Adds entries that are not there yet. */
  readonly add: (values: Readonly<Record<string, string>>) => Promise<void>;
}
