/** How long PushTech's programs may take to start. */

/**
 * A Ruby server loads its gems twice (the check of its database, then itself) with the little processor time that
 * the original gives it (facts/pushtech.md 3.1): minutes, not seconds.
 */
export const serverStartSeconds = 300;
