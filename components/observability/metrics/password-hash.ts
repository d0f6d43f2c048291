/** Hashes of passwords as Prometheus reads them. Pure. */
import { createHash } from "node:crypto";

import { encodeBase64, hashSync } from "bcryptjs";

/**
 * 2^8 rounds, 50 ms of each run: a password of the stack has sixteen characters or more that nobody
 * thought up, which no number of guesses a second finds.
 */
const rounds = "08";

/** Bytes of a salt. */
const saltLength = 16;

/**
 * Hash of a user's password, the same in every run: a salt that chance gave would change the Secret, and
 * start Prometheus anew, each time.
 *
 * A salt is no secret, but must differ from one user to the other and from stack to stack: it comes from
 * their names. One from the password itself would let whoever has the hash try passwords without bcrypt.
 */
export function passwordHash(stack: string, user: string, password: string): string {
  const name = JSON.stringify(["fleet", "prometheus", stack, user]);
  const salt = createHash("sha256").update(name).digest().subarray(0, saltLength);
  return hashSync(password, `$2b$${rounds}$${encodeBase64(salt, saltLength)}`);
}
