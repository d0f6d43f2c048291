import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../../base/flows.ts";
import type { Awaitable } from "../../base/ready.ts";
import type { SecretStore } from "../../base/secret-store.ts";
import type { SecretReference } from "../../base/secrets.ts";
import type { WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import type { LogFamilies } from "../logs/families.ts";
import type { SystemSurroundings as Surroundings } from "../../workload/surroundings.ts";
import { logStoreOf } from "./access.ts";
import type { ElkConfig, StoreConfig } from "./elk.schema.ts";
import type { StoreUser } from "./names.ts";
import { peopleUsers } from "./roles.ts";
import type { Searches } from "./saved-objects.ts";
import { administratorFile, kibanaFile, setUpPlan, setUpResources } from "./set-up-plan.ts";

/** Inputs of a {@link SetUp}. */
export interface SetUpArgs extends Surroundings {
  readonly config: ElkConfig;
  readonly families: LogFamilies;
  /** Programs that log in. */
  readonly users: readonly StoreUser[];
  readonly secrets: SecretStore;
  /** What the system looks for in its logs. */
  readonly searches?: Searches | undefined;
}

/** Nobody: the program needs no file of its own. */
const nobody = 65_534;

const folder = "/etc/fleet/set-up";
const passwordFolder = "/etc/fleet/passwords";
const program = "set-up.mjs";
const authorities = "authorities.pem";

/** Until a store that does not come up is given up: as long as it may take to start. */
const waitSeconds = 1_200;

/** Where the stack file says the password of a program. */
const passwordOf = (user: StoreUser, { shipper, reader, watcher }: StoreConfig): SecretReference =>
  ({ filebeat: shipper, vector: shipper, grafana: reader, prometheus: watcher })[user];

/** Every password the plan names, under the file it names it by. */
function passwords({ config, users, secrets }: SetUpArgs): Record<string, pulumi.Output<string>> {
  const { store, kibana } = config;
  const administrator = store.kind === "builtin" ? store.password : store.administrator?.password;
  if (administrator === undefined) {
    throw new Error("a set-up needs an administrator of the store");
  }
  const people = Object.values(kibana?.users ?? {}).map(({ password }) => secrets.value(password));
  return {
    [administratorFile]: secrets.value(administrator),
    ...Object.fromEntries(users.map((user) => [user, secrets.value(passwordOf(user, store))])),
    ...Object.fromEntries(
      peopleUsers(kibana).flatMap(({ password: file }, index) => {
        const password = people[index];
        return password === undefined ? [] : [[file, password] as const];
      }),
    ),
    ...(kibana === undefined ? {} : { [kibanaFile]: secrets.value(kibana.password) }),
  };
}

/** The Workload of a set-up. Pure but for its secrets. */
function setUpWorkload(name: string, args: SetUpArgs): WorkloadArgs {
  const { config, namespaceName, families, users, secrets, searches } = args;
  const plan = setUpPlan({ config, namespace: namespaceName, families, users, searches });
  const trusted = logStoreOf(config.store, namespaceName, secrets).authorities;
  return {
    kind: "Job",
    system: args.system,
    namespace: args.namespace,
    container: {
      name,
      image: config.store.setUp.image,
      command: [
        "node",
        `${folder}/${program}`,
        `${folder}/plan.json`,
        passwordFolder,
        trusted === undefined ? "-" : `${folder}/${authorities}`,
      ],
      env: { WAIT_SECONDS: `${waitSeconds}` },
      resources: setUpResources,
      mounts: [
        { volume: "program", path: folder },
        { volume: "passwords", path: passwordFolder },
      ],
    },
    files: [
      {
        name: "program",
        files: {
          [program]: readFileSync(join(import.meta.dirname, "set-up-program.mjs"), "utf8"),
          "plan.json": JSON.stringify(plan),
          ...(trusted === undefined ? {} : { [authorities]: trusted }),
        },
      },
    ],
    secretFiles: [{ name: "passwords", files: passwords(args) }],
    security: { user: nobody },
    flows: flowsOf(args.flows, name, namespaceName),
    networkPolicy: args.networkPolicy,
    // It may be done again at any time, and waits by itself.
    job: { backoffLimit: 3, activeDeadlineSeconds: 2 * waitSeconds },
  };
}

/**
 * Users, rights, templates, lifecycles and Kibana's objects, made by a Job over the stores' own APIs.
 * It runs again whenever what it makes has changed, and does no harm when it does.
 */
export class SetUp extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: SetUpArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:SetUp", name, { families: Object.keys(args.families) }, opts);
    this.ready = makeWorkload(name, setUpWorkload(name, args), { parent: this }).ready;
    this.registerOutputs({});
  }
}
