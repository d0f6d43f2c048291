/**
 * What is looked for again and again in the logs of nodes and PoETs: the original's saved queries, over the
 * words that the programs print now (go-spacemesh at d298a63 and v1.0.0, poet at ef8f28a and 3a8da50;
 * facts/spacemesh.md 6.3). Errors and panics every family has.
 */
import type { Question } from "../observability/elk/saved-objects.ts";
import type { LogFamilies, LogFamily } from "../observability/logs/families.ts";

/** A question for lines that say one of some phrases. */
const says = (name: string, title: string, ...phrases: readonly string[]): Question => ({
  name,
  title,
  query: phrases.map((phrase) => `message: "${phrase}"`).join(" or "),
});

/** Asked of nodes. */
const ofNodes: readonly Question[] = [
  says("blocks", "block created", "block generated", "generated block"),
  says("new-blocks", "got new block", "new block"),
  says("proposals", "proposal created", "proposal created", "published proposal"),
  says("new-peers", "adding peer", "new peer", "handshake completed"),
  says("peers", "connected to neighbours", "peer is connected", "peer is disconnected"),
  says("bootstrap", "bootstrap try", "discovery_bootstrap", "waiting for p2p host"),
  says("identity", "local node identity", "local node identity"),
  {
    name: "address-in-use",
    title: "address already in use",
    // What went wrong is a field of its own.
    query: 'message: "address already in use" or fields.errmsg: *address already in use*',
  },
  says("atxs", "atx published", "atx published"),
  says("challenges", "challenge submitted", "challenge submitted to poet"),
  says("post", "post initialization", "post setup", "post execution"),
  says("layers", "layer verified", "candidate layer is verified"),
  says("sync", "sync state", "sync state change", "node sync state"),
  says("hare", "hare failed", "hare terminated with failure", "hare failed"),
  says("clock", "clock off", "peers offset is larger than max"),
];

/** Asked of PoETs. */
const ofPoets: readonly Question[] = [
  {
    name: "poet-rounds",
    title: "poet round",
    query:
      'message: "Round" and message: ("opened" or "executing" or "ended" or "broadcast" or "torn")',
  },
  says(
    "poet-gateways",
    "poet gateways",
    "Spacemesh gateway",
    "gateway nodes",
    "waiting for start request",
  ),
];

/** Where the lines are from. */
export interface LoggedNetwork {
  /** Namespace of miners and PoETs. */
  readonly namespace: string;
  /** Namespace of the web services, whose pods have nodes, too. */
  readonly webServices: string;
}

const reads = ({ namespaces, containers }: LogFamily, namespace: string, name: string): boolean =>
  namespaces.includes(namespace) &&
  (containers === undefined ||
    containers.some((one) =>
      one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : one === name,
    ));

/** Family → what is asked of it: whichever reads the programs, however the stack calls it. */
export const spacemeshSearches = (
  families: LogFamilies,
  { namespace, webServices }: LoggedNetwork,
): Record<string, readonly Question[]> =>
  Object.fromEntries(
    Object.entries(families).map(([name, family]) => [
      name,
      [
        ...(reads(family, namespace, "miner") || reads(family, webServices, "node") ? ofNodes : []),
        ...(reads(family, namespace, "poet") ? ofPoets : []),
      ],
    ]),
  );
