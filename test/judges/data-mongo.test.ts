/**
 * Proves that the Job's script makes the indexes on a server that speaks MongoDB's protocol, and that it may run again,
 * in a shell whose JavaScript is as old as that of MongoDB 3.6's. The server is not MongoDB, which no registry has: it
 * keeps indexes by place without looking at what they hold. What the real one makes of them only live shows.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { furtherIndexes, placeIndexes } from "../../components/pushtech/indexes.ts";
import { MongoServer } from "../data/mongo-server.ts";

let mongo: MongoServer;

beforeAll(async () => {
  mongo = await MongoServer.make();
});

afterAll(async () => {
  await mongo.clear();
});

describe("MongoDB's indexes", () => {
  it("fail loudly when the server does not come", async () => {
    const { code, output } = await mongo.indexes(placeIndexes, { PATIENCE: "5" });
    expect(code).toBe(1);
    expect(output).toContain("MongoDB does not answer: not within 5 seconds");
  });

  it("wait for a server that comes late, and make the collections that are missing", async () => {
    const made = mongo.indexes(placeIndexes);
    await mongo.start();
    const { code, output } = await made;
    expect(output).toContain("all indexes are there");
    expect(code).toBe(0);
    for (const collection of ["offers", "searches"]) {
      expect(await mongo.indexesOf(collection)).toEqual({
        _id_: { _id: 1 },
        location_2dsphere: { location: "2dsphere" },
      });
    }
  });

  it("stay as they are when the Job runs again, beside more that are asked for", async () => {
    await mongo.eval('db.runCommand({ insert: "offers", documents: [{ owner: "me" }] })');
    const all = [...placeIndexes, ...furtherIndexes];
    expect(await mongo.indexes(all)).toMatchObject({ code: 0 });
    const names = ["_id_", "location_2dsphere", "text_text", "keywords_1", "owner_1"];
    const after = await mongo.indexesOf("offers");
    expect(Object.keys(after)).toEqual(names);
    expect(await mongo.indexes(all)).toMatchObject({ code: 0 });
    expect(await mongo.indexesOf("offers")).toEqual(after);
    const found = await mongo.eval(
      'print(db.runCommand({ find: "offers" }).cursor.firstBatch.length)',
    );
    expect(found).toBe("1");
  });

  it("fail loudly when the server refuses one", async () => {
    // A name that no schema of ours lets through, and no server.
    const collection = "v".repeat(200);
    const { code, output } = await mongo.indexes([{ collection, keys: { owner: 1 } }]);
    expect(output).toContain(`store.${collection}: `);
    expect(output).toContain("FAILED: not all indexes are there");
    expect(code).toBe(1);
  });
});
