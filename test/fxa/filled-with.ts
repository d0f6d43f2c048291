/** Everything secret that a program is told, as one text, with one entry's value given. */
import type { FxaContext } from "../../components/fxa/context.ts";
import { planOf } from "../../components/fxa/environment.ts";
import type { Program } from "../../components/fxa/roles.ts";
import { fillText, type SecretText } from "../../components/fxa/secret-text.ts";
import { generateSecret, type SecretReference } from "../../components/base/secrets.ts";
import { valueOf } from "./fixtures.ts";

const made = new Map<string, string>();

/** A value that is right for its kind and differs by its word. */
function other({ kind, name }: SecretReference, word: string): string {
  if (kind === "shared-secret" || kind === "password" || kind === "token" || kind === "url") {
    return `${word}-${name}`;
  }
  const key = `${kind} ${name} ${word}`;
  const value = made.get(key) ?? generateSecret(kind);
  made.set(key, value);
  return value;
}

/**
 * @param entry Whose value is given.
 * @param word Of the value.
 */
export function filledWith(
  context: FxaContext,
  program: Program,
  entry: string,
  word: string,
): string {
  const { environment, files } = planOf(context, program);
  const texts: SecretText[] = [
    ...Object.values(environment.secret),
    ...files.map(({ text }) => text),
  ];
  return texts
    .map((text) =>
      fillText(text, (secret) => (secret.name === entry ? other(secret, word) : valueOf(secret))),
    )
    .join("\n");
}
