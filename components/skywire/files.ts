/**
 * Config files of the Skywire programs, as JSON text.
 *
 * Files with a secret key take it as plain text: the components build them inside an `Output` that
 * is marked secret.
 */
import { daemonPorts, dmsgHealthPort, dmsgPort } from "./ports.ts";

/** What a dmsg-server is told (facts/skywire.md 4.10). */
export interface DmsgServerFile {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly discoveryUrl: string;
  /** Exactly what visors dial: host and port. Nothing detects it. */
  readonly publicAddress: string;
  readonly maxSessions: number;
}

const json = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;

/** Config file of a dmsg-server. */
export function dmsgServerFile(file: DmsgServerFile): string {
  return json({
    public_key: file.publicKey,
    secret_key: file.secretKey,
    discovery: file.discoveryUrl,
    public_address: file.publicAddress,
    local_address: `:${dmsgPort}`,
    // Empty, the server would parse the dmsg address as a URL and die.
    health_endpoint_address: `:${dmsgHealthPort}`,
    log_level: "info",
    max_sessions: file.maxSessions,
  });
}

/** What a setup-node is told (4.9). */
export interface SetupNodeFile {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly dmsgDiscoveryUrl: string;
  readonly transportDiscoveryUrl: string;
  /** dmsg-servers it keeps a session with. */
  readonly sessions: number;
}

/** Config file of a setup-node. */
export function setupNodeFile(file: SetupNodeFile): string {
  return json({
    public_key: file.publicKey,
    secret_key: file.secretKey,
    dmsg: { discovery: file.dmsgDiscoveryUrl, sessions_count: file.sessions },
    transport_discovery: file.transportDiscoveryUrl,
    log_level: "info",
  });
}

/** Addresses the lite visor of a network-monitor uses: public ones, as an outside visor would (4.3). */
export interface VisorUrls {
  readonly dmsgDiscovery: string;
  readonly transportDiscovery: string;
  readonly addressResolver: string;
  readonly routeFinder: string;
  readonly uptimeTracker: string;
  readonly serviceDiscovery: string;
}

/** What the lite visor inside a network-monitor or a daemon is told (4.3). */
export interface LiteVisorFile {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly urls: VisorUrls;
  /** Public keys of the setup-nodes. */
  readonly setupNodes: readonly string[];
  /** STUN servers as `host:port`. */
  readonly stunServers: readonly string[];
  /** Folder for what the visor writes. */
  readonly localPath: string;
}

/** An app that a lite visor starts: a program of the image, and its port on the dmsg network. */
export interface VisorApp {
  readonly name: string;
  /** The program's file. Left out where the visor takes the name for it. */
  readonly binary?: string;
  readonly port: number;
}

/** Folder of the image that holds the apps, the `vpn-client` program for one (1.4). */
const visorAppsPath = "/apps";

/**
 * Config of a lite visor. The setup-nodes stand under the names of 2023 and 2024, as for the config-bootstrapper:
 * each reads the one it knows.
 */
function liteVisorFile(file: LiteVisorFile, apps: readonly VisorApp[]): string {
  const { urls } = file;
  return json({
    version: "v1.3.0",
    sk: file.secretKey,
    pk: file.publicKey,
    dmsg: { discovery: urls.dmsgDiscovery, sessions_count: 1, servers: [] },
    transport: {
      discovery: urls.transportDiscovery,
      address_resolver: urls.addressResolver,
      public_autoconnect: false,
      transport_setup_nodes: null,
    },
    routing: {
      setup_nodes: file.setupNodes,
      route_setup_nodes: file.setupNodes,
      route_finder: urls.routeFinder,
      route_finder_timeout: "10s",
      min_hops: 0,
    },
    uptime_tracker: { addr: urls.uptimeTracker },
    launcher: {
      service_discovery: urls.serviceDiscovery,
      apps: apps.map(({ port, ...app }) => ({ ...app, auto_start: false, port })),
      server_addr: "localhost:5505",
      bin_path: visorAppsPath,
    },
    hypervisors: [],
    cli_addr: "localhost:3435",
    log_level: "info",
    local_path: file.localPath,
    stun_servers: file.stunServers,
    shutdown_timeout: "10s",
    restart_check_delay: "1s",
    is_public: false,
    persistent_transports: null,
  });
}

/** Config file of a network-monitor: a visor's, which the program rewrites when it starts. */
export const networkMonitorFile = (file: LiteVisorFile): string =>
  liteVisorFile(file, [{ name: "vpn-client", port: 43 }]);

/** Config file of a daemon that runs a lite visor, which the program rewrites when it starts. */
export const daemonVisorFile = (file: LiteVisorFile, apps: readonly VisorApp[]): string =>
  liteVisorFile(file, apps);

/** What a transport-setup is told (4.12). */
export interface TransportSetupFile {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly dmsgDiscoveryUrl: string;
}

/** Config file of a transport-setup. */
export function transportSetupFile(file: TransportSetupFile): string {
  return json({
    public_key: file.publicKey,
    secret_key: file.secretKey,
    port: daemonPorts["transport-setup"],
    dmsg: { discovery: file.dmsgDiscoveryUrl, sessions_count: 1, servers: [] },
  });
}

/** What a config-bootstrapper hands to visors beside the URLs it derives from its domain (4.8). */
export interface ConfigBootstrapperFile {
  readonly setupNodes: readonly string[];
  readonly stunServers: readonly string[];
  /** Public keys that may set up transports of visors. Default: the field is left out. */
  readonly transportSetups?: readonly string[];
}

/**
 * Config file of a config-bootstrapper. The setup-nodes stand under both names: the program of 2023
 * reads the one, that of 2024 the other, and each ignores what it does not know.
 */
export function configBootstrapperFile(file: ConfigBootstrapperFile): string {
  return json({
    setup_nodes: file.setupNodes,
    route_setup_nodes: file.setupNodes,
    stun_servers: file.stunServers,
    ...(file.transportSetups === undefined || file.transportSetups.length === 0
      ? {}
      : { transport_setup: file.transportSetups }),
  });
}
