/**
 * Proves on a real nginx, of the version in the controller's image, that gRPC comes through it with streams
 * of any length and nothing of what clients say of themselves, by what we make of the typed terms and by the
 * annotations of such a host.
 *
 * F5's controller and its template are not to be had here: the location is written below in our own words,
 * with each setting at the place where the template of v5.5.4 has it. That the annotations become these
 * settings is the template's affair (facts/clouds-gke-ingress-tls.md 5.4).
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";

import { afterEach, expect, it } from "vitest";

import { makeTlsPair } from "../../components/base/certificate-maker.ts";
import { readTlsPair } from "../../components/base/tls-certificate.ts";
import { streamAnnotations } from "../../components/platform/ingress.ts";
import { NginxConfig } from "../../components/platform/ingress.schema.ts";
import { nginxSettings } from "../../components/platform/nginx-settings.ts";
import { Place, until } from "../data/programs.ts";
import { spoofed } from "./edge-client.ts";
import { startNginx } from "./nginx-host.ts";

const cleared: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clear of cleared.splice(0)) {
    await clear();
  }
});

/** A host's location for gRPC, in the order of F5's template. */
const locationTemplate = `location / {
[location-snippets]
grpc_connect_timeout 60s;
grpc_read_timeout [read];
grpc_send_timeout [send];
grpc_set_header Host $host;
grpc_set_header X-Real-IP $remote_addr;
grpc_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
grpc_set_header X-Forwarded-Host $host;
grpc_set_header X-Forwarded-Port $server_port;
grpc_set_header X-Forwarded-Proto $scheme;
grpc_pass grpc://service;
}`;

interface Call {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

/** Pods that speak gRPC's HTTP/2, without TLS. */
async function openService(): Promise<{ port: number; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => {
      stream.sendTrailers({ "grpc-status": "0" });
    });
    calls.push({ stream, headers });
  });
  cleared.push(() => {
    for (const { stream } of calls) {
      stream.destroy();
    }
    server.close();
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return { port: (server.address() as AddressInfo).port, calls };
}

/** nginx before such pods, with the settings of a config and the annotations of a host. */
async function start(
  change: Readonly<Record<string, unknown>>,
  annotations: Readonly<Record<string, string>>,
) {
  const place = new Place(["nginx"]);
  cleared.push(() => place.clear());
  const { port: behind, calls } = await openService();
  const config = NginxConfig.parse({
    kind: "nginx",
    exposure: { kind: "load-balancer" },
    ...change,
  });
  const settings = nginxSettings(config, { kind: "service", service: "ingress/nginx" });
  const { certificate, key } = readTlsPair(makeTlsPair(["*.example.org"]));
  const { port } = await startNginx(place, {
    settings,
    service: behind,
    location: locationTemplate,
    times: {
      read: annotations["nginx.org/proxy-read-timeout"] ?? settings["proxy-read-timeout"],
      send: annotations["nginx.org/proxy-send-timeout"] ?? settings["proxy-send-timeout"],
    },
    server: (free) => [
      `listen 127.0.0.1:${free} ssl; server_name api.example.org;`,
      settings["http2"] === "True" ? "http2 on;" : undefined,
      `ssl_certificate ${place.write("tls.crt", certificate)};`,
      `ssl_certificate_key ${place.write("tls.key", key)};`,
    ],
  });
  let client: ClientHttp2Session | undefined;
  await until("nginx answers", async () => (client = await reach(port)) !== undefined);
  const session = client;
  if (session === undefined) {
    throw new Error("nginx does not answer");
  }
  cleared.push(() => {
    session.destroy();
  });
  const call = (headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream => {
    const stream = session.request({
      ":method": "POST",
      ":path": "/spacemesh.v1.NodeService/StatusStream",
      ":authority": "api.example.org",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.on("error", () => undefined);
    return stream;
  };
  return { call, calls };
}

/** A client's connection, where nginx speaks HTTP/2 over TLS. */
function reach(port: number): Promise<ClientHttp2Session | undefined> {
  return new Promise((settle) => {
    const session = connect(`https://127.0.0.1:${port}`, {
      rejectUnauthorized: false,
      servername: "api.example.org",
    });
    session.on("connect", () => {
      settle(session);
    });
    session.on("error", () => {
      settle(undefined);
    });
  });
}

/** What became of a call: all that came back, and how it ended. */
const ended = (stream: ClientHttp2Stream): Promise<{ text: string; trailers: object }> =>
  new Promise((settle) => {
    let text = "";
    let trailers: object = {};
    stream.on("data", (part: Buffer) => (text += part.toString("latin1")));
    stream.on("trailers", (headers: IncomingHttpHeaders) => (trailers = { ...headers }));
    stream.on("close", () => {
      settle({ text, trailers });
    });
  });

const pause = (milliseconds: number): Promise<void> =>
  new Promise((settle) => setTimeout(settle, milliseconds));

const arrival = async (calls: readonly Call[]): Promise<Call> => {
  await until("the call arrives", () => Promise.resolve(calls.length > 0));
  const [call] = calls;
  if (call === undefined) {
    throw new Error("no call arrived");
  }
  return call;
};

const api = { serviceName: "api-grpc", protocol: "grpc", streamSeconds: 600 } as const;

it("a stream goes both ways while it is open, and ends with its status", async () => {
  const { call, calls } = await start({ readTimeoutSeconds: 600 }, streamAnnotations(api));
  const client = call();
  const end = ended(client);
  client.write("first");
  const { stream } = await arrival(calls);
  const heard = new Promise((settle) => stream.once("data", settle));
  expect(String(await heard)).toBe("first");
  stream.write("answer");
  await new Promise((settle) => client.once("data", settle));
  // The answer is here, and the question is not over.
  expect(client.closed).toBe(false);
  client.end();
  stream.end("last");
  expect(await end).toMatchObject({ text: "answerlast", trailers: { "grpc-status": "0" } });
});

// Times are of seconds here, in place of 60 and 600.
it("a stream may be silent for as long as its host says, on both sides, and no longer than that", async () => {
  const times = { answerTimeoutSeconds: 1, readTimeoutSeconds: 600 };
  const open = await start(times, streamAnnotations(api));
  const long = open.call();
  long.write("x");
  const short = await start(times, {});
  const cut = short.call();
  cut.write("x");
  const over = ended(cut);
  await Promise.all([arrival(open.calls), arrival(short.calls)]);
  expect((await over).trailers).not.toMatchObject({ "grpc-status": "0" });
  await pause(500);
  expect(long.closed).toBe(false);
});

it("a client's stream is cut where a request may not take so long: streamFaults finds it before", async () => {
  const { call, calls } = await start({ readTimeoutSeconds: 1 }, streamAnnotations(api));
  const client = call();
  client.write("x");
  await arrival(calls);
  expect((await ended(client)).trailers).not.toMatchObject({ "grpc-status": "0" });
});

it("a stream may be of any size: nginx' own limit of a body does not end it", async () => {
  const { call, calls } = await start({ readTimeoutSeconds: 600 }, streamAnnotations(api));
  const client = call();
  const end = ended(client);
  const size = 3 * 2 ** 20;
  client.end(Buffer.alloc(size));
  const { stream } = await arrival(calls);
  let bytes = 0;
  stream.on("data", (part: Buffer) => (bytes += part.length));
  await new Promise((settle) => stream.on("end", settle));
  stream.end();
  expect((await end).trailers).toMatchObject({ "grpc-status": "0" });
  expect(bytes).toBe(size);
});

it("nothing of what a client says of itself reaches the pods", async () => {
  const { call, calls } = await start({ readTimeoutSeconds: 600 }, streamAnnotations(api));
  const lower = Object.entries(spoofed).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  call(Object.fromEntries(lower)).end();
  const { headers } = await arrival(calls);
  expect(JSON.stringify(headers)).not.toMatch(/192\.0\.2|forged/);
  expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
});
