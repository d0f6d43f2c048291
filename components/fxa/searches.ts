/**
 * What is looked for in the logs of Firefox Accounts' servers, over what they print (mozilla/fxa, April 2022). They
 * write JSON as mozlog 3 does: what happened is the end of the member `Type`, and `Severity` is a number of syslog's. What
 * ends a server at its start is plain text.
 */
import type { Question } from "../observability/elk/saved-objects.ts";
import type { LogFamilies } from "../observability/logs/families.ts";

const happened = (...ends: readonly string[]): string =>
  ends.map((end) => `fields.Type: *${end}`).join(" or ");

const says = (...phrases: readonly string[]): string =>
  phrases.map((phrase) => `message: "${phrase}"`).join(" or ");

const questions: readonly Question[] = [
  // Every family is asked for errors by words, which these are not.
  { name: "severe", title: "errors of the servers", query: 'fields.Severity: ("0" or "2")' },
  {
    name: "refused-settings",
    title: "refused at its start",
    // A secret at its default, a word that its schema does not know, and the launcher's own complaint.
    query: says(
      "must be set in production",
      "must be one of the possible values",
      "unknown server",
    ),
  },
  {
    name: "databases",
    title: "no connection to MySQL",
    query: `${happened("DB.connect")} or ${says("ECONNREFUSED")}`,
  },
  {
    name: "memcached",
    title: "memcached failed, customs blocks",
    query: happened("memcachedError"),
  },
  { name: "redis", title: "Redis failed", query: happened("RedisShared", "redis.error") },
  { name: "mails", title: "mails not sent", query: happened("mailer.send.error") },
  {
    name: "notifications",
    title: "account events not published",
    query: happened("Notifier.publish"),
  },
  {
    name: "event-broker",
    title: "event-broker failed",
    query: happened(
      "consumerError",
      "processingError",
      "invalidServiceUrl",
      "updateCapabilities",
      "proxyDeliverError",
    ),
  },
  { name: "statsd", title: "StatsD not sent", query: happened("statsd.error") },
];

/** Family → what is asked of it: whichever reads the servers' namespace. */
export const fxaSearches = (
  families: LogFamilies,
  namespace: string,
): Record<string, readonly Question[]> =>
  Object.fromEntries(
    Object.entries(families).map(([name, { namespaces }]) => [
      name,
      namespaces.includes(namespace) ? questions : [],
    ]),
  );
