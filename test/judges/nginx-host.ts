/**
 * A real nginx, out of Debian's packages, with one host of an F5 controller before a service that notes
 * what reaches it. All on loopback.
 *
 * F5's controller and its template are not to be had here: the host is written below in our own words, with
 * each setting at the place where the template of v5.5.4 has it, and the template's own headers after our
 * snippets. Debian's nginx is 1.22, the controller's 1.31.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";

import { nginxSettings } from "../../components/platform/nginx-settings.ts";
import type { NginxConfig } from "../../components/platform/ingress.schema.ts";
import { freePorts, Place, type Running, until } from "../data/programs.ts";

/** A request as a service got it. */
export interface Arrived {
  /** Header lines, names in lower case, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyBytes: number;
  /** Number of its connection. */
  readonly connection: number;
}

/** The service behind the host. */
class Service {
  readonly arrived: Arrived[] = [];
  readonly #server: Server;
  #connections = 0;

  constructor() {
    const numbers = new WeakMap<object, number>();
    this.#server = createServer((request, response) => {
      void bytesOf(request).then((bodyBytes) => {
        const headers = request.rawHeaders.flatMap((name, index, all) =>
          index % 2 === 0 ? [[name.toLowerCase(), all[index + 1] ?? ""] as const] : [],
        );
        this.arrived.push({ headers, bodyBytes, connection: numbers.get(request.socket) ?? 0 });
        response.end("served");
      });
    });
    this.#server.on("connection", (socket) => {
      this.#connections += 1;
      numbers.set(socket, this.#connections);
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((settle) => this.#server.listen(0, "127.0.0.1", settle));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function bytesOf(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
  }
  return bytes;
}

type Settings = Readonly<Record<string, string>>;

const lines = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join("\n");

/** nginx' configuration for one host, made of the ConfigMap. */
function configuration(settings: Settings, port: number, service: number): string {
  const proxy = settings["proxy-protocol"] === "True" ? " proxy_protocol" : "";
  const trusted = (settings["set-real-ip-from"] ?? "").split(",").filter((one) => one !== "");
  const header = settings["real-ip-header"];
  return lines(
    "daemon off;",
    "worker_processes 1;",
    "error_log stderr;",
    "pid nginx.pid;",
    `worker_shutdown_timeout ${settings["worker-shutdown-timeout"] ?? ""};`,
    "events { worker_connections 64; }",
    "http {",
    "access_log off;",
    ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (one) => `${one}_temp_path ${one};`,
    ),
    settings["http-snippets"],
    `upstream service { server 127.0.0.1:${service}; }`,
    `server { listen 127.0.0.1:${port}${proxy}; server_name sd.example.org;`,
    ...trusted.map((range) => `set_real_ip_from ${range};`),
    header && `real_ip_header ${header};`,
    settings["real-ip-recursive"] === "True" ? "real_ip_recursive on;" : undefined,
    `server_tokens ${settings["server-tokens"] === "False" ? "off" : "on"};`,
    "location / {",
    "proxy_http_version 1.1;",
    settings["location-snippets"],
    `proxy_read_timeout ${settings["proxy-read-timeout"] ?? ""};`,
    `proxy_send_timeout ${settings["proxy-send-timeout"] ?? ""};`,
    `client_max_body_size ${settings["client-max-body-size"] ?? ""};`,
    "proxy_set_header Host $host;",
    "proxy_set_header X-Real-IP $remote_addr;",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_pass http://service;",
    "} } }",
    "",
  );
}

/** What came back. */
export interface Answer {
  /** 0 where the connection was ended without one. */
  readonly status: number;
}

/** The host, served. */
export class NginxHost {
  readonly arrived: readonly Arrived[];
  readonly #place: Place;
  readonly #service: Service;
  readonly #nginx: Running;
  readonly #port: number;

  private constructor(place: Place, service: Service, nginx: Running, port: number) {
    this.#place = place;
    this.#service = service;
    this.#nginx = nginx;
    this.#port = port;
    this.arrived = service.arrived;
  }

  /** Starts an nginx with the settings of a config. */
  static async start(config: NginxConfig): Promise<NginxHost> {
    const place = new Place(["nginx"]);
    const service = new Service();
    const [port = 0] = await freePorts(1);
    const settings = nginxSettings(config, { kind: "service", service: "ingress/nginx" });
    const path = place.write("nginx.conf", configuration(settings, port, await service.open()));
    const words = ["nginx", "-p", place.folder, "-e", "stderr", "-c", path];
    await place.ok([...words, "-t"]);
    const made = new NginxHost(place, service, place.start(words), port);
    await until("nginx answers", () => made.#answers());
    return made;
  }

  #answers(): Promise<boolean> {
    return new Promise((settle, fail) => {
      if (this.#nginx.child.exitCode !== null) {
        fail(new Error(`nginx ended:\n${this.#nginx.said()}`));
      }
      const socket = connect(this.#port, "127.0.0.1");
      socket.on("connect", () => {
        socket.destroy();
        settle(true);
      });
      socket.on("error", () => {
        settle(false);
      });
    });
  }

  /**
   * Sends a request from 127.0.0.2 and waits for its answer.
   *
   * @param before Sent before it: a PROXY header.
   */
  send(
    headers: Readonly<Record<string, string>> = {},
    body = "",
    before: Uint8Array | string = "",
  ): Promise<Answer> {
    return new Promise((settle, fail) => {
      const socket = connect({ port: this.#port, host: "127.0.0.1", localAddress: "127.0.0.2" });
      let text = "";
      socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
      socket.on("close", () => {
        settle({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0) });
      });
      socket.on("error", (error: NodeJS.ErrnoException) => {
        // nginx ends what it refuses without reading it to its end.
        if (error.code !== "ECONNRESET" && error.code !== "EPIPE") {
          fail(error);
        }
      });
      socket.write(before);
      socket.write(
        [
          "POST / HTTP/1.1",
          "Host: sd.example.org",
          "Connection: close",
          `Content-Length: ${Buffer.byteLength(body)}`,
          ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
          "",
          body,
        ].join("\r\n"),
      );
    });
  }

  /** Ends both, and takes the folder away. */
  async clear(): Promise<void> {
    this.#service.close();
    await this.#place.clear();
  }
}
