/**
 * Headers in which a client could say who it is, and which no controller writes anew: they are dropped.
 *
 * The services believe True-Client-IP before anything else (facts/skywire.md 2.1). The others are believed
 * by programs of the extras or of their frameworks, or may be by a release to come.
 */
export const spoofableHeaders = [
  "True-Client-IP",
  "Forwarded",
  "X-Client-IP",
  "X-Cluster-Client-IP",
  "X-Original-Forwarded-For",
] as const;
