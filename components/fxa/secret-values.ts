/** Texts with secrets, filled where they are used. */
import * as pulumi from "@pulumi/pulumi";

import type { SecretStore } from "../base/secret-store.ts";
import type { SecretReference } from "../base/secrets.ts";
import { fillText, type SecretText } from "./secret-text.ts";

/**
 * A text with its values, marked secret.
 *
 * @param store Values of the stack's entries.
 * @throws Error where an entry is missing.
 */
export function secretOutput(store: SecretStore, text: SecretText): pulumi.Output<string> {
  const references = new Map<string, SecretReference>(
    text.flatMap((one) =>
      typeof one === "string" ? [] : [[one.secret.name, one.secret] as const],
    ),
  );
  const names = [...references.keys()];
  const values = [...references.values()].map((reference) => store.value(reference));
  return pulumi.secret(
    pulumi.all(values).apply((all) => {
      const byName = new Map(names.map((name, index) => [name, all[index] ?? ""]));
      return fillText(text, ({ name }) => byName.get(name) ?? "");
    }),
  );
}
