/** What the set-up makes in Elasticsearch and Kibana. Pure: no password is in it. */
import type { Resources } from "../../workload/workload.schema.ts";
import { dataStreamOf, type LogFamilies } from "../logs/families.ts";
import { storeUrl } from "./access.ts";
import type { ElkConfig } from "./elk.schema.ts";
import { dataStreams, indexTemplate, lifecyclePolicy, livelySettings } from "./indices.ts";
import { elkNames, kibanaPort, type StoreUser } from "./names.ts";
import { peopleUsers, programUsers, roleName, roleOf, type UserPlan } from "./roles.ts";
import { type SavedObject, savedObjects, type Searches } from "./saved-objects.ts";

/** What the set-up's pod asks of its node. */
export const setUpResources: Resources = {
  requests: { cpu: "20m", memory: "96Mi" },
  limits: { memory: "192Mi" },
};

/** Something to make: a PUT, which says the same as often as it is repeated. */
export interface Put {
  readonly path: string;
  readonly body: object;
}

/** What the set-up's program is told. */
export interface SetUpPlan {
  readonly elasticsearch: {
    readonly url: string;
    readonly user: string;
    /** Whether the certificate must bear the name in the URL. */
    readonly verifyName: boolean;
    /** Members that must be there. */
    readonly members: number;
  };
  readonly policies: readonly Put[];
  readonly templates: readonly Put[];
  readonly roles: readonly Put[];
  readonly users: readonly UserPlan[];
  /** Data streams, and what of their settings is brought up to date in those that stand. */
  readonly streams: readonly string[];
  readonly settings: Readonly<Record<string, string | number>>;
  /** Kibana, where there is one. */
  readonly kibana:
    | {
        readonly url: string;
        /** File with the password of `kibana_system`. */
        readonly password: string;
        readonly objects: readonly SavedObject[];
        /** Data view that pages open with, unless somebody has chosen another. */
        readonly defaultView: string;
      }
    | undefined;
}

/** File with the administrator's password. */
export const administratorFile = "administrator";

/** File with the password of `kibana_system`. */
export const kibanaFile = "kibana-system";

/** What the plan follows from. */
export interface SetUpInput {
  readonly config: ElkConfig;
  readonly namespace: string;
  readonly families: LogFamilies;
  /** Programs that log in. */
  readonly users: readonly StoreUser[];
  /** What the system looks for in its logs. */
  readonly searches?: Searches | undefined;
}

/** The administrator that the set-up logs in as. */
const administratorOf = ({ store }: ElkConfig): string =>
  store.kind === "external" ? (store.administrator?.user ?? "elastic") : "elastic";

/** The plan of a set-up. */
export function setUpPlan({ config, namespace, families, users, searches }: SetUpInput): SetUpPlan {
  const { store, kibana } = config;
  // Of somebody else's cluster nothing is known but that it has a place for a copy.
  const members = store.kind === "builtin" ? store.members : 2;
  const streams = dataStreams(families);
  return {
    elasticsearch: {
      url: storeUrl(store, namespace),
      user: administratorOf(config),
      verifyName: store.kind === "external",
      members: store.kind === "builtin" ? store.members : 1,
    },
    policies: Object.entries(families).map(([family, { retention }]) => ({
      path: `/_ilm/policy/${dataStreamOf(family)}`,
      body: lifecyclePolicy(retention),
    })),
    templates: Object.keys(families).map((family) => ({
      path: `/_index_template/${dataStreamOf(family)}`,
      body: indexTemplate(family, members),
    })),
    roles: users.map((user) => ({
      path: `/_security/role/${roleName(user)}`,
      body: roleOf(user, streams),
    })),
    users: [...programUsers(users), ...peopleUsers(kibana)],
    streams,
    settings: livelySettings(members),
    kibana:
      kibana === undefined
        ? undefined
        : {
            url: `http://${elkNames.kibana}.${namespace}.svc:${kibanaPort}`,
            password: kibanaFile,
            objects: savedObjects(families, searches),
            defaultView: streams[0] ?? "",
          },
  };
}
