/**
 * A real nginx with one host of an F5 controller before a service that notes what reaches it. All on
 * loopback.
 *
 * F5's controller and its template are not to be had here: the host is written below in our own words, with
 * each setting at the place where the template of v5.5.4 has it, and its header lines as it has them. The
 * template's text goes through the very command that changes the real one where a pod starts.
 */
import { connect, type Socket } from "node:net";

import { makeTlsPair } from "../../components/base/certificate-maker.ts";
import { readTlsPair } from "../../components/base/tls-certificate.ts";
import { nginxSettings } from "../../components/platform/nginx-settings.ts";
import { guardVolume } from "../../components/platform/guards.ts";
import type { GuardedHost } from "../../components/platform/guards.schema.ts";
import { seedCommand, templatePath } from "../../components/platform/nginx-template.ts";
import type { NginxConfig } from "../../components/platform/ingress.schema.ts";
import { freePorts, isOpen, Place, type Running, until } from "../data/programs.ts";
import {
  type Answer,
  type Handshake,
  type Request,
  send,
  sendSecurely,
  webSocket,
} from "./edge-client.ts";
import { type Arrived, EdgeService } from "./edge-service.ts";

type Settings = Readonly<Record<string, string>>;

const lines = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join("\n");

/**
 * A host's location, in the order of F5's template: what comes from the ConfigMap stands in brackets, and the size of
 * bodies in the template's own words.
 */
export const locationTemplate = `location / {
proxy_http_version 1.1;
[location-snippets]
proxy_read_timeout [proxy-read-timeout];
proxy_send_timeout [proxy-send-timeout];
client_max_body_size {{$location.ClientMaxBodySize}};
proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Host $host;
proxy_set_header X-Forwarded-Port $server_port;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_buffering on;
proxy_max_temp_file_size [proxy-max-temp-file-size];
proxy_pass http://service;
}`;

/** A host before a service, as an nginx of a test has it. */
export interface ServedHost {
  /** What the controller's ConfigMap says. */
  readonly settings: Settings;
  /** Port of the service on loopback. */
  readonly service: number;
  /** The host's location: settings stand in brackets. */
  readonly location: string;
  /** Lines of its `server` block, of the port it listens on. */
  readonly server: (port: number) => readonly (string | undefined)[];
  /** What its location may name beside the settings. Default: nothing. */
  readonly times?: Readonly<Record<string, string | undefined>>;
}

/** What the controller makes of the template's own words about bodies. */
const aboutBodies = (location: string, { "client-max-body-size": size = "" }: Settings): string =>
  location
    .replaceAll(
      /\{\{if eq \$location\.ClientMaxBodySize "0"\}\}(.*?)\{\{end\}\}/g,
      size === "0" ? "$1" : "",
    )
    .replaceAll("{{$location.ClientMaxBodySize}}", size);

/** nginx' configuration for one host. */
const configuration = (port: number, host: ServedHost): string =>
  lines(
    "daemon off;",
    "worker_processes 1;",
    "error_log stderr;",
    "pid nginx.pid;",
    `worker_shutdown_timeout ${host.settings["worker-shutdown-timeout"] ?? ""};`,
    "events { worker_connections 64; }",
    "http {",
    "access_log off;",
    ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (one) => `${one}_temp_path ${one};`,
    ),
    host.settings["http-snippets"],
    "map $http_upgrade $connection_upgrade { default upgrade; '' close; }",
    `upstream service { server 127.0.0.1:${host.service}; }`,
    "server {",
    ...host.server(port),
    aboutBodies(host.location, host.settings).replaceAll(
      /\[([a-z-]+)\]/g,
      (_, name: string) => host.times?.[name] ?? host.settings[name] ?? "",
    ),
    "} }",
    "",
  );

/** Starts nginx with one host, in a folder, on a port that was free. */
export async function startNginx(
  place: Place,
  { location, ...host }: ServedHost,
): Promise<{ readonly nginx: Running; readonly port: number }> {
  const seed = await seeded(place, location);
  // Only now: the service could be given a port that is free until nginx listens on it.
  const [port = 0] = await freePorts(1);
  const text = configuration(port, { ...host, location: seed });
  const folder = ["-p", place.folder, "-e", "stderr"];
  const words = ["nginx", ...folder, "-c", place.write("nginx.conf", text)];
  await place.ok([...words, "-t"]);
  return { nginx: place.start(words), port };
}

/** The `server` block of a host that clients or balancers reach without TLS. */
function plainServer(settings: Settings, port: number): (string | undefined)[] {
  const proxy = settings["proxy-protocol"] === "True" ? " proxy_protocol" : "";
  const trusted = (settings["set-real-ip-from"] ?? "").split(",").filter((one) => one !== "");
  const header = settings["real-ip-header"];
  return [
    `listen 127.0.0.1:${port}${proxy}; server_name sd.example.org;`,
    ...trusted.map((range) => `set_real_ip_from ${range};`),
    header && `real_ip_header ${header};`,
    settings["real-ip-recursive"] === "True" ? "real_ip_recursive on;" : undefined,
    `server_tokens ${settings["server-tokens"] === "False" ? "off" : "on"};`,
  ];
}

/** The `server` block of a host with a certificate. */
function secureServer(place: Place, port: number): string[] {
  const { certificate, key } = readTlsPair(makeTlsPair(["*.example.org"]));
  return [
    `listen 127.0.0.1:${port} ssl; server_name sd.example.org;`,
    `ssl_certificate ${place.write("tls.crt", certificate)};`,
    `ssl_certificate_key ${place.write("tls.key", key)};`,
  ];
}

/** What the pod's first container makes of a template. */
export async function seeded(place: Place, template: string): Promise<string> {
  const from = await place.makeFolder("image");
  const to = await place.makeFolder("seed");
  await place.ok(seedCommand({ from, template: place.write("nginx.tmpl", template), to }));
  return place.ok(["cat", templatePath(to)]);
}

/** Writes the lists of people where the programs' user may read them. */
export async function peopleFolder(
  place: Place,
  people: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await place.makeFolder("people");
  for (const [name, text] of Object.entries(people)) {
    place.write(`people/${name}`, text);
  }
  return folder;
}

/** Settings that name the folder of a test instead of the pod's. */
const inFolder = (settings: Settings, folder: string): Settings =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      value.replaceAll(guardVolume.path, folder),
    ]),
  );

/** The host, served. */
export class NginxHost {
  readonly arrived: readonly Arrived[];
  readonly #place: Place;
  readonly #service: EdgeService;
  readonly #nginx: Running;
  readonly #port: number;

  private constructor(place: Place, service: EdgeService, nginx: Running, port: number) {
    this.#place = place;
    this.#service = service;
    this.#nginx = nginx;
    this.#port = port;
    this.arrived = service.arrived;
  }

  /** Starts an nginx with the settings of a config, and the guards of its hosts; clients come plainly or by TLS. */
  static async start(
    config: NginxConfig,
    guards: readonly GuardedHost[] = [],
    people: Readonly<Record<string, string>> = {},
    reached: "plainly" | "tls" = "plainly",
  ): Promise<NginxHost> {
    const place = new Place(["nginx"]);
    const service = new EdgeService();
    const endpoint = { kind: "service", service: "ingress/nginx" } as const;
    const settings = inFolder(
      nginxSettings(config, endpoint, guards),
      await peopleFolder(place, people),
    );
    const { nginx, port } = await startNginx(place, {
      settings,
      service: await service.open(),
      location: locationTemplate,
      server: (free) =>
        reached === "tls" ? secureServer(place, free) : plainServer(settings, free),
    });
    const made = new NginxHost(place, service, nginx, port);
    await until("nginx answers", () => made.#answers());
    return made;
  }

  #answers(): Promise<boolean> {
    if (this.#nginx.child.exitCode !== null) {
      throw new Error(`nginx ended:\n${this.#nginx.said()}`);
    }
    return isOpen(this.#port);
  }

  /** Sends a request from 127.0.0.2 and waits for its answer. */
  send(request: Omit<Request, "port" | "host"> = {}): Promise<Answer> {
    return send({ ...request, port: this.#port, host: "sd.example.org" });
  }

  /** Connections that nginx has made to the service. */
  get connections(): number {
    return this.#service.connections;
  }

  /** Begins a request whose body never ends: half of it is sent. The caller hangs up. */
  begin(bytes: number): Socket {
    const socket = connect(this.#port, "127.0.0.1");
    const head = `POST / HTTP/1.1\r\nHost: sd.example.org\r\nContent-Length: ${bytes}\r\n\r\n`;
    socket.on("error", () => undefined);
    socket.write(head + "x".repeat(bytes / 2));
    return socket;
  }

  /** What the controller does whenever a pod comes or goes: new processes serve, the old ones end what they have. */
  reload(): void {
    this.#nginx.child.kill("SIGHUP");
  }

  /** Sends one over TLS. */
  sendSecurely(): Promise<Answer> {
    return sendSecurely({ port: this.#port, host: "sd.example.org" });
  }

  /** Asks for a WebSocket. */
  webSocket(request: Omit<Request, "port" | "host"> = {}): Promise<Handshake> {
    return webSocket({ ...request, port: this.#port, host: "sd.example.org" });
  }

  /** Ends both, and takes the folder away. */
  async clear(): Promise<void> {
    this.#service.close();
    await this.#place.clear();
  }
}
