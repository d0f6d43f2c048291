import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import type { SecretStore } from "../../base/secret-store.ts";
import type { LogFamilies } from "../logs/families.ts";
import type { SystemSurroundings as Surroundings } from "../../workload/surroundings.ts";
import { type LogStore, logStoreOf } from "./access.ts";
import { Elasticsearch } from "./elasticsearch.ts";
import type { BuiltinStore, ElkConfig } from "./elk.schema.ts";
import { ElasticsearchExporter } from "./exporter.ts";
import { Kibana } from "./kibana.ts";
import { elkNames, type StoreUser } from "./names.ts";
import type { Searches } from "./saved-objects.ts";
import { SetUp } from "./set-up.ts";
import { isSetUp } from "./shape.ts";

/** Inputs of an {@link ElkStack}. */
export interface ElkStackArgs extends Surroundings {
  readonly config: ElkConfig;
  readonly families: LogFamilies;
  /** Programs that log in to the store: the shipper that the stack has, Grafana and the exporter where they stand. */
  readonly users: readonly StoreUser[];
  readonly secrets: SecretStore;
  /** What the system looks for in its logs. */
  readonly searches?: Searches | undefined;
  /** Whether Kibana's host has a certificate. */
  readonly secure: boolean;
}

/**
 * Where logs are kept and read: Elasticsearch, Kibana, the Job that sets both up, and what tells Prometheus of
 * it. Of an external store just the two last are made, and only where the stack has an administrator there.
 */
export class ElkStack extends pulumi.ComponentResource implements Awaitable {
  /**
   * After these a shipper's lines are taken: the user is there, and each family has its template and
   * its policy.
   */
  readonly ready: readonly pulumi.Resource[];

  /** How the store is reached. */
  readonly store: LogStore;
  /** Kibana, where there is one: what stands behind the public host. */
  readonly kibana: Kibana | undefined;

  /** @param name Prefix of nothing but itself: the parts have the names that others dial. */
  constructor(name: string, args: ElkStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, secrets, namespaceName } = args;
    super("fleet:observability:ElkStack", name, { kind: config.store.kind }, opts);
    this.store = logStoreOf(config.store, namespaceName, secrets);
    const builtin =
      config.store.kind === "builtin" ? this.#elasticsearch(args, config.store) : undefined;
    const after = { parent: this, dependsOn: [...(builtin?.ready ?? [])] };
    this.kibana =
      config.kibana === undefined || this.store.authorities === undefined
        ? undefined
        : new Kibana(
            elkNames.kibana,
            {
              ...args,
              config: config.kibana,
              password: secrets.value(config.kibana.password),
              encryption: secrets.value(config.kibana.encryption),
              storeUrl: this.store.url,
              authorities: this.store.authorities,
            },
            after,
          );
    // Beside Kibana, not after it: Kibana gets ready only when the set-up has given it its password.
    const setUp = isSetUp(config) ? new SetUp(elkNames.setUp, args, after) : undefined;
    if (args.users.includes("prometheus")) {
      new ElasticsearchExporter(
        elkNames.exporter,
        { ...args, config: config.store, store: this.store },
        { parent: this, dependsOn: [...(setUp?.ready ?? [])] },
      );
    }
    this.ready = setUp?.ready ?? builtin?.ready ?? [];
    this.registerOutputs({ url: this.store.url });
  }

  #elasticsearch(args: ElkStackArgs, config: BuiltinStore): Elasticsearch {
    const { secrets } = args;
    return new Elasticsearch(
      elkNames.elasticsearch,
      {
        ...args,
        config,
        password: secrets.value(config.password),
        certificates: secrets.certificates(config.certificates),
      },
      { parent: this },
    );
  }
}
