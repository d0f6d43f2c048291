/** The programs' checks (facts/pushtech.md 3.1, 3.2). The original has none. Pure. */
import type { Probe, Probes } from "../workload/types.ts";
import { databaseProbeCommand, databaseSeconds } from "./database-probe.ts";
import type { ProgramName } from "./programs.ts";
import { serverStartSeconds } from "./start.ts";
import { storageProbeCommand } from "./storage-probe.ts";

type Check = Probe["check"];

const http = (path: string): Check => ({ kind: "http", path, port: "http" });
const tcp: Check = { kind: "tcp", port: "http" };

const startPeriod = 10;
const startup = (check: Check, timeoutSeconds = 10): Probe => ({
  check,
  periodSeconds: startPeriod,
  timeoutSeconds,
  failureThreshold: serverStartSeconds / startPeriod,
});

const readiness = (check: Check): Probe => ({
  check,
  periodSeconds: 10,
  timeoutSeconds: 10,
  failureThreshold: 3,
});

const liveness = (check: Check): Probe => ({
  check,
  periodSeconds: 30,
  timeoutSeconds: 10,
  failureThreshold: 6,
});

/**
 * Whether the pod holds a TCP connection to a port of somebody else's: what a program without a port of its own can
 * be seen to do. The kernel writes ports in hex; state 01 is an established connection.
 */
export function connectedTo(port: number): Check {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const found = `$4 == "01" && $3 ~ /:${hex}$/ { found = 1 } END { exit !found }`;
  return {
    kind: "exec",
    command: ["sh", "-c", `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '${found}'`],
  };
}

/**
 * Of a program that must keep a connection. It is started anew while it has never had one: the consumers hang for
 * ever where ZooKeeper does not answer at first. Once it had one, it ends by itself without.
 */
const connected = (port: number): Probes => ({
  startup: startup(connectedTo(port)),
  readiness: readiness(connectedTo(port)),
});

/** Of a server on Rack: its start page needs nobody else. */
const rack = (ready: string): Probes => ({
  startup: startup(tcp),
  readiness: readiness(http(ready)),
  liveness: liveness(ready === "/" ? http("/") : tcp),
});

/** Of a server on Rack with a Postgres: it is alive while its connections can be. */
const databaseRack: Probes = {
  ...rack("/"),
  liveness: {
    check: { kind: "exec", command: databaseProbeCommand },
    periodSeconds: 30,
    timeoutSeconds: databaseSeconds.page + databaseSeconds.database + 10,
    failureThreshold: 4,
  },
};

/** Longest that the storage's check may take: each request, then Mongo itself. */
const storageSeconds = { request: 5, check: 15 } as const;

const storage = (
  mode: "ready" | "alive",
  periodSeconds: number,
  failureThreshold: number,
): Probe => ({
  check: { kind: "exec", command: storageProbeCommand(mode, storageSeconds.request) },
  periodSeconds,
  timeoutSeconds: storageSeconds.check,
  failureThreshold,
});

/** Ports that programs without one of their own are known by. */
export interface ProbedPorts {
  readonly kafka: number;
  /** Of the program's own Redis. */
  readonly redis: number;
}

/** Checks of a program's main container. */
export function programProbes(name: ProgramName, ports: ProbedPorts): Probes {
  switch (name) {
    case "tracker":
      // It answers whatever is asked, and takes it for an event.
      return { startup: startup(tcp), readiness: readiness(tcp), liveness: liveness(tcp) };
    case "storage":
      return {
        // Not by Mongo: where that is away for longer, the pods would be started anew for nothing.
        startup: startup(tcp),
        readiness: storage("ready", 20, 2),
        liveness: storage("alive", 60, 2),
      };
    case "website":
    case "imageserver":
    case "notificationserver":
      return databaseRack;
    case "kafidx":
      return rack("/");
    case "offerserver":
    case "consumers-ruby":
      return rack("/pingdom");
    case "consumers-nodejs-event-counter":
    case "consumers-nodejs-metadata-counter":
    case "consumers-nodejs-search-counter":
    case "consumers-nodejs-stats-consumer":
      return connected(ports.kafka);
    case "consumers-ruby-worker":
    case "offerserver-worker":
      return connected(ports.redis);
  }
}

/** Checks of the tracker's kafkastore: it hangs like the consumers, and holds its events while Kafka is away. */
export const kafkastoreProbes = (ports: ProbedPorts): Probes => ({
  startup: startup(connectedTo(ports.kafka)),
});

/** Checks of the tracker's Redis. */
export const eventRedisProbes: Probes = {
  readiness: readiness({ kind: "exec", command: ["sh", "-c", 'test "$(redis-cli ping)" = PONG'] }),
  liveness: liveness({ kind: "exec", command: ["redis-cli", "ping"] }),
};
