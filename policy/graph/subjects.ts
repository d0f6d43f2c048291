/**
 * Whom a binding of a role names. To the API server a service account is a user of its own name, and one of three groups:
 * of its namespace's accounts, of all accounts, and of all whom it knows (kubernetes.io/docs/reference/access-authn-authz/rbac,
 * «Referring to subjects»).
 */

/** A subject of a binding. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** An account of a namespace. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The account that a subject is, by whichever of its names; undefined where it is none.
 *
 * @param home Namespace of the binding: of an account without one it is meant.
 */
export function accountOf({ kind, name, namespace }: Subject, home: string): Account | undefined {
  if (kind === "ServiceAccount") {
    return { namespace: namespace ?? home, name };
  }
  const [, place, called] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  return kind === "User" && place !== undefined && called !== undefined
    ? { namespace: place, name: called }
    : undefined;
}

/** Whether a subject is a group that every account of a namespace is in. */
export const holdsAll = ({ kind, name }: Subject, namespace: string): boolean =>
  kind === "Group" &&
  [
    "system:authenticated",
    "system:serviceaccounts",
    `system:serviceaccounts:${namespace}`,
  ].includes(name);

/** Whether a subject is an account, or a group that it is in. */
export function names(subject: Subject, account: Account, home: string): boolean {
  const one = accountOf(subject, home);
  return (
    (one?.name === account.name && one.namespace === account.namespace) ||
    holdsAll(subject, account.namespace)
  );
}
