/** The script that makes a MongoDB's indexes. Pure. */
import { mongoShell } from "./mongo-files.ts";
import type { MongoIndex } from "./mongo.schema.ts";
import { preamble } from "./shell.ts";

/** Name that the server's shell gives an index by itself: one that was made by hand is known again. */
export const indexName = ({ keys }: MongoIndex): string =>
  Object.entries(keys)
    .map(([field, order]) => `${field}_${order}`)
    .join("_");

/** The commands that make the indexes: one a collection, in the order the collections are first named. */
export function indexCommands(indexes: readonly MongoIndex[]): readonly object[] {
  const collections = [...new Set(indexes.map(({ collection }) => collection))];
  return collections.map((collection) => ({
    createIndexes: collection,
    indexes: indexes
      .filter((index) => index.collection === collection)
      .map((index) => ({
        key: index.keys,
        name: indexName(index),
        // Others read and write meanwhile. Since series 4.2 that is always so, and the word is ignored.
        background: true,
      })),
  }));
}

/**
 * JavaScript for the server's shell, old or new, that makes indexes where they are missing, and with them
 * collections where they are missing. Run again, it changes nothing.
 *
 * The command is the server's own: the shells' helper of the old series reports a failure as a value, that of
 * the new one throws.
 */
export const indexScript = (
  database: string,
  indexes: readonly MongoIndex[],
): string => `"use strict";
var commands = ${JSON.stringify(indexCommands(indexes), undefined, 2)};
var store = db.getSiblingDB(${JSON.stringify(database)});
commands.forEach(function (command) {
  var where = store.getName() + "." + command.createIndexes;
  var answer = store.runCommand(command);
  if (answer.ok !== 1) {
    throw new Error(where + ": " + (answer.errmsg || JSON.stringify(answer)));
  }
  print(
    where + ": " + answer.numIndexesAfter + " indexes, " + answer.numIndexesBefore + " before" +
      (answer.createdCollectionAutomatically ? ", collection made" : "")
  );
});
`;

/**
 * Shell script that waits for the server and runs the indexes' script in its shell.
 *
 * Variables: MONGO_URL, SCRIPT (the file), PATIENCE (seconds).
 */
export const runIndexScript = `${preamble}${mongoShell}
waited=0
until mongo_shell "$MONGO_URL" --eval 'if (db.adminCommand({ ping: 1 }).ok !== 1) { quit(1); }' > /dev/null 2>&1; do
  waited=$((waited + 5))
  [ "$waited" -lt "$PATIENCE" ] || fail "MongoDB does not answer: not within $PATIENCE seconds"
  sleep 5
done
mongo_shell "$MONGO_URL" "$SCRIPT" || fail "not all indexes are there"
say "all indexes are there"
`;
