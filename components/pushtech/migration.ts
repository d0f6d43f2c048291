import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import {
  environmentOf,
  imageFields,
  programUser,
  type PushtechSurroundings,
  waitTargets,
} from "./program.ts";
import { migrationName, type ProgramName, programs } from "./programs.ts";
import type { MigrationsConfig } from "./services.schema.ts";
import { type Environment, same } from "./types.ts";
import { waitContainer } from "./wait.ts";

/** Inputs of a {@link Migration}. */
export interface MigrationArgs extends PushtechSurroundings {
  /** Program whose database is changed. */
  readonly program: ProgramName;
  readonly migrations: MigrationsConfig;
}

/**
 * What the original's init container did, and then said nothing of (facts/pushtech.md 9): here the first task that
 * fails ends it, and the last one looks whether all is done. To run it again changes nothing.
 *
 * The database itself is there already, and its owner may not make any.
 */
export const migrationCommand: readonly string[] = [
  "/bin/bash",
  "-c",
  'rake docker:create_postgres_extensions db:migrate || { echo "the migration failed: see above" >&2; exit 1; }; rake docker:if_db_is_migrated || { echo "the database still lacks migrations" >&2; exit 1; }',
];

/** Variables of a migration: its database's address, and what it runs as. */
function migrationEnvironment(program: ProgramName): Environment {
  const database = programs[program].env["DATABASE_URL"];
  if (database === undefined) {
    throw new Error(`${program} has no database to migrate`);
  }
  return { DATABASE_URL: database, RACK_ENV: same("production") };
}

/** The Workload of a migration. */
function migrationWorkload(args: MigrationArgs): WorkloadArgs {
  const { program, migrations, settings } = args;
  const name = migrationName(program);
  const image = args.image(programs[program].image);
  const environment = migrationEnvironment(program);
  const variables = environmentOf(environment, settings);
  const stores = programs[program].stores.filter((store) => store.endsWith("-db"));
  return {
    kind: "Job",
    system: "pushtech",
    namespace: args.namespace,
    initContainers: [
      waitContainer(imageFields(image), waitTargets({ stores }, args), args.waitSeconds),
    ],
    container: {
      name,
      ...imageFields(image),
      args: migrationCommand,
      ...variables,
      env: { HOME: "/tmp", ...variables.env },
      resources: migrations.resources,
      mounts: [{ volume: "tmp", path: "/tmp" }],
    },
    scratch: [{ name: "tmp", sizeLimit: "256Mi" }],
    security: { user: programUser },
    flows: flowsOf(args.flows, name, args.namespaceName),
    networkPolicy: args.networkPolicy,
    data: args.data,
    pullPolicy: args.pullPolicy,
    pullSecrets: image.pullSecrets,
    job: { migration: true, backoffLimit: migrations.retries },
    // Without a deadline, as half a migration is worse than a slow one: this is how long a run waits for it.
    readyTimeout: "30m",
  };
}

/**
 * The migration of a program's database: a Job, so that a failure is seen. It runs anew with every new image.
 *
 * The program's pods depend on it: with a failed one they stay as they are, and the run fails.
 */
export class Migration extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(args: MigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    const name = migrationName(args.program);
    const image = args.image(programs[args.program].image).reference;
    super("fleet:pushtech:Migration", name, { image }, opts);
    this.ready = makeWorkload(name, migrationWorkload(args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
