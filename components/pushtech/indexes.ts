/** Indexes of the database `store` (facts/pushtech.md 8): nothing else makes them, as its program is told not to. */
import type { MongoIndex } from "../data/mongo.schema.ts";

const collections = ["offers", "searches"] as const;

/** Without these no search by place works, and each reads the whole collection. */
export const placeIndexes: readonly MongoIndex[] = collections.map((collection) => ({
  collection,
  keys: { location: "2dsphere" },
}));

/** What the original's later revision has beside: a stack that wants them says so. */
export const furtherIndexes: readonly MongoIndex[] = collections.flatMap((collection) => [
  { collection, keys: { text: "text" as const } },
  { collection, keys: { keywords: 1 as const } },
  { collection, keys: { owner: 1 as const } },
]);
