/**
 * What is looked for in the logs of PushTech's programs, over words that they print (gorenje/backend at 9f671b48).
 * Errors and panics every family has.
 */
import type { Question } from "../observability/elk/saved-objects.ts";
import type { LogFamilies } from "../observability/logs/families.ts";

const says = (name: string, title: string, ...phrases: readonly string[]): Question => ({
  name,
  title,
  query: phrases.map((phrase) => `message: "${phrase}"`).join(" or "),
});

const questions: readonly Question[] = [
  // Our own words, of the container that holds pods back, and of the migrations.
  says("waits", "waiting for a store", "waiting for", "gave up after"),
  says(
    "migrations",
    "migration failed",
    "the migration failed",
    "the database still lacks migrations",
    "the database lacks migrations",
  ),
  says("mongo", "no connection to Mongo", "failed to connect to server", "MongoError"),
  says("zookeeper", "no broker found", "Caught Zookeeper error"),
  says("producer", "events not sent", "producer disconnected", "Exception, shutting down"),
  says("redis", "list of events lost", "Redis Error", "Redis Errored Out"),
  says("workers", "worker died", "died with code"),
];

/** Family → what is asked of it: whichever reads the programs' namespace. */
export const pushtechSearches = (
  families: LogFamilies,
  namespace: string,
): Record<string, readonly Question[]> =>
  Object.fromEntries(
    Object.entries(families).map(([name, { namespaces }]) => [
      name,
      namespaces.includes(namespace) ? questions : [],
    ]),
  );
