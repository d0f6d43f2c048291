import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { backupResources } from "./backup.schema.ts";
import { indexScript, runIndexScript } from "./mongo-index-script.ts";
import { type Mongo, mongoUser } from "./mongo.ts";
import type { MongoIndex } from "./mongo.schema.ts";
import { type StoreSurroundings, storeSurrounded } from "./surroundings.ts";

/** What {@link MongoIndexes} is given. */
export interface MongoIndexesArgs extends StoreSurroundings {
  readonly mongo: Mongo;
  /** Image with the server's shell. */
  readonly image: string;
  readonly database: string;
  readonly indexes: readonly MongoIndex[];
}

/**
 * A Job that makes the indexes of a database, and the collections that they are of. Changed indexes are another Job;
 * none is ever taken away.
 *
 * Depend on what must be there before in its options: it waits for the server itself.
 */
export class MongoIndexes extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: MongoIndexesArgs, opts?: pulumi.ComponentResourceOptions) {
    const { database, indexes } = args;
    super("fleet:data:MongoIndexes", name, { database, indexes: indexes.length }, opts);
    this.ready = makeWorkload(name, jobArgs(name, args), { parent: this }).ready;
    this.registerOutputs({});
  }
}

function jobArgs(name: string, args: MongoIndexesArgs): WorkloadArgs {
  return {
    kind: "Job",
    ...storeSurrounded(name, args),
    security: { user: mongoUser },
    files: [
      {
        name: "scripts",
        files: {
          "run.sh": runIndexScript,
          "indexes.js": indexScript(args.database, args.indexes),
        },
        executable: true,
      },
    ],
    scratch: [{ name: "tmp" }],
    container: {
      name,
      image: args.image,
      command: ["sh", "/etc/fleet/scripts/run.sh"],
      env: { SCRIPT: "/etc/fleet/scripts/indexes.js", PATIENCE: "600", HOME: "/tmp" },
      // There may be a password in it.
      secretEnv: { MONGO_URL: args.mongo.url(args.database) },
      resources: backupResources.mongo,
      mounts: [
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: "tmp", path: "/tmp" },
      ],
    },
    job: { backoffLimit: 3 },
  };
}
