/** Words of the table of PushTech's programs (servers.ts, workers.ts). */
import type { Resources } from "../workload/workload.schema.ts";
import type { EnvironmentKey } from "./environment-file.ts";
import type { PushtechServer } from "./servers.ts";
import type { StoreName } from "./stores.ts";

/** Key of the Secret `envsecrets`: the environment file's, with the public half that is derived. */
export type SecretKey = EnvironmentKey | "WEBSITE_RSA_PUBLIC_KEY_BASE64";

/** Keys of `k8scfg`: where programs find each other and their stores. */
export type ClusterKey =
  | "WEBSITE_DB_URL"
  | "IMGSERVER_DB_URL"
  | "NOTIFSERVER_DB_URL"
  | "STORAGE_DB_URL"
  | "NOTIFSERVER_REDIS_URL"
  | "OFFERSERVER_REDIS_URL"
  | "CONSUMERS_RUBY_REDIS_URL"
  | "KAFIDX_REDIS_URL"
  | "EVENT_COUNTER_REDIS_URL"
  | "METADATA_COUNTER_REDIS_URL"
  | "SEARCH_COUNTER_REDIS_URL"
  | "STATS_CONSUMER_REDIS_URL"
  | "ZOOKEEPER_HOST"
  | "TRACKER_HOST"
  | "IMAGE_HOST"
  | "PUSHTECH_API_HOST"
  | "NOTIFY_HOST";

/** Keys of `extcfg`: what browsers and apps are told, all of which follows from the domain. */
export const publicKeys = [
  "WEB_SOCKET_SCHEMA",
  "ASSETS_HOST",
  "LOGIN_HOST",
  "PROFILE_HOST",
  "WEBSITE_CDN_HOSTS",
] as const;
/** {@inheritDoc publicKeys} */
export type PublicKey = (typeof publicKeys)[number];

/** Where a variable's value comes from. */
export type Source =
  /** The same in every stack. */
  | { readonly from: "table"; readonly value: string }
  | { readonly from: "envsecrets"; readonly key: SecretKey }
  | { readonly from: "k8scfg"; readonly key: ClusterKey }
  | { readonly from: "extcfg"; readonly key: PublicKey }
  /** The pod's own facts. */
  | { readonly from: "pod"; readonly field: string }
  /** Processes that the program serves with: `webConcurrency` of its config. */
  | { readonly from: "config"; readonly field: "webConcurrency" };

/** Variables of a container. */
export type Environment = Readonly<Record<string, Source>>;

export const same = (value: string): Source => ({ from: "table", value });
export const secret = (key: SecretKey): Source => ({ from: "envsecrets", key });
export const cluster = (key: ClusterKey): Source => ({ from: "k8scfg", key });
export const open = (key: PublicKey): Source => ({ from: "extcfg", key });
export const pod = (field: string): Source => ({ from: "pod", field });
export const webConcurrency: Source = { from: "config", field: "webConcurrency" };

/** User and password of a server's basic authentication, under the given beginning. */
export const login = (
  prefix: string,
  user: EnvironmentKey,
  password: EnvironmentKey,
): Environment => ({
  [`${prefix}_USER`]: secret(user),
  [`${prefix}_PASSWORD`]: secret(password),
});

/** Images of the programs: tags of the one repository. */
export type ProgramImageName =
  | "consumers.nodejs"
  | "consumers.ruby"
  | "imageserver"
  | "kafidx"
  | "kafkastore"
  | "notificationserver"
  | "offerserver"
  | "storage"
  | "tracker"
  | "website";

/** Which language's image it is: all are Debian's, with bash and coreutils. */
export type Runtime = "node" | "ruby";

/** A program of the system, as facts/pushtech.md 3 and 5 describe it. */
export interface ProgramTraits {
  readonly image: ProgramImageName;
  readonly runtime: Runtime;
  /** Replaces the image's command. Default: the image's own, which has no entry point. */
  readonly command?: readonly string[];
  readonly env: Environment;
  readonly resources: Resources;
  readonly replicas: number;
  /** Processes that it serves with, where it is told. */
  readonly webConcurrency?: number;
  /** Why there must be one pod exactly; absent where more are safe. */
  readonly single?: string;
  readonly strategy: "Recreate" | "RollingUpdate";
  /** Stores without which it does not start. */
  readonly stores: readonly StoreName[];
  /** Servers whose pods are made and exchanged before its own. Without cycles. */
  readonly after: readonly PushtechServer[];
  /** Servers that must answer before its own start, at any time: not only in a run. */
  readonly waitsFor?: readonly PushtechServer[];
  /** Servers that it calls. */
  readonly calls: readonly PushtechServer[];
  /** It calls servers on the internet, on ports 80 and 443. */
  readonly internet?: true;
  /** It calls the system's own public hosts. */
  readonly publicHosts?: true;
  /** Its database's schema is changed by a Job before its pods are exchanged. */
  readonly migrates?: true;
}

/** A program that others call. */
export interface ServerTraits extends ProgramTraits {
  readonly port: number;
  /** Its public host's label below the domain. */
  readonly subdomain: string;
  /** For administrators alone. */
  readonly admin?: true;
}
