/**
 * Which Secret each secret variable comes from, and who uses which entry.
 *
 * `mysql-secret` and `keys-secret` keep their names: operators know them (facts/fxa.md 10). Pods that use one carry a
 * checksum of what they use of it. All else stands in a Secret of the one program that uses it, whose name the engine
 * gives, so that another content makes another name. Either way a changed entry exchanges the pods of its users, and
 * no others.
 */
import type { SecretReference } from "../base/secrets.ts";
import type { FxaContext, ServerPlan } from "./context.ts";
import { planOf, runningPrograms } from "./environment.ts";
import type { Program } from "./roles.ts";
import { entriesOf, type SecretText, whole } from "./secret-text.ts";
import { environmentEntries } from "./settings.ts";

/** Secrets with a name of their own. */
const namedSecrets = { mysql: "mysql-secret", keys: "keys-secret" } as const;

/** A Secret with a name of its own. */
export interface NamedSecret {
  readonly name: string;
  readonly data: Readonly<Record<string, SecretText>>;
}

/** Keys of the two. */
const passwordKey = "password";
const syncKey = "sync-key";

/** The Secrets that are there before every program (facts/fxa.md 11). */
export const namedSecretsOf = ({ config }: FxaContext): readonly NamedSecret[] => [
  { name: namedSecrets.mysql, data: { [passwordKey]: whole(config.mysql.password) } },
  { name: namedSecrets.keys, data: { [syncKey]: whole(config.sync.key) } },
];

/** Where a secret variable comes from. */
export type SecretSource =
  /** A key of a Secret with a name. */
  | { readonly kind: "named"; readonly name: string; readonly key: string }
  /** The program's own Secret. */
  | { readonly kind: "own"; readonly text: SecretText };

const isExactly = (text: SecretText, secret: SecretReference): boolean => {
  const [only, ...more] = text;
  return (
    more.length === 0 &&
    only !== undefined &&
    typeof only !== "string" &&
    only.as === "value" &&
    only.secret.name === secret.name
  );
};

/** Where each secret variable of a program comes from. */
export function secretSources(
  { config }: FxaContext,
  { environment }: ServerPlan,
): Readonly<Record<string, SecretSource>> {
  const sourceOf = (text: SecretText): SecretSource => {
    if (isExactly(text, config.mysql.password)) {
      return { kind: "named", name: namedSecrets.mysql, key: passwordKey };
    }
    return isExactly(text, config.sync.key)
      ? { kind: "named", name: namedSecrets.keys, key: syncKey }
      : { kind: "own", text };
  };
  return Object.fromEntries(
    Object.entries(environment.secret).map(([variable, text]) => [variable, sourceOf(text)]),
  );
}

/** Entries of `fleet:secrets` that a program stands on, in its variables and its files, each once. */
export function entriesOfPlan({ environment, files }: ServerPlan): string[] {
  const all = [...environmentEntries(environment), ...files.flatMap(({ text }) => entriesOf(text))];
  return [...new Set(all)].sort();
}

/** Programs whose pods are exchanged when an entry changes. */
export const usersOf = (context: FxaContext, entry: string): Program[] =>
  runningPrograms(context).filter((program) =>
    entriesOfPlan(planOf(context, program)).includes(entry),
  );
