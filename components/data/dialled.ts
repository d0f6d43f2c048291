/** A store as its programs dial it: one that is made here, or one that stands elsewhere. */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import { Backups, type BackupsArgs } from "./backup.ts";
import type { BackupPlan, ScheduledBackup } from "./backup.schema.ts";
import { storeHost, type StoreNames } from "./store.ts";

/** A store that can be dialled. */
export interface DialledStore extends Awaitable {
  /** Host name or address. */
  readonly host: string;
  readonly port: number;
  /** Backups of the built-in server, where they are on. */
  readonly backups: Backups | undefined;
}

/** What every config says of a server that is made here. */
interface BuiltinStore {
  readonly kind: "builtin";
  /** Default: there are none, as of what is found anew elsewhere. */
  readonly backup?: BackupPlan;
}

/** What every config says of a server that stands elsewhere. */
interface ExternalStore {
  readonly kind: "external";
  readonly host: string;
  readonly port: number;
}

/** How a kind of store is made. */
interface StoreMaker<Builtin> {
  /** Port of the built-in server. */
  readonly port: number;
  /** The server's pod. */
  readonly server: (config: Builtin) => WorkloadArgs;
  /** Its backups. */
  readonly backups?: (config: Builtin, plan: ScheduledBackup, host: string) => BackupsArgs;
}

/**
 * Makes the pod of a built-in store and its backups, as children of the store's component; of an external one nothing.
 *
 * @param name Of the pod's controller and, by default, its Service, and the prefix of its backups.
 */
export function makeDialled<Builtin extends BuiltinStore>(
  parent: pulumi.ComponentResource,
  name: string,
  args: {
    readonly config: Builtin | ExternalStore;
    readonly names?: StoreNames | undefined;
    readonly namespaceName: string;
  },
  maker: StoreMaker<Builtin>,
): DialledStore {
  const { config } = args;
  if (config.kind === "external") {
    return { host: config.host, port: config.port, ready: [], backups: undefined };
  }
  const host = storeHost(name, args.namespaceName, args.names);
  const { ready } = makeWorkload(name, maker.server(config), { parent });
  const { backup = { kind: "none" } } = config;
  return {
    ...{ host, port: maker.port, ready },
    backups:
      backup.kind === "none" || maker.backups === undefined
        ? undefined
        : new Backups(name, maker.backups(config, backup, host), { parent }),
  };
}
