/**
 * Command lines of the Skywire programs.
 *
 * The programs exit on a flag they do not know, and flags moved between versions: only long names
 * that exist both in the version of 2023 and in that of 2024 are used (facts/skywire.md 2.9). What
 * must never be set in a deployment (`-t`, `--testing`, `--enable-load-testing`: 2.8) has no word
 * here, and a flag that a program lacks has no field in its command.
 */
import type { DaemonKind } from "./daemon-kinds.ts";
import { daemonPorts, httpPorts, metricsPort, uptimePrivatePort } from "./ports.ts";

/** Where a Postgres server is dialled. User, password and database go through the environment (2.2). */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
}

/** Who may take entries out: replaces the list built into the binary (4.3; 9, point 16). */
interface Whitelisting {
  /** Public keys of the network-monitors. */
  readonly whitelistKeys: readonly string[];
  /** Use test's built-in list beside. The only test switch a deployed stack may set (2.8). */
  readonly testEnvironment: boolean;
}

/** Command of the dmsg-discovery (4.11). */
export interface DmsgDiscoveryCommand extends Whitelisting {
  readonly service: "dmsg-discovery";
  readonly redisUrl: string;
}

/** Command of the service-discovery (4.1). */
export interface ServiceDiscoveryCommand extends Whitelisting {
  readonly service: "service-discovery";
  readonly redisUrl: string;
  readonly postgres: PostgresAddress;
  readonly dmsgDiscoveryUrl: string;
}

/** Command of the address-resolver (4.2). */
export interface AddressResolverCommand extends Whitelisting {
  readonly service: "address-resolver";
  readonly redisUrl: string;
  readonly dmsgDiscoveryUrl: string;
}

/** Command of the transport-discovery (4.5). */
export interface TransportDiscoveryCommand {
  readonly service: "transport-discovery";
  /**
   * Who may take transports out. It has no whitelist in 2023, and exits on the flag; where a
   * tpd-monitor runs, the images are of 2024. Default: the flag is left out.
   */
  readonly whitelistKeys?: readonly string[];
  readonly redisUrl: string;
  readonly postgres: PostgresAddress;
  readonly dmsgDiscoveryUrl: string;
}

/** Command of the route-finder (4.6). It has no Redis. */
export interface RouteFinderCommand {
  readonly service: "route-finder";
  readonly postgres: PostgresAddress;
  readonly dmsgDiscoveryUrl: string;
}

/** Command of the uptime-tracker (4.7). */
export interface UptimeTrackerCommand {
  readonly service: "uptime-tracker";
  readonly redisUrl: string;
  readonly postgres: PostgresAddress;
  readonly dmsgDiscoveryUrl: string;
  /** Folder of the daily files: older rows are moved there and deleted from Postgres. */
  readonly dailyDataPath: string;
  /** Days that stay in Postgres. */
  readonly dailyDataCutoffDays: number;
}

/** Command of one of the keyed HTTP services. */
export type DiscoveryCommand =
  | AddressResolverCommand
  | DmsgDiscoveryCommand
  | RouteFinderCommand
  | ServiceDiscoveryCommand
  | TransportDiscoveryCommand
  | UptimeTrackerCommand;

/** Variable that carries a service's secret key; Kubernetes puts its value into the argument (2.2). */
export const keyVariable = "SK";

const listen = (port: number): string => `:${port}`;

const postgresFlags = ({ host, port }: PostgresAddress): string[] => [
  "--pg-host",
  host,
  "--pg-port",
  `${port}`,
];

function whitelistFlags({ whitelistKeys, testEnvironment }: Whitelisting): string[] {
  return [
    ...(whitelistKeys.length === 0 ? [] : ["--whitelist-keys", whitelistKeys.join(",")]),
    ...(testEnvironment ? ["--test-environment"] : []),
  ];
}

/** Flags that only this service has. */
function ownFlags(command: DiscoveryCommand): string[] {
  switch (command.service) {
    case "dmsg-discovery":
      return ["--redis", command.redisUrl, ...whitelistFlags(command)];
    case "address-resolver":
      return [
        "--redis",
        command.redisUrl,
        "--dmsg-disc",
        command.dmsgDiscoveryUrl,
        ...whitelistFlags(command),
      ];
    case "service-discovery":
      return [
        "--redis",
        command.redisUrl,
        ...postgresFlags(command.postgres),
        "--dmsg-disc",
        command.dmsgDiscoveryUrl,
        ...whitelistFlags(command),
      ];
    case "transport-discovery":
      return [
        "--redis",
        command.redisUrl,
        ...postgresFlags(command.postgres),
        "--dmsg-disc",
        command.dmsgDiscoveryUrl,
        ...whitelistFlags({ whitelistKeys: command.whitelistKeys ?? [], testEnvironment: false }),
      ];
    case "route-finder":
      return [...postgresFlags(command.postgres), "--dmsg-disc", command.dmsgDiscoveryUrl];
    case "uptime-tracker":
      return [
        "--private-addr",
        listen(uptimePrivatePort),
        "--redis",
        command.redisUrl,
        ...postgresFlags(command.postgres),
        "--dmsg-disc",
        command.dmsgDiscoveryUrl,
        "--store-data-path",
        command.dailyDataPath,
        "--store-data-cutoff",
        `${command.dailyDataCutoffDays}`,
      ];
  }
}

/**
 * Whether a process carries its service's key. One process alone may: a second one with the same key
 * and the first knock each other off the dmsg network in turns (2.5).
 */
export type MemberKind = "keyed" | "keyless";

/** Arguments of a keyed HTTP service. */
export function discoveryArguments(command: DiscoveryCommand, kind: MemberKind): string[] {
  return [
    "--addr",
    listen(httpPorts[command.service]),
    "--metrics",
    listen(metricsPort),
    ...ownFlags(command),
    ...(kind === "keyed" ? ["--sk", `$(${keyVariable})`] : []),
  ];
}

/** Variables by which the programs are told a Postgres database (2.2). */
export const postgresVariables = (user: string, database: string): Record<string, string> => ({
  PG_USER: user,
  PG_DATABASE: database,
});

/**
 * Arguments of a dmsg-server: without `start` it prints its help, and a file that does not end in
 * `.json` or follows a flag is taken for missing (4.10).
 *
 * @throws Error when the path does not end in `.json`.
 */
export function dmsgServerArguments(configPath: string): string[] {
  return ["start", jsonPath(configPath), "--metrics", listen(metricsPort)];
}

/** Arguments of a setup-node: its file is positional, and the default one does not exist (4.9). */
export function setupNodeArguments(configPath: string): string[] {
  return [jsonPath(configPath), "--metrics", listen(metricsPort)];
}

function jsonPath(path: string): string {
  if (!path.endsWith(".json")) {
    throw new Error(`config file ${path}: its name must end in .json`);
  }
  return path;
}

/**
 * Arguments of a network-monitor. `--sleep-deregistration` is left out on purpose: it multiplies a
 * duration by a minute (4.3).
 */
export function networkMonitorArguments(configPath: string, redisUrl: string): string[] {
  return [
    "--addr",
    listen(httpPorts["network-monitor"]),
    "--config",
    jsonPath(configPath),
    "--redis",
    redisUrl,
    "--metrics",
    listen(metricsPort),
  ];
}

/**
 * Arguments of a daemon. None of them has a metrics listener, and an unknown flag ends it.
 *
 * @param redisUrl Of the one that keeps a store, the liveness-checker.
 */
export function daemonArguments(
  kind: DaemonKind,
  configPath: string,
  redisUrl: string | undefined,
): string[] {
  return [
    // The port of a transport-setup stands in its file.
    ...(kind === "transport-setup" ? [] : ["--addr", listen(daemonPorts[kind])]),
    "--config",
    jsonPath(configPath),
    ...(redisUrl === undefined ? [] : ["--redis", redisUrl]),
  ];
}

/** Arguments of a node-visualizer (4.4). */
export const nodeVisualizerArguments = (): string[] => [
  "--addr",
  listen(httpPorts["node-visualizer"]),
  "--metrics",
  listen(metricsPort),
];

/**
 * Variables of a node-visualizer. Both have defaults that are wrong somewhere: the transport
 * discovery's is test's, even in production (4.4).
 */
export const nodeVisualizerVariables = (
  uptimePrivateUrl: string,
  transportDiscoveryUrl: string,
): Record<string, string> => ({
  UT_URL: `${uptimePrivateUrl}/visor-ips`,
  TPD_URL: `${transportDiscoveryUrl}/all-transports`,
});

/** Arguments of a config-bootstrapper: without `--domain` it serves production's URLs (4.8). */
export const configBootstrapperArguments = (configPath: string, domain: string): string[] => [
  "--addr",
  listen(httpPorts["config-bootstrapper"]),
  "--config",
  jsonPath(configPath),
  "--domain",
  domain,
];
